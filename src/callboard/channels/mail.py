"""Messages for mailboxes: text and HTML, one mail for each address, with a way out in one click (RFC 8058)."""

from __future__ import annotations

import asyncio
import html
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from callboard.channels import words
from callboard.channels.config import EmailConfig
from callboard.domain.instant import Instant, to_datetime
from callboard.domain.remediation.engagement import Door
from callboard.domain.remediation.message import Line, Message, Part, Work
from callboard.errors import AddressRefusedError, ChannelRefusedError, ChannelUnreachableError, UnreachableError
from callboard.net import public_addresses
from callboard.ports import Check

TIMEOUT_SECONDS = 30.0
"""For one step of sending a mail."""


class MailChannel:
    """Mailboxes behind one mail server."""

    def __init__(self, config: EmailConfig, *, now: Callable[[], Instant]) -> None:
        self.name = config.name
        self._config = config
        self._now = now

    async def send(self, message: Message, address: str, /) -> None:
        """Hand the mail over to the server. Whether it reaches its reader is the server's business from then on."""
        await asyncio.to_thread(self._send, mail_of(message, address, sender=self._config.sender), address)

    def preview(self, message: Message, address: str, /) -> str:
        """The mail as it travels."""
        return mail_of(message, address, sender=self._config.sender).as_string()

    async def check(self) -> tuple[Check, ...]:
        """Whether the server lets us in."""
        subject = f"channel {self.name}"
        try:
            await asyncio.to_thread(self._knock)
        except (ChannelRefusedError, ChannelUnreachableError) as error:
            return (Check(subject=subject, ok=False, message=error.message, hint=error.hint),)
        return (Check(subject=subject, ok=True, message="The mail server lets us in."),)

    async def close(self) -> None:
        """Nothing stays open."""

    def _knock(self) -> None:
        with self._said_plainly(), self._opened() as server:
            server.noop()

    def _send(self, mail: EmailMessage, address: str) -> None:
        with self._said_plainly(), self._opened() as server:
            server.send_message(mail, parseaddr(self._config.sender)[1], [parseaddr(address)[1]])

    def _said_plainly(self) -> _Plainly:
        return _Plainly(self._config.host)

    def _opened(self) -> smtplib.SMTP:
        config = self._config
        context = ssl.create_default_context()
        made: smtplib.SMTP
        if config.security == "tls":
            made = _CheckedTLS(config.host, config.port, config.allow_hosts, context)
        else:
            made = _Checked(config.host, config.port, config.allow_hosts)
        try:
            if config.security == "starttls":
                made.starttls(context=context)
            if config.username:
                made.login(config.username, config.password)
        except BaseException:
            made.close()
            raise
        return made


class _Plainly:
    """What went wrong with a mail server, in our own errors and without what it said to whom."""

    def __init__(self, host: str) -> None:
        self._who = f"The mail server {host}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        match error:
            case AddressRefusedError():
                raise ChannelRefusedError(f"{self._who} is at an address that is not allowed.", hint=error.hint)
            case smtplib.SMTPAuthenticationError():
                raise ChannelRefusedError(f"{self._who} does not accept the user name and password.") from None
            case smtplib.SMTPNotSupportedError():
                raise ChannelRefusedError(f"{self._who} does not offer what is configured.") from None
            case smtplib.SMTPRecipientsRefused() if all(400 <= code < 500 for code, _ in error.recipients.values()):
                raise ChannelUnreachableError(f"{self._who} puts the reader off.") from None
            case smtplib.SMTPRecipientsRefused():
                raise ChannelRefusedError(f"{self._who} does not know the reader.") from None
            case smtplib.SMTPResponseException() if 500 <= error.smtp_code < 600:
                raise ChannelRefusedError(f"{self._who} refused the mail with {error.smtp_code}.") from None
            case smtplib.SMTPResponseException():
                raise ChannelUnreachableError(f"{self._who} answered with {error.smtp_code}.") from None
            case ssl.SSLCertVerificationError():
                raise ChannelUnreachableError(f"{self._who} showed a certificate that cannot be trusted.") from None
            case smtplib.SMTPException() | OSError() | UnreachableError():
                raise ChannelUnreachableError(f"{self._who} cannot be reached ({type(error).__name__}).") from None


class _Checked(smtplib.SMTP):
    """Connects to the very address that was checked, so that nothing can rebind."""

    def __init__(self, host: str, port: int, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed
        super().__init__(host, port, local_hostname="callboard", timeout=TIMEOUT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _connected(host, port, self._allowed, timeout)


class _CheckedTLS(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, port: int, allowed: tuple[str, ...], context: ssl.SSLContext) -> None:
        self._allowed = allowed
        super().__init__(host, port, local_hostname="callboard", timeout=TIMEOUT_SECONDS, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        return self.context.wrap_socket(_connected(host, port, self._allowed, timeout), server_hostname=host)


def _connected(host: str, port: int, allowed: tuple[str, ...], timeout: float) -> socket.socket:
    problem: OSError | None = None
    for address in public_addresses(host, port, allowed):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            problem = error
    raise problem or OSError("no address")


def mail_of(message: Message, address: str, *, sender: str) -> EmailMessage:
    """The mail."""
    message = message.by(Door.EMAIL)
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.title.split())
    mail["From"] = sender
    mail["To"] = address
    mail["Date"] = format_datetime(to_datetime(message.at))
    # The same at every attempt, so that mailboxes can tell a repeat.
    mail["Message-ID"] = f"<{message.key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if leave := message.link(message.unsubscribe):
        mail["List-Unsubscribe"] = f"<{leave}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content("\n".join((*words.plain(message), *_leaving(message))) + "\n")
    mail.add_alternative("\n".join(_html(message)), subtype="html")
    return mail


def _leaving(message: Message) -> Iterator[str]:
    if leave := message.link(message.unsubscribe):
        yield ""
        yield f"No more of these mails: {leave}"


_STYLE = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:15px;line-height:1.5;color:#1f2328;max-width:40em"
_SMALL = "font-size:13px;color:#57606a"


def _html(message: Message) -> Iterator[str]:
    """Plain HTML that every mail program shows, with no picture and no script."""
    yield f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{_safe(message.title)}</title></head>'
    yield f'<body style="{_STYLE}"><h1 style="font-size:20px">{_safe(message.title)}</h1>'
    yield f"<p>{_safe(words.lead(message))} {_linked(message, message.path, 'Open the board')}</p>"
    for part in message.parts:
        yield from _part(message, part)
    if message.work:
        yield '<h2 style="font-size:16px">What to do first</h2><ul>'
        yield from (_work(message, work) for work in message.work)
        yield "</ul>"
    if message.link(message.unsubscribe):
        yield f'<p style="{_SMALL}">{_linked(message, message.unsubscribe, "No more of these mails")}</p>'
    yield "</body></html>"


def _part(message: Message, part: Part) -> Iterator[str]:
    yield f'<h2 style="font-size:16px">{_linked(message, part.path, words.head(part))}</h2>'
    if part.lines:
        yield "<ul>"
        yield from (_line(message, line) for line in part.lines)
        if left := words.rest(part):
            yield f"<li>{_safe(left)}</li>"
        yield "</ul>"


def _line(message: Message, line: Line) -> str:
    about = _safe(words.about(line, message.at))
    title = _linked(message, line.path, line.title)
    return f'<li><strong>{_safe(line.severity)}</strong> {title}<br><span style="{_SMALL}">{about}</span></li>'


def _work(message: Message, work: Work) -> str:
    return f"<li>{_linked(message, work.path, work.fix or work.title)}, {_safe(words.piece(work))}</li>"


def _linked(message: Message, path: str | None, text: str) -> str:
    link = message.link(path)
    return _safe(text) if link is None else f'<a href="{html.escape(link)}">{_safe(text)}</a>'


def _safe(text: str) -> str:
    return html.escape(text)
