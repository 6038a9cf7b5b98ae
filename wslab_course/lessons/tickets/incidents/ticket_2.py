"""Ticket 2 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_2 = Ticket(
    who(
        2,
        "Who broke a rule?",
        "client",
        "05-messages: A cut inside a character",
        client="Yes. Its frame says TEXT, but the payload is not UTF-8.",
        server="It sends 1007, and that is correct: the code says that the data does not fit its "
        "type. Which side sent that data?",
        between="The frames are complete and their lengths are correct; nothing shows a change "
        "on the way. Look at the last byte before the Close frame.",
        nobody="There is an agreement, RFC 6455 §8.1: a text message is UTF-8. One of the two "
        "did not keep it.",
    ),
    choice(
        "where-2",
        "Which frame is the first that breaks a rule?",
        "4",
        "the frame after which it ends is at fault",
        "05-messages: A cut inside a character",
        _0=("0", "Every byte of it is below 80: it is ASCII, and so also UTF-8."),
        _2=("2", "A name is cut in two, which is allowed. Each character is complete."),
        _4=("4", "Yes. It ends in c3, the first byte of two. The second byte is not in it."),
        _5=("5", "This frame is the Close: 03 ef is 1007. Look at the frame before it."),
    ),
    choice(
        "fix-2",
        "What do you ask for?",
        "b",
        "message = frame = packet",
        "05-messages: One message, four frames",
        a=(
            "The server joins this text message with the next one.",
            "Each message is separate: a server must not guess which two belong together.",
        ),
        b=(
            "The client decodes what it reads, and sends only complete characters.",
            "Yes. Or it sends the pieces as frames of one message; frames may be cut anywhere.",
        ),
        c=(
            "The client reads 13 bytes at a time.",
            "That helps only for this name. With another name, the cut is inside a character "
            "again.",
        ),
    ),
)
