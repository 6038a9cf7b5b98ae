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
                "That would be a chat. An echo server answers only on the connection that sent "
                "the message.",
            ),
            "b": Option("Only client 1.", "Yes: each connection is a conversation of its own."),
            "c": Option(
                "Only client 2.",
                "A server passes messages on only if it is written to do so. An echo goes back "
                "to its sender.",
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
                "They can, and it takes less code than in a script: write await in the cell.",
            ),
            "b": Option(
                "nest_asyncio is not installed.",
                "It is installed here, and the cell still fails. It is also the last thing to "
                "try, not the first.",
            ),
            "c": Option(
                "An event loop runs already: the kernel's own.",
                "Yes. asyncio.run starts a new loop, and a thread can run only one loop at a time.",
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
                "Yes. It is just as real: the bytes go through real sockets, and you see both "
                "ends.",
            ),
            "b": Option(
                "To that one: a public server is a real server.",
                "It closed in 2021. Others run a server under that name again, over wss and with "
                "tight limits; a course should not depend on it.",
            ),
            "c": Option(
                "To no server: the notebook replays a simulation.",
                "Nothing is simulated. The server has a port, and your browser can open it too.",
            ),
        },
        answer="a",
        misconception="ws://echo.websocket.org is the server to use",
        refuted_in="00-start: Your own server",
    ),
)
