"""Both ways of masking give what the RFC says, byte for byte, and so each other's result."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wslab.protocol import masking
from wslab.protocol.masking import apply_mask, apply_mask_in_c, apply_mask_in_python

KEY = b"\x37\xfa\x21\x3d"
WAYS = {"chosen": apply_mask, "Python": apply_mask_in_python}
WAYS |= {"C": apply_mask_in_c} if apply_mask_in_c is not None else {}
EACH = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def by_the_rfc(data: bytes, key: bytes) -> bytes:
    """Octet i of the transformed data is octet i of the original XOR octet i mod 4 of the key."""
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(data))


@EACH
@given(data=st.binary(max_size=5000), key=st.binary(min_size=4, max_size=4), skip=st.integers(0, 9))
def test_each_way_is_the_one_of_the_rfc(way: object, data: bytes, key: bytes, skip: int) -> None:
    assert callable(way)
    masked = way(data, key)
    assert masked == by_the_rfc(data, key)
    assert way(masked, key) == data
    # A view of what stands behind a header need not begin at an even place of memory.
    assert way(memoryview(data)[skip:], key) == by_the_rfc(data[skip:], key)


@EACH
@pytest.mark.parametrize("size", [0, 1, 4, 639, 640, 643])
def test_it_is_the_same_at_every_size(way: object, size: int) -> None:
    assert callable(way)
    data = bytes(place % 251 for place in range(size))
    assert way(data, KEY) == way(bytearray(data), KEY) == by_the_rfc(data, KEY)


def test_a_key_has_four_bytes() -> None:
    with pytest.raises(ValueError, match="this one has 3: 01 02 03"):
        apply_mask(b"abc", b"\1\2\3")


def test_c_is_taken_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert masking._quickest is (apply_mask_in_c or apply_mask_in_python)
    monkeypatch.setitem(sys.modules, "websockets.speedups", None)  # its import raises ImportError
    assert masking._extension() is None


def test_c_is_not_missed_where_it_is_not() -> None:
    code = (
        "import sys\n"
        "sys.modules['websockets.speedups'] = None\n"
        "from wslab.protocol import masking\n"
        "from wslab.protocol.frames import Frame\n"
        "assert masking._quickest is masking.apply_mask_in_python\n"
        "frame = Frame(2, bytes(range(256)) * 40, mask=b'wsck')\n"
        "assert Frame.parse(frame.encode()).payload == bytes(range(256)) * 40\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
