"""The logger "wslab": silent until somebody listens, and then complete.

    import logging
    logging.basicConfig()                             # somewhere to write to
    logging.getLogger("wslab").setLevel("DEBUG")      # every frame, as the library logs it

Rules of this file:

* By default nothing reaches a cell: there is a handler that drops every record.
* What the library `websockets` says for a server or client of ours comes from
  "wslab.websockets". Its handshakes are shown as everywhere here: secrets as ``***``.
"""

from __future__ import annotations

import logging
from typing import Final

from wslab.protocol.redaction import redacted_text

LOGGER: Final = logging.getLogger("wslab")
LIBRARY_LOGGER: Final = LOGGER.getChild("websockets")  # pass it on as the option `logger`


class _WithoutSecrets(logging.Filter):
    """Changes each record that somebody is going to read."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        mark = text[:2] if text[:2] in ("< ", "> ") else ""  # the library's, before a header
        record.msg, record.args = mark + redacted_text(text.removeprefix(mark)), ()
        return True


LOGGER.addHandler(logging.NullHandler())
LIBRARY_LOGGER.addFilter(_WithoutSecrets())
