"""Ticket 3 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_3 = Ticket(
    who(
        3,
        "Who ended it?",
        "between",
        "08-bad-network: Nobody decides",
        client="The server's recording says so. But the client's own recording has it the other "
        "way round: there, the reset came from the server's side.",
        server="The client's recording says so. But the server's own recording has it the other "
        "way round: there, the reset came from the client's side.",
        between="Yes. Each recording has the reset come from the other side, so neither end made "
        "it. What remains is what stands between.",
        nobody="Somebody sent a reset, twice, at the same moment. It was neither of the two ends.",
    ),
    choice(
        "where-3",
        "For how many seconds did nobody speak before the end?",
        "60",
        "an idle connection lives for ever",
        "08-bad-network: Nobody decides",
        _12=("12", "That was the first pause, and the talk went on after it."),
        _33=("33", "There was a pause of 33 s, too, and it did no harm."),
        _60=(
            "60",
            "Yes, in both recordings. A round number is a setting somewhere.",
        ),
        _108=(
            "108",
            "That is how old the connection was. One recording cannot exclude that it was too old, "
            "but who would set 108 s? The silence is a round number.",
        ),
    ),
    choice(
        "fix-3",
        "What do you ask for?",
        "a",
        "1006 is sent by somebody",
        "07-actions: Two codes that nobody sends",
        a=(
            "One end sends a Ping every 20 seconds.",
            "Yes: a heartbeat keeps the box from forgetting, as in 08.",
        ),
        b=(
            "The box sends 1001 instead of 1006.",
            "It sent no 1006, nor any frame: it does not speak WebSocket. Both libraries made 1006 "
            "up, as no Close frame came.",
        ),
        c=(
            "Both ends set a longer close timeout.",
            "Such a timeout waits for the answer to a Close frame. Nobody sent one.",
        ),
    ),
)
