"""24. The database is reached in clear, or is none for production."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.configuration import Setting
from callboard.checks.hosts import host_of, is_here
from callboard.checks.secrets import is_plain
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    database = portal.settings.get("backend.database")
    if database is None:
        return
    client = database.get("client")
    if client is not None and client.elsewhere:
        yield unknown(client)
    if portal.settings.is_production and client is not None and client.text == "better-sqlite3":
        yield fault(client, "Each instance has a database of its own, and what it holds is lost with it.", Severity.LOW)
    connection = database.get("connection")
    if connection is not None:
        yield from _connection(connection)


def _connection(connection: Setting) -> Iterator[Fault]:
    password = connection.get("password")
    if password is not None and is_plain(password):
        yield fault(password, "The database's password stands in plain text in a file.")
    if connection.text and "@" in connection.text and ":" in connection.text.partition("://")[2].partition("@")[0]:
        yield fault(connection, "The database's password stands in plain text in a file.")
    host = connection.get("host")
    where = host.text if host is not None else host_of(connection.text or "")
    if where is None or is_here(where) or where.startswith("/"):
        return
    ssl = connection.get("ssl")
    if ssl is not None and ssl.is_false:
        yield fault(ssl, f"What goes to {where} is not encrypted.")
    unchecked = ssl.get("rejectUnauthorized") if ssl is not None else None
    if unchecked is not None and unchecked.is_false:
        yield fault(unchecked, f"Whoever stands between may answer in the name of {where}.")


CHECK = Check(
    advice=Advice(
        key="database",
        number=24,
        title="The database is reached in clear or with a password in a file",
        severity=Severity.HIGH,
        reach=Reach.BUILDERS,
        hits=Hits.PORTAL,
        why="Session keys and everything that the plugins keep pass in clear, or lie open with the password.",
        remedy="Check the server's certificate, and take the password from the environment.",
        before=(
            "backend:\n  database:\n    client: pg\n    connection:\n      host: db.acme.example\n"
            "      password: hunter2\n      ssl: false\n"
        ),
        after=(
            "backend:\n  database:\n    client: pg\n    connection:\n      host: db.acme.example\n"
            "      password: ${POSTGRES_PASSWORD}\n      ssl:\n        ca:\n          $file: ca.pem\n"
        ),
    ),
    judge=_judge,
)
