"""A separate Python process, for code that would patch or break the kernel."""

from __future__ import annotations

import subprocess
import sys

from wslab.errors import WslabError

PROCESS_TIMEOUT_S = 20.0  # seconds for a fresh Python to start and finish


def fresh_python(code: str) -> None:
    """Run code in a separate Python process, and print what it prints.

    What the code patches or breaks ends with that process. Raises WslabError when it fails.
    """
    # UTF-8 on both ends of the pipe: Windows would use the code page of the machine.
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        encoding="utf-8",
        timeout=PROCESS_TIMEOUT_S,
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        raise WslabError(f"the code failed in its own process: {''.join(last)}; look at its lines")
    print(done.stdout, end="")
