"""The quiz of notebook 08, bad network."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "idle",
        "A WebSocket is open, and neither side sends for an hour. What happens to it?",
        {
            "a": Option(
                "It stays open until the client or the server closes it.",
                "A box between them ended your connection, and neither side had decided to.",
            ),
            "b": Option(
                "It may be gone: a box on the way may have dropped it.",
                "Yes. Both programs see 1006, if they notice at all.",
            ),
            "c": Option(
                "The server must close it: RFC 6455 sets an idle limit.",
                "The RFC sets none. Boxes on the way have their own limits, and do not announce "
                "them.",
            ),
        },
        answer="b",
        misconception="an idle connection lives for ever",
        refuted_in="08-bad-network: Nobody decides",
    ),
    Question(
        "browser-ping",
        "Can the script of a page send a Ping frame?",
        {
            "a": Option(
                "Yes, with ws.ping().",
                "Look at the list of the object's methods: send and close, but no ping.",
            ),
            "b": Option(
                "Yes, with ws.send('ping').",
                "That is a text message. Its frame has opcode 1, a Ping has 9, and the other "
                "side need not answer a text.",
            ),
            "c": Option(
                "No. It may send a message that the server answers by agreement.",
                "Yes. The browser answers the Pings of a server, and the page does not notice.",
            ),
        },
        answer="c",
        misconception="you can ping from a browser",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "who-pings",
        "Who may send a Ping?",
        {
            "a": Option(
                "The client, to see whether the server is there.",
                "Your server sent one, too, and the browser answered without the page.",
            ),
            "b": Option(
                "The server, to see whether the client is there.",
                "Your client pinged first in this notebook, and a Pong came.",
                refuted_in="08-bad-network: A wire that stands still",
            ),
            "c": Option("Either; the other answers with a Pong.", "Yes (RFC 6455 §5.5.2)."),
        },
        answer="c",
        misconception="ping goes one way only",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "tcp-keep-alive",
        "TCP has keep-alive as well. Does it replace a heartbeat?",
        {
            "a": Option(
                "Yes: keep-alive and Ping are the same thing.",
                "It is off unless a program turns it on, and the next TCP endpoint answers it: "
                "here the tap, while the server was gone.",
            ),
            "b": Option(
                "No: it is off by default, slow, and speaks to the next hop only.",
                "Yes. A Ping goes to the other WebSocket program, through every hop.",
            ),
            "c": Option(
                "No: TCP keep-alive was removed.",
                "It exists: your socket has the option, and it was off.",
            ),
        },
        answer="b",
        misconception="keep-alive is the same thing",
        refuted_in="08-bad-network: Half-open",
    ),
    Question(
        "recover",
        "The wire is cut and then works again. What does the browser's WebSocket object do?",
        {
            "a": Option(
                "It reconnects, and then gets the messages that it missed.",
                "The tap counted no second connection. The object stays CLOSED.",
            ),
            "b": Option(
                "It reconnects, and what was sent in between is lost.",
                "It makes no second connection, either. The object stays CLOSED.",
            ),
            "c": Option(
                "Nothing. Your program makes a new one, and asks for what it missed.",
                "Yes. RFC 6455 §7.2.3 says only how long to wait before that.",
            ),
        },
        answer="c",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="08-bad-network: Nothing recovers by itself",
    ),
    Question(
        "async-onmessage",
        "`onmessage` is an async function that awaits a slow database. 20 messages come at once. "
        "What happens?",
        {
            "a": Option(
                "One is handled at a time; the sender is slowed down until it is done.",
                "All twenty handlers had begun before one was done; nothing waits for a handler.",
            ),
            "b": Option(
                "20 handlers begin, and the sender notices nothing.",
                "Yes. An event handler gives no backpressure; a loop that awaits each message "
                "does.",
            ),
            "c": Option(
                "Those that come while it awaits are dropped.",
                "None is dropped: each starts a handler of its own, and they pile up.",
            ),
        },
        answer="b",
        misconception="awaiting in onmessage is backpressure",
        refuted_in="08-bad-network: A handler that awaits",
    ),
    Question(
        "broadcast-loop",
        "`for ws in members: await ws.send(news)`. One member's network is frozen. What happens?",
        {
            "a": Option(
                "The others get everything; only that member gets nothing.",
                "The loop stopped at that member, so the others got nothing either.",
            ),
            "b": Option(
                "After a while, no member gets anything.",
                "Yes: when the buffers on the way to that member are full, `await` waits, and so "
                "does the loop.",
            ),
            "c": Option(
                "send() raises an exception, and the loop skips that member.",
                "Nothing is raised: to a sender, a frozen wire looks like a slow one.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="08-bad-network: One member stops",
    ),
)
