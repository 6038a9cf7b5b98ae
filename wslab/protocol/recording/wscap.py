"""The file of a recording (.wscap): text with one JSON record per line (JSON Lines).

    {"wscap": 1, "target": "ws://…", "counts": {"client": 230, "server": 167}, "truncated": false}
    {"at": 0.001, "sender": "client", "text": "GET / HTTP/1.1\\r\\n…"}
    {"at": 0.002, "sender": "server", "hex": "810548656c6c6f"}
    {"at": 0.003, "sender": "server", "ends": "eof", "detail": ""}

The head comes first, then chunks and endings. `at` is in seconds since the connection began,
`counts` in bytes, kept or not. Readable bytes are written as text. The head may have a `note`
that says where the bytes come from, if no tap recorded them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from wslab.errors import RecordingError
from wslab.protocol.frames import Side
from wslab.protocol.recording.chunks import ENDINGS, Chunk, Ending

#: What reading a file raises that is not as it should be, or not what it is taken for.
MISREAD: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError)
_READABLE: Final = re.compile(rb"[\t\r\n -~]*")
_MAX_LISTED: Final = 8  # connections that an error names


class Contents(NamedTuple):
    """What a file holds."""

    target: str
    counts: dict[Side, int]
    truncated: bool
    chunks: Sequence[Chunk]
    endings: Sequence[Ending]
    note: str = ""


def listed(items: Iterable[str]) -> str:
    """What a file holds, as the end of an error's sentence; of many the first."""
    lines = list(items)
    rest = [f"and {len(lines) - _MAX_LISTED} more"] if len(lines) > _MAX_LISTED else []
    return "".join(f"; {line}" for line in lines[:_MAX_LISTED] + rest)


def write(contents: Contents) -> Iterator[str]:
    """The lines of a file, one at a time, because together they may be large."""
    for record in _records(contents):
        yield json.dumps(record) + "\n"


def _records(contents: Contents) -> Iterator[dict[str, Any]]:
    head: dict[str, Any] = {
        "wscap": 1,
        "target": contents.target,
        "counts": {side.value: count for side, count in contents.counts.items()},
        "truncated": contents.truncated,
    }
    yield head | ({"note": contents.note} if contents.note else {})
    for chunk in contents.chunks:
        at = round(chunk.at, 6)
        yield {"at": at, "sender": chunk.sender.value, **_encode(chunk.data)}
    for ending in contents.endings:
        how = {"ends": ending.how, "detail": ending.detail}
        yield {"at": round(ending.at, 6), "sender": ending.sender.value, **how}


def read(data: bytes, name: str) -> Contents:
    """The contents of a file from `write`. `name` is the file's name, for the error.

    Raises RecordingError, with the line at fault, if it is anything else.
    """
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        lines = [repr(data[:20])]
    number = 1
    try:
        head = json.loads(lines[0]) if lines else None
        if not isinstance(head, dict) or head.get("wscap") != 1:
            raise ValueError('not the head of a recording, which holds "wscap": 1')
        target, truncated = str(head["target"]), bool(head["truncated"])
        note = str(head.get("note", ""))
        counts = {side: int(head["counts"][side.value]) for side in Side}
        chunks: list[Chunk] = []
        endings: list[Ending] = []
        for number in range(2, len(lines) + 1):
            record = _record(json.loads(lines[number - 1]))
            if isinstance(record, Chunk):
                chunks.append(record)
            else:
                endings.append(record)
        if not truncated:
            _must_be_whole(chunks, counts)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        if isinstance(error, json.JSONDecodeError):  # its own line number is always 1
            what = f"not JSON at character {error.pos + 1}: {error.msg}"
        found = lines[number - 1][:60] if lines else "an empty file"
        raise RecordingError(
            f"{name} is not a recording by wslab: line {number} is {found!r} ({what}); "
            "make one with tap.recording.save(...) or python -m wslab tap TARGET --save FILE"
        ) from error
    return Contents(target, counts, truncated, chunks, endings, note)


def _record(fields: dict[str, Any]) -> Chunk | Ending:
    """What one line says."""
    at, sender = float(fields["at"]), Side(fields["sender"])
    if not (math.isfinite(at) and at >= 0):
        raise ValueError("a time is in seconds, 0 or more")
    if "ends" not in fields:
        return Chunk(at, sender, _decode(fields))
    if fields["ends"] not in ENDINGS:
        raise ValueError(f"a direction ends with one of {', '.join(ENDINGS)}")
    return Ending(at, sender, fields["ends"], str(fields["detail"]))


def _must_be_whole(chunks: Sequence[Chunk], counts: dict[Side, int]) -> None:
    here = {side: 0 for side in Side}
    for chunk in chunks:
        here[chunk.sender] += len(chunk.data)
    if here != counts:
        raise ValueError(
            f"the last one, with {sum(here.values()):,} of the "
            f"{sum(counts.values()):,} bytes that line 1 counts: the file was cut short"
        )


def _encode(data: bytes) -> dict[str, str]:
    """Readable text where it is text (a handshake), hex where it is not (frames)."""
    if _READABLE.fullmatch(data):
        return {"text": data.decode("ascii")}
    return {"hex": data.hex()}


def _decode(fields: dict[str, Any]) -> bytes:
    if "text" in fields:
        return str(fields["text"]).encode("ascii")
    return bytes.fromhex(fields["hex"])
