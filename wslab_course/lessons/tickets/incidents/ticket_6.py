"""Ticket 6 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_6 = Ticket(
    who(
        6,
        "Who broke a rule first?",
        "client",
        "03-handshake: Where HTTP ends",
        client="Yes. It sent its Ping together with the request, before a 101 had come.",
        server="It broke a rule, too: it sent a Pong before its 101. But which frame does that "
        "Pong answer? Look at the bytes before it.",
        between="8a 06 alive? is a Pong that answers a Ping with the payload alive?. Who sent "
        "that Ping?",
        nobody="There is an agreement, RFC 6455 §4.1: after its request, a client must wait for "
        "the answer.",
    ),
    choice(
        "where-6",
        "With which byte, in hex, does the first error begin?",
        "89",
        "the first odd byte is the first fault",
        "04-frames: The first two bytes",
        _89=("89", "Yes: FIN and PING, sent before the server had answered."),
        _8a=("8a", "That is the Pong, an answer. The Ping came before it."),
        _47=("47", "The G of GET: the request begins correctly."),
        _48=("48", "The H of HTTP/1.1 101: a valid answer, but eight bytes too late."),
    ),
    choice(
        "fix-6",
        "What do you ask for?",
        "c",
        "a client that was accepted keeps the rules",
        "03-handshake: Break one header at a time",
        a=(
            "The client skips the bytes that come before HTTP.",
            "Then a client would accept any bytes before an answer. It must fail the connection, "
            "as this one does.",
        ),
        b=(
            "The server goes back to its old library.",
            "The old library answers the same bytes with its 101 first, as we measured. It "
            "accepted the client's error, which was always there.",
        ),
        c=(
            "The client sends nothing until it has read the 101.",
            "Yes. Report it to the makers of the server's library, too: a server must not send a "
            "Pong before its 101.",
        ),
    ),
)
