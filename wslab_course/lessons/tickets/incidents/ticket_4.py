"""Ticket 4 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_4 = Ticket(
    who(
        4,
        "Who decided to end this connection?",
        "server",
        "07-actions: Across a hop",
        client="Its Close frame comes second, in both recordings: it answers.",
        server="Yes. It sent Close first, with a code and a reason.",
        between="The proxy closed its connection to the client because the other connection had "
        "ended. Look there for the side that began.",
        nobody="A Close frame is a decision, and there is one in each recording. Which came first?",
    ),
    choice(
        "where-4",
        "Which code did the server send?",
        "1009",
        "close codes survive every hop",
        "07-actions: Codes that a server chooses",
        _1000=("1000", "In hex that is 03 e8. Read the two bytes after 88 33 again."),
        _1005=("1005", "No side sends 1005: it stands for a Close frame without a code."),
        _1006=(
            "1006",
            "No side sends 1006: it means that no Close frame came. Here there are four.",
        ),
        _1009=("1009", "Yes: 03 f1 is 1009, too big. The reason says by how much."),
    ),
    choice(
        "fix-4",
        "What do you ask for?",
        "b",
        "close codes survive every hop",
        "07-actions: Across a hop",
        a=(
            "The client uploads again when it sees 1005.",
            "The picture would be as big as before, so the answer would be the same.",
        ),
        b=(
            "Both sides agree on a maximum size, and the server reports the error in a message "
            "before it closes.",
            "Yes. The proxy passes a message on; it did not pass on the code and the reason of "
            "the Close frame.",
        ),
        c=(
            "The proxy gets a longer timeout.",
            "No wait here was long. The connection ended because of the size of one message.",
        ),
    ),
)
