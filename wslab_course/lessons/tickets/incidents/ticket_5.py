"""Ticket 5 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_5 = Ticket(
    who(
        5,
        "Who is at fault?",
        "server",
        "05-messages: Compressed, and undone by hand",
        client="Its messages unpack to what was meant, all three, and the rules mind nothing. To "
        "mark a block as the last is allowed (RFC 7692 §7.2.3.4).",
        server="Yes. Its library takes the mark of the last block for the end of all messages, and "
        "unpacks nothing after it: a bug of websockets 17.4.",
        between="An empty message that is packed rightly, 00, comes from somebody who packs. "
        "Nothing between the two does.",
        nobody="The agreement is there: RFC 7692 says what the mark means. One of the two reads "
        "it in another way.",
    ),
    choice(
        "where-5",
        "Which frame is the first that is not what it should be?",
        "3",
        "who breaks no rule is right",
        "05-messages: Compressed, and undone by hand",
        _0=("0", "f3 instead of f2 marks its block as the last one. That is legal."),
        _1=("1", "It says Hello, which is correct. It is the last correct answer."),
        _2=("2", "It unpacks to “Are you there?”, as you saw. It is packed as frame 0 is."),
        _3=("3", "Yes: an answer to fourteen characters, and it has none."),
    ),
    choice(
        "fix-5",
        "What do you ask for until the bug is repaired?",
        "a",
        "an empty message is a lost message",
        "05-messages: Compressed, and undone by hand",
        a=(
            "The server agrees to no compression.",
            "Yes. No packing, no bug. (It also goes with client_no_context_takeover, as the "
            "library then begins anew for each message.)",
        ),
        b=(
            "The client sends each message twice.",
            "Only the first message after the handshake is unpacked. All others are empty.",
        ),
        c=(
            "The client clears RSV1.",
            "Then the packed bytes count as text, and the first that is not UTF-8 ends it: 1007.",
        ),
    ),
)
