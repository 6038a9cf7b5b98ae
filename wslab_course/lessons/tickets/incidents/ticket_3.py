"""Ticket 3 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_3 = Ticket(
    who(
        3,
        "Who ended the connection?",
        "between",
        "08-bad-network: Nobody decides",
        client="The server's recording says so. But the client's own recording says the "
        "opposite: there, the reset came from the server's side.",
        server="The client's recording says so. But the server's own recording says the "
        "opposite: there, the reset came from the client's side.",
        between="Yes. In each recording the reset comes from the other side, so neither end sent "
        "it. It came from something between them.",
        nobody="Something sent two resets at the same moment. It was neither of the two ends.",
    ),
    choice(
        "where-3",
        "For how many seconds was the connection silent before the end?",
        "60",
        "an idle connection lives for ever",
        "08-bad-network: Nobody decides",
        _12=("12", "That was the first pause, and messages followed it."),
        _33=("33", "There was also a pause of 33 s, but messages followed it."),
        _60=(
            "60",
            "Yes, in both recordings. A round number is probably a setting.",
        ),
        _108=(
            "108",
            "That is the age of the connection. One recording cannot rule out a limit on the "
            "age, but 108 s is an unlikely setting. The silence is a round number.",
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
            "Yes: a heartbeat keeps the box from dropping the connection, as in 08.",
        ),
        b=(
            "The box sends 1001 instead of 1006.",
            "The box sent no 1006 and no frame: it does not speak WebSocket. Both libraries made "
            "1006 up, because no Close frame came.",
        ),
        c=(
            "Both ends set a longer close timeout.",
            "A close timeout waits for the answer to a Close frame. Neither side sent one.",
        ),
    ),
)
