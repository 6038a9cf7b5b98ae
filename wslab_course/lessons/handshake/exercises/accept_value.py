"""Exercise accept_value of notebook 03, handshake."""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from hashlib import sha1

from wslab.protocol.handshake import GUID
from wslab_course.checks.exercises import Case, exercise

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3's sample


@exercise(
    cases=[
        Case(SAMPLE_KEY, expected="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        Case("d3NsYWIgc2F5cyBoZWxsbw=="),
        Case("j6MZV0bC4TBsmQHmnlsEyw==", expected="Psgr6cQUXMgP1tz5StleqjOWtpE="),
    ],
    fuzz=lambda rng: Case(b64encode(rng.randbytes(16)).decode()),
    hints=[
        "Three steps, one line each: join two texts, hash them, write the hash as text.",
        "sha1 and b64encode both want bytes: .encode() before the first, .decode() after the last.",
        "b64encode(sha1((key + GUID).encode()).???()).decode() and ??? is not hexdigest.",
    ],
    why=(
        "The key is used as text; neither side decodes it. A digest is 20 raw bytes, and base64 "
        "turns them into 28 characters, which a header can carry."
    ),
)
def accept_value(key: str) -> str:
    """Return the Sec-WebSocket-Accept for this Sec-WebSocket-Key."""
    digest = sha1((key + GUID).encode()).digest()
    return b64encode(digest).decode()


@accept_value.wrong("You decoded the key first. The server never does: it hashes the text itself.")
def decoded_key(key):
    return b64encode(sha1(b64decode(key) + GUID.encode()).digest()).decode()


@accept_value.wrong(
    "You wrote the hash in hex and then in base64. Take the raw bytes: digest(), not hexdigest()."
)
def hex_in_base64(key):
    return b64encode(sha1((key + GUID).encode()).hexdigest().encode()).decode()


@accept_value.wrong("That is the hash in hex, 40 characters. The header carries base64.")
def hex_only(key):
    return sha1((key + GUID).encode()).hexdigest()


@accept_value.wrong(
    "The GUID is missing. Any program can hash a key; only WebSocket adds this GUID to it."
)
def no_guid(key):
    return b64encode(sha1(key.encode()).digest()).decode()


@accept_value.wrong("You put the GUID before the key; it comes after the key.")
def guid_first(key):
    return b64encode(sha1((GUID + key).encode()).digest()).decode()


@accept_value.wrong("The GUID is hashed in capital letters, as the RFC writes it; yours are small.")
def small_guid(key):
    return b64encode(sha1((key + GUID.lower()).encode()).digest()).decode()


@accept_value.wrong(
    "That is the base64 for URLs, with - and _. The header uses standard base64, with + and /."
)
def urlsafe(key):
    return urlsafe_b64encode(sha1((key + GUID).encode()).digest()).decode()


@accept_value.wrong("Your value is bytes; a header is text. Decode it at the end.")
def still_bytes(key):
    return b64encode(sha1((key + GUID).encode()).digest())


@accept_value.wrong("str(…) writes the b and the quotes as well; .decode() gives the text alone.")
def bytes_in_quotes(key):
    return str(b64encode(sha1((key + GUID).encode()).digest()))


@accept_value.wrong("The hash is missing: you encoded key and GUID in base64 without hashing them.")
def no_hash(key):
    return b64encode((key + GUID).encode()).decode()
