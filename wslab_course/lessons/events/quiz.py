"""The quiz of notebook 06, events."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "send-at-once",
        'A page says ws = new WebSocket(url) and in the next line ws.send("Hello"). What happens?',
        {
            "a": Option(
                "It is kept, and sent when the connection is open.",
                "Nothing is kept: bufferedAmount stays 0, and an exception stops the program.",
            ),
            "b": Option("send() throws.", "Yes, InvalidStateError: wait for the open event."),
            "c": Option(
                "It is sent: the constructor returns when it is connected.",
                "The constructor returns at once. At that moment not one byte has left.",
            ),
        },
        answer="b",
        misconception="send right after the constructor",
        refuted_in="06-events: Everything in one go",
    ),
    Question(
        "what-is-open",
        "The open event and the opening handshake: how do they belong together?",
        {
            "a": Option(
                "open is the handshake.",
                "The handshake was over before: you saw the 101 in the recording, and no open yet.",
            ),
            "b": Option(
                "ws.open() begins it.",
                "There is no such method. The constructor begins it.",
                refuted_in="06-events: What is not there",
            ),
            "c": Option(
                "open fires after it, when the 101 has arrived and is right.",
                "Yes. The server may think itself connected long before.",
            ),
        },
        answer="c",
        misconception="`open` is the handshake",
        refuted_in="06-events: open is not the handshake",
    ),
    Question(
        "when-message",
        "When does onmessage fire?",
        {
            "a": Option(
                "Whenever data is sent.",
                "Sending fires nothing at the sender, and a receiver must hear the whole message.",
            ),
            "b": Option(
                "For each frame that arrives.",
                "The first frame was there, the pong proved it, and nothing had fired.",
            ),
            "c": Option(
                "When a complete message has arrived.",
                "Yes: one event for one message, however many frames it took.",
            ),
        },
        answer="c",
        misconception="onmessage fires whenever data is sent",
        refuted_in="06-events: One event for one message",
    ),
    Question(
        "slow-handler",
        "Your onmessage handler awaits for a second. Meanwhile the next message arrives. "
        "What happens to it?",
        {
            "a": Option(
                "Its event fires, while the first handler still waits.",
                "Yes: an await in a handler holds nobody back.",
            ),
            "b": Option(
                "It waits until the handler is done.",
                "Three handlers had begun before one had ended.",
            ),
            "c": Option(
                "The sender is told to wait.",
                "Nobody tells the sender anything: the browser goes on reading.",
            ),
        },
        answer="a",
        misconception="awaiting in `onmessage` is backpressure",
        refuted_in="06-events: Awaiting holds nobody back",
    ),
    Question(
        "why-failed",
        "A connection fails. What does the error event tell your program?",
        {
            "a": Option(
                "The HTTP status of the refusal.",
                "The recording had the 404; the event had its type and nothing else.",
            ),
            "b": Option(
                "That something failed, and nothing more.",
                "Yes. A page must not use it to explore its visitor's network.",
            ),
            "c": Option(
                "The reason, in event.message.",
                "There is no such attribute. Look into the console, or at the server.",
            ),
        },
        answer="b",
        misconception="`error` tells you why",
        refuted_in="06-events: Error is mute",
    ),
    Question(
        "who-sent-1006",
        "A close event says 1006. Who sent that code?",
        {
            "a": Option(
                "The server.",
                "It sent no Close frame at all: the recording shows every frame there was.",
            ),
            "b": Option(
                "The network, or a proxy.",
                "What cuts a connection sends no frames; the recording shows none.",
            ),
            "c": Option(
                "Nobody: the browser made it up.",
                "Yes. It stands for a Close frame that never came.",
            ),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in="06-events: 1006 is never on the wire",
    ),
)
