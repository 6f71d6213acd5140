"""callboard init: questions, files with care, and the way into the portal."""

from __future__ import annotations

import os
import pty
import re
import select
import stat
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import SECRET, Folder, Said
from tests.cli.stub_wiz import StubWiz


@pytest.fixture
def empty(folder: Folder) -> Folder:
    """A folder with a catalog, a file with a secret, and no configuration."""
    (folder.path / "callboard.toml").unlink()
    (folder.path / "given.secret").write_text(SECRET)
    (folder.path / "given.secret").chmod(0o600)
    return folder


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_without_questions(empty: Folder, wiz: StubWiz) -> None:
    """What is written works at once, and no secret is in it."""
    said = empty.call(
        "init", "--yes", "--client-id", "id-init", "--client-secret-file", "given.secret", "--api-url", wiz.url,
        "--token-url", f"{wiz.url}/oauth/token", "--allow-private", "--catalog-path", "catalog", "--name", "main",
    )  # fmt: skip
    assert "Wiz gives a token" in said.out
    file = empty.path / "callboard.toml"
    assert mode(file) == 0o600
    assert SECRET not in file.read_text()
    assert 'file = "given.secret"' in file.read_text()
    empty.call("doctor")
    empty.call("sync")


def test_the_token_tells_the_address(empty: Folder, wiz: StubWiz) -> None:
    """Nobody has to know their data centre. It does not exist here, so trying it out fails."""
    said = empty.call(
        "init", "--yes", "--client-id", "id-derived", "--client-secret-file", "given.secret",
        "--token-url", f"{wiz.url}/oauth/token", "--allow-private", code=1,
    )  # fmt: skip
    assert "fail" in said.out
    assert 'api_url = "https://api.us17.app.wiz.io/graphql"' in (empty.path / "callboard.toml").read_text()


def refused(empty: Folder, wiz: StubWiz) -> Said:
    """What a set-up says whose credentials the tenant does not accept."""
    wiz.token_status = 401
    return empty.call(
        "init", "--yes", "--client-id", "id-wrong", "--client-secret-file", "given.secret",
        "--token-url", f"{wiz.url}/oauth/token", "--allow-private", code=2,
    )  # fmt: skip


def test_wrong_credentials_are_told_and_nothing_is_written(empty: Folder, wiz: StubWiz) -> None:
    """Without an address there is nothing to write."""
    said = refused(empty, wiz)
    assert "does not accept the client id and secret" in said.err
    assert not (empty.path / "callboard.toml").exists()


def test_a_portal_gets_a_key_and_a_snippet(empty: Folder) -> None:
    """The key's public half is what the snippet leads to; the private half is its owner's alone."""
    done = empty.call(
        "init", "--yes", "--offline", "--catalog-url", "https://backstage.example.com", "--own-url",
        "https://callboard.example.com/", "--json",
    ).json  # fmt: skip
    (entry,) = yaml.safe_load(done["app_config"])["backend"]["auth"]["externalAccess"]
    assert entry["type"] == "jwks"
    assert entry["options"]["url"] == "https://callboard.example.com/.well-known/jwks.json"
    assert entry["accessRestrictions"][0]["plugin"] == "catalog"
    key = empty.path / "catalog.key"
    assert mode(key) == 0o600
    from callboard.catalog.keys import SigningKey
    from callboard.config import load

    SigningKey.load(key)
    settings = load(empty.path / "callboard.toml").catalogs[0].settings()
    assert settings.key_file == key
    assert (settings.issuer, settings.audience) == (entry["options"]["issuer"], entry["options"]["audience"])
    before = key.read_bytes()
    empty.call("init", "--yes", "--offline", "--force", "--catalog-url", "https://backstage.example.com")
    assert key.read_bytes() == before


def test_a_static_token_needs_no_key(empty: Folder) -> None:
    """For portals that cannot reach Callboard."""
    done = empty.call(
        "init",
        "--yes",
        "--offline",
        "--catalog-url",
        "https://b.example.com",
        "--catalog-token-file",
        "given.secret",
        "--json",
    ).json
    assert done["app_config"] is None
    assert not (empty.path / "catalog.key").exists()


def test_nothing_is_overwritten_without_force(folder: Folder) -> None:
    """And with it, the new file is private whatever the old one was."""
    file = folder.path / "callboard.toml"
    file.write_text("# mine\n")
    file.chmod(0o644)
    said = folder.call("init", "--yes", "--offline", "--catalog-path", "catalog", code=2)
    assert "--force" in said.err
    assert file.read_text() == "# mine\n"
    folder.call("init", "--yes", "--offline", "--catalog-path", "catalog", "--force")
    assert mode(file) == 0o600


def test_nothing_to_set_up(empty: Folder) -> None:
    """Is a usage error, and so is half a credential."""
    assert "--client-id" in empty.call("init", "--yes", code=2).err
    assert "--client-secret-file" in empty.call("init", "--yes", "--client-id", "x", code=2).err
    assert "control character" in empty.call("init", "--yes", "--offline", "--catalog-url", "https://a\n", code=2).err


def test_the_hint_names_offline_only_where_it_was_said(empty: Folder, wiz: StubWiz) -> None:
    """What was not said cannot be left out."""
    said = refused(empty, wiz)
    assert "--offline" not in said.err
    said = empty.call("init", "--offline", "--client-id", "id-hint", "--client-secret-file", "given.secret", code=2)
    assert "--offline" in said.err


def on_a_terminal(answers: dict[bytes, bytes], *args: str) -> tuple[int, bytes]:
    """`callboard init` asked by a person: its exit code, and all that was on the screen."""
    answers = dict(answers)
    process, terminal = pty.fork()
    if process == 0:
        os.execve(  # noqa: S606  the command itself, on a terminal
            sys.executable, [sys.executable, "-m", "callboard", "init", *args], os.environ
        )
    shown = b""
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        for question, answer in list(answers.items()):
            if re.search(question + rb"[^\n]*[:?] ?$", shown):
                os.write(terminal, answers.pop(question) and answer)
                break
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


def test_with_questions(empty: Folder) -> None:
    """On a terminal: the scopes are named, the secret is not shown, and lands in a file of its own."""
    answers = {
        b"Client id": b"my-id\n",
        b"Client secret": SECRET.encode() + b"\n",
        b"Token address": b"\n",
        b"API address": b"https://api.eu1.app.wiz.io/graphql\n",
        b"Backstage backend": b"\n",
        b"from files": b"y\n",
        b"Folder": b"catalog\n",
    }
    code, shown = on_a_terminal(answers, "--offline")
    assert code == 0, shown.decode()
    assert SECRET.encode() not in shown
    assert b"read:cloud_configuration" in shown
    text = (empty.path / "callboard.toml").read_text()
    assert 'client_secret = { file = "wiz.secret" }' in text
    assert mode(empty.path / "wiz.secret") == 0o600
    from callboard.config import load

    assert load(empty.path / "callboard.toml").sources[0].settings().client_secret == SECRET


def test_a_secret_that_lies_there_is_not_asked_for(empty: Folder) -> None:
    """Who kept it in `wiz.secret` as the documentation says, and lets `init` ask, has told it already."""
    kept = empty.path / "wiz.secret"
    kept.write_text(SECRET)
    kept.chmod(0o600)
    answers = {
        b"Client id": b"my-id\n",
        b"Client secret": b"another\n",
        b"Token address": b"\n",
        b"API address": b"https://api.eu1.app.wiz.io/graphql\n",
        b"Backstage backend": b"\n",
        b"from files": b"n\n",
    }
    code, shown = on_a_terminal(answers, "--offline")
    assert code == 0, shown.decode()
    assert b"wiz.secret" in shown
    assert b"Client secret:" not in shown
    assert kept.read_text() == SECRET
    assert 'client_secret = { file = "wiz.secret" }' in (empty.path / "callboard.toml").read_text()
