"""How long a test waits for what should come: stretched by one variable, WSLAB_TEST_PATIENCE.

The variable is a factor: 5 on a machine that is five times as slow. A test that passes never
waits so long, so patience costs nothing; it only decides when a test gives up.
"""

import os
from typing import Final

FACTOR: Final = float(os.environ.get("WSLAB_TEST_PATIENCE", "1"))


def patient(seconds: float) -> float:
    """So many seconds, or more on a slow machine."""
    return seconds * FACTOR


LIMIT: Final = patient(10.0)  # seconds; a test that waits so long has failed
