"""What every test shares: nothing but hypothesis settings that a slow machine cannot fail."""

import os

from hypothesis import settings

# Two shared cores make any per-example deadline a coin toss; CI repeats the same examples.
settings.register_profile("wslab", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("wslab")
