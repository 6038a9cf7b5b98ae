"""Ticket 6 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_6 = Ticket(
    who(
        6,
        "Who broke a rule first?",
        "client",
        "03-handshake: Where HTTP ends",
        client="Yes. Its Ping left before it had seen a 101, in the same breath as the request.",
        server="It is wrong, too: a Pong before its 101. But what does it answer? Go back to the "
        "bytes that came before.",
        between="8a 06 alive? answers a Ping with alive? in it. Whose is that Ping?",
        nobody="RFC 6455 §4.1 is the agreement: after its request, a client waits for the answer.",
    ),
    choice(
        "where-6",
        "With which byte, in hex, does the trouble begin?",
        "89",
        "the first odd byte is the first fault",
        "04-frames: The first two bytes",
        _89=("89", "Yes: FIN and PING, sent while the server still had to answer."),
        _8a=("8a", "That is the Pong, an answer. The Ping came before it."),
        _47=("47", "The G of GET: the request begins as it should."),
        _48=("48", "The H of HTTP/1.1 101: a valid answer, six characters and two bytes too late."),
    ),
    choice(
        "fix-6",
        "What do you ask for?",
        "c",
        "a client that was accepted keeps the rules",
        "03-handshake: Break one header at a time",
        a=(
            "The client skips what comes before HTTP.",
            "Then anybody could put words in front of an answer. A client fails the connection, as "
            "this one does.",
        ),
        b=(
            "The server goes back to its old library.",
            "That one answers the same bytes with its 101 first, as was "
            "measured. It forgave the fault, which was there all the time.",
        ),
        c=(
            "The client sends nothing until it has read the 101.",
            "Yes, and tell the server's makers as well: a Pong has no place before the 101.",
        ),
    ),
)
