"""The quiz of notebook 04, frames."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "who-masks",
        "A client and a server exchange frames over ws://. Which frames are masked?",
        {
            "a": Option("All of them, in both directions", "The echo came back as 81 05: MASK 0."),
            "b": Option(
                "Those of the client, and no others",
                "Yes. All frames of a client, and no frame of a server.",
            ),
            "c": Option(
                "Those with private data in them",
                "The sender has no choice: your Hello was not private, and it had to be masked.",
            ),
            "d": Option(
                "Those of the server, so that the client can trust them",
                "The server sent seven bytes, and they held no key.",
            ),
        },
        answer="b",
        misconception="both sides mask, or mask when they like",
        refuted_in="04-frames: Hello on the wire",
    ),
    Question(
        "why-mask",
        "What is the mask for?",
        {
            "a": Option(
                "Nobody between client and server can read the payload",
                "The key travels in the same frame. With it you read a PIN from the wire.",
                refuted_in="04-frames: Masking is not encryption",
            ),
            "b": Option(
                "The receiver notices when a byte was damaged",
                "XOR does not detect errors: a bit that is flipped on the way is still flipped "
                "after unmasking.",
                refuted_in="04-frames: The mask",
            ),
            "c": Option(
                "A web page cannot choose the bytes that travel",
                "Yes. The page chooses the payload and the browser chooses the key, so the page "
                "cannot make a proxy see a request in the result.",
            ),
        },
        answer="c",
        misconception="masking is encryption",
        refuted_in="04-frames: The poisoned cache",
    ),
    Question(
        "which-key",
        "To save time, a client takes the key 37 fa 21 3d for every frame. What is lost?",
        {
            "a": Option(
                "Nothing: the key can be read on the wire anyway",
                "The wire shows the key too late for that. But a page that knows the key before "
                "it chooses the payload also chooses the bytes that travel.",
            ),
            "b": Option(
                "Secrecy: in time, an attacker works out the key",
                "There was no secrecy: every frame contains its key, new or not.",
                refuted_in="04-frames: Masking is not encryption",
            ),
            "c": Option(
                "A page that knows the key can choose the bytes that travel",
                "Yes. The page masks its request itself, the client masks it once more, and the "
                "request is on the wire.",
            ),
        },
        answer="c",
        misconception="a key that is visible need not be random",
        refuted_in="04-frames: A key that nobody can foresee",
    ),
    Question(
        "length-126",
        "The seven length bits of a frame hold 126. How long is its payload?",
        {
            "a": Option(
                "126 bytes",
                "126 is not a length here. With a payload of 126 bytes, the length bits hold "
                "126, and 00 7e follows.",
            ),
            "b": Option(
                "As long as the next two bytes say", "Yes; and 127 points to the next eight."
            ),
            "c": Option(
                "As long as the next eight bytes say", "That is what 127 means; 126 points to two."
            ),
        },
        answer="b",
        misconception="126 is a length",
        refuted_in="04-frames: How long is it?",
    ),
    Question(
        "how-many-frames",
        "One side calls send with one message. What travels?",
        {
            "a": Option(
                "One frame in one packet: message, frame and packet are the same",
                "You sent one frame in eleven writes, and one message in two frames.",
            ),
            "b": Option(
                "One message, in one frame or more, in pieces that TCP chooses",
                "Yes. Only the length in its header says where a frame ends.",
            ),
            "c": Option(
                "One frame, and nothing else until the message is complete",
                "Between two frames of a message you sent a Ping, and the server answered it.",
            ),
        },
        answer="b",
        misconception="message = frame = packet",
        refuted_in="04-frames: One message, several frames",
    ),
)
