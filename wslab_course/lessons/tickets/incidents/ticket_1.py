"""Ticket 1 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_1 = Ticket(
    who(
        1,
        "Who has to change something?",
        "between",
        "03-handshake: Your own handshake",
        client="Beside the client, the request is complete: Upgrade and Connection are there.",
        server="A server that upgrades a request without Upgrade would break a rule itself; 426 is "
        "the correct answer to the bytes it got.",
        between="Yes. The request is complete beside the client, and lacks two headers beside the "
        "server. Via says who had it in between.",
        nobody="An agreement is there, RFC 6455, and client and server keep it. Compare the two "
        "requests: somebody changed them.",
    ),
    choice(
        "where-1",
        "Which header does the server miss?",
        "upgrade",
        "a refusal blames the client",
        "03-handshake: Break one header at a time",
        upgrade=(
            "Upgrade",
            "Yes, and Connection, which belongs to it. Without them it is plain HTTP.",
        ),
        sec_websocket_key=("Sec-WebSocket-Key", "It arrived, byte for byte: nobody removed it."),
        via=("Via", "That one is too many, not missing: each gateway may add itself."),
        host=("Host", "It arrived, and it names the server."),
    ),
    choice(
        "fix-1",
        "What do you ask for?",
        "c",
        "the server must accept what it gets",
        "03-handshake: What a page can choose",
        a=("The client sends Upgrade twice.", "The gateway removes two as it removes one."),
        b=(
            "The server accepts requests without Upgrade.",
            "Then plain HTTP would get a 101. And the gateway would still speak HTTP afterwards.",
        ),
        c=(
            "The gateway hands upgrades on for this path.",
            "Yes. Upgrade is for one hop, so a gateway must be told to ask for it again.",
        ),
    ),
)
