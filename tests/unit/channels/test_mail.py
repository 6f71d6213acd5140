"""Mails, handed to a real mail server on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import re
import ssl
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callboard.channels import EmailConfig
from callboard.channels.mail import MailChannel, mail_of
from callboard.domain.remediation.message import Message
from callboard.errors import ChannelRefusedError, ChannelUnreachableError
from callboard.wiring.machine import SystemClock
from tests.support.messages import DIGEST
from tests.unit.channels.mailserver import MailServer, serving

WANTED = msgspec.structs.replace(DIGEST, unsubscribe="/unsubscribe?token=abc")


def config(server: MailServer, **options: object) -> EmailConfig:
    """A channel to this server."""
    fields: dict[str, object] = {
        "host": server.host, "port": server.port, "security": "none", "sender": "Callboard <callboard@example.com>",
        "to": ("Ana <ana@example.com>",), "teams": ("group:default/payments",), "allow_private": True, **options,
    }  # fmt: skip
    return EmailConfig(**fields)  # type: ignore[arg-type]


def send(made: EmailConfig, message: Message = WANTED, address: str = "Ana <ana@example.com>") -> None:
    """Send it there."""
    asyncio.run(MailChannel(made, now=SystemClock().now).send(message, address))


def test_a_mail_arrives_as_text_and_as_html() -> None:
    """From and to whom it should, with its key, and a way out in one click."""
    with serving() as server:
        send(config(server))
    ((sender, to, mail),) = server.mails
    assert (sender, to) == ("callboard@example.com", ["ana@example.com"])
    assert mail["Message-ID"] == f"<{DIGEST.key}@example.com>"
    assert mail["Subject"] == "payments: the week on the callboard"
    assert mail["List-Unsubscribe"] == "<https://board.example/unsubscribe?token=abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    text = plain.get_content()
    for told in ("37 findings open.", "New and urgent, since 2026-02-23: 12", "checkout-api, due 5 Mar", "2 days late",
                 "and 10 more", "Fixed: 3", "Upgrade log4j-core to 2.17.1", "https://board.example/findings/7?via=email"):  # fmt: skip
        assert told in text
    assert "<script" not in rich.get_content()


def test_words_of_a_source_are_text() -> None:
    """What looks like HTML in a finding's title is shown, and does nothing; no picture is loaded."""
    with serving() as server:
        send(config(server))
    rich = server.mails[0][2].get_body(("html",))
    assert rich is not None
    content = rich.get_content()
    assert "<b>open</b>" not in content
    assert "Bucket &lt;b&gt;open&lt;/b&gt; &amp; *readable* by &lt;!channel&gt;" in content
    assert not re.search(r"<img|<script|<link|url\(", content)


def test_a_header_cannot_be_broken() -> None:
    """A title with line ends makes no header of its own."""
    spoiled = msgspec.structs.replace(WANTED, title="a\r\nBcc: evil@example.com\r\n\r\nbody")
    mail = mail_of(spoiled, "ana@example.com", sender="callboard@example.com")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "a Bcc: evil@example.com body"


def test_without_an_address_of_the_board_there_are_no_links() -> None:
    """And nothing is claimed that cannot be opened."""
    mail = mail_of(msgspec.structs.replace(WANTED, board=""), "ana@example.com", sender="callboard@example.com")
    assert mail["List-Unsubscribe"] is None
    assert "http" not in mail.as_string()


def test_signing_in() -> None:
    """With the right password; a wrong one is refused, and not told."""
    with serving(signed_in=True) as server:
        send(config(server, username="callboard", password="a-password-for-mail"))
        assert len(server.mails) == 1
        with pytest.raises(ChannelRefusedError) as caught:
            send(config(server, username="callboard", password="another-password"))
        assert "another-password" not in caught.value.message


@pytest.mark.parametrize(
    ("recipient", "data", "kind"),
    [
        ("550 no such user", "250 OK", ChannelRefusedError),
        ("451 try later", "250 OK", ChannelUnreachableError),
        ("250 OK", "554 looks like spam", ChannelRefusedError),
        ("250 OK", "452 mailbox full", ChannelUnreachableError),
    ],
)
def test_what_the_server_says_counts(recipient: str, data: str, kind: type[Exception]) -> None:
    """4xx is worth another attempt, 5xx is not."""
    with serving() as server:
        server.recipient_answer, server.data_answer = recipient, data
        with pytest.raises(kind):
            send(config(server))
    assert server.mails == []


def test_nobody_there_is_worth_another_attempt() -> None:
    """The connection is refused."""
    with serving() as server:
        pass
    with pytest.raises(ChannelUnreachableError):
        send(config(server))


def test_a_private_server_has_to_be_allowed() -> None:
    """Before a connection is made."""
    with serving() as server:
        with pytest.raises(ChannelRefusedError):
            send(config(server, allow_private=False, security="starttls"))
        assert server.mails == []


@pytest.mark.fault("F35")
def test_encryption_is_insisted_on_and_certificates_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an authority that is trusted the mail goes encrypted; with none, or to a server that offers none, it does not go."""
    authority, context = certificate(tmp_path)
    with serving(tls=context) as server:
        made = config(server, security="starttls")
        with pytest.raises(ChannelUnreachableError, match="cannot be trusted"):
            send(made)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        send(made)
        assert server.was_encrypted == [True]
    with serving() as server:
        with pytest.raises(ChannelRefusedError):
            send(config(server, security="starttls"))
        assert server.mails == []


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that vouches for itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, private = folder / "authority.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    return file, context
