"""Messages of a kernel; the cases are made from them."""

from __future__ import annotations

from typing import Any

from wslab.protocol.kernel_messages import KernelMessage


def _said(kind: str, parent: str = "ask-1", channel: str = "iopub", **content: Any) -> Any:
    """A message of the kernel about the request `parent`."""
    return KernelMessage(channel, {"msg_type": kind}, {"msg_id": parent}, {}, content)


_CODE = 'print("hi")'
_BUSY = _said("status", execution_state="busy")
_IDLE = _said("status", execution_state="idle")
_INPUT = _said("execute_input", code=_CODE)
_PRINT = _said("stream", name="stdout", text="hi\n")
_ERR = _said("stream", name="stderr", text="a warning\n")
_REPLY = _said("execute_reply", channel="shell", status="ok")
_OTHER_PRINT = _said("stream", "b7", name="stdout", text="hi\n")
_OTHER_IDLE = _said("status", "b7", execution_state="idle")
_OTHER_REPLY = _said("execute_reply", "b7", channel="shell", status="ok")
