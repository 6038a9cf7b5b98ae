"""The quiz of notebook 05, messages."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "how-often",
        "A client connects once and sends three messages, each in four frames. How many times "
        "does the server call its handler(ws)?",
        {
            "a": Option(
                "Twelve times: once for each frame",
                "The handler never saw a frame: its loop got two words, which had travelled in "
                "four frames.",
            ),
            "b": Option(
                "Three times: once for each message",
                'The list holds a single "called". The loop inside the handler runs once for '
                "each message.",
            ),
            "c": Option(
                "Once: for the connection",
                "Yes. The handler runs as long as the connection, and its loop runs once for "
                "each message.",
            ),
        },
        answer="c",
        misconception="the handler is called per message",
        refuted_in="05-messages: How often is the handler called?",
    ),
    Question(
        "one-read",
        "Your program reads from the socket, and 1,400 bytes come. What do you have?",
        {
            "a": Option(
                "One frame, since a frame travels in a packet",
                "One cut fell inside a header, and one chunk held two messages.",
            ),
            "b": Option(
                "Some bytes; only the headers in them say where frames end",
                "Yes. Wherever the network cuts the bytes, the frames and messages are the same.",
            ),
            "c": Option(
                "At least the beginning of a message",
                "A read may begin in the middle of a frame: the second chunk began in a header.",
            ),
        },
        answer="b",
        misconception="message = frame = packet",
        refuted_in="05-messages: Where the network cuts",
    ),
    Question(
        "between",
        "One side has sent half of a text message; its last frame is still to come. Which frame "
        "may this side send before it?",
        {
            "a": Option(
                "A Ping",
                "Yes. A control frame may come in between; it must not be fragmented itself.",
            ),
            "b": Option(
                "Another, short text message",
                "The server answered it with 1002. Frames do not say which message they belong "
                "to, so only one message can be open.",
                refuted_in="05-messages: A rule is broken",
            ),
            "c": Option(
                "None: a message cannot be interrupted",
                "The server answered the Ping between Hel and lo, and Hello came back complete.",
            ),
        },
        answer="a",
        misconception="frames of two messages may be mixed, or nothing may come between",
        refuted_in="05-messages: Which orders are legal?",
    ),
    Question(
        "half-a-letter",
        "The first frame of a text ends with c3, half of the letter ë. What does the receiver do?",
        {
            "a": Option(
                "It closes with 1007: that is not UTF-8",
                "The server sent Zoë back. 1007 comes when the whole message is not UTF-8.",
            ),
            "b": Option(
                "It waits for the next frame: that is legal",
                "Yes. The message must be UTF-8, but each of its frames need not be.",
            ),
            "c": Option(
                "It shows the sign � instead of ë",
                "Nothing was replaced: the receiver joined the bytes first, and together they "
                "were Zoë.",
            ),
        },
        answer="b",
        misconception="each text frame is text by itself",
        refuted_in="05-messages: A cut inside a character",
    ),
    Question(
        "kinds",
        "You send a PNG image, then a JSON document. How many kinds of data does WebSocket have "
        "for them?",
        {
            "a": Option(
                "Three: text, binary and images",
                "The image went as opcode 2, like any other bytes. No opcode says image.",
            ),
            "b": Option(
                "Two: text, which is UTF-8, and binary",
                "Yes. What the bytes mean is agreed between the two programs.",
            ),
            "c": Option(
                "One: bytes. Text or binary does not matter",
                "42 came back as str when sent as text, and as bytes when sent as binary. The "
                "PNG sent as text got 1007.",
            ),
        },
        answer="b",
        misconception="text or bytes does not matter",
        refuted_in="05-messages: Text, binary, and an image",
    ),
    Question(
        "second-hello",
        "Compressed, Hello takes 7 bytes. The second Hello on the same connection takes 5. Why?",
        {
            "a": Option(
                "It is the same message, so only a number is sent",
                "The 5 bytes say: copy from an earlier message. A receiver that kept nothing "
                "could not read them.",
            ),
            "b": Option(
                "The sender points back to what it sent before",
                "Yes: this is called context takeover. So the receiver must keep its unpacker, "
                "too.",
            ),
            "c": Option(
                "Each message is compressed by itself, and sizes vary",
                "A new unpacker failed at the second Hello, so that message is not compressed by "
                "itself.",
            ),
        },
        answer="b",
        misconception="each compressed message stands alone",
        refuted_in="05-messages: Compressed, and undone by hand",
    ),
)
