"""The quiz of notebook 06, events."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "send-at-once",
        'A page says ws = new WebSocket(url) and in the next line ws.send("Hello"). What happens?',
        {
            "a": Option(
                "The message is kept, and sent when the connection is open.",
                "Nothing is kept: bufferedAmount stays 0, and an exception stops the program.",
            ),
            "b": Option("send() throws.", "Yes, InvalidStateError: wait for the open event."),
            "c": Option(
                "The message is sent: the constructor returns when it is connected.",
                "The constructor returns at once. At that moment no byte has been sent.",
            ),
        },
        answer="b",
        misconception="send right after the constructor",
        refuted_in="06-events: Everything in one go",
    ),
    Question(
        "what-is-open",
        "How are the open event and the opening handshake related?",
        {
            "a": Option(
                "open is the handshake.",
                "The handshake was over earlier: the recording had the 101, and open had not "
                "fired yet.",
            ),
            "b": Option(
                "ws.open() begins it.",
                "There is no such method. The constructor begins the handshake.",
                refuted_in="06-events: What is not there",
            ),
            "c": Option(
                "open fires after it, when the 101 has arrived and is valid.",
                "Yes. For the server the connection may be open long before.",
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
                "Sending fires no event at the sender, and a receiver needs the whole message "
                "first.",
            ),
            "b": Option(
                "For each frame that arrives.",
                "The first frame had arrived, as the Pong proved, and no event had fired.",
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
                "Its event fires while the first handler still waits.",
                "Yes: an await in a handler does not hold back later events.",
            ),
            "b": Option(
                "It waits until the handler is done.",
                "Three handlers had begun before the first had ended.",
            ),
            "c": Option(
                "The sender is told to wait.",
                "The sender notices nothing: the browser goes on reading.",
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
                "The 404 was in the recording; the event had only its type.",
            ),
            "b": Option(
                "That something failed, and nothing more.",
                "Yes. With more, a page could explore its visitor's network.",
            ),
            "c": Option(
                "The reason, in event.message.",
                "There is no such attribute. Look at the console, or at the server.",
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
                "It sent no Close frame: the recording shows every frame that was sent.",
            ),
            "b": Option(
                "The network, or a proxy.",
                "A network or proxy that cuts a connection sends no frame; the recording shows "
                "none.",
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
