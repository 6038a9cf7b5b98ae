"""PathServer: registered WebSocket paths on one port, and a log of what clients did.

A path is a handler: ``async def handler(ws)``, where `ws` is a connection of
the `websockets` library. The request decides what the port answers:

    asks for an upgrade, to a registered path    101, and the handler runs
    asks for an upgrade, to another path         404, with the list of paths
    plain GET of a page that a subclass has      200, the page
    plain GET of anything else                   426, with what to do (RFC 9110 §15.5.22)
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ssl import SSLContext
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from wslab.errors import WslabError
from wslab.network.background import Service, stop_listening
from wslab.network.certificates import Certificate
from wslab.network.events import EventLog, ServerEvent
from wslab.network.logger import LIBRARY_LOGGER
from wslab.network.websockets_internals import ObservedConnection, cancel_handlers
from wslab.protocol.closing import CloseCode, ClosePayload

Handler = Callable[[ServerConnection], Awaitable[None]]

_CLOSE_TIMEOUT_S: Final = 0.25  # seconds of a stop in which clients may answer the Close frame
_MAX_MESSAGE_BYTES: Final = 16 * 2**20  # bytes of one message


class PathServer(Service):
    """A WebSocket server with one handler a path; it listens on loopback and any free port.

    `compression` is None or "deflate". Of `subprotocols`, the first that the
    client offers is agreed on, and none is fine too. `origins` lists the values
    of the Origin header to accept; None accepts all. `max_size` is in bytes.
    Further `options` go to ``websockets.asyncio.server.serve``.

    With `tls` the server speaks wss:// and https://, with a certificate made on the spot
    that is valid for localhost, 127.0.0.1, ::1 and `host`. A client trusts it through
    `client_context`: ``connect(server.url, ssl=server.client_context)``.

    What clients do is in `events`, and nothing is ever printed. No keepalive
    pings are sent unless `ping_interval` is given, so that a recording holds
    only what the lesson caused.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        name: str | None = None,
        compression: str | None = None,
        subprotocols: Sequence[str] = (),
        origins: Sequence[str | None] | None = None,
        max_size: int = _MAX_MESSAGE_BYTES,
        tls: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(host=host, port=port, name=name)
        self.events = EventLog()
        self._subprotocols = tuple(subprotocols)
        self._certificate = _certificate(host) if tls else None
        self._options: dict[str, Any] = {
            "compression": compression,
            "origins": origins,
            "max_size": max_size,
            "ping_interval": None,
            "server_header": "wslab",  # no versions: the same bytes on every machine
            "logger": LIBRARY_LOGGER,
            **({"ssl": self._certificate.server_context} if self._certificate else {}),
            **options,
        }
        self._paths: dict[str, Handler] = {}
        self._server: Server
        self._arrived = 0  # clients so far
        self._connections: set[_Connection] = set()

    @property
    def url(self) -> str:
        """The WebSocket URL, such as ``ws://127.0.0.1:8765``. NotRunning when stopped."""
        self._need_running()
        return f"{'wss' if self._certificate else 'ws'}://{self._place}"

    @property
    def http_url(self) -> str:
        """The same place for a browser: ``http://127.0.0.1:8765``. NotRunning when stopped."""
        self._need_running()
        return f"{'https' if self._certificate else 'http'}://{self._place}"

    @property
    def certificate(self) -> Certificate:
        """The certificate that the server shows. WslabError without `tls`."""
        if self._certificate is None:
            raise WslabError(
                f"{self.name} speaks ws:// and has no certificate; "
                f"for wss:// make it with {type(self).__name__}(tls=True)."
            )
        return self._certificate

    @property
    def client_context(self) -> SSLContext:
        """What a client trusts this server with: ``connect(server.url, ssl=…)``.

        It trusts the one authority that signed this server's certificate. WslabError
        without `tls`.
        """
        return self.certificate.client_context

    @property
    def paths(self) -> list[str]:
        """The registered paths, sorted."""
        return sorted(self._paths)

    def register(self, path: str, handler: Handler) -> None:
        """Run ``await handler(ws)`` for each client that connects to `path`.

        The connection closes when the handler returns (1000) or raises (1011).
        Registering a path again replaces its handler for the clients to come.
        WslabError if the path does not start with "/", or the handler is not async.
        """
        if not path.startswith("/") or "?" in path or "#" in path:
            raise WslabError(f"{path!r} cannot be a path; begin with '/', without '?' and '#'.")
        if not inspect.iscoroutinefunction(handler):
            what = getattr(handler, "__name__", repr(handler))
            raise WslabError(f"{what} cannot handle {path}: it is not 'async def {what}(ws)'.")
        self._paths[path] = handler

    def path(self, path: str) -> Callable[[Handler], Handler]:
        """`register` as a decorator: ``@server.path("/shout")`` above an ``async def``."""

        def register(handler: Handler) -> Handler:
            self.register(path, handler)
            return handler

        return register

    def wait_for(self, kind: str, count: int = 1, timeout: float = 5.0) -> list[ServerEvent]:
        """Block until the log has `count` events of `kind`; see `EventLog.wait_for`."""
        return self.events.wait_for(kind, count, timeout)

    # From here on everything runs on the background loop.

    def _page(self, ws: ServerConnection, path: str) -> Response | None:
        """The answer to a plain GET of `path`; a subclass with pages overrides it."""
        return None

    async def _open(self) -> None:
        self.events.clear()
        self._arrived = 0
        self._server = await serve(
            self._run_handler,
            self.host,
            self._wanted_port,
            process_request=self._answer,
            process_response=self._note_answer,
            select_subprotocol=self._choose_subprotocol,
            create_connection=partial(_Connection, self),  # type: ignore[arg-type]
            **self._options,
        )
        self._listens_at(*(one.getsockname() for one in self._server.sockets))

    async def _close(self) -> None:
        await stop_listening(self._server.server)
        self._server.close(code=CloseCode.GOING_AWAY, reason="the server stops")
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self._server.wait_closed()
        except TimeoutError:
            # A handler waits for something else, or a client does not answer or never spoke.
            for connection in self._connections.copy():
                connection.transport.abort()
            cancel_handlers(self._server)
            await self._server.wait_closed()

    def _answer(self, ws: ServerConnection, request: Request) -> Response | None:
        """The HTTP answer, or None to let the library go on with the upgrade."""
        path = path_of(request)
        if _wants_websocket(request):
            if path in self._paths:
                return None
            return ws.respond(404, f"There is no WebSocket path {path}.\n{self._paths_in_words()}")
        if request.method not in ("GET", "HEAD"):
            return None  # the library refuses it with 405
        response = self._page(ws, path) or self._upgrade_required(ws, path)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        if request.method == "HEAD":
            response.body = b""
        return response

    def _upgrade_required(self, ws: ServerConnection, path: str) -> Response:
        kind = "a WebSocket path" if path in self._paths else "no path of this server"
        response = ws.respond(
            426,
            f"{path} is {kind}, and this was a plain HTTP request.\n"
            "Use a WebSocket client, which asks for the upgrade: connect(server.url + path).\n"
            + self._paths_in_words(),
        )
        response.headers["Upgrade"] = "websocket"
        del response.headers["Connection"]
        response.headers["Connection"] = "Upgrade, close"
        return response

    def _paths_in_words(self) -> str:
        return f"WebSocket paths here: {', '.join(self.paths)}\n"

    def _note_answer(self, ws: ServerConnection, request: Request, response: Response) -> None:
        assert isinstance(ws, _Connection)
        if response.status_code == 101:
            # RFC 9110 §6.6.1 leaves Date out of 1xx to the server; without it the
            # bytes of a handshake do not change from second to second.
            del response.headers["Date"]
            if self._server.is_serving():  # else the library turns this into 503
                ws.has_opened(self._next_client(), path_of(request))
        elif _wants_websocket(request):
            status = f"{response.status_code} {response.reason_phrase}"
            refused = f"handshake refused with {status}"
            number = self._next_client()
            self.events.add(ServerEvent("error", number, path_of(request), detail=refused))

    def _next_client(self) -> int:
        self._arrived += 1
        return self._arrived

    def _choose_subprotocol(
        self, ws: ServerConnection, offered: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        return next((Subprotocol(name) for name in self._subprotocols if name in offered), None)

    async def _run_handler(self, ws: ServerConnection) -> None:
        assert isinstance(ws, _Connection)
        try:
            await self._paths[ws.path](ws)
        except ConnectionClosed:
            pass  # the close event says how
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # exit() is an error here
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.events.add(ServerEvent("error", ws.number, ws.path, detail=what))
            # The client learns that it failed, and not why.
            await ws.close(CloseCode.INTERNAL_ERROR, "the handler raised an exception")


def _certificate(host: str) -> Certificate:
    """For `host`, unless it stands for every interface and so is not a name."""
    name = host.partition("%")[0]
    return Certificate(*((name,) if name not in ("", "0.0.0.0", "::") else ()))


def path_of(request: Request) -> str:
    """The target of a request without its query; it may be anything that a client sends."""
    return request.path.partition("?")[0]


def _wants_websocket(request: Request) -> bool:
    wanted = ",".join(request.headers.get_all("Upgrade")).split(",")
    return "websocket" in (protocol.strip().lower() for protocol in wanted)


class _Connection(ObservedConnection):
    """One client's connection, which reports to the server's log."""

    def __init__(self, server: PathServer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.number = 0  # 0 until the handshake is accepted
        self.path = ""
        self._owner = server
        self._close_reported = False

    def has_opened(self, number: int, path: str) -> None:
        self.number, self.path = number, path
        self._owner.events.add(ServerEvent("open", number, path))

    async def recv(self, decode: bool | None = None) -> Any:
        message = await super().recv(decode)
        self._owner.events.add(ServerEvent("message", self.number, self.path, data=message))
        return message

    def is_about_to_send(self) -> None:
        # Report before the last bytes leave: what a client has seen is in the log.
        if self.protocol.close_rcvd is not None and self.protocol.close_sent is not None:
            self._report_close()

    def has_come(self) -> None:
        self._owner._connections.add(self)

    def has_gone(self) -> None:
        self._owner._connections.discard(self)
        self._report_close()

    def _report_close(self) -> None:
        if self.number == 0 or self._close_reported:
            return
        self._close_reported = True
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        code, reason = int(CloseCode.ABNORMAL_CLOSURE), ""
        if received is not None:
            code, reason = received.code, received.reason
            client_began = sent is None or self.protocol.close_rcvd_then_sent
            detail = f"the {'client' if client_began else 'server'} closed first"
        elif sent is not None:
            detail = f"the server closed with {int(sent.code)} and no Close frame came back"
        else:
            detail = "the connection was lost without a Close frame"
        row = ClosePayload(code).code
        self._owner.events.add(
            ServerEvent("close", self.number, self.path, code=row, reason=reason, detail=detail)
        )
