"""Ticket 5 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_5 = Ticket(
    who(
        5,
        "Who is at fault?",
        "server",
        "05-messages: Compressed, and undone by hand",
        client="All three of its messages unpack correctly and break no rule. Marking a block as "
        "the last is allowed (RFC 7692 §7.2.3.4).",
        server="Yes. Its library reads the mark of the last block as the end of all messages, "
        "and unpacks nothing after it: a bug of websockets 17.4.",
        between="The empty answer is compressed correctly, as 00, so its sender compresses. "
        "Nothing between the two does that.",
        nobody="There is an agreement: RFC 7692 says what the mark means. One of the two reads "
        "it differently.",
    ),
    choice(
        "where-5",
        "Which is the first frame with wrong content?",
        "3",
        "a program that breaks no rule is correct",
        "05-messages: Compressed, and undone by hand",
        _0=("0", "f3 instead of f2 marks its block as the last one. That is allowed."),
        _1=("1", "Its text is Hello, which is correct. It is the last correct answer."),
        _2=(
            "2",
            "It unpacks to “Are you there?”, as you saw. It is compressed in the same way "
            "as frame 0.",
        ),
        _3=("3", "Yes: it answers a message of fourteen characters, but it is empty."),
    ),
    choice(
        "fix-5",
        "What do you ask for until the bug is repaired?",
        "a",
        "an empty message is a lost message",
        "05-messages: Compressed, and undone by hand",
        a=(
            "The server does not agree to compression.",
            "Yes. Without compression the bug does not occur. (client_no_context_takeover also "
            "helps, because the library then starts a new unpacker for each message.)",
        ),
        b=(
            "The client sends each message twice.",
            "The server unpacks only the first message after the handshake. All others come out "
            "empty.",
        ),
        c=(
            "The client clears RSV1.",
            "Then the server reads the compressed bytes as text, and closes with 1007 at the "
            "first byte that is not UTF-8.",
        ),
    ),
)
