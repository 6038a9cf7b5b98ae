"""The quiz of notebook 00, start."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "who-hears",
        "Two clients are connected to one echo server. Client 1 sends a message. Who receives it?",
        {
            "a": Option(
                "Both clients.",
                "That would be a chat. An echo server answers on the connection that spoke, "
                "and on no other.",
            ),
            "b": Option("Client 1 alone.", "Yes: each connection is a conversation of its own."),
            "c": Option(
                "Client 2 alone.",
                "A server that passes messages on must be told to. An echo goes back.",
            ),
        },
        answer="b",
        misconception="an echo server is a chat server",
        refuted_in="00-start: Two clients on one server",
    ),
    Question(
        "whose-loop",
        "Why does asyncio.run(...) fail in a notebook cell?",
        {
            "a": Option(
                "Notebooks cannot run coroutines.",
                "They can, and with less ceremony than a script: write await in the cell.",
            ),
            "b": Option(
                "nest_asyncio is not installed.",
                "It is installed here, and the cell still fails. It is also the last way out, "
                "not the first.",
            ),
            "c": Option(
                "An event loop runs already: the kernel's own.",
                "Yes. asyncio.run starts a new loop, and a thread runs one at a time.",
            ),
        },
        answer="c",
        misconception="a notebook needs nest_asyncio to await",
        refuted_in="00-start: Who owns the event loop",
    ),
    Question(
        "which-server",
        "Many tutorials connect to ws://echo.websocket.org. What will you connect to here?",
        {
            "a": Option(
                "To a server on this machine.",
                "Yes. It is as real: the bytes go through the same sockets, and you see both ends.",
            ),
            "b": Option(
                "To it: a public server is the real thing.",
                "It closed in 2021. Others revived the name, over wss and with tight limits; "
                "a course should not stand on it.",
            ),
            "c": Option(
                "To nothing: the notebook replays a simulation.",
                "Nothing is simulated. The server has a port, and your browser can open it too.",
            ),
        },
        answer="a",
        misconception="ws://echo.websocket.org is the server to use",
        refuted_in="00-start: Your own server",
    ),
)
