"""A mail server on loopback that keeps what it is given, or refuses it."""

# ruff: noqa: ARG002 - the library decides what its hooks are given

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """What it was given, and how it answers."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], EmailMessage]] = []
        """From whom, to whom, what."""
        self.was_encrypted: list[bool] = []
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.accepts = (b"callboard", b"a-password-for-mail")
        self.host, self.port = "127.0.0.1", 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or not."""
        if self.data_answer.startswith("250"):
            mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append((str(envelope.mail_from), list(envelope.rcpt_tos), mail))
            self.was_encrypted.append(session.ssl is not None)
        return self.data_answer

    def authenticate(
        self, server: object, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Whether it is the one user."""
        good = isinstance(data, LoginPassword) and (data.login, data.password) == self.accepts
        return AuthResult(success=good, handled=False)


@contextmanager
def serving(*, signed_in: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A mail server for as long as this lasts. With `tls` it offers STARTTLS."""
    server = MailServer()
    with socket.socket() as found:  # the library connects to the port it was given, which must not be 0
        found.bind(("127.0.0.1", 0))
        server.port = found.getsockname()[1]
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, tls_context=tls, require_starttls=tls is not None,
        authenticator=server.authenticate, auth_required=signed_in, auth_require_tls=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Requiring AUTH")  # on loopback, for a moment
        controller.start()
        try:
            yield server
        finally:
            controller.stop()
