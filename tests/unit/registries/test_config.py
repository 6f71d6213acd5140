"""`[[registry]]`: no default address, one of each kind, and mistakes that name their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.config import Config, load
from callboard.errors import ConfigError
from callboard.wiring.packages import open_registries
from callboard.wiring.services import Services
from callboard.worker import reading
from tests.support.registries import serving

NPM = '[[registry]]\nkind = "npm"\nurl = "https://packages.example/npm"\n'


def read(folder: Path, text: str) -> Config:
    """The configuration with this text, without any environment."""
    file = folder / "callboard.toml"
    file.write_text(text)
    file.chmod(0o600)
    return load(file, environ={})


async def test_without_a_section_nobody_is_asked(tmp_path: Path) -> None:
    """And matching says so."""
    config = read(tmp_path, "")
    assert config.registries == ()
    with Services.open(config, create=True) as services:
        done = await reading.match(services, always=True)
    assert done is not None
    assert any("nobody asks registries" in each for each in done.blind)


async def test_what_is_configured_is_opened(tmp_path: Path) -> None:
    """With its terms, and nothing asked."""
    more = 'young_days = 3\ninternal = ["acme-*"]\npublishers = ["acme-bot"]\ncalls_per_run = 9\n'
    config = read(tmp_path, f'{NPM}{more}token = "secret-word"\n{NPM.replace("npm", "pypi")}')
    async with open_registries(config) as (registries, problems):
        assert [(each.terms.ecosystem, each.terms.young_days, each.calls) for each in registries] == [
            ("npm", 3, 9), ("PyPI", 7, 200),
        ]  # fmt: skip
        assert registries[0].terms.internal == ("acme-*",)
        assert problems == []
    assert "secret-word" not in f"{config} {config.registries[0].settings()}"


async def test_matching_goes_on_without_a_registry_whose_token_is_missing(tmp_path: Path) -> None:
    """It is said, and stops nothing else."""
    async with serving() as registry:
        config = read(
            tmp_path,
            f'[[registry]]\nkind = "npm"\nurl = "{registry.url}"\nallow_private = true\n'
            'token = { file = "not-there" }\n',
        )
        with Services.open(config, create=True) as services:
            done = await reading.match(services, always=True)
        assert registry.asked == []
    assert done is not None
    assert any("What the npm registry says: " in each for each in done.blind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NPM.replace('url = "https://packages.example/npm"\n', ""), "needs url"),
        (NPM.replace("https", "ftp"), "url should be an address like"),
        (NPM.replace("https", "http"), "url should be https, unless allow_private"),
        (NPM.replace("packages.", "ann:pw@packages."), "url should not carry a user name"),
        (NPM.replace('"npm"', '"maven"'), "has a kind that is not known; there is npm and pypi"),
        (f"{NPM}young_days = 0\n", "young_days should be a whole number >= 1"),
        (f'{NPM}internal = ["*"]\n', "internal should hold names like"),
        (f'{NPM}internal = "acme-*"\n', "internal should be a list"),
        (f"{NPM}yuong_days = 3\n", "yuong_days is not known; did you mean young_days?"),
        (f'{NPM}name = "a"\n{NPM}name = "b"\n', 'registry "b" has to be the only one of its kind'),
    ],
)
def test_mistakes(tmp_path: Path, text: str, expected: str) -> None:
    """Told before anything is asked."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert expected in caught.value.message
    assert "pw" not in caught.value.message
