"""Exercises and quiz of notebook 04, frames. The oracle is ``wslab.protocol.frames``."""

from __future__ import annotations

import random

from wslab.protocol.frames import Frame, FrameHeader, Opcode, Side, apply_mask
from wslab.protocol.rules.frames import check_frame
from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz

KEY = bytes.fromhex("37fa213d")  # the key of RFC 6455 §5.7
EDGES = [0, 1, 4, 5, 125, 126, 127, 128, 255, 256, 300, 1000]  # payload sizes in bytes
OPCODES = list(Opcode)


def some_frame(rng: random.Random) -> Frame:
    """A frame of any kind and size, masked or not; now and then a large one."""
    size = 65_536 if rng.random() < 0.02 else rng.choice([*EDGES, rng.randrange(40)])
    mask = rng.randbytes(4) if rng.random() < 0.6 else None
    return Frame(rng.choice(OPCODES), rng.randbytes(size), fin=rng.random() < 0.7, mask=mask)


# --- unmask -------------------------------------------------------------------------------


@exercise(
    cases=[
        Case(b"", KEY, expected=b""),
        Case(
            b"\x7f",
            KEY,
            expected=b"H",
            nudge="One byte in, one byte out. bytes([72]) is the byte 72; bytes(72) is 72 zeros.",
        ),
        Case(
            bytes.fromhex("7f9f4d51"),
            KEY,
            expected=b"Hell",
            nudge="Four bytes and four key bytes: each meets the one at its own place.",
        ),
        Case(
            bytes.fromhex("7f9f4d5158"),
            KEY,
            expected=b"Hello",
            nudge="The fifth byte meets the first key byte again.",
        ),
        Case(bytes(9), KEY),
    ],
    fuzz=lambda rng: Case(rng.randbytes(rng.choice(EDGES)), rng.randbytes(4)),
    hints=[
        "Python's `^` between two numbers is XOR; going through bytes gives you numbers.",
        "Byte 4 meets the first key byte again, byte 5 the second; `%` gives the remainder.",
        "Make each byte as masked[i] ^ key[i % 4], for i from 0, and put bytes( ) around them.",
    ],
    why="XOR with the same key undoes itself, so this function masks as well.",
)
def unmask(masked: bytes, key: bytes) -> bytes:
    """Give back the payload as it was before the client masked it."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))


@unmask.wrong("You stopped when the key was used up; after its 4th byte begin again with the 1st.")
def one_round(masked, key):
    return bytes(byte ^ k for byte, k in zip(masked, key, strict=False))


@unmask.wrong("You used the first key byte for every byte; the key has four, used in turn.")
def only_the_first_key_byte(masked, key):
    return bytes(byte ^ key[0] for byte in masked)


@unmask.wrong("You subtracted the key; masking is XOR, which Python writes as ^.")
def subtracted(masked, key):
    return bytes((byte - key[i % 4]) % 256 for i, byte in enumerate(masked))


@unmask.wrong("You left the bytes after the fourth as they were; the key goes on over all of them.")
def only_four_bytes(masked, key):
    head = bytes(byte ^ k for byte, k in zip(masked, key, strict=False))
    return head + masked[4:]


# --- payload_length -----------------------------------------------------------------------


def some_header(rng: random.Random) -> Case:
    size, limit = rng.choice([(0, 126), (2, 1 << 16), (8, 1 << 32)])
    length = rng.randrange(126 if size < 8 else 1 << 16, limit) if size else rng.randrange(126)
    masked = rng.random() < 0.5
    short = {0: length, 2: 126, 8: 127}[size] | (0x80 if masked else 0)
    extra = length.to_bytes(size, "big") if size else b""
    header = bytes([0x82, short]) + extra + (rng.randbytes(4) if masked else b"")
    return Case(header, expected=FrameHeader(header).length)


@exercise(
    cases=[
        Case(b"\x81\x00", expected=0, nudge="Byte 1 is 00: no MASK bit, and a length of 0."),
        Case(b"\x81\x05", expected=5, nudge="Byte 1 is 05: no MASK bit, and a length of 5."),
        Case(b"\x81\x85" + KEY, expected=5, nudge="85 is 1000 0101: the MASK bit, and then 5."),
        Case(
            bytes.fromhex("82 7e 00 7e"),
            expected=126,
            nudge="7e is 126, so bytes 2 and 3 hold the length: header[2:4], as one number.",
        ),
        Case(
            bytes.fromhex("82 fe 01 00") + KEY,
            expected=256,
            nudge="fe is the MASK bit and 126. Bytes 2 and 3 alone hold the length, 01 00: "
            "one times 256. The key comes after them.",
        ),
        Case(
            bytes.fromhex("82 7f 00 00 00 00 00 01 00 00"),
            expected=65_536,
            nudge="7f is 127, so bytes 2 to 9 hold the length: header[2:10], as one number.",
        ),
    ],
    fuzz=some_header,
    hints=[
        "Byte 1 holds two things: the MASK bit and seven bits of length. Take the length alone.",
        "126 means: the length is in the next 2 bytes. 127 means: it is in the next 8.",
        'short = header[1] & 0x7F; for 126 the answer is int.from_bytes(header[2:4], "big").',
    ],
    why="Seven bits, and two of their values are not lengths but signs that say where to look.",
)
def payload_length(header: bytes) -> int:
    """Say how many bytes of payload follow this header."""
    short = header[1] & 0x7F
    if short == 126:
        return int.from_bytes(header[2:4], "big")
    if short == 127:
        return int.from_bytes(header[2:10], "big")
    return short


@payload_length.wrong("You counted the MASK bit as part of the length; `& 0x7F` takes it away.")
def mask_bit_counted(header):
    if header[1] in (126, 127):
        return int.from_bytes(header[2 : 4 if header[1] == 126 else 10], "big")
    return header[1]


@payload_length.wrong("You took 126 or 127 as a length; they say that the length comes next.")
def signs_as_lengths(header):
    return header[1] & 0x7F


@payload_length.wrong("You read the long length backwards; its first byte weighs most: 'big'.")
def little_endian(header):
    short = header[1] & 0x7F
    end = {126: 4, 127: 10}.get(short)
    return int.from_bytes(header[2:end], "little") if end else short


@payload_length.wrong("After 126 you read 2 bytes, which is right; after 127 there are 8.")
def always_two_bytes(header):
    short = header[1] & 0x7F
    return int.from_bytes(header[2:4], "big") if short > 125 else short


# --- parse_frame --------------------------------------------------------------------------


def parsed(data: bytes, nudge: str = "") -> Case:
    frame = Frame.parse(data)
    expected = frame and (frame.fin, int(frame.opcode), frame.payload)
    return Case(data, expected=expected, nudge=nudge)


def some_bytes(rng: random.Random) -> Case:
    """A whole frame, one cut short, or one with the next frame behind it."""
    data = some_frame(rng).encode()
    cut, more = data[: rng.randrange(len(data))], data + some_frame(rng).encode()[:20]
    return parsed(rng.choice([data, cut, more]))


@exercise(
    cases=[
        parsed(b""),
        parsed(b"\x81"),
        parsed(b"\x89\x00", "A Ping without payload is whole: two bytes, no key, nothing more."),
        parsed(
            bytes.fromhex("81 05 48 65 6c 6c 6f"),
            "The frame is whole: a header of two bytes, and the five bytes that it announces.",
        ),
        parsed(bytes.fromhex("81 05 48 65 6c 6c")),
        parsed(
            bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
            "The MASK bit is 1: bytes 2 to 5 are the key, and the payload is masked with it.",
        ),
        parsed(bytes.fromhex("81 85 37 fa")),
        parsed(bytes.fromhex("01 03 48 65 6c"), "Byte 0 is 01: FIN is 0, and the opcode is 1."),
        parsed(
            bytes.fromhex("81 02 48 69 81 01 21"),
            "The first frame ends after its two bytes of payload; what follows is the next.",
        ),
        parsed(
            Frame(Opcode.BINARY, bytes(126), mask=KEY).encode(),
            "126 says that the next two bytes hold the length; then comes the key, at byte 4.",
        ),
        parsed(bytes.fromhex("82 fe 00")),
        parsed(
            Frame(Opcode.BINARY, bytes(65_536)).encode(),
            "127 says that the next eight bytes hold the length; the payload begins at byte 10.",
        ),
    ],
    fuzz=some_bytes,
    hints=[
        "Find out where the payload begins: after 2 bytes, the longer length if there is one, "
        "and the key if the MASK bit is 1.",
        "Whenever data is shorter than what you need next, return None: more bytes may come.",
        "With `start` and `length` known: None if len(data) < start + length, else "
        "data[start : start + length], unmasked with the 4 bytes before start.",
    ],
    why="A header says where it ends and how much follows. Nothing else divides a stream of "
    "bytes into frames, so a reader counts, and waits.",
)
def parse_frame(data: bytes) -> tuple[bool, int, bytes] | None:
    """Read the first frame: (fin, opcode, payload), or None if it is cut."""
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    masked = data[1] >= 0x80
    start += 4 if masked else 0
    if len(data) < start + length:
        return None
    payload = data[start : start + length]
    if masked:
        key = data[start - 4 : start]
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return data[0] >= 0x80, data[0] & 0x0F, payload


def read_with(data, key_at=None, unmasks=True, whole=True, rest=False, key_always=False):
    """parse_frame with one thing done differently."""
    header = FrameHeader.parse(data)
    if header is None or (whole and Frame.parse(data) is None):
        return None
    start = 2 + header.length_size + (4 if header.mask or key_always else 0)
    payload = data[start:] if rest else data[start : start + header.length]
    if header.mask and unmasks:
        key = header.mask if key_at is None else data[key_at : key_at + 4]
        payload = apply_mask(payload, key)
    return header.fin, int(header.opcode), payload


@parse_frame.wrong("You gave back the payload still masked; undo it with the frame's own key.")
def still_masked(data):
    return read_with(data, unmasks=False)


@parse_frame.wrong("You took all the bytes that were left; the next frame may be among them.")
def all_the_rest(data):
    return read_with(data, rest=True)


@parse_frame.wrong("You gave back half a payload; while bytes are missing the answer is None.")
def half_a_payload(data):
    return read_with(data, whole=False)


@parse_frame.wrong("You skipped 4 bytes for a key though the MASK bit is 0: there is none then.")
def a_key_always(data):
    return read_with(data, key_always=True)


@parse_frame.wrong("You took the key from byte 2 on; after a longer length it starts later.")
def key_at_byte_two(data):
    return read_with(data, key_at=2)


@parse_frame.wrong("You gave the whole first byte as the opcode; it is the last 4 bits: & 0x0F.")
def whole_byte_as_opcode(data):
    read = read_with(data)
    return read and (read[0], data[0], read[2])


@parse_frame.wrong("fin is to be True or False; data[0] & 0x80 is 128 or 0.")
def fin_as_128(data):
    read = read_with(data)
    return read and (data[0] & 0x80, *read[1:])


@parse_frame.wrong("fin is to be True or False; data[0] >> 7 is 1 or 0.")
def fin_as_1(data):
    read = read_with(data)
    return read and (data[0] >> 7, *read[1:])


@parse_frame.wrong("You wait for one byte more: a frame is whole when all of it is there, so <.")
def one_byte_more(data):
    frame = Frame.parse(data)
    return None if frame is None or len(data) == len(frame) else read_with(data)


# --- build_frame --------------------------------------------------------------------------


def built(opcode: int, payload: bytes, key: bytes, nudge: str = "") -> Case:
    frame = Frame(opcode, payload, mask=key)
    return Case(int(opcode), payload, key, expected=frame.encode(), nudge=nudge)


SIZES = {
    125: "125 bytes still fit in the seven bits.",
    126: "126 bytes: byte 1 is fe, MASK and the sign 126; then the length in two bytes, 00 7e.",
    127: "127 bytes: the sign is still 126, and the two bytes are 00 7f.",
    256: "256 bytes: the two bytes are 01 00.",
    65_535: "65,535, ff ff, is the most that two bytes can say: the sign is still 126.",
    65_536: "65,536 needs the long form: byte 1 is ff, and the length takes eight bytes.",
}


@exercise(
    cases=[
        built(
            Opcode.PING,
            b"",
            KEY,
            "The smallest frame of a client: 0x80 with the opcode, 0x80 with the length, the key.",
        ),
        built(Opcode.TEXT, b"Hello", KEY, "These are the eleven bytes of the beginning."),
        *(built(Opcode.BINARY, bytes(size), KEY, nudge) for size, nudge in SIZES.items()),
    ],
    fuzz=lambda rng: built(rng.choice(OPCODES), rng.randbytes(rng.choice(EDGES)), rng.randbytes(4)),
    hints=[
        "Four parts in a row: one byte, the length, the key, the masked payload.",
        "Byte 0 is 0x80 (FIN) with the opcode; the first length byte is 0x80 (MASK) with a "
        "number up to 125, or with 126 or 127.",
        'For 126 to 65,535 bytes: bytes([0x80 | 126]) + size.to_bytes(2, "big").',
    ],
    why="The shortest length form that fits is a rule (RFC 6455 §5.2): one payload, one way.",
)
def build_frame(opcode: int, payload: bytes, key: bytes) -> bytes:
    """Write the only frame of a message (FIN is 1) as a client sends it."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65_536:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return bytes([0x80 | opcode]) + length + key + masked


def written(opcode, payload, key, fin=0x80, mask=0x80, last_short=125, order="big", plain=False):
    """build_frame with one thing done differently."""
    size = len(payload)
    extra = 0 if size <= last_short else 2 if size < 65_536 else 8
    short = {0: size, 2: 126, 8: 127}[extra]
    long = size.to_bytes(extra, order) if extra else b""
    body = payload if plain else apply_mask(payload, key)
    return bytes([fin | opcode, mask | short]) + long + key + body


@build_frame.wrong("Your MASK bit is 0, so the reader takes the key for payload; set it: 0x80.")
def no_mask_bit(opcode, payload, key):
    return written(opcode, payload, key, mask=0)


@build_frame.wrong("The key is there, yet the payload is not masked with it.")
def plain_payload(opcode, payload, key):
    return written(opcode, payload, key, plain=True)


@build_frame.wrong("Your FIN bit is 0, which says that more of the message follows; set 0x80.")
def no_fin(opcode, payload, key):
    return written(opcode, payload, key, fin=0)


@build_frame.wrong("126 bytes need the 2-byte form: in the 7 bits, 126 is a sign, not a length.")
def one_too_many(opcode, payload, key):
    return written(opcode, payload, key, last_short=126)


@build_frame.wrong("Your long length is backwards: the byte that weighs most goes first, 'big'.")
def backwards(opcode, payload, key):
    return written(opcode, payload, key, order="little")


@build_frame.wrong("You always write opcode 1; the first argument says which.")
def always_text(opcode, payload, key):
    return written(1, payload, key)


@build_frame.wrong("The key itself is missing: nobody can unmask the payload without it.")
def no_key(opcode, payload, key):
    whole = written(opcode, payload, key)
    return whole.replace(key, b"", 1)


# --- broken_rule --------------------------------------------------------------------------

RULES = {
    "masked-by-the-client-only": "unmasked",
    "reserved-bits-are-zero": "reserved bit",
    "opcode-is-defined": "unknown opcode",
    "control-frame-is-whole": "fragmented control",
    "control-frame-is-short": "long control",
}


def judged(frame: Frame, nudge: str = "") -> Case:
    broken = [RULES[f.rule] for f in check_frame(frame, Side.CLIENT) if not f.ok]
    return Case(frame.encode(), expected=broken[0] if broken else "none", nudge=nudge)


def one_offence(rng: random.Random) -> Case:
    """A client's frame that breaks one rule at most."""
    data, control = rng.choice(OPCODES[:3]), rng.choice(OPCODES[3:])
    payload = (1000).to_bytes(2, "big") + bytes(rng.randrange(20))
    kind = rng.randrange(8)
    return judged(
        Frame(
            rng.choice([3, 4, 5, 6, 7, 11, 15]) if kind == 2 else control if kind > 4 else data,
            bytes([3, 232]) + bytes(124) if kind in (4, 6) else payload,
            fin=kind not in (3, 5),
            **({rng.choice(["rsv1", "rsv2", "rsv3"]): True} if kind == 1 else {}),
            mask=None if kind == 0 else rng.randbytes(4),
        )
    )


@exercise(
    cases=[
        judged(
            Frame(Opcode.TEXT, b"Hello", mask=KEY),
            "Nothing is wrong with this frame: FIN 1, opcode 1, masked.",
        ),
        judged(Frame(Opcode.TEXT, b"Hello"), "Byte 1 is 05: its first bit, MASK, is 0."),
        judged(
            Frame(Opcode.TEXT, b"Hel", fin=False, mask=KEY),
            "FIN 0 is fine here: a text message may come in parts.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv1=True, mask=KEY),
            "Byte 0 is c1, 1100 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv2=True, mask=KEY),
            "Byte 0 is a1, 1010 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(Opcode.TEXT, b"Hello", rsv3=True, mask=KEY),
            "Byte 0 is 91, 1001 0001: a bit between FIN and opcode is set.",
        ),
        judged(
            Frame(0x3, b"Hello", mask=KEY),
            "Byte 0 is 83: the opcode is 3, which nobody has defined.",
        ),
        judged(
            Frame(0xB, b"Hello", mask=KEY),
            "Byte 0 is 8b: the opcode is 11, which nobody has defined.",
        ),
        judged(
            Frame(Opcode.PING, b"Hel", fin=False, mask=KEY),
            "Byte 0 is 09: a Ping, opcode 9, with FIN 0.",
        ),
        judged(
            Frame(Opcode.CLOSE, bytes([3, 232]), fin=False, mask=KEY),
            "Byte 0 is 08: a Close, opcode 8, with FIN 0.",
        ),
        judged(
            Frame(Opcode.PING, bytes(125), mask=KEY),
            "125 bytes of payload are allowed; header and key do not count.",
        ),
        judged(
            Frame(Opcode.PING, bytes(126), mask=KEY),
            "A Ping with 126 bytes of payload: one too many.",
        ),
        judged(
            Frame(Opcode.BINARY, bytes(126), mask=KEY), "A data frame may be as long as it likes."
        ),
    ],
    fuzz=one_offence,
    hints=[
        "The first two bytes are enough: FIN, three reserved bits, opcode, MASK, 7-bit length.",
        "Two of the rules hold for control frames alone. Their opcodes are 8 and above.",
        "data[0] & 0x70 is not 0 when a reserved bit is set; a 7-bit length of 126 or 127 means "
        "more than 125 bytes.",
    ],
    why="A receiver can judge all of this from two bytes, before any payload has come.",
)
def broken_rule(data: bytes) -> str:
    """Name the rule that this client's frame breaks, or say "none"."""
    opcode, short = data[0] & 0x0F, data[1] & 0x7F
    if data[1] < 0x80:
        return "unmasked"
    if data[0] & 0x70:
        return "reserved bit"
    if opcode not in (0, 1, 2, 8, 9, 10):
        return "unknown opcode"
    if opcode >= 8 and data[0] < 0x80:
        return "fragmented control"
    if opcode >= 8 and short > 125:
        return "long control"
    return "none"


def judge(data, masked=True, reserved=0x70, first_control=8, any_long=False):
    """broken_rule with one thing done differently."""
    opcode, control = data[0] & 0x0F, (data[0] & 0x0F) >= first_control
    if (data[1] >= 0x80) is not masked:
        return "unmasked"
    if data[0] & reserved:
        return "reserved bit"
    if opcode not in list(Opcode):
        return "unknown opcode"
    if control and data[0] < 0x80:
        return "fragmented control"
    return "long control" if (control or any_long) and data[1] & 0x7F > 125 else "none"


@broken_rule.wrong("These are a client's frames: masked is right, and unmasked is the offence.")
def masks_upside_down(data):
    return judge(data, masked=False)


@broken_rule.wrong("There are three reserved bits; you looked at RSV1 alone. All of them: 0x70.")
def only_rsv1(data):
    return judge(data, reserved=0x40)


@broken_rule.wrong("FIN 0 is fine on a data frame; only control frames must come in one piece.")
def fragments_forbidden(data):
    broken = judge(data)
    return "fragmented control" if broken == "none" and data[0] < 0x80 else broken


@broken_rule.wrong("Only control frames are limited to 125 bytes; a data frame may be longer.")
def nothing_is_long(data):
    return judge(data, any_long=True)


@broken_rule.wrong("Opcode 8, Close, is a control frame too: they begin at 8, not at 9.")
def close_forgotten(data):
    return judge(data, first_control=9)


# --- the questions ------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "who-masks",
        "A client and a server talk over ws://. Which frames are masked?",
        {
            "a": Option("All of them, in both directions", "The echo came back as 81 05: MASK 0."),
            "b": Option("Those of the client, and no others", "Yes. One way, always, no choice."),
            "c": Option(
                "Those with private data in them",
                "The sender has no choice: your Hello was no secret, and had to carry a mask.",
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
                "On the wire it is too late. Who knows the key before choosing the payload also "
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
                "126 bytes", "126 is no length here. A payload of 126 bytes shows 126, then 00 7e."
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
