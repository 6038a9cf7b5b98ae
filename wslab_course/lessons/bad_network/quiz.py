"""The quiz of notebook 08, bad network."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "idle",
        "A WebSocket is open, and nobody speaks for an hour. What becomes of it?",
        {
            "a": Option(
                "It stays open until the client or the server closes it.",
                "A box between them ended yours, and neither had decided anything.",
            ),
            "b": Option(
                "Perhaps it is gone: something on the way may have forgotten it.",
                "Yes. Both sides are told 1006, if they are told at all.",
            ),
            "c": Option(
                "The server must close it: RFC 6455 sets an idle limit.",
                "The RFC sets none. Boxes on the way have theirs, and say nothing about it.",
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
                "Look at the list of what the object has: send and close, and no ping.",
            ),
            "b": Option(
                "Yes, with ws.send('ping').",
                "That is a text message. Its frame has opcode 1, a Ping has 9, and nobody has "
                "to answer a text.",
            ),
            "c": Option(
                "No. It may send a message that the server answers by agreement.",
                "Yes. The browser answers the Pings of a server, and the page never knows.",
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
                "Your server sent one, too, and the page answered without knowing.",
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
        "TCP has keep-alive as well. Does it make a heartbeat needless?",
        {
            "a": Option(
                "Yes: keep-alive and Ping are the same thing.",
                "It is off unless somebody turns it on, and whoever ends TCP answers it: here "
                "the tap, while the server was gone.",
            ),
            "b": Option(
                "No: it is off by default, slow, and speaks to the next hop only.",
                "Yes. A Ping goes to the other WebSocket program, through every hop.",
            ),
            "c": Option(
                "No: TCP keep-alive was removed.",
                "It exists, and your socket has the option. It was off.",
            ),
        },
        answer="b",
        misconception="keep-alive is the same thing",
        refuted_in="08-bad-network: Half-open",
    ),
    Question(
        "recover",
        "The wire is cut and mended. What does the browser's WebSocket object do?",
        {
            "a": Option(
                "It reconnects, and the messages that were missed come then.",
                "The tap counted: no second connection. The object stays CLOSED.",
            ),
            "b": Option(
                "It reconnects, and what was sent in between is lost.",
                "It makes no second connection, either. The object stays CLOSED.",
            ),
            "c": Option(
                "Nothing. You make another, and ask for what you missed.",
                "Yes. RFC 6455 §7.2.3 says how long to wait before that, and no more.",
            ),
        },
        answer="c",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="08-bad-network: Nothing recovers by itself",
    ),
    Question(
        "async-onmessage",
        "`onmessage` is an async function that awaits a slow database. 20 messages come at once.",
        {
            "a": Option(
                "One is worked on; the sender is slowed down until it is done.",
                "All twenty had begun before one was done; nobody waits for a handler.",
            ),
            "b": Option(
                "All 20 are begun, and the sender notices nothing.",
                "Yes. An event is not backpressure; a loop that awaits each message is.",
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
        "`for ws in members: await ws.send(news)`. One member's network is frozen.",
        {
            "a": Option(
                "The others get everything, it alone gets nothing.",
                "The loop stood still at that member, and the others with it.",
            ),
            "b": Option(
                "Soon nobody gets anything.",
                "Yes: when the buffers on its way are full, `await` waits, and so does the loop.",
            ),
            "c": Option(
                "send() raises an exception, and the loop leaves it out.",
                "Nothing is raised: to a sender, a frozen wire looks like a slow one.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="08-bad-network: One member stops",
    ),
)
