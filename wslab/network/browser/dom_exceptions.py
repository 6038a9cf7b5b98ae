"""What the browser's API raises, under the names of the Web IDL standard.

JavaScript tells these apart by ``error.name``; so can Python, and each is a class too.
"""

from __future__ import annotations

from typing import ClassVar

from wslab.errors import WslabError


class DOMException(WslabError):
    """The root of the browser's exceptions; `name` and `code` are those of Web IDL §2.8.1."""

    name: ClassVar[str] = "Error"
    code: ClassVar[int] = 0


class InvalidStateError(DOMException):
    """The object is not in a state that allows this, such as `send` while CONNECTING."""

    name = "InvalidStateError"
    code = 11


class InvalidAccessError(DOMException):
    """The object does not take this value, such as `close` with a code of 1001."""

    name = "InvalidAccessError"
    code = 15


class DOMSyntaxError(DOMException):
    """The text has the wrong form, such as a relative URL.

    Its `name` is "SyntaxError", as in a browser. Its class is not called that, because
    Python's own SyntaxError is about something else.
    """

    name = "SyntaxError"
    code = 12
