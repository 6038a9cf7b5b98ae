"""Ticket 7 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_7 = Ticket(
    who(
        7,
        "Whose program do you look at first?",
        "server",
        "03-handshake: A 101 and nobody home",
        client="Its request was valid, and it got a 101. It could do nothing else.",
        server="Yes: check whether it is running. No frame came from behind this proxy.",
        between="It closed because it could not reach the server. It sent the 101 too early, but "
        "a new proxy would not bring the feed back.",
        nobody="No agreement is missing here. What is missing, when nothing follows a 101?",
    ),
    choice(
        "where-7",
        "Which header says who sent this 101?",
        "server",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        sec_websocket_accept=(
            "Sec-WebSocket-Accept",
            "Any program that reads the key can compute it. It proves that the request was read, "
            "but not by whom.",
        ),
        server=("Server", "Yes: TornadoServer is the proxy. The feed would have sent wslab."),
        upgrade=("Upgrade", "It says the same in every 101."),
        set_cookie=("Set-Cookie", "Its value is hidden here, and any server may set one."),
    ),
    choice(
        "fix-7",
        "How can you find such a failure earlier next time?",
        "b",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        a=("An alarm when the status is not 101.", "The status was 101, and the server was down."),
        b=(
            "A check that waits for the first message, with a time limit.",
            "Yes. Only the server's program itself can send that message.",
        ),
        c=(
            "A log of every 1006 that is received.",
            "1006 is never received from the wire. And it says only that a connection ended, not "
            "why.",
        ),
    ),
)
