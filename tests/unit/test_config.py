"""The configuration: read whole or refused whole, overridable everywhere, and silent about secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import msgspec
import pytest

from callboard.config import Config, hide_password, load
from callboard.errors import ConfigError

SECRET = "hunter2-is-the-secret"


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    """A nested table of a room."""

    words: tuple[str, ...] = ("a",)
    days: Annotated[int, msgspec.Meta(ge=0, le=10)] = 1


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a made-up kind of source."""

    name: str = "room"
    client_id: str
    client_secret: str
    webhook_token: str | None = None
    page_size: int = 100
    key_file: Path | None = None
    inner: Inner = Inner()
    token_url: str = "https://example.com"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a made-up kind of catalog."""

    name: str = "place"
    root: Path = Path()


KINDS = {"source": {"room": Room}, "catalog": {"place": Place}}

WHOLE = f"""
[server]
port = 9000
[[source]]
kind = "room"
name = "main"
client_id = "id"
client_secret = "{SECRET}"
[source.inner]
words = ["x", "y"]
"""


def read(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration in a new file of `folder`."""
    file = folder / "callboard.toml"
    file.write_text(text)
    file.chmod(0o600)
    return load(file, environ=environ or {}, kinds=KINDS.__getitem__)


def refusal(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> str:
    """What is said about a configuration that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ)
    return caught.value.message + (caught.value.hint or "")


def test_no_file_gives_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file everything has a default, and the database lies where the command was called."""
    monkeypatch.chdir(tmp_path)
    config = load(environ={}, kinds=KINDS.__getitem__)
    assert config.file is None
    assert config.database.url == f"sqlite:///{tmp_path / 'callboard.db'}"
    assert (config.server.host, config.sources, config.safety.close_share) == ("127.0.0.1", (), 0.2)


def test_the_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config comes before CALLBOARD_CONFIG, which comes before ./callboard.toml; a named file has to be there."""
    monkeypatch.chdir(tmp_path)
    for name, port in (("callboard.toml", 1), ("named.toml", 2), ("given.toml", 3)):
        (tmp_path / name).write_text(f"[server]\nport = {port}\n")
    assert load(environ={}).server.port == 1
    assert load(environ={"CALLBOARD_CONFIG": "named.toml"}).server.port == 2
    assert load(Path("given.toml"), environ={"CALLBOARD_CONFIG": "named.toml"}).server.port == 3
    with pytest.raises(ConfigError, match=r"no configuration file at other\.toml"):
        load(environ={"CALLBOARD_CONFIG": "other.toml"})


def test_a_section_becomes_its_rooms_config(tmp_path: Path) -> None:
    """What the room asks for arrives typed, nested tables too, with the section's name."""
    section = read(tmp_path, WHOLE).sources[0]
    assert (section.kind, section.name) == ("room", "main")
    settings = section.settings()
    assert settings == Room(name="main", client_id="id", client_secret=SECRET, inner=Inner(words=("x", "y")))


def test_every_key_can_be_overridden(tmp_path: Path) -> None:
    """A variable wins over the file; lists are split at commas or are JSON; empty variables count as not set."""
    config = read(
        tmp_path,
        WHOLE,
        {
            "CALLBOARD_DATABASE_URL": "postgresql://db/x",
            "CALLBOARD_SERVER_PORT": "1234",
            "CALLBOARD_SERVER_HOST": "",
            "CALLBOARD_SAFETY_CLOSE_SHARE": "0.5",
            "CALLBOARD_SOURCE_MAIN_PAGE_SIZE": "7",
            "CALLBOARD_SOURCE_MAIN_INNER_WORDS": "p, q,",
            "CALLBOARD_SOURCE_MAIN_INNER_DAYS": "3",
            "CALLBOARD_SOURCE_MAIN_CLIENT_SECRET": "from-the-environment",
        },
    )
    settings = config.sources[0].settings()
    assert (config.database.url, config.server.port, config.server.host) == ("postgresql://db/x", 1234, "127.0.0.1")
    assert config.safety.close_share == 0.5
    assert (settings.page_size, settings.inner) == (7, Inner(words=("p", "q"), days=3))
    assert settings.client_secret == "from-the-environment"
    json = read(tmp_path, WHOLE, {"CALLBOARD_SOURCE_MAIN_INNER_WORDS": '["a,b"]'}).sources[0].settings()
    assert json.inner.words == ("a,b",)


def test_a_section_may_stand_in_the_environment_alone(tmp_path: Path) -> None:
    """A container needs no file."""
    base = "CALLBOARD_SOURCE_EU_WEST_"
    environ = {f"{base}KIND": "room", f"{base}CLIENT_ID": "x", f"{base}CLIENT_SECRET": SECRET}
    section = read(tmp_path, "", environ).sources[0]
    assert (section.name, section.kind, section.settings().client_secret) == ("eu-west", "room", SECRET)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Wherever the command is called, the same files are meant."""
    config = read(tmp_path, WHOLE + '[[catalog]]\nkind = "place"\nroot = "a/b"\n')
    assert config.catalogs[0].settings().root == tmp_path / "a" / "b"
    assert config.catalogs[0].name == "place"


# Secrets


@pytest.mark.parametrize(
    "written",
    ['client_secret = { file = "s" }', 'client_secret_file = "s"', 'client_secret = { env = "WHERE" }'],
)
def test_secrets_are_read_from_where_they_are_kept(tmp_path: Path, written: str) -> None:
    """Each place is read when the section is opened, without the newline that editors leave."""
    (tmp_path / "s").write_text(SECRET + "\n")
    text = f'[[source]]\nkind = "room"\nclient_id = "x"\n{written}\n'
    section = read(tmp_path, text, {"WHERE": SECRET}).sources[0]
    assert section.settings().client_secret == SECRET


def test_what_some_editors_write_first_is_no_part_of_a_file(tmp_path: Path) -> None:
    """A byte order mark before the configuration, and before a secret."""
    (tmp_path / "s").write_text("\ufeff" + SECRET + "\r\n", encoding="utf-8")
    file = tmp_path / "callboard.toml"
    file.write_text('\ufeff[[source]]\nkind = "room"\nclient_id = "x"\nclient_secret_file = "s"\n', encoding="utf-8")
    section = load(file, environ={}, kinds=KINDS.__getitem__).sources[0]
    assert section.settings().client_secret == SECRET


def test_a_secret_may_come_from_a_file_named_by_a_variable(tmp_path: Path) -> None:
    """As container platforms mount them."""
    (tmp_path / "mounted").write_text(SECRET)
    environ = {"CALLBOARD_SOURCE_MAIN_CLIENT_SECRET_FILE": str(tmp_path / "mounted")}
    assert read(tmp_path, WHOLE.replace(SECRET, "other"), environ).sources[0].settings().client_secret == SECRET


def test_a_secret_may_come_from_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is asked for only then, and a clear sentence says when it is missing."""
    text = '[[source]]\nkind = "room"\nclient_id = "x"\nclient_secret = { keyring = "callboard/wiz" }\n'
    asked = []
    ring = SimpleNamespace(get_password=lambda service, user: asked.append((service, user)) or SECRET)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert read(tmp_path, text).sources[0].settings().client_secret == SECRET
    assert asked == [("callboard", "wiz")]
    ring.get_password = lambda *_asked: None
    with pytest.raises(ConfigError, match="holds nothing for callboard/wiz"):
        read(tmp_path, text).sources[0].settings()
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="keyring is not installed") as caught:
        read(tmp_path, text).sources[0].settings()
    assert "pip install keyring" in (caught.value.hint or "")


def test_a_missing_secret_stops_only_what_needs_it(tmp_path: Path) -> None:
    """The configuration loads; opening the source says what is missing, and says it each time."""
    text = '[[source]]\nkind = "room"\nclient_id = "x"\nclient_secret = { file = "nowhere" }\n'
    section = read(tmp_path, text).sources[0]
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"client_secret: the file .*nowhere cannot be read") as caught:
            section.settings()
        assert caught.value.message.count("nowhere") == 1


def test_no_secret_shows(tmp_path: Path) -> None:
    """Neither in a repr nor in an error about its neighbour."""
    config = read(tmp_path, WHOLE, {"CALLBOARD_DATABASE_URL": f"postgresql://u:{SECRET}@db/x?password={SECRET}"})
    assert SECRET not in repr(config)
    assert SECRET not in repr(config.sources[0].secrets)
    assert SECRET not in refusal(tmp_path, WHOLE.replace("client_id", "client_di"))
    assert SECRET not in refusal(tmp_path, WHOLE.replace('client_id = "id"', f'page_size = "{SECRET}"'))


def test_passwords_in_urls_are_covered() -> None:
    """For every place that shows a database's address."""
    assert hide_password("postgresql://u:p@ss@host/db") == "postgresql://u:•••@host/db"
    assert hide_password("postgresql://host/db?password=x&a=1") == "postgresql://host/db?password=•••&a=1"
    assert hide_password("sqlite:////a/b.db") == "sqlite:////a/b.db"


def test_files_with_secrets_that_others_can_read_are_told(tmp_path: Path) -> None:
    """In the configuration itself or beside it; a file of one's own is fine."""
    assert read(tmp_path, WHOLE).notices == ()
    file = tmp_path / "callboard.toml"
    file.chmod(0o644)
    (notice,) = load(file, environ={}, kinds=KINDS.__getitem__).notices
    assert "chmod 600" in notice
    assert 'source "main": client_secret' in notice
    assert SECRET not in notice
    plain = "[database]\nurl = 'sqlite:///x.db'\n"
    file.write_text(plain)
    assert load(file, environ={}).notices == ()


# Mistakes


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("port = 9000", "prot = 9000"), "line 3: server.prot is not known; did you mean port?"),
        (("port = 9000", 'port = "x"'), "line 3: server.port should be a whole number, and is text"),
        (("port = 9000", "port = 70000"), "line 3: server.port should be a whole number <= 65535"),
        (("[server]", "[sevrer]"), "line 2: sevrer is not known; did you mean server?"),
        (('"room"', '"rom"'), "has a kind that is not known; there is room"),
        (('kind = "room"', ""), "needs a kind"),
        (("client_id", "client_di"), 'source "main": client_di is not known; did you mean client_id?'),
        (('client_id = "id"', ""), "needs client_id (or CALLBOARD_SOURCE_MAIN_CLIENT_ID in the environment)"),
        (("words =", "wrods ="), 'source "main": inner.wrods is not known; did you mean words?'),
        (('"x", "y"', '"x", 5'), "inner.words should be text, and is a whole number (item 2)"),
        (('"main"', '"a b"'), "needs a name"),
        ((f'"{SECRET}"', "{ fle = 'x' }"), '{ file = "path" }'),
        ((f'"{SECRET}"', f'"{SECRET}"\nclient_secret_file = "x"'), "given twice"),
        (("[[source]]", "[source]"), "each under [[source]]"),
    ],
)
def test_a_mistake_names_its_place_and_what_was_expected(
    tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    """Never the value: it may be a secret in the wrong place."""
    said = refusal(tmp_path, WHOLE.replace(*change))
    assert expected in said
    assert SECRET not in said


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    """Nobody has to mend one to hear of the next."""
    said = refusal(
        tmp_path, "[server]\nprot = 1\nhost = 5\n[safety]\nclose_share = 2\n", {"CALLBOARD_FRESHNESS_X": "1"}
    )
    assert all(part in said for part in ("prot", "server.host", "close_share", "CALLBOARD_FRESHNESS_X"))


@pytest.mark.parametrize("names", [("a", "a"), ("a-b", "a_b")])
def test_two_sources_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Also where only their variables would be the same."""
    text = "".join(f'[[source]]\nkind="room"\nname="{name}"\nclient_id="x"\nclient_secret="y"\n' for name in names)
    assert "only one of its name" in refusal(tmp_path, text)


def test_unknown_variables(tmp_path: Path) -> None:
    """One of our sections: refused with a suggestion. Nearly ours: told. Anybody else's: none of our business."""
    assert "did you mean CALLBOARD_SERVER_PORT?" in refusal(tmp_path, WHOLE, {"CALLBOARD_SERVER_PROT": "1"})
    (notice,) = read(tmp_path, WHOLE, {"CALLBOARD_DATBASE_URL": "x"}).notices
    assert "did you mean CALLBOARD_DATABASE_URL?" in notice
    assert (
        read(tmp_path, WHOLE, {"CALLBOARD_PORT_8400_TCP_ADDR": "x", "CALLBOARD_SERVER_SERVICE_HOST": "y"}).notices == ()
    )


def test_what_kubernetes_adds_is_explained(tmp_path: Path) -> None:
    """A service called callboard-server sets CALLBOARD_SERVER_PORT to something that is no port."""
    assert "enableServiceLinks" in refusal(tmp_path, WHOLE, {"CALLBOARD_SERVER_PORT": "tcp://10.0.0.1:8400"})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"[server\n", "not valid TOML"),
        (b"\xff", "not UTF-8"),
        (b"#" * 1_000_001, "larger than"),
        (b"a = 1\na = 2", "TOML"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, raw: bytes, expected: str) -> None:
    """In a sentence, whatever it holds."""
    (tmp_path / "callboard.toml").write_bytes(raw)
    with pytest.raises(ConfigError, match=expected):
        load(tmp_path / "callboard.toml", environ={})


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    """A file that would overflow the parser is no traceback."""
    (tmp_path / "callboard.toml").write_text("a = " + "[" * 50_000)
    with pytest.raises(ConfigError):
        load(tmp_path / "callboard.toml", environ={})


def test_loading_costs_no_heavy_imports(tmp_path: Path) -> None:
    """A list of findings should not wait for an HTTP client."""
    (tmp_path / "callboard.toml").write_text(
        '[[source]]\nkind = "wiz"\nclient_id = "x"\nclient_secret = "y"\napi_url = "https://api.us1.app.wiz.io"\n'
    )
    code = "import sys; from callboard.config import load; load(); print({'aiohttp', 'litestar'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "set()"
