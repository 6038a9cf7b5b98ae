"""A certificate made while the program runs, for wss:// on one machine.

The authority that signs it exists for this one object, is known to nobody else, and is gone with
it. So a client trusts such a server only if it uses the client context made here.
"""

from __future__ import annotations

import ssl
from functools import cached_property
from typing import TYPE_CHECKING

from wslab.errors import WslabError

if TYPE_CHECKING:
    import trustme

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")  # the names of this machine


class Certificate:
    """A certificate for this machine's own names and for `hosts`, and the authority behind it.

    Keys stay in memory; the file from which Python's ``ssl`` has to read one is removed at
    once. Raises WslabError if the package trustme, which makes them, is not installed.
    """

    def __init__(self, *hosts: str) -> None:
        try:
            import trustme
        except ImportError as error:
            raise WslabError(
                "a certificate needs the package trustme; install it with: pip install trustme"
            ) from error
        self._authority = trustme.CA(organization_name="wslab, for this machine alone")
        names = dict.fromkeys((*LOOPBACK_NAMES, *hosts))
        self._leaf: trustme.LeafCert = self._authority.issue_cert(*names)

    @property
    def pem(self) -> str:
        """The server's certificate as text, as it shows it to every client."""
        return self._leaf.cert_chain_pems[0].bytes().decode()

    @property
    def authority_pem(self) -> str:
        """The authority's certificate as text, for any other program that has to trust it."""
        return self._authority.cert_pem.bytes().decode()

    @cached_property
    def server_context(self) -> ssl.SSLContext:
        """The TLS context for the server, which shows the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaf.configure_cert(context)
        return context

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """The TLS context for a client, which trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context

    def __repr__(self) -> str:
        return "<Certificate for this machine, made on the spot>"


def why_not_trusted(error: BaseException | None) -> str | None:
    """In words, why a certificate was refused; None for any other error.

    It leaves out the line of C source that Python adds, which differs between versions.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message.rstrip('.')}"
    return None
