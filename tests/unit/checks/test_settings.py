"""Each check of a setting: an example that fails, the same mended, and what comes near and is no fault."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from callboard.checks.check import Check, Portal
from callboard.checks.configuration import Elsewhere, merged
from callboard.checks.settings import ALL
from callboard.domain.finding import Severity
from callboard.domain.posture import Judged, Place
from callboard.errors import PortalError

BY_KEY = {check.advice.key: check for check in ALL}

POLICY = {"@acme/permission-policy": Place("packages/backend/package.json", 12)}


def judged(check: Check, text: str, *, is_production: bool = True, **known: object) -> Judged:
    """What a check says of one file."""
    settings = merged([("app-config.yaml", text.encode())], is_production=is_production)
    return check.judged(Portal(settings=settings, packages=POLICY, shown_to_browsers={}, locked={}, **known))  # type: ignore[arg-type]


def test_there_are_33_of_them_in_the_order_of_the_list() -> None:
    """No row is missing, and no name is used twice."""
    assert [check.advice.number for check in ALL] == list(range(1, 34))
    assert len(BY_KEY) == 33


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.advice.key)
def test_the_example_fails_and_the_mended_one_passes(check: Check) -> None:
    """What people are shown as before and after is before and after."""
    before = judged(check, check.advice.before)
    assert before.faults
    assert all(each.said.endswith(".") for each in before.faults)
    after = judged(check, check.advice.after)
    assert after.faults == ()
    for words in (check.advice.title, check.advice.why, check.advice.remedy):
        assert words.strip()


NEAR: dict[str, str] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "settings" / "near-misses.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.advice.key)
def test_what_comes_near_is_no_fault(check: Check) -> None:
    """A word that looks alike, the same thing for this machine alone, a value that is elsewhere."""
    assert judged(check, NEAR[check.advice.key]).faults == ()


def test_a_value_that_is_elsewhere_is_not_taken_for_good() -> None:
    """It is said where it is, and the check did not pass."""
    found = judged(
        BY_KEY["default-auth-policy"], "backend:\n  auth:\n    dangerouslyDisableDefaultAuthPolicy: ${OPEN}\n"
    )
    assert found.word == "not-evaluated"
    assert "the environment variable OPEN" in (found.not_evaluated or "")


def test_settings_of_a_developer_are_not_judged_as_those_of_production() -> None:
    """A file on a laptop may speak http; what would be wrong in production says that it was not looked at."""
    found = judged(BY_KEY["base-urls"], BY_KEY["base-urls"].advice.before, is_production=False)
    assert (found.faults, found.word) == ((), "not-evaluated")
    guest = judged(BY_KEY["guests"], "auth:\n  providers:\n    guest: {}\n", is_production=False)
    assert guest.word == "passed"
    assert judged(BY_KEY["guests"], "auth:\n  providers:\n    guest: {}\n").faults[0].severity is Severity.MEDIUM


def test_a_lock_says_which_backend_gives_variables_away() -> None:
    """0.3.75 is mended, and what is below it is not, prereleases of it among them."""
    settings = merged([("a.yaml", b"app: {}\n")], is_production=True)
    for version, faults in (("0.3.74", 1), ("0.3.75-next.1", 1), ("0.3.75", 0), ("0.5.0", 0)):
        portal = Portal(settings=settings, shown_to_browsers={}, locked={"@backstage/plugin-app-backend": (version,)})
        assert len(BY_KEY["browser-secrets"].judged(portal).faults) == faults


def test_later_files_win_key_by_key_and_say_which_they_are() -> None:
    """Maps are merged, lists are replaced, null takes away, and each value knows its file and line."""
    base = b"backend:\n  cors:\n    origin: [a, b]\n    credentials: true\n  csp:\n    img-src: ['*']\n"
    over = b"backend:\n  cors:\n    origin: [c]\n  csp: null\n"
    found = merged([("app-config.yaml", base), ("app-config.production.yaml", over)], is_production=True)
    origin = found.get("backend.cors.origin")
    assert origin is not None
    assert (origin.texts, origin.place) == (["c"], Place("app-config.production.yaml", 3))
    credentials = found.get("backend.cors.credentials")
    assert credentials is not None
    assert (credentials.is_true, credentials.place) == (True, Place("app-config.yaml", 4))
    assert found.get("backend.csp") is None
    assert origin.parts[0].name == "backend.cors.origin[0]"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("${A:-b}", "the environment variable A"), ("pre ${B} post", "the environment variable B"),
        ("{$env: C}", "the environment variable C"), ("{$file: ./c.pem}", "the file ./c.pem"),
        ("{$include: 'd.yaml#x'}", "another file (d.yaml#x)"),
    ],
)  # fmt: skip
def test_substitutions_are_elsewhere(text: str, where: str) -> None:
    """Whatever form they have."""
    quoted = text if text.startswith("{") else f"'{text}'"
    found = merged([("a.yaml", f"x:\n  y: {quoted}\n".encode())], is_production=False).get("x.y")
    assert found is not None
    assert (found.value, found.elsewhere) == (Elsewhere(where), where)


def test_an_escaped_dollar_is_itself() -> None:
    """Backstage's way to write a dollar and a brace."""
    found = merged([("a.yaml", b"x: 'a $${b}'\n")], is_production=False).get("x")
    assert found is not None
    assert found.text == "a ${b}"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: [1\n", "a.yaml:2"), (b"- a\n", "expected a map of settings"), (b"a: 1\n---\nb: 2\n", "expected one document"),
        (b"a: 1\na: 2\n", "comes twice"), (b"\xff\xfe\x00", "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_says_where(raw: bytes, said: str) -> None:
    """And nothing of it is used."""
    with pytest.raises(PortalError, match=said):
        merged([("a.yaml", raw)], is_production=False)
