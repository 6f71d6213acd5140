"""Where a portal runs a package follows from what its two packages need."""

from __future__ import annotations

from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Draft, Entry, Lock, Need, Origin
from callboard.domain.packages.package import Package
from callboard.domain.risk.lines import of_weaknesses
from callboard.domain.risk.register import Estate, Risk
from callboard.domain.risk.side import Side, sides
from callboard.domain.risk.weakness import Weakness

ROLES = {"packages/app": Side.FRONTEND, "packages/backend": Side.BACKEND}


def package(name: str) -> Package:
    """One version of it."""
    return Package(ecosystem="npm", name=name, version="1.0.0")


def portal() -> Lock:
    """Two packages, a plugin of each side, and what they need."""
    draft = Draft("yarn.lock", "test")
    at = {
        place: draft.add(Entry(package=package(place), line=1, origin=Origin.WORKSPACE, location=place))
        for place in (".", "packages/app", "packages/backend", "plugins/shown", "plugins/idle")
    }
    for name in ("react", "express", "shared", "deep", "jest", "tool", "nowhere"):
        at[name] = draft.add(Entry(package=package(name), line=1))
    for by, to in (
        ("packages/app", "plugins/shown"), ("plugins/shown", "react"), ("packages/backend", "express"), ("react", "shared"),
        ("express", "deep"), ("deep", "shared"), ("plugins/idle", "nowhere"),
    ):  # fmt: skip
        draft.edge(at[by], at[to])
    draft.edge(at["packages/app"], at["jest"], Need.DEVELOPMENT)
    draft.edge(at["."], at["tool"])
    return draft.finish()


def test_what_each_side_needs_runs_there() -> None:
    """Through the portal's own plugins and through other packages; what is for development, or for neither, runs nowhere."""
    assert {each.name: side for each, side in sides(portal(), ROLES).items()} == {
        "react": Side.FRONTEND, "express": Side.BACKEND, "deep": Side.BACKEND, "shared": Side.BOTH,
    }  # fmt: skip
    assert sides(portal(), {}) == {}


def line(side: Side | None, *, malicious: bool = False) -> Risk:
    """The line of one weakness that runs there."""
    weak = Weakness(
        package=package("x"), advisory="GHSA-1", severity=Severity.HIGH, need=Need.PRODUCTION, direct=True, side=side,
        malicious=malicious,
    )  # fmt: skip
    (risk,) = of_weaknesses([weak], Estate(components=7, teams=2), None)
    return risk


def test_what_runs_in_browsers_alone_reaches_less_and_says_so() -> None:
    """It holds no secret of the backend. Malware is built there, so the side makes no difference."""
    said = {side: (line(side).blast.high, line(side).exposure.because) for side in (*Side, None)}
    assert {side: level for side, (level, _) in said.items()} == {
        Side.FRONTEND: 4, Side.BACKEND: 5, Side.BOTH: 5, None: 5,
    }  # fmt: skip
    assert "in browsers alone" in said[Side.FRONTEND][1]
    assert "runs in the backend," in said[Side.BACKEND][1]
    assert "runs" not in said[None][1]
    assert line(Side.FRONTEND, malicious=True).blast.high == 5
