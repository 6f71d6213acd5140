"""Tokens, the log of who did what, and who may come in, from a shell."""

from __future__ import annotations

import json
import sqlite3
import stat

import pytest

from callboard.config import load
from callboard.errors import ConfigError
from callboard.wiring.identity import open_identity
from callboard.wiring.services import Services
from tests.cli.conftest import Folder
from tests.support.clocks import SettableClock
from tests.support.portals import ISSUER, portal_on
from tests.support.providers import provider_on


@pytest.fixture
def read(folder: Folder) -> Folder:
    """A folder whose catalog has been read."""
    folder.call("sync")
    return folder


def identity(folder: Folder, text: str) -> None:
    """Add to the configuration."""
    file = folder.path / "callboard.toml"
    file.write_text(file.read_text() + text)


def test_a_token_is_made_listed_and_revoked(read: Folder) -> None:
    """It is told once, alone on stdout; its life is in the log."""
    made = read.call("token", "create", "dash", "--sees", "everything", "--depth", "counts", "--days", "30")
    secret = made.out.strip()
    assert secret.startswith("cbt_")
    assert "not shown again" in made.err
    assert secret not in read.call("token", "list").all
    (told,) = read.call("token", "list", "--json").json["tokens"]
    assert (told["name"], told["sees"], told["depth"], told["rights"], told["good"]) == (
        "dash", "everything", "counts", [], True
    )  # fmt: skip
    assert read.call("token", "revoke", "dash", "--json").json["good"] is False
    assert "revoked" in read.call("token", "list").out
    assert read.call("token", "revoke", "dash", code=1).err.startswith("Error: The token 'dash' was revoked before.")
    log = read.call("audit", "list", "--json").json["entries"]
    assert [(each["actor"], each["action"]) for each in log] == [("laptop", "token.revoke"), ("laptop", "token.create")]
    assert secret not in json.dumps(log)


def test_what_a_token_may_see_is_said_in_references(read: Folder) -> None:
    """Groups by their name, a component by its reference; anything else is refused in a sentence."""
    one = read.call("token", "create", "one", "--sees", "payments", "--right", "decide", "--json").json
    assert (one["sees"], one["rights"]) == ("group:default/payments", ["decide"])
    two = read.call("token", "create", "two", "--sees", "component:default/checkout-api", "--json").json
    assert two["sees"] == "component:default/checkout-api"
    for sees in (
        ["nobody"],
        ["component:default/none"],
        ["system:default/shop"],
        ["a:b:c"],
        ["everything", "payments"],
    ):
        words = [word for each in sees for word in ("--sees", each)]
        assert "Traceback" not in read.call("token", "create", "bad", *words, code=2).all
    assert len(read.call("token", "list", "--json").json["tokens"]) == 2


def test_the_log_is_exported_and_verified(read: Folder) -> None:
    """To a file of one's own, with hashes; the newest one proves later that nothing was cut."""
    for name in ("a", "b", "c"):
        read.call("token", "create", name, "--sees", "everything")
    good = read.call("audit", "verify", "--json").json
    assert (good["holds"], good["entries"]) == (True, 3)
    assert (
        "3 entries hold. Newest hash: " + good["newest"] in read.call("audit", "verify", "--hash", good["newest"]).out
    )
    read.call("audit", "export", "log.jsonl")
    file = read.path / "log.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["action"] for line in lines] == ["token.create"] * 3 + ["audit.export"]
    assert lines[2]["hash"] == good["newest"]
    assert len(read.call("audit", "export", "--after", "3", "--json").json["entries"]) == 2
    assert [
        each["subject"]
        for each in read.call("audit", "list", "--action", "token.create", "--limit", "1", "--json").json["entries"]
    ] == ["token:c"]


def test_a_log_that_was_touched_ends_with_one(read: Folder) -> None:
    """And the first place where it does not hold is named."""
    for name in ("a", "b", "c"):
        read.call("token", "create", name, "--sees", "everything")
    newest = read.call("audit", "verify", "--json").json["newest"]
    with sqlite3.connect(read.path / "callboard.db") as conn:
        conn.execute("DELETE FROM audit WHERE seq = 3")
    conn.close()
    assert "cut from its end" in read.call("audit", "verify", "--hash", newest, code=1).out
    with sqlite3.connect(read.path / "callboard.db") as conn:
        conn.execute("UPDATE audit SET actor = 'somebody' WHERE seq = 2")
    conn.close()
    assert "does not hold at entry 2" in read.call("audit", "verify", code=1).out


def test_the_board_is_not_opened_to_others_by_half(read: Folder) -> None:
    """An address without identity, identity without a catalog that is meant, a provider without a way back."""
    identity(read, 'public_url = "https://board.example"\n')
    said = read.call("serve", "--no-sync", code=2)
    assert "nobody can come in by name" in said.err
    assert read.call("doctor", "--offline", code=1).out.count("nobody can come in by name") == 1
    said = read.call("serve", "--no-sync", "--host", "0.0.0.0", code=2)  # noqa: S104
    assert "nobody can come in by name" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[identity]\ncatalog = "other"\n[identity.portal]\nurl = "https://p.example"\nissuer = "https://p.example/api/auth"\n',
         "which catalog tells"),
        ('[identity.provider]\nissuer = "https://login.example"\nclient_id = "x"\nmatches = "name"\n', "sends people back to"),
        ('[identity.provider]\nissuer = "https://login.example"\nclient_id = "x"\n', "by e-mail in catalog files"),
    ],
)  # fmt: skip
def test_identity_that_cannot_work_is_refused_when_it_opens(read: Folder, text: str, told: str) -> None:
    """In a sentence with what to do."""
    identity(read, text)
    config = load(read.path / "callboard.toml", environ={})
    with Services.open(config, create=False) as services, pytest.raises(ConfigError, match=told) as refused:
        open_identity(services)
    assert refused.value.hint


@pytest.mark.parametrize(
    "text",
    ['[identity]\norganisation_sees = "everything"\n', '[identity]\nsecurity = ["a:b:c"]\n', "[identity]\nsecurty = []\n",
     '[identity.portal]\nurl = "https://p.example"\n',
     '[identity.portal]\nurl = "https://p.example"\nissuer = "https://p.example"\nalgorithms = ["none"]\n',
     '[identity.portal]\nurl = "https://p.example"\nissuer = "https://p.example"\nalgorithms = ["HS256"]\n',
     '[identity.provider]\nissuer = "https://l.example"\nclient_id = "x"\nscopes = ["email"]\n',
     'public_url = "https://board.example/path"\n', 'public_url = "board.example"\n', 'trusted_proxies = ["my-proxy"]\n'],
)  # fmt: skip
def test_identity_that_is_mistyped_is_refused_when_it_is_read(folder: Folder, text: str) -> None:
    """With the name of the key."""
    identity(folder, text)
    key = text.splitlines()[-1].partition(" ")[0]
    said = folder.call("doctor", "--offline", code=1)
    assert "fail  configuration" in said.out
    assert key in said.out or "identity" in said.out


def test_the_doctor_looks_at_who_may_come_in(read: Folder) -> None:
    """Keys, userinfo, the provider, and a clock that is off by an hour gets its own sentence."""
    clock = SettableClock()
    with portal_on(clock) as portal, provider_on(clock) as provider:
        identity(
            read,
            f'public_url = "http://board.example"\n[identity.portal]\nurl = "{portal.url}"\nissuer = "{ISSUER}"\n'
            f'allow_private = true\n[identity.provider]\nissuer = "{provider.url}"\nclient_id = "callboard"\n'
            'matches = "name"\nclaim = "preferred_username"\nallow_private = true\n',
        )
        said = read.call("doctor")
        assert "People come in by the portal and a provider; files tells who is in which group." in said.out
        assert "Tokens and cookies travel unencrypted." in said.out
        assert "No group is security." in said.out
        assert "ok    identity: keys: The portal publishes 1." in said.out
        assert "ok    identity: userinfo: It answers." in said.out
        assert "ok    identity: provider: It can be discovered and publishes 1 keys." in said.out
        assert said.out.count("identity: clock: It agrees with Callboard's.") == 2
        portal.date = "Mon, 02 Mar 2026 08:00:00 GMT"
        portal.down = {"/api/auth/.well-known/jwks.json"}
        provider.is_down = True
        said = read.call("doctor", code=1)
        assert "fail  identity: keys: The keys cannot be fetched: the answer is 503." in said.out
        assert "minutes behind Callboard's" in said.out
        assert "fail  identity: provider:" in said.out
