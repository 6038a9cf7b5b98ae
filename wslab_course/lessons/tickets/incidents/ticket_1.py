"""Ticket 1 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_1 = Ticket(
    who(
        1,
        "Which part must be changed?",
        "between",
        "03-handshake: Your own handshake",
        client="In the client's recording the request is complete: Upgrade and Connection are "
        "there.",
        server="A server that upgrades a request without Upgrade breaks a rule itself; 426 is "
        "the correct answer to the bytes that it got.",
        between="Yes. The request is complete in the client's recording, and lacks two headers "
        "in the server's. Via names the gateway between them.",
        nobody="There is an agreement, RFC 6455, and client and server keep it. Compare the two "
        "requests: something changed them on the way.",
    ),
    choice(
        "where-1",
        "Which header is missing at the server?",
        "upgrade",
        "a refusal blames the client",
        "03-handshake: Break one header at a time",
        upgrade=(
            "Upgrade",
            "Yes, and Connection, which belongs to it. Without them the request is plain HTTP.",
        ),
        sec_websocket_key=("Sec-WebSocket-Key", "It arrived unchanged."),
        via=("Via", "That one was added, not removed: each gateway may add its name."),
        host=("Host", "It arrived, and it names the server."),
    ),
    choice(
        "fix-1",
        "What do you ask for?",
        "c",
        "the server must accept what it gets",
        "03-handshake: What a page can choose",
        a=("The client sends Upgrade twice.", "The gateway would remove both."),
        b=(
            "The server accepts requests without Upgrade.",
            "Then a plain HTTP request would get a 101. And the gateway would still speak HTTP "
            "afterwards.",
        ),
        c=(
            "The gateway passes upgrades on for this path.",
            "Yes. Upgrade is for one hop, so the gateway must be configured to send it again.",
        ),
    ),
)
