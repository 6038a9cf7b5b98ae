"""Masking: each byte of a payload XOR a byte of a 4-byte key, over and over (RFC 6455 §5.3).

`apply_mask_in_python` says how it is done, in Python alone. Where the library `websockets`
came with its extension in C, `apply_mask` leaves the work to that: it is many times faster
on long payloads. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

_TRANSLATE_FROM_BYTES: Final = 640  # bytes from which on the second way is the faster one


def apply_mask_in_python(data: bytes | memoryview, key: bytes) -> bytes:
    """What `apply_mask` does, written in Python. The key has 4 bytes."""
    size = len(data)
    if size < _TRANSLATE_FROM_BYTES:
        # A loop over the bytes is slow in Python; one XOR of two long integers is not.
        pad = (key * (size // 4 + 1))[:size]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(pad, "little")
        return mixed.to_bytes(size, "little")
    # Longer still, and four passes of translate() win: every 4th byte meets the same key byte.
    masked = bytearray(data)
    for place, key_byte in enumerate(key):
        masked[place::4] = masked[place::4].translate(_xor_table(key_byte))
    return bytes(masked)


@lru_cache(maxsize=256)
def _xor_table(key_byte: int) -> bytes:
    """For every byte value, what it becomes under this key byte."""
    return bytes(value ^ key_byte for value in range(256))


def _extension() -> Callable[[bytes | memoryview, bytes], bytes] | None:
    try:
        from websockets.speedups import apply_mask
    except ImportError:
        return None
    return apply_mask


apply_mask_in_c: Final = _extension()
"""The same in C; None where the extension is not installed, as in a browser tab."""

_quickest: Final = apply_mask_in_c or apply_mask_in_python


def apply_mask(data: bytes | memoryview, key: bytes) -> bytes:
    """XOR every byte with the 4-byte key, over and over (RFC 6455 §5.3).

    The same call masks and unmasks. `data` of n bytes gives n bytes.

    Raises ValueError if the key is not 4 bytes long.
    """
    if len(key) != 4:
        raise ValueError(f"a masking key has 4 bytes; this one has {len(key)}: {key.hex(' ')}")
    return _quickest(data, key)
