"""A page of the package, with a policy that lets it run its own script and nothing else."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from importlib.resources import files

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response


def page_response(ws: ServerConnection, package: str, name: str) -> Response:
    """A 200 response with a package's ``static/<name>``, whose script and style are inside it."""
    html, policy = _page_and_policy(package, name)
    response = ws.respond(200, html)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@cache
def _page_and_policy(package: str, name: str) -> tuple[str, str]:
    html = files(package).joinpath(f"static/{name}").read_text(encoding="utf-8")
    hashes = {
        tag: f"'sha256-{b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
        for tag, body in re.findall(r"<(script|style)>(.*?)</\1>", html, re.DOTALL)
    }
    policy = (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; "
        "connect-src ws: wss:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return html, policy
