"""Text that a stranger chose must not cost more than its length: how a test holds that.

No test measures seconds here. The input is so long that work which grows with its square
would take hours, and what grows with its length takes a second or two; a process of its own
ends in time or is ended. (A regular expression cannot be stopped from another thread.)
"""

from __future__ import annotations

import subprocess
import sys

DEADLINE_S = 120.0  # seconds; the work itself takes one, also on a busy machine not much more


def ends(code: str) -> None:
    """Run these lines of Python in a process of their own; they must come to their end."""
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S)
    assert answer.returncode == 0, answer.stderr
