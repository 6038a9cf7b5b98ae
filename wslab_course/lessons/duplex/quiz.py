"""The quiz of notebook 01, duplex."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "how-many-connections",
        "A client makes 20 HTTP/1.1 requests to one server. How many connections does it need?",
        {
            "a": Option(
                "20: HTTP opens a connection for each request.",
                "HTTP/1.0 did. Since 1997 a connection stays open unless one side says "
                "Connection: close; the tap counted one.",
            ),
            "b": Option(
                "1, unless one side asks to close it.",
                "Yes: since HTTP/1.1 a connection stays open by default (RFC 9112 §9.3).",
            ),
            "c": Option(
                "1, but it is closed after each response and opened again.",
                "To open it again would make another connection. The tap saw one, which stayed "
                "open for all 20 requests.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="01-duplex: Does HTTP hang up",
    ),
    Question(
        "keep-alive",
        "HTTP keep-alive keeps a connection open, and so does a WebSocket. Is that the same thing?",
        {
            "a": Option(
                "Yes: an open connection is an open connection.",
                "The channel is the same. With keep-alive the server still sends only after a "
                "request; your server's ticks came without one.",
                refuted_in="01-duplex: Freeze one direction",
            ),
            "b": Option(
                "No: keep-alive uses half-duplex connections.",
                "Both use TCP, which is full duplex: the first response came in the "
                "middle of your second request.",
            ),
            "c": Option(
                "No: the channel is the same, but an HTTP server only answers.",
                "Yes. Either side of a WebSocket may send at any time; an HTTP server only "
                "answers requests.",
            ),
        },
        answer="c",
        misconception="keep-alive is the same thing",
        refuted_in="01-duplex: Is HTTP half duplex",
    ),
    Question(
        "what-full-means",
        "What makes a channel full duplex?",
        {
            "a": Option(
                "Both sides can send, each in its turn.",
                "That is half duplex: a walkie-talkie does it.",
                refuted_in="01-duplex: Three words",
            ),
            "b": Option(
                "Both sides can send at the same time.",
                "Yes. One direction may even stop, and the other goes on.",
            ),
            "c": Option(
                "Both sides send all the time.",
                "That is one way to use it. The kind of a channel says what it can do, not what "
                "its users do.",
            ),
        },
        answer="b",
        misconception="full duplex means that both talk all the time",
        refuted_in="01-duplex: Freeze one direction",
    ),
    Question(
        "why-fast",
        "A WebSocket client sends, waits, sends, waits. HTTP keep-alive does the same over the "
        "same wire. Which is faster?",
        {
            "a": Option(
                "WebSocket, by far: it is full duplex.",
                "It could be faster. Used like this, it waits for as many round trips as HTTP.",
            ),
            "b": Option(
                "Neither is much faster: both wait for each answer.",
                "Yes. A full-duplex channel is fast when you use both directions at once.",
            ),
            "c": Option(
                "WebSocket: it saves setting up a connection for each message.",
                "Keep-alive also sets up only one connection, and it took about as long.",
            ),
        },
        answer="b",
        misconception="WebSocket is fast because HTTP sets up a connection per request",
        refuted_in="01-duplex: The race",
    ),
    Question(
        "what-costs",
        "Compare HTTP keep-alive with a WebSocket client that does not wait. What makes HTTP "
        "slower?",
        {
            "a": Option(
                "Setting up connections.",
                "It set up one, as the WebSocket did. Only the fourth client, with its new "
                "connections, pays for more.",
            ),
            "b": Option(
                "Its headers, which are longer.",
                "They are more than ten times as long. But on this wire bytes take no time; only "
                "waiting does.",
                refuted_in="01-duplex: What a message costs",
            ),
            "c": Option(
                "It waits for one response before the next request.",
                "Yes: it waits 20 times, one round trip each.",
            ),
        },
        answer="c",
        misconception="HTTP's cost is connection set-up per request",
        refuted_in="01-duplex: Where the time goes",
    ),
)
