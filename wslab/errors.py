"""What wslab raises, and when.

    WslabError
    ├── MalformedHandshake   bytes that cannot be an HTTP/1.1 head (RFC 9112 §2)
    ├── RecordingError       a file or a byte string that is not a recording
    ├── NotRunning           a server or a tap was used before it started or after it stopped
    └── AuthorError          an exercise of the course is broken: never the learner's fault

Two things are deliberately missing. Input that is merely incomplete is ``None``,
because more bytes may come. A broken protocol rule is a ``Finding``, because
seeing it is the point of the course.

Every message follows one pattern: who did what; what was found; what the rule
wants; what to do next.
"""

from __future__ import annotations


class WslabError(Exception):
    """The root of every exception that wslab raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence and not the call stack above it.

        The message says what to do next; our own frames would only push it off
        the screen.
        """
        return [f"{type(self).__name__}: {self}"]


class MalformedHandshake(WslabError):
    """The bytes can never become an HTTP/1.1 request or response head."""


class RecordingError(WslabError):
    """The file or bytes are not a recording, or one this version cannot read."""


class NotRunning(WslabError):
    """A server or a tap was asked for something that needs it to be running."""


class AuthorError(WslabError):
    """An exercise or quiz contradicts itself; please report it to the course."""
