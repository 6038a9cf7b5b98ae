"""WsUrl: the URL of a WebSocket, read as a browser reads it (URL standard §4, WebSockets §3.1).

``urllib`` follows an older RFC, and accepts much that a browser refuses or rewrites: dots in
a path, backslashes, ``127.1``, a default port. Tools other than a browser, such as the tap,
read the URL of a server with `targets.split_target`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, unquote

from wslab.network.browser.dom import DOMSyntaxError
from wslab.network.targets import PORTS, as_unicode
from wslab.protocol.redaction import redacted_text

_SCHEMES: Final = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


_BLANK: Final = "".join(map(chr, range(0x21)))  # removed from both ends
_FORBIDDEN_IN_HOST: Final = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")
_ENCODED_IN_QUERY: Final = " \"#<>'"
_ENCODED_IN_PATH: Final = ' "#<>?^`{}'
_ENCODED_IN_USER: Final = _ENCODED_IN_PATH + "/:;=@[\\]|"


@dataclass(frozen=True, slots=True)
class WsUrl:
    """`href` is the URL as a browser writes it; the rest is what a connection needs.

    `host` is an address or a name in ASCII, an IPv6 address without brackets. `target` is
    the request target: path and query.
    """

    href: str
    origin: str
    secure: bool
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> WsUrl:
        """Read the text that was given to ``WebSocket(…)``.

        http becomes ws and https becomes wss. Raises DOMSyntaxError for any other scheme, for
        a relative URL (Python has no document that it could be relative to), and for one
        with a fragment.
        """
        url = re.sub(r"[\t\n\r]", "", as_unicode(text).strip(_BLANK))
        match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
        if match is None:
            raise _refuse(text, "it is relative, and there is no document; begin with ws://")
        scheme = _SCHEMES.get(match[1].lower())
        if scheme is None:
            raise _refuse(text, "its scheme is not ws or wss")
        rest, mark, _ = url[match.end() :].partition("#")
        if mark:
            raise _refuse(text, "a fragment is for pages; leave out '#' and what follows")
        rest, question, query = rest.partition("?")
        authority, path = _split_authority(rest)
        user, at, place = authority.rpartition("@")
        host, port = _host_and_port(text, place, PORTS[scheme])
        written = f"[{host}]" if ":" in host else host
        if port != PORTS[scheme]:
            written += f":{port}"
        target = _normal_path(path)
        if question:
            target += "?" + _percent_encoded(query, _ENCODED_IN_QUERY)
        return cls(
            href=f"{scheme}://{_normal_user(user) if at else ''}{written}{target}",
            origin=f"{scheme}://{written}",
            secure=scheme == "wss",
            host=host,
            port=port,
            target=target,
        )

    @property
    def host_header(self) -> str:
        """What the Host header says: the port only if it is not the default."""
        return self.origin.partition("://")[2]


def _refuse(text: str, why: str) -> DOMSyntaxError:
    return DOMSyntaxError(f"{redacted_text(text)!r} is not the URL of a WebSocket: {why}.")


def _split_authority(rest: str) -> tuple[str, str]:
    """The part between the slashes and the path, and the rest; a backslash counts as a slash."""
    rest = rest.lstrip("/\\")
    end = re.search(r"[/\\]|$", rest)
    assert end is not None
    return rest[: end.start()], rest[end.start() :]


def _percent_encoded(text: str, encoded: str) -> str:
    safe = "".join(char for char in map(chr, range(0x20, 0x7F)) if char not in encoded)
    return quote(text, safe=safe)


def _normal_user(user: str) -> str:
    name, colon, password = user.partition(":")
    name, password = (_percent_encoded(part, _ENCODED_IN_USER) for part in (name, password))
    secret = f":{password}" if password else ""
    return f"{name}{secret}@" if name or secret else ""


def _normal_path(path: str) -> str:
    parts: list[str] = []
    pieces = re.split(r"[/\\]", path)[1:] or [""]
    for number, piece in enumerate(pieces):
        dots = re.sub("%2e", ".", piece, flags=re.IGNORECASE)
        if dots == "..":
            del parts[-1:]
        elif dots != ".":
            parts.append(_percent_encoded(piece, _ENCODED_IN_PATH))
        if dots in (".", "..") and number == len(pieces) - 1:
            parts.append("")  # the folder itself
    return "/" + "/".join(parts)


def _host_and_port(text: str, place: str, default: int) -> tuple[str, int]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", place)
    # Counted first: Python refuses to make an int of thousands of digits.
    digits = "" if match is None else (match[2] or "").lstrip("0")
    if match is None or len(digits) > 5 or int(digits or 0) > 65535:
        raise _refuse(text, "its port is not a number from 0 to 65535")
    try:
        host = _normal_host(match[1])
    except ValueError:
        raise _refuse(text, f"{match[1]!r} is not a host") from None
    return host, int(digits or 0) if match[2] else default


def _normal_host(host: str) -> str:
    """The host in lower-case ASCII; ValueError if it is not a host."""
    if host.startswith("["):
        return IPv6Address(host[1:-1]).compressed
    name = unquote(host, errors="strict").lower()
    if not name.isascii():
        name = name.encode("idna").decode().lower()
    if not name or _FORBIDDEN_IN_HOST.search(name):
        raise ValueError
    labels = name.removesuffix(".").split(".")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        return str(_ipv4(labels))
    return name


def _ipv4(labels: list[str]) -> IPv4Address:
    """One to four numbers, decimal, octal or hexadecimal; the last fills the remaining bytes."""
    *numbers, last = map(_number, labels)
    left = 4 - len(numbers)
    if left < 1 or any(number > 255 for number in numbers) or last >= 256**left:
        raise ValueError
    return IPv4Address(bytes(numbers) + last.to_bytes(left, "big"))


def _number(text: str) -> int:
    if re.fullmatch("0x[0-9a-f]*", text):
        return int(text[2:] or "0", 16)
    if re.fullmatch("0[0-7]+", text):
        return int(text, 8)
    if re.fullmatch("0|[1-9][0-9]*", text):
        return int(text)
    raise ValueError
