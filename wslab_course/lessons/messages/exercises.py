"""Exercises and quiz of notebook 05, messages. The oracle is ``wslab.protocol.session``.

A frame is given as ``(fin, opcode, payload)``, the shape that ``parse_frame`` of 04 returns.
"""

from __future__ import annotations

import codecs
import random
import zlib

from wslab.protocol.frames import Frame, Side
from wslab.protocol.rules.frames import check_session
from wslab.protocol.session import Session
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

Simple = tuple[bool, int, bytes]  # fin, opcode, payload

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WORDS = ["", "Hello", "Zoë", "naïve", "日本語", "👋", "a👋b", "Grüße", "x"]
PING_BETWEEN = (True, PING, b"?")


def steps(frames: list[Simple]) -> list:
    """What our own session makes of the frames of one client."""
    session = Session()
    made = [Frame(opcode, payload, fin=fin, mask=bytes(4)) for fin, opcode, payload in frames]
    return [session.feed(Side.CLIENT, frame) for frame in made]


def some_message(rng: random.Random) -> list[Simple]:
    """One message, text or binary, in one frame or more; now and then an empty one."""
    text = rng.random() < 0.6
    data = rng.choice(WORDS).encode() if text else rng.randbytes(rng.randrange(6))
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice([0, 0, 1, 2, 3])))
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    last, first = len(parts) - 1, TEXT if text else BINARY
    return [(i == last, 0 if i else first, part) for i, part in enumerate(parts)]


def with_controls(rng: random.Random, frames: list[Simple]) -> list[Simple]:
    """The same frames with a Ping or a Pong between some of them."""
    mixed: list[Simple] = []
    for frame in frames:
        if rng.random() < 0.3:
            mixed.append((True, rng.choice([PING, PONG]), rng.choice([b"", b"?", b"still there?"])))
        mixed.append(frame)
    return mixed


# --- split_text ---------------------------------------------------------------------------


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
            nudge="An empty message is a message too: one frame with nothing in it.",
        ),
        Case(
            "Hello!",
            3,
            expected=[(False, 1, b"Hel"), (True, 0, b"lo!")],
            nudge="Six bytes are two frames of three; the second is the last.",
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
        "range(0, max(len(data), 1), size) gives where each frame starts, also for no bytes.",
    ],
    why="A frame ends at a byte, not at a character: only the whole message must be UTF-8.",
)
def split_text(text: str, size: int) -> list[tuple[bool, int, bytes]]:
    """Cut it into frames (fin, opcode, payload) of at most size bytes each."""
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


@split_text.wrong("Only the first frame says text, 1. Those that go on have opcode 0.")
def text_every_time(text, size):
    return cut_up(text.encode(), size, opcode=1)


@split_text.wrong("FIN is False on all your frames, so the receiver waits for ever; set the last.")
def never_final(text, size):
    return cut_up(text.encode(), size, final=False)


@split_text.wrong("FIN is True on all your frames: the receiver takes each for a whole message.")
def always_final(text, size):
    return [(True, opcode, part) for _, opcode, part in cut_up(text.encode(), size)]


@split_text.wrong("For no bytes you made no frame, and nothing would travel. Send one, empty.")
def nothing_for_nothing(text, size):
    return cut_up(text.encode(), size, least=0)


@split_text.wrong(
    "You kept each character in one piece. That is legal, and not needed: a frame may end "
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


@split_text.wrong("Your last frame is empty though bytes were left to end the message with.")
def an_empty_end(text, size):
    data = text.encode()
    if not data:
        return [(True, 1, b"")]
    return [*cut_up(data, size, final=False), (True, 0, b"")]


# --- show_early ---------------------------------------------------------------------------


def some_parts(rng: random.Random) -> Case:
    """The payloads of one text message; one in four is not UTF-8, or ends too soon."""
    data = "".join(rng.choices(WORDS, k=rng.randrange(1, 4))).encode()
    fault = rng.random()
    if fault < 0.12:
        data += b"\xff"
    elif fault < 0.25:
        data += "ë".encode()[:1]
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return Case(parts, raises=UnicodeDecodeError if 0 <= fault < 0.25 else None)


@exercise(
    cases=[
        Case([b"Hi"], expected=["Hi"]),
        Case([b"Hel", b"lo"], expected=["Hel", "lo"]),
        Case(
            [b"Zo\xc3", b"\xab"],
            expected=["Zo", "ë"],
            nudge="c3 begins a character of two bytes: keep it until the next part has come.",
        ),
        Case([b"\xf0", b"\x9f", b"\x91", b"\x8b"], expected=["", "", "", "👋"]),
        Case(
            [b"Zo\xc3"],
            raises=UnicodeDecodeError,
            nudge="The message is over and a byte of ë is missing: no text can come of it.",
        ),
        Case(
            [b"Zo\xff", b"x"],
            raises=UnicodeDecodeError,
            nudge="ff stands in no UTF-8 text, so nothing that follows can mend it.",
        ),
    ],
    fuzz=some_parts,
    hints=[
        "Between two parts somebody must remember the bytes of a character that has begun.",
        'codecs.getincrementaldecoder("utf-8")() makes a decoder that remembers.',
        "decoder.decode(part, final) with final True for the last part raises if bytes are left.",
    ],
    why="The decoder holds back what may still become a character, three bytes at most.",
)
def show_early(parts: list[bytes]) -> list[str]:
    """Give, for each payload, the new text that can be shown by then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    last = len(parts) - 1
    return [decoder.decode(part, i == last) for i, part in enumerate(parts)]


def unended(parts: list[bytes]) -> list[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    return [decoder.decode(part) for part in parts]


@show_early.wrong("You decoded each part by itself: half a character is no text, alone.")
def each_by_itself(parts):
    return [part.decode() for part in parts]


@show_early.wrong("You dropped the bytes that did not decode; the half character is lost.")
def halves_dropped(parts):
    return [part.decode(errors="ignore") for part in parts]


@show_early.wrong("You show U+FFFD for each half character; keep the bytes, and wait.")
def halves_replaced(parts):
    return [part.decode(errors="replace") for part in parts]


@show_early.wrong("You waited for the end. Show what is whole as soon as it has come.")
def all_at_the_end(parts):
    return [*[""] * (len(parts) - 1), b"".join(parts).decode()]


@show_early.wrong("You give all the text so far each time; only what is new is asked for.")
def everything_so_far(parts):
    new = show_early.reference(parts)
    return ["".join(new[: i + 1]) for i in range(len(new))]


@show_early.wrong("A message may not end inside a character: tell the decoder when it is over.")
def never_ended(parts):
    return unended(parts)


# --- reassemble ---------------------------------------------------------------------------


def joined(*frames: Simple, nudge: str = "") -> Case:
    whole = [step.message.data for step in steps(list(frames)) if step.message is not None]
    return Case(list(frames), expected=whole, nudge=nudge)


def some_stream(rng: random.Random) -> Case:
    """A few messages with controls anywhere; sometimes the last is not whole."""
    frames = [frame for _ in range(rng.randrange(1, 5)) for frame in some_message(rng)]
    frames = with_controls(rng, frames)
    return joined(*(frames[:-1] if rng.random() < 0.3 else frames))


@exercise(
    cases=[
        joined(
            (True, 1, b"Hi"),
            nudge="A frame with FIN is a message by itself; opcode 1 makes it str.",
        ),
        joined(
            (True, 2, b"Hi"), nudge="Opcode 2 is binary: the bytes stay bytes, whatever they hold."
        ),
        joined(
            (False, 1, b"Hel"),
            (True, 0, b"lo"),
            nudge="Two frames, one message: it is whole when the frame with FIN has come.",
        ),
        joined(
            (False, 1, b"Hel"),
            PING_BETWEEN,
            (True, 0, b"lo"),
            nudge="The Ping is no part of the message: pass it over and go on.",
        ),
        joined((False, 2, b"\x00"), (True, 0, b"\xff")),
        joined((False, 1, b"Zo\xc3"), (True, 0, b"\xab")),
        joined(
            (False, 1, b""),
            (True, 0, b""),
            nudge="Nothing in two frames is still a message: an empty one.",
        ),
        joined((False, 1, b"one"), nudge="FIN has not come: nobody knows yet what the message is."),
        joined(
            (False, 1, b"a"),
            (True, 0, b"b"),
            (True, 2, b"c"),
            (False, 1, b"d"),
            (True, 0, b"e"),
            nudge="Three messages; each begins with nothing of the one before.",
        ),
    ],
    fuzz=some_stream,
    hints=[
        "Three kinds of frame come: those that begin (1, 2), that go on (0), and controls.",
        "Remember the opcode of the first frame: the last one says 0, and that is no type.",
        "On opcode 1 or 2 set kind, data = opcode, b''. Then data += payload. On fin append.",
    ],
    why="One message is open at a time in each direction, so one buffer is enough. Controls "
    "pass it by.",
)
def reassemble(frames: list[tuple[bool, int, bytes]]) -> list[str | bytes]:
    """Give the whole messages of one sender: text as str, binary as bytes."""
    messages, kind, data = [], 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            continue
        if opcode:
            kind, data = opcode, b""
        data += payload
        if fin:
            messages.append(data.decode() if kind == 1 else data)
    return messages


def put_together(frames, controls=False, restart=False, forget=True, unfinished=False, last=False):
    """reassemble with one thing done differently."""
    messages, kind, data, open_ = [], 0, b"", False
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if restart:
                data = b""
            if not controls:
                continue
        elif opcode or last:
            kind = opcode
            data = b"" if opcode and forget else data
        data, open_ = data + payload, True
        if fin:
            messages.append(data.decode(errors="replace") if kind == 1 else data)
            open_ = False
    if unfinished and open_:
        messages.append(data.decode(errors="replace") if kind == 1 else data)
    return messages


@reassemble.wrong("You made a message of every frame; one may be spread over several.")
def a_message_a_frame(frames):
    kind, found = 0, []
    for _, opcode, payload in frames:
        kind = opcode if opcode in (1, 2) else kind
        if opcode < 8:
            found.append(payload.decode(errors="replace") if kind == 1 else payload)
    return found


@reassemble.wrong("You took a control frame's payload into the message; opcodes from 8 on are not.")
def controls_taken_in(frames):
    return put_together(frames, controls=True)


@reassemble.wrong("A Ping in the middle made you begin anew; the message is still open behind it.")
def ping_begins_anew(frames):
    return put_together(frames, restart=True)


@reassemble.wrong(
    "You asked the last frame for the type. It says 0; the first says text or binary."
)
def type_of_the_last(frames):
    return put_together(frames, last=True)


@reassemble.wrong("Your buffer was not emptied: the next message begins with the one before.")
def buffer_not_emptied(frames):
    return put_together(frames, forget=False)


@reassemble.wrong("You gave back a message that is not whole: without FIN more is to come.")
def unfinished_too(frames):
    return put_together(frames, unfinished=True)


@reassemble.wrong("You decoded frame by frame; a character may be cut. Join first, then decode.")
def decoded_frame_by_frame(frames):
    messages, kind, data = [], 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            continue
        if opcode:
            kind, data = opcode, "" if opcode == 1 else b""
        data += payload.decode(errors="replace") if kind == 1 else payload
        if fin:
            messages.append(data)
    return messages


@reassemble.wrong("You left out an empty message; it was sent, and somebody may wait for it.")
def empty_left_out(frames):
    return [message for message in put_together(frames) if message]


@reassemble.wrong("You made text of everything; opcode 2 says that the bytes are to stay bytes.")
def text_of_everything(frames):
    found = put_together(frames)
    return [m.decode(errors="replace") if isinstance(m, bytes) else m for m in found]


# --- close_code ---------------------------------------------------------------------------

#: The five sequences of the notebook's table.
FIVE: dict[str, list[Simple]] = {
    "A": [(False, 1, b"Hel"), (True, 9, b"?"), (True, 0, b"lo")],
    "B": [(False, 1, b"Hel"), (True, 1, b"Hi"), (True, 0, b"lo")],
    "C": [(False, 1, b"Zo\xc3"), (True, 0, b"\xab")],
    "D": [(True, 1, b"Zo\xc3")],
    "E": [(False, 9, b"?"), (True, 0, b"!")],
}


def judged(*frames: Simple, nudge: str = "") -> Case:
    broken = [f.close_code for f in check_session(steps(list(frames))) if not f.ok]
    return Case(list(frames), expected=int(broken[0]) if broken else None, nudge=nudge)


def one_fault(rng: random.Random) -> Case:
    """Whole messages with controls between; at most one fault, at the end."""
    frames = [frame for _ in range(rng.randrange(1, 4)) for frame in some_message(rng)]
    fault: list[Simple] = rng.choice(
        [
            [],
            [],
            [(False, 1, b"a"), (True, rng.choice([1, 2]), b"b")],
            [(rng.random() < 0.5, 0, b"a")],
            [(False, rng.choice([PING, PONG]), b"?")],
            [(True, 1, b"\xff")],
            [(False, 1, "ë".encode()[:1]), (True, 0, b"")],
        ]
    )
    return judged(*with_controls(rng, frames + fault))


@exercise(
    cases=[
        judged((True, 1, b"Hi"), nudge="Nothing is wrong with one whole frame of text."),
        judged(*FIVE["A"], nudge="A control frame may stand between the frames of a message."),
        judged(*FIVE["B"], nudge="A text begins while another is open; who would get the lo?"),
        judged(*FIVE["C"], nudge="Joined, the bytes are UTF-8, and the message is what counts."),
        judged(*FIVE["D"], nudge="The message is over, and c3 waits for a second byte."),
        judged(*FIVE["E"], nudge="A Ping with FIN 0: control frames come whole."),
        judged((True, 0, b"lo"), nudge="Opcode 0 goes on with a message, and none is open."),
        judged((True, 2, b"\xff"), nudge="Binary may hold any bytes: it is no text."),
        judged((False, 1, b"a"), (True, 0, b"b"), (True, 0, b"c")),
        judged((False, 2, b"a"), (True, 2, b"b")),
        judged((False, 1, b"a"), (True, 0, b"b"), (True, 1, b"c")),
        judged((False, 1, b"\xc3"), (True, 0, b"x")),
    ],
    fuzz=one_fault,
    hints=[
        "Remember whether a message is open, which opcode it began with, and its bytes.",
        "Opcode 0 needs an open message; 1 and 2 need none. Opcodes from 8 on need FIN.",
        "On fin: if it began with 1, try data.decode(); UnicodeDecodeError means 1007.",
    ],
    why="Broken order is a broken protocol, 1002. Right order with bytes that are no text is "
    "1007. A stricter receiver says 1007 earlier, at the first impossible byte.",
)
def close_code(frames: list[tuple[bool, int, bytes]]) -> int | None:
    """Give the code of the Close that answers this, None if all is well."""
    kind, data = 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if not fin:
                return 1002
            continue
        if (opcode == 0) != (kind != 0):
            return 1002
        kind, data = opcode or kind, data + payload
        if fin:
            try:
                if kind == 1:
                    data.decode()
            except UnicodeDecodeError:
                return 1007
            kind, data = 0, b""
    return None


def answered(frames, controls_whole=True, one_open=True, begun=True, binary=False, bad_text=1007):
    """close_code with one thing done differently."""
    kind, data = 0, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            if controls_whole and not fin:
                return 1002
            continue
        if opcode and kind and one_open:
            return 1002
        if not opcode and not kind and begun:
            return 1002
        if opcode:
            kind, data = opcode, b""
        data += payload
        if fin:
            if kind == 1 or binary:
                try:
                    data.decode()
                except UnicodeDecodeError:
                    return bad_text
            kind, data = 0, b""
    return None


@close_code.wrong("A Ping between two frames of a message is legal; that is what it is for.")
def no_ping_between(frames):
    kind = 0
    for i, (fin, opcode, _) in enumerate(frames):
        if opcode >= 8 and kind:
            return 1002
        if opcode < 8:
            kind = 0 if fin else 1
        broken = answered(frames[: i + 1])
        if broken:
            return broken
    return None


@close_code.wrong("You judged each frame's bytes alone; a character may be cut between two frames.")
def text_frame_by_frame(frames):
    kind = 0
    for i, (_, opcode, payload) in enumerate(frames):
        broken = answered(frames[: i + 1])
        if broken == 1002:
            return broken
        kind = opcode if opcode in (1, 2) else kind
        try:
            payload.decode() if kind == 1 and opcode < 8 else None
        except UnicodeDecodeError:
            return 1007
        if broken:
            return broken
    return None


@close_code.wrong("You let a control frame come in parts; with FIN 0 it is answered with 1002.")
def controls_in_parts(frames):
    return answered(frames, controls_whole=False)


@close_code.wrong("You let a second message begin while one is open; there is one at a time.")
def two_open(frames):
    return answered(frames, one_open=False)


@close_code.wrong("You let opcode 0 come first; it goes on with a message, and none is open.")
def begins_with_zero(frames):
    return answered(frames, begun=False)


@close_code.wrong("You asked binary to be UTF-8; opcode 2 promises nothing about its bytes.")
def binary_as_text(frames):
    return answered(frames, binary=True)


@close_code.wrong("The order was right and the text was not: that is 1007; 1002 is for the order.")
def always_1002(frames):
    return answered(frames, bad_text=1002)


# --- inflate ------------------------------------------------------------------------------

TAIL = b"\x00\x00\xff\xff"


def packed(*messages: bytes) -> list[bytes]:
    """The payloads of a sender that keeps its window from message to message."""
    packer = zlib.compressobj(wbits=-15)
    return [
        (packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for message in messages
    ]


def some_packed(rng: random.Random) -> Case:
    words = [rng.choice([*WORDS, "Hello " * 20]).encode() for _ in range(rng.randrange(1, 5))]
    return Case(packed(*words), expected=words)


@exercise(
    cases=[
        Case([bytes.fromhex("f2 48 cd c9 c9 07 00")], expected=[b"Hello"]),
        Case(
            [bytes.fromhex("f2 48 cd c9 c9 07 00"), bytes.fromhex("f2 00 11 00 00")],
            expected=[b"Hello", b"Hello"],
            nudge="The second payload points back to the first Hello: who still knows it?",
        ),
        Case(packed(b"one", b"two", b"one two"), expected=[b"one", b"two", b"one two"]),
        Case(packed(b"", b"x"), expected=[b"", b"x"]),
    ],
    fuzz=some_packed,
    hints=[
        "The sender left out the same four bytes at the end of every message.",
        "zlib.decompressobj(wbits=-15) reads DEFLATE without a header, and remembers.",
        r"Make one unpacker before the loop; give it payload + b'\x00\x00\xff\xff' each time.",
    ],
    why="One unpacker for the connection keeps the window that back references reach into.",
)
def inflate(payloads: list[bytes]) -> list[bytes]:
    """Unpack the compressed messages of one sender, in the order they came."""
    unpacker = zlib.decompressobj(wbits=-15)
    return [unpacker.decompress(payload + b"\x00\x00\xff\xff") for payload in payloads]


@inflate.wrong("You began anew for each message; the second points back into the first.")
def a_new_one_each_time(payloads):
    return [zlib.decompressobj(wbits=-15).decompress(payload + TAIL) for payload in payloads]


@inflate.wrong("You forgot the four bytes 00 00 ff ff, so the next message is read askew.")
def tail_forgotten(payloads):
    unpacker = zlib.decompressobj(wbits=-15)
    return [unpacker.decompress(payload) for payload in payloads]


@inflate.wrong(
    "zlib.decompress wants a stream with an end, which never comes here, and a header in front "
    "unless wbits=-15. Take zlib.decompressobj(wbits=-15)."
)
def a_header_expected(payloads):
    return [zlib.decompress(payload + TAIL) for payload in payloads]


@inflate.wrong("You unpacked all messages as one; give back one result for each.")
def all_in_one(payloads):
    unpacker = zlib.decompressobj(wbits=-15)
    return [b"".join(unpacker.decompress(payload + TAIL) for payload in payloads)]


@inflate.wrong("Text or binary is the opcode's affair; what comes out of the unpacker is bytes.")
def made_into_text(payloads):
    return [data.decode() for data in inflate.reference(payloads)]


# --- the questions ------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "how-often",
        "A client connects once and sends three messages, each in four frames. How often does "
        "the server call its handler(ws)?",
        {
            "a": Option(
                "Twelve times, for each frame",
                "The handler never saw a frame: two came as one word, out of four frames.",
            ),
            "b": Option(
                "Three times, for each message",
                'The list begins with a single "called". The loop inside turns for each message.',
            ),
            "c": Option(
                "Once, for the connection",
                "Yes. It lives as long as the connection, and its loop turns once a message.",
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
                "Some bytes; where frames end, only their headers say",
                "Yes. Move the cuts as you like: frames and messages stay where they are.",
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
        "A text message is half sent, and its last frame is to come. Which frame may the same "
        "side send before it?",
        {
            "a": Option("A Ping", "Yes. A control frame may pass between; it must be whole."),
            "b": Option(
                "Another, short text message",
                "It was answered with 1002: frames have no number, so only one can be open.",
                refuted_in="05-messages: A rule is broken",
            ),
            "c": Option(
                "None: a message is not interrupted",
                "The Ping between Hel and lo was answered, and Hello came back whole.",
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
                "It closes with 1007: that is no UTF-8",
                "The server sent Zoë back. 1007 comes when the whole message is no UTF-8.",
            ),
            "b": Option(
                "It waits for the next frame: that is legal",
                "Yes. UTF-8 is a promise about the message, not about each of its frames.",
            ),
            "c": Option(
                "It shows the sign � in place of ë",
                "Nothing was replaced: the bytes were joined first, and then they were Zoë.",
            ),
        },
        answer="b",
        misconception="each text frame is text by itself",
        refuted_in="05-messages: A cut inside a character",
    ),
    Question(
        "kinds",
        "You send a PNG image, then a JSON document. How many kinds of data does WebSocket know "
        "for them?",
        {
            "a": Option(
                "Three: text, binary and images",
                "The image went as opcode 2, like any other bytes. No opcode says image.",
            ),
            "b": Option(
                "Two: text, which is UTF-8, and binary",
                "Yes. What the bytes are beyond that is agreed between the two programs.",
            ),
            "c": Option(
                "One: bytes. Text or binary does not matter",
                "42 came back as str once and as bytes once; and the PNG sent as text got 1007.",
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
                "The 5 bytes say: copy from what came before. A receiver that had kept nothing "
                "could not read them.",
            ),
            "b": Option(
                "The sender points back to what it sent before",
                "Yes: context takeover. So the receiver must keep its unpacker, too.",
            ),
            "c": Option(
                "Each message is packed by itself, and sizes vary",
                "A new unpacker failed at the second Hello, so it is not packed by itself.",
            ),
        },
        answer="b",
        misconception="each compressed message stands alone",
        refuted_in="05-messages: Compressed, and undone by hand",
    ),
)
