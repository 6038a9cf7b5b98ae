"""Ticket 2 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_2 = Ticket(
    who(
        2,
        "Who broke a rule?",
        "client",
        "05-messages: A cut inside a character",
        client="Yes. It says TEXT, and what it sends is not UTF-8.",
        server="It complains, with 1007, and rightly: the code says that the data does not fit its "
        "type. Who sent that data?",
        between="Frames are whole, their lengths are right, and nothing shows a hand in between. "
        "Look at the last byte before the complaint.",
        nobody="RFC 6455 §8.1 is the agreement: a text message is UTF-8. One of the two did not "
        "keep it.",
    ),
    choice(
        "where-2",
        "Which frame is the first that breaks a rule?",
        "4",
        "the frame after which it ends is at fault",
        "05-messages: A cut inside a character",
        _0=("0", "Every byte of it is below 80: ASCII, and so UTF-8."),
        _2=("2", "A name is cut in two, and a name may be. Each character is complete."),
        _4=("4", "Yes. It ends in c3, the first byte of two. The other one is not in it."),
        _5=("5", "This frame complains: 03 ef is 1007. Look at what it complains of."),
    ),
    choice(
        "fix-2",
        "What do you ask for?",
        "b",
        "message = frame = packet",
        "05-messages: One message, four frames",
        a=(
            "The server joins this text message with the next one.",
            "A message stands alone: no server may guess which two belong together.",
        ),
        b=(
            "The client decodes what it reads, and sends text that ends between characters.",
            "Yes. Or it sends the pieces as frames of one message, which may break anywhere.",
        ),
        c=(
            "The client reads 13 bytes at a time.",
            "Today that helps. Another name, and the cut falls inside a character again.",
        ),
    ),
)
