"""What RFC 6455 and RFC 7692 demand of frames, one function per rule.

Rules of this file:

* Each rule is one function with its section, sentence and close code beside it. It
  returns ``None`` if it does not apply, otherwise whether it is kept and what was found.
* A frame rule looks at one frame and its sender (§5.1–§5.5, §7.4, §8.1). A session
  rule looks at one ``Step``: a frame and what came before it.
* Rules never raise and never stop at the first fault.

The rules of the opening handshake are in ``wslab.protocol.rules.handshake``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wslab.protocol.frame_words import opcode_name
from wslab.protocol.frames import CloseCode, ClosePayload, Frame, FrameHeader, Opcode, Side
from wslab.protocol.rules.findings import Finding
from wslab.protocol.rules.rule import Outcome, Rules
from wslab.protocol.session import Step

__all__ = [
    "FRAME_RULES",
    "SESSION_RULES",
    "Finding",
    "check_beginning",
    "check_frame",
    "check_session",
]


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What a frame rule sees: a frame (or only its header so far) and who sent it."""

    frame: FrameHeader
    sender: Side
    deflate: bool

    @property
    def payload(self) -> bytes | None:
        """The unmasked payload; None while it has not arrived."""
        return self.frame.payload if isinstance(self.frame, Frame) else None

    @property
    def is_control(self) -> bool:
        """Close, Ping, Pong and the reserved control opcodes 0xB to 0xF (§5.5)."""
        return self.frame.opcode >= Opcode.CLOSE

    @property
    def close(self) -> ClosePayload | None:
        """The payload of a Close frame that has arrived."""
        payload = self.payload if self.frame.opcode == Opcode.CLOSE else None
        return None if payload is None else ClosePayload.parse(payload)


FRAME_RULES: Final = Rules[FrameContext](answer=CloseCode.PROTOCOL_ERROR)
SESSION_RULES: Final = Rules[Step](answer=CloseCode.PROTOCOL_ERROR)


@FRAME_RULES.rule("RFC 6455 §5.1", "a client masks every frame, and a server masks none")
def masked_by_the_client_only(at: FrameContext) -> Outcome:
    masked = at.frame.mask is not None
    found = (
        f"a masked frame (key {at.frame.mask.hex(' ')})" if at.frame.mask else "an unmasked frame"
    )
    return masked == at.sender.must_mask, found


@FRAME_RULES.rule("RFC 6455 §5.2", "RSV2 and RSV3 are 0, and RSV1 too unless an extension uses it")
def reserved_bits_are_zero(at: FrameContext) -> Outcome:
    bits = {"RSV1": at.frame.rsv1, "RSV2": at.frame.rsv2, "RSV3": at.frame.rsv3}
    used = [name for name, on in bits.items() if on]
    allowed = ["RSV1"] if at.deflate else []
    return set(used) <= set(allowed), f"{' and '.join(used)} set to 1" if used else "all three 0"


@FRAME_RULES.rule(
    "RFC 7692 §6.1",
    "RSV1 marks a compressed message, on its first frame only, and never a control frame",
)
def rsv1_is_on_a_first_frame(at: FrameContext) -> Outcome:
    if not (at.deflate and at.frame.rsv1):
        return None
    first = at.frame.opcode in (Opcode.TEXT, Opcode.BINARY)
    return first, f"RSV1 on a frame with opcode {opcode_name(at.frame.opcode)}"


@FRAME_RULES.rule("RFC 6455 §5.2", "the opcode is 0, 1, 2, 8, 9 or 0xA; the others are reserved")
def opcode_is_defined(at: FrameContext) -> Outcome:
    return isinstance(at.frame.opcode, Opcode), f"opcode {opcode_name(at.frame.opcode)}"


@FRAME_RULES.rule("RFC 6455 §5.2", "the length is written in the shortest form that holds it")
def length_is_shortest(at: FrameContext) -> Outcome:
    length, size = at.frame.length, at.frame.length_size
    needed = 0 if length < 126 else 2 if length < 1 << 16 else 8
    return size == needed, f"{length:,} written with {size} extra length bytes"


@FRAME_RULES.rule("RFC 6455 §5.2", "the top bit of an 8-byte length is 0")
def length_top_bit_is_zero(at: FrameContext) -> Outcome:
    if at.frame.length_size != 8:
        return None
    top = at.frame.length >> 63
    return top == 0, f"a top bit of {top}, in a length of {at.frame.length:,}"


@FRAME_RULES.rule("RFC 6455 §5.5", "a control frame has at most 125 bytes of payload")
def control_frame_is_short(at: FrameContext) -> Outcome:
    if not at.is_control:
        return None
    return at.frame.length <= 125, f"{at.frame.length:,} bytes"


@FRAME_RULES.rule("RFC 6455 §5.5", "a control frame is never fragmented")
def control_frame_is_whole(at: FrameContext) -> Outcome:
    if not at.is_control:
        return None
    return at.frame.fin, "FIN 1" if at.frame.fin else "FIN 0"


@FRAME_RULES.rule("RFC 6455 §5.5.1", "a Close payload is empty, or starts with a 2-byte code")
def close_payload_holds_a_code(at: FrameContext) -> Outcome:
    if at.close is None:
        return None
    size = len(at.close.encode())
    return size != 1, f"{size} byte{'' if size == 1 else 's'}"


@FRAME_RULES.rule(
    "RFC 6455 §7.4",
    "a Close frame carries 1000-1003, 1007-1014 or 3000-4999",
)
def close_code_may_be_sent(at: FrameContext) -> Outcome:
    if at.close is None or at.close.code is None:
        return None
    code = at.close.code
    sendable = code.sendable if isinstance(code, CloseCode) else 3000 <= code <= 4999
    return sendable, f"code {int(code)}"


@FRAME_RULES.rule(
    "RFC 6455 §5.5.1",
    "the reason in a Close frame is UTF-8",
    CloseCode.INVALID_FRAME_PAYLOAD_DATA,
)
def close_reason_is_utf8(at: FrameContext) -> Outcome:
    if at.close is None or at.close.code is None:
        return None
    raw = at.close.reason_bytes
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return False, f"byte {raw[error.start]:02x} at offset {error.start} of the reason"
    return True, f"{len(raw)} bytes of UTF-8"


@SESSION_RULES.rule("RFC 6455 §5.4", "a continuation frame continues a message that was begun")
def continuation_has_a_beginning(step: Step) -> Outcome:
    if step.frame.opcode != Opcode.CONTINUATION:
        return None
    begun = step.open_message
    return begun is not None, f"{opcode_name(begun)} begun" if begun is not None else "none begun"


@SESSION_RULES.rule("RFC 6455 §5.4", "a sender begins a new message only after its last one ended")
def message_is_not_interrupted(step: Step) -> Outcome:
    if step.frame.opcode not in (Opcode.TEXT, Opcode.BINARY):
        return None
    begun = step.open_message
    return begun is None, "none open" if begun is None else f"{opcode_name(begun)} still open"


# The Close before it gets the answer; whatever comes later is discarded (§1.4).
@SESSION_RULES.rule("RFC 6455 §5.5.1", "no data frame is sent after a Close frame", "")
def no_data_after_close(step: Step) -> Outcome:
    if step.frame.opcode >= Opcode.CLOSE:
        return None  # a Ping must be answered until the peer's Close comes (§5.5.2)
    if step.close_sent:
        return False, f"{opcode_name(step.frame.opcode)} after this sender's Close"
    return True, "no Close before it"


@SESSION_RULES.rule(
    "RFC 6455 §8.1",
    "a text message is UTF-8, once its frames are joined",
    CloseCode.INVALID_FRAME_PAYLOAD_DATA,
)
def text_is_utf8(step: Step) -> Outcome:
    if step.bad_utf8 is not None:
        return False, f"an impossible byte at offset {step.bad_utf8} of the message"
    if step.message is None or step.message.opcode != Opcode.TEXT:
        return None
    text = step.message.data
    if isinstance(text, bytes):
        return None  # reported with the frame that brought the impossible byte
    return True, f"{len(text)} characters of UTF-8"


@SESSION_RULES.rule(
    "RFC 7692 §7.2.2",
    "a compressed message unpacks as DEFLATE data",
    CloseCode.INVALID_FRAME_PAYLOAD_DATA,
)
def compressed_data_unpacks(step: Step) -> Outcome:
    if step.bad_deflate:
        return False, step.bad_deflate
    if step.message is None or not step.message.compressed:
        return None
    unit = "characters" if isinstance(step.message.data, str) else "bytes"
    return True, f"{len(step.message.data):,} {unit} unpacked"


def check_frame(frame: FrameHeader, sender: Side, deflate: bool = False) -> list[Finding]:
    """Check every frame rule that applies to one frame; return all findings, kept and broken.

    A bare `FrameHeader` is judged by what it declares. `deflate` says that the
    handshake agreed on permessage-deflate, which gives RSV1 a meaning.
    """
    return FRAME_RULES.check(FrameContext(frame, sender, deflate), sender)


def check_beginning(data: bytes, sender: Side, deflate: bool = False) -> list[Finding]:
    """Check the frame rules on the first bytes of an incomplete frame.

    If the header is incomplete, only its first byte is judged (FIN, the reserved bits and
    the opcode), and only broken rules are returned: a receiver may fail the connection for
    them at once. [] for no bytes.
    """
    header = FrameHeader.parse(data)
    if header is not None or not data:
        return [] if header is None else check_frame(header, sender, deflate)
    rest = b"\x80\0\0\0\0" if sender.must_mask else b"\0"  # a valid length and key
    header = FrameHeader.parse(data[:1] + rest)
    assert header is not None
    return [finding for finding in check_frame(header, sender, deflate) if not finding.ok]


def check_session(steps: Iterable[Step]) -> list[Finding]:
    """Check every frame rule and every session rule on the steps, in order."""
    findings: list[Finding] = []
    for step in steps:
        context = FrameContext(step.frame, step.sender, step.deflate)
        findings += FRAME_RULES.check(context, step.sender, step.index)
        findings += SESSION_RULES.check(step, step.sender, step.index)
    return findings
