"""Ticket 7 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_7 = Ticket(
    who(
        7,
        "Whose program do you look at first?",
        "server",
        "03-handshake: A 101 and nobody home",
        client="It asked rightly, and got a 101. It never had a chance to do anything else.",
        server="Yes: is it running at all? Behind this proxy nobody listened: not one frame came.",
        between="It hung up because it had found nobody to talk to. It said 101 too early, but a "
        "new proxy would not bring the feed back.",
        nobody="An agreement is not what is missing here. What is, when nothing follows a 101?",
    ),
    choice(
        "where-7",
        "Which header tells who sent this 101?",
        "server",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        sec_websocket_accept=(
            "Sec-WebSocket-Accept",
            "Everybody who reads the key can compute it. It proves an answer, and names nobody.",
        ),
        server=("Server", "Yes: TornadoServer is the proxy's. The feed would have said wslab."),
        upgrade=("Upgrade", "It says the same in every 101."),
        set_cookie=("Set-Cookie", "Its value is hidden here, and any server may set one."),
    ),
    choice(
        "fix-7",
        "How do you find out earlier the next time?",
        "b",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        a=("An alarm when the status is not 101.", "The status was 101, and nobody was home."),
        b=(
            "A check that waits for the first message, with a time limit.",
            "Yes. Only the program itself can send a message that makes sense.",
        ),
        c=(
            "A log of every 1006 that is received.",
            "No 1006 is received, ever. And it would say that it ended, not why.",
        ),
    ),
)
