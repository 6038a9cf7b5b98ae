"""The quiz of notebook 01, duplex."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "how-many-connections",
        "A client makes 20 HTTP/1.1 requests to one server. How many connections does that need?",
        {
            "a": Option(
                "20: HTTP opens a connection for each request.",
                "HTTP/1.0 did. Since 1997 a connection stays open unless one side says "
                "Connection: close; the tap counted one.",
            ),
            "b": Option(
                "1, unless somebody asks to close it.",
                "Yes: persistent is the rule since HTTP/1.1 (RFC 9112 §9.3).",
            ),
            "c": Option(
                "1, but it is closed after each response and opened again.",
                "Opened again is another connection. The tap saw one, which stayed "
                "open for all 20 requests.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="01-duplex: Does HTTP hang up",
    ),
    Question(
        "keep-alive",
        "HTTP keep-alive holds a connection open, and a WebSocket does. Is that the same thing?",
        {
            "a": Option(
                "Yes: an open connection is an open connection.",
                "The channel is the same. Over keep-alive the server still speaks only when "
                "asked; your server's ticks came unasked.",
                refuted_in="01-duplex: Freeze one direction",
            ),
            "b": Option(
                "No: keep-alive uses half-duplex connections.",
                "Both stand on TCP, which is full duplex: you heard an answer in mid-sentence.",
            ),
            "c": Option(
                "No: the channel is the same, but an HTTP server only answers.",
                "Yes. Either side of a WebSocket may speak at any time; an HTTP server answers.",
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
                "Yes. One direction may even stand still, and the other goes on.",
            ),
            "c": Option(
                "Both sides send all the time.",
                "That would be a use of it. A channel is what can be done, not what is done.",
            ),
        },
        answer="b",
        misconception="full duplex means that both talk all the time",
        refuted_in="01-duplex: Freeze one direction",
    ),
    Question(
        "why-fast",
        "A WebSocket client sends, waits, sends, waits. HTTP keep-alive does the same over the "
        "same wire. Who is faster?",
        {
            "a": Option(
                "WebSocket, by far: it is full duplex.",
                "It could be. Used like this it waits for as many round trips as HTTP does.",
            ),
            "b": Option(
                "Neither, by much: both wait for each answer.",
                "Yes. A full-duplex channel is fast when you use both directions at once.",
            ),
            "c": Option(
                "WebSocket: it saves setting up a connection for each message.",
                "Keep-alive sets up one connection as well, and took about as long.",
            ),
        },
        answer="b",
        misconception="WebSocket is fast because HTTP sets up a connection per request",
        refuted_in="01-duplex: The race",
    ),
    Question(
        "what-costs",
        "HTTP keep-alive against a WebSocket that waits for nothing: what makes HTTP slower?",
        {
            "a": Option(
                "Setting up connections.",
                "It set up one, as the WebSocket did. New connections cost extra, and that is "
                "the fourth client.",
            ),
            "b": Option(
                "Its headers, which are longer.",
                "They are, ten times over. On this wire bytes take no time; only waiting does.",
                refuted_in="01-duplex: What a message costs",
            ),
            "c": Option(
                "It waits for one response before the next request.",
                "Yes: 20 waits of one round trip each.",
            ),
        },
        answer="c",
        misconception="HTTP's cost is connection set-up per request",
        refuted_in="01-duplex: Where the time goes",
    ),
)
