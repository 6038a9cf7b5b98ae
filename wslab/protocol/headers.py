"""The header lines of an HTTP/1.1 head, kept byte for byte (RFC 9112 §5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from wslab.protocol.redaction import SECRET_HEADERS, redacted

TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"  # one character of a token (RFC 9110 §5.6.2)
FIELD_TEXT: Final = (
    r"[^\0\r\n]"  # one character of a value, never one of these three (RFC 9110 §5.5)
)

FIRST_FIELD: Final = re.compile(rf"({TOKEN}+):{FIELD_TEXT}*\r?\n".encode())
"""A whole header line. A bare LF may end it (RFC 9112 §2.2)."""

FIELD: Final = re.compile(FIRST_FIELD.pattern + rf"|[ \t]{FIELD_TEXT}*\r?\n".encode())
"""A header line or, after the first, a line that continues the one above (§5.2)."""

_FOLD: Final = re.compile(rb"\r?\n[ \t]+")


class Headers:
    """The header lines of one head: ordered, repeatable, immutable.

    Iterating gives ``(name, value)`` in order; lookups ignore the case of names
    (RFC 9110 §5.1). White space around a value is kept on the wire and is not
    part of the value (§5.5). Two `Headers` are equal if their bytes are.

    Raises ValueError if a name or a value cannot be written in a header at all.
    """

    __slots__ = ("_items", "_lines")
    _items: tuple[tuple[str, str], ...]
    _lines: tuple[bytes, ...]  # one per header, with its line end and its folds

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._set(_field_line(name, value) for name, value in items)

    @classmethod
    def of_lines(cls, lines: Iterable[bytes]) -> Headers:
        """Headers from lines that match `FIELD`, line ends included."""
        unfolded: list[bytes] = []
        for line in lines:
            if line.startswith((b" ", b"\t")):
                unfolded[-1] += line
            else:
                unfolded.append(line)
        headers = object.__new__(cls)
        headers._set(unfolded)
        return headers

    def _set(self, lines: Iterable[bytes]) -> None:
        self._lines = tuple(lines)
        self._items = tuple(_name_and_value(line) for line in self._lines)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value under this name, or `default`."""
        return next(iter(self.get_all(name)), default)

    def __getitem__(self, name: str) -> str:
        """The first value under this name. Raises KeyError if there is none."""
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def get_all(self, name: str) -> list[str]:
        """Every value under this name, in order."""
        return [value for found, value in self._items if found.lower() == name.lower()]

    def tokens(self, name: str) -> list[str]:
        """The elements of a comma-separated header, over all its lines (RFC 9110 §5.6.1)."""
        elements = (element.strip(" \t") for element in ",".join(self.get_all(name)).split(","))
        return [element for element in elements if element]

    def encode(self) -> bytes:
        """The header lines as they travel."""
        return b"".join(self._lines)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._lines == other._lines if isinstance(other, Headers) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        return f"Headers({[(name, _shown(name, value)) for name, value in self._items]})"


def _field_line(name: str, value: str) -> bytes:
    line = latin1(f"{name}: {value}\r\n")
    match = FIRST_FIELD.fullmatch(line)
    if match is None or match[1] != name.encode():
        raise ValueError(
            f"this cannot be written as a header: {name!r}: {_shown(name, value)!r}; a name is "
            "letters, digits and !#$%&'*+-.^_`|~, a value is Latin-1 without CR, LF and NUL"
        )
    return line


def latin1(text: str) -> bytes:
    """The text's bytes; if it is not Latin-1, b"", which no pattern accepts."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _name_and_value(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("ascii"), _FOLD.sub(b" ", value).strip(b" \t\r\n").decode("latin-1")


def _shown(name: str, value: str) -> str:
    if name.lower() in SECRET_HEADERS:
        return f"(redacted, {len(value)} bytes)"
    return redacted(value.encode("latin-1", "replace")).decode("latin-1")
