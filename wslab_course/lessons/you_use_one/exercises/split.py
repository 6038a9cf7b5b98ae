"""Exercise split of notebook 10, you use one."""

from __future__ import annotations

from wslab.protocol.kernel_messages import join_v1
from wslab_course.checks.exercises import Case, exercise

_SMALL = join_v1([b"hi", b"abc"])
_EMPTY = join_v1([b"iopub", b"", b"{}"])
_REQUEST = join_v1([b"shell", b'{"msg_id":"a"}', b"{}", b"{}", b'{"code":"6*7"}'])
_BUFFERS = join_v1([b"iopub", b"{}", b"{}", b"{}", b"{}", b"\x00\xff", b"\xfe" * 300])


@exercise(
    cases=[
        Case(_SMALL, expected=[b"hi", b"abc"]),
        Case(_EMPTY, expected=[b"iopub", b"", b"{}"], nudge="An empty part is a part, too."),
        Case(_REQUEST, label="split(an execute_request)"),
        Case(_BUFFERS, label="split(a message with two buffers)"),
    ],
    fuzz=lambda rng: Case(
        join_v1([rng.randbytes(rng.randrange(9)) for _ in range(rng.randrange(1, 9))])
    ),
    hints=[
        "Three steps: read the number of offsets, read each offset, cut between them.",
        "Offset number n, counted from 1, is message[8 * n : 8 * n + 8], the least significant "
        "byte first.",
        "With the offsets in a list, part n is message[offsets[n] : offsets[n + 1]], and there "
        "are count - 1 parts.",
    ],
    why=(
        "At each offset one part begins and the part before it ends. The last offset is the end "
        "of the message. So six offsets give five parts."
    ),
)
def split(message: bytes) -> list[bytes]:
    """Cut a v1 message into its parts, the channel first."""
    count = int.from_bytes(message[:8], "little")
    places = [8 * n for n in range(1, count + 1)]
    offsets = [int.from_bytes(message[at : at + 8], "little") for at in places]
    return [message[offsets[n] : offsets[n + 1]] for n in range(count - 1)]


def _offsets(message: bytes) -> list[int]:
    count = int.from_bytes(message[:8], "little")
    return [int.from_bytes(message[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]


@split.wrong(
    "These numbers begin with the least significant byte: read them as 'little', not 'big'."
)
def network_order(message):
    count = int.from_bytes(message[:8], "big") % 2**20
    places = [8 * n for n in range(1, count + 1)]
    offsets = [int.from_bytes(message[at : at + 8], "big") for at in places]
    return [message[offsets[n] : offsets[n + 1]] for n in range(count - 1)]


@split.wrong("The last offset is the end of the message, not the beginning of one more part.")
def one_too_many(message):
    offsets = _offsets(message)
    return [message[a:b] for a, b in zip(offsets, [*offsets[1:], None], strict=True)]


@split.wrong("The channel is missing: the first part begins at the first offset.")
def without_the_channel(message):
    return split.reference(message)[1:]


@split.wrong("The last part is missing: it ends at the last offset.")
def without_the_last(message):
    return split.reference(message)[:-1]


@split.wrong("Offsets count from the beginning of the message, so add nothing to them.")
def from_the_end_of_the_table(message):
    offsets = _offsets(message)
    begin = offsets[0]
    return [message[begin + a : begin + b] for a, b in zip(offsets, offsets[1:], strict=False)]


@split.wrong("Offsets say where a part begins, not how long it is: cut from one to the next.")
def offsets_as_lengths(message):
    parts, at = [], 8 * (int.from_bytes(message[:8], "little") + 1)
    for length in _offsets(message)[:-1]:
        parts.append(message[at : at + length])
        at += length
    return parts


@split.wrong(
    "Parts are bytes, and a buffer may hold any bytes; return each part without decoding it."
)
def decoded(message):
    return [part.decode(errors="replace") for part in split.reference(message)]


@split.wrong("Keep empty parts: without them, the parts that follow have the wrong index.")
def no_empty_parts(message):
    return [part for part in split.reference(message) if part]
