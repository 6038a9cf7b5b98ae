"""Exercise split_text of notebook 05, messages."""

from __future__ import annotations

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.messages.exercises.samples import WORDS


@exercise(
    cases=[
        Case(
            "Hi",
            5,
            expected=[(True, 1, b"Hi")],
            nudge="It fits into one frame: the first is also the last, so FIN is True.",
        ),
        Case("Hello", 3, expected=[(False, 1, b"Hel"), (True, 0, b"lo")]),
        Case(
            "",
            3,
            expected=[(True, 1, b"")],
            nudge="An empty message is a message, too: one frame with an empty payload.",
        ),
        Case(
            "Hello!",
            3,
            expected=[(False, 1, b"Hel"), (True, 0, b"lo!")],
            nudge="Six bytes make two frames of three bytes; the second is the last.",
        ),
        Case("abcdefg", 3, expected=[(False, 1, b"abc"), (False, 0, b"def"), (True, 0, b"g")]),
        Case("Zoë", 3, expected=[(False, 1, b"Zo\xc3"), (True, 0, b"\xab")]),
        Case("ë", 1, expected=[(False, 1, b"\xc3"), (True, 0, b"\xab")]),
        Case("👋", 3),
    ],
    fuzz=lambda rng: Case("".join(rng.choices(WORDS, k=rng.randrange(5))), rng.randrange(1, 9)),
    hints=[
        "Sizes on the wire are in bytes, so encode first and cut afterwards.",
        "The first frame has opcode 1, all others 0. FIN is True on the last and nowhere else.",
        "range(0, max(len(data), 1), size) gives the start of each frame, also when data is empty.",
    ],
    why="A frame may end at any byte, even inside a character: only the whole message must be "
    "UTF-8.",
)
def split_text(text: str, size: int) -> list[tuple[bool, int, bytes]]:
    """Cut text into frames (fin, opcode, payload) of at most size bytes."""
    data, frames = text.encode(), []
    for start in range(0, max(len(data), 1), size):
        end = start + size
        frames.append((end >= len(data), 0 if start else 1, data[start:end]))
    return frames


def cut_up(data, size, opcode=0, least=1, final=True):
    """split_text with one thing done differently."""
    starts = list(range(0, max(len(data), least), size))
    return [
        (final and s == starts[-1], opcode if i else 1, data[s : s + size])
        for i, s in enumerate(starts)
    ]


@split_text.wrong("You counted characters; the size is in bytes, and ë takes two. Encode first.")
def characters_counted(text, size):
    frames = cut_up(text, size)
    return [(fin, opcode, part.encode()) for fin, opcode, part in frames]


@split_text.wrong(
    "Only the first frame has opcode 1, text. The frames that continue it have opcode 0."
)
def text_every_time(text, size):
    return cut_up(text.encode(), size, opcode=1)


@split_text.wrong(
    "FIN is False on all your frames, so the receiver waits for ever; set it on the last."
)
def never_final(text, size):
    return cut_up(text.encode(), size, final=False)


@split_text.wrong("FIN is True on all your frames: the receiver reads each as a complete message.")
def always_final(text, size):
    return [(True, opcode, part) for _, opcode, part in cut_up(text.encode(), size)]


@split_text.wrong(
    "For an empty text you made no frame, so no message would be sent. Make one empty frame."
)
def nothing_for_nothing(text, size):
    return cut_up(text.encode(), size, least=0)


@split_text.wrong(
    "You kept each character in one piece. That is allowed, but not needed: a frame may end "
    "inside a character. Here every frame but the last has size bytes."
)
def characters_kept_whole(text, size):
    data, parts = text.encode(), []
    while data:
        end = min(size, len(data))
        while 0 < end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        end = end or size
        parts.append(data[:end])
        data = data[end:]
    parts = parts or [b""]
    last = len(parts) - 1
    return [(i == last, 0 if i else 1, part) for i, part in enumerate(parts)]


@split_text.wrong("Your last frame is empty; set FIN on the frame with the last bytes instead.")
def an_empty_end(text, size):
    data = text.encode()
    if not data:
        return [(True, 1, b"")]
    return [*cut_up(data, size, final=False), (True, 0, b"")]
