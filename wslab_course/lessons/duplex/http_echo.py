"""An echo over plain HTTP, to race a WebSocket against (RFC 9112 §9.3).

``GET /echo?text=hello`` answers with the body ``hello``. The connection stays open
for the next request, as HTTP/1.1 does unless one side says ``Connection: close``.
"""

from __future__ import annotations

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from wslab.network.background import Service


class HttpEcho(Service):
    """A small HTTP/1.1 server on `host` and `port`; port 0 takes a free one.

    It answers each request in one write: a head and a body sent apart would meet
    the delays of TCP (Nagle and late acknowledgements), and the race would be unfair.
    """

    async def _open(self) -> None:
        sockets = bind_sockets(self.port, self.host)
        self._server = HTTPServer(Application([("/echo", _Echo)], log_function=_say_nothing))
        self._server.add_sockets(sockets)
        self._listens_at(*(one.getsockname() for one in sockets))

    async def _close(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:PORT``. NotRunning before start()."""
        self._need_running()
        return f"http://{self._place}"


class _Echo(RequestHandler):
    def set_default_headers(self) -> None:
        self.clear_header("Date")  # so that a lesson sees the same bytes every day
        self.set_header("Server", "wslab")
        self.set_header("Content-Type", "text/plain; charset=utf-8")

    def compute_etag(self) -> None:
        return None

    def get(self) -> None:
        self.finish(self.get_query_argument("text", ""))


def _say_nothing(handler: RequestHandler) -> None:
    """Background code never prints."""
