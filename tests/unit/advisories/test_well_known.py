"""Lists of well-known names, as people keep them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callboard.advisories.well_known import FEWEST, LARGEST, read_well_known
from callboard.errors import ConfigError

NAMES = ["lodash", *(f"other-{number}" for number in range(FEWEST))]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(NAMES),
        json.dumps({"taken": "2026-06-16", "packages": NAMES}),
        "# most used\n" + "\n".join(NAMES) + "\n\n",
    ],
)
def test_names_as_json_or_one_a_line(tmp_path: Path, text: str) -> None:
    """Whatever form it has."""
    (tmp_path / "names").write_text(text)
    known = read_well_known("npm", tmp_path / "names")
    assert (known.imitated("loadsh"), known.imitated("lodash"), known.imitated("react")) == ("lodash", None, None)


def test_python_names_are_compared_as_pip_does(tmp_path: Path) -> None:
    """Case and separators tell no names apart there."""
    (tmp_path / "names").write_text("\n".join(["Typing_Extensions", *NAMES]))
    known = read_well_known("PyPI", tmp_path / "names")
    assert (known.imitated("typing-extensions"), known.imitated("typing-extension")) == (None, "typing-extensions")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read"),
        (b"lodash\nreact\n", "2 names"),
        (b'{"packages": 3}', "no list of names"),
        (b"[" * 100_000, "no list of names"),
        (b"x" * (LARGEST + 1), "larger than"),
    ],
)
def test_what_is_no_list_is_refused_by_its_key(tmp_path: Path, content: bytes | None, why: str) -> None:
    """With the file, and with the key that names it."""
    if content is not None:
        (tmp_path / "names").write_bytes(content)
    with pytest.raises(ConfigError, match=why) as found:
        read_well_known("npm", tmp_path / "names")
    assert "well_known_npm" in found.value.message
