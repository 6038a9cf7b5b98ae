"""The quiz of notebook 04, frames."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "who-masks",
        "A client and a server talk over ws://. Which frames are masked?",
        {
            "a": Option("All of them, in both directions", "The echo came back as 81 05: MASK 0."),
            "b": Option("Those of the client, and no others", "Yes. One way, always, no choice."),
            "c": Option(
                "Those with private data in them",
                "The sender has no choice: your Hello was not a secret, and had to carry a mask.",
            ),
            "d": Option(
                "Those of the server, since the client trusts nobody",
                "Seven bytes came from the server, and no key among them.",
            ),
        },
        answer="b",
        misconception="both sides mask, or mask when they like",
        refuted_in="04-frames: Hello on the wire",
    ),
    Question(
        "why-mask",
        "What is the mask good for?",
        {
            "a": Option(
                "Nobody on the way can read the payload",
                "The key travels in the same frame. You read a PIN with it, from the wire alone.",
                refuted_in="04-frames: Masking is not encryption",
            ),
            "b": Option(
                "The receiver notices when a byte was damaged",
                "XOR notices nothing: a flipped bit goes through it and comes out flipped.",
                refuted_in="04-frames: The mask",
            ),
            "c": Option(
                "A web page cannot choose the bytes that travel",
                "Yes. It chooses the payload, the browser chooses the key, and a proxy finds no "
                "request in the result.",
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
                "On the wire it is too late. Anyone who knows the key before choosing the "
                "payload also "
                "chooses the bytes that travel.",
            ),
            "b": Option(
                "Secrecy: with time, somebody works the key out",
                "There was no secrecy: the key stands in each frame, fresh or not.",
                refuted_in="04-frames: Masking is not encryption",
            ),
            "c": Option(
                "A page that knows the key can again send the bytes it likes",
                "Yes. It masks its request itself, the client masks it once more, and out comes "
                "the request.",
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
                "126 is not a length here. A payload of 126 bytes shows 126, then 00 7e.",
            ),
            "b": Option("As long as the next two bytes say", "Yes; and 127 points to eight."),
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
                "One frame in one packet, as a message is a frame is a packet",
                "You sent a frame in eleven writes, and a message in two frames.",
            ),
            "b": Option(
                "One message, in one frame or more, in pieces that TCP chooses",
                "Yes. Only the frames' own lengths say where one ends.",
            ),
            "c": Option(
                "One frame, and nothing else before it is complete",
                "Between two frames of a message, a Ping went through and was answered.",
            ),
        },
        answer="b",
        misconception="message = frame = packet",
        refuted_in="04-frames: One message, several frames",
    ),
)
