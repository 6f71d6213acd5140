"""What the company's components consist of: bills of materials, and the advisories about what is in them.

Each component uses what Wiz finds in its code, and packages that everybody has; most of what is weak comes along with
something else. A month ago one of them was without the release that carried a miner. Two things are odd, and proof of
nothing: one project's file of a version is not everybody's, and what came to another runs code when it is installed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from callboard.demo.company import portal
from callboard.demo.company.ids import spread
from callboard.demo.company.ledger import IN_PROGRESS, OPEN
from callboard.demo.company.values import Component
from callboard.demo.company.world import World
from callboard.domain.instant import DAY, SECOND, Instant, to_text
from callboard.domain.packages.lock import Draft, Entry, Lock, Need, Origin
from callboard.domain.packages.package import GEMS, GO, MAVEN, NPM, NUGET, PYPI, Package
from callboard.domain.packages.versions.untold import order_of

ECOSYSTEMS: Final = {"npm": NPM, "pypi": PYPI, "maven": MAVEN, "go": GO, "gem": GEMS, "nuget": NUGET}
"""The company's words for them, and OSV's. What belongs to a machine's operating system is in no lockfile."""

COMMON: Final = {
    NPM: ("express@4.21.2", "react@18.3.1", "webpack@5.97.1", "jest@29.7.0", "typescript@5.6.3"),
    PYPI: ("fastapi@0.115.6", "boto3@1.35.90", "celery@5.4.0", "pytest@8.3.4"),
    MAVEN: (
        "org.springframework.boot:spring-boot-starter-web@3.4.1",
        "org.hibernate.orm:hibernate-core@6.6.4.Final",
        "org.junit.jupiter:junit-jupiter@5.11.4",
    ),
    GO: ("github.com/gin-gonic/gin@v1.10.0", "github.com/spf13/cobra@v1.8.1", "go.uber.org/zap@v1.27.0"),
    GEMS: ("rails@7.2.2.1", "sidekiq@7.3.7", "rspec@3.13.0"),
    NUGET: ("Serilog@4.2.0", "AutoMapper@13.0.1", "xunit@2.9.2"),
}
"""What a component of an ecosystem asks for itself. The last one is for development."""

LOCKFILES: Final = {
    NPM: "package-lock.json",
    PYPI: "uv.lock",
    MAVEN: "gradle.lockfile",
    GO: "go.sum",
    GEMS: "Gemfile.lock",
    NUGET: "packages.lock.json",
}
"""What a component's bill is made from."""

PORTAL: Final = "developer-portal"
"""It consists of what the portal's own lockfile names."""

OTHER_FILE: Final = ("driver-app", "webpack")
"""A component, and the package that it has from somewhere else than everybody: one version, two files."""
CAME_WITH_SCRIPT: Final = ("account-pages", Package(ecosystem=NPM, name="sharp", version="0.33.5"))
"""A component, and what came to it lately and runs code when it is installed, as that package honestly does."""

WITHOUT: Final = 7
"""Of so many components one hands in nothing."""
FORMER_DAYS: Final = 30
"""How old the bill before the present one is."""


class Handed(msgspec.Struct, frozen=True):
    """A bill that a component's pipeline handed in."""

    component: str
    lock: Lock
    at: Instant


def bills(world: World) -> Iterator[Handed]:
    """What was handed in, the oldest first of each component."""
    now = Instant(world.now * SECOND)
    used = _used(world)
    for component in world.organisation.components:
        if component.index % WITHOUT == WITHOUT - 1 and component.name != PORTAL:
            continue
        packages = used.get(component.name, {})
        former = {package: is_new for package, is_new in packages.items() if not is_new}
        at = Instant(now - DAY // 8)
        yield Handed(component.name, _lock(component, sorted(former), is_former=True), Instant(now - FORMER_DAYS * DAY))
        yield Handed(component.name, _lock(component, sorted(packages)), at)


def advisories(world: World) -> Iterator[bytes]:
    """What is published about the libraries that the company meets, in OSV's form."""
    for weakness in world.organisation.weaknesses:
        ecosystem = ECOSYSTEMS.get(weakness.ecosystem)
        if ecosystem is None or weakness.malicious:
            continue
        end = {"fixed": weakness.fixed} if weakness.fixed else {"last_affected": weakness.installed}
        record = {
            "id": weakness.cve,
            "modified": to_text(Instant(weakness.published_at * SECOND)),
            "published": to_text(Instant(weakness.published_at * SECOND)),
            "summary": weakness.text,
            "affected": [
                {
                    "package": {"ecosystem": ecosystem, "name": weakness.package},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": weakness.installed}, end]}],
                }
            ],
            "database_specific": {"severity": weakness.severity},
        }
        yield json.dumps(record, sort_keys=True).encode()


def _used(world: World) -> dict[str, dict[Package, bool]]:
    """By component the packages in its code, one version of each, and whether it came only lately: the harmful one.

    What Wiz still finds open is what is installed; of what it has seen fixed the fixed version is.
    """
    open_: dict[tuple[str, str, str], tuple[str, bool]] = {}
    mended: dict[tuple[str, str, str], tuple[str, bool]] = {}
    ledger, organisation = world.vulnerabilities, world.organisation
    for cause, place, status in zip(ledger.cause, ledger.resource, ledger.status, strict=True):
        weakness, resource = organisation.weaknesses[cause], organisation.resources[place]
        ecosystem = ECOSYSTEMS.get(weakness.ecosystem)
        if ecosystem is None or resource.component is None:
            continue
        key = (resource.component.name, ecosystem, weakness.package)
        if status in (OPEN, IN_PROGRESS):
            open_[key] = (world.installed(weakness, resource), weakness.malicious)
        elif weakness.fixed and not weakness.malicious:
            mended[key] = max(mended.get(key, ("", False)), (weakness.fixed, False), key=lambda each: order_of(each[0]))
    found: dict[str, dict[Package, bool]] = {}
    for (component, ecosystem, name), (version, is_new) in {**mended, **open_}.items():
        found.setdefault(component, {})[Package(ecosystem=ecosystem, name=name, version=version)] = is_new
    return found


def _lock(component: Component, packages: list[Package], *, is_former: bool = False) -> Lock:
    """A manifest that asks for what everybody asks for, and for some of the packages; the others come with those."""
    draft = Draft(LOCKFILES.get(ECOSYSTEMS.get(component.ecosystem, ""), "dependencies.lock"), "demo")
    own = draft.add(
        Entry(
            package=Package(ecosystem=NPM, name=component.name, version=""),
            line=1,
            origin=Origin.WORKSPACE,
            location=".",
        )
    )
    if component.name == PORTAL:
        _add_portal(draft, own, without=portal.LATELY if is_former else ())
    if component.name == CAME_WITH_SCRIPT[0] and not is_former:
        draft.edge(own, draft.add(_entry(draft, CAME_WITH_SCRIPT[1], install_script=True)))
    wanted = ECOSYSTEMS.get(component.ecosystem)
    ecosystems = sorted({each.ecosystem for each in packages} | ({wanted} if wanted else set()))
    for ecosystem in ecosystems:
        asked: list[int] = []
        for text in COMMON[ecosystem]:
            name, _, version = text.rpartition("@")
            package = Package(ecosystem=ecosystem, name=name, version=version)
            asked.append(draft.add(_entry(draft, package, integrity=_file(component, package))))
            is_last = text == COMMON[ecosystem][-1]
            draft.edge(own, asked[-1], Need.DEVELOPMENT if is_last else Need.PRODUCTION)
        for number, package in enumerate(each for each in packages if each.ecosystem == ecosystem):
            at = draft.add(_entry(draft, package))
            luck = spread(component.index * 131 + number, 3)
            draft.edge(own if luck % 3 == 0 else asked[luck % len(asked)], at)
    return draft.finish()


def _add_portal(draft: Draft, own: int, *, without: tuple[str, ...]) -> None:
    at = {
        name: draft.add(_entry(draft, Package(ecosystem=NPM, name=name, version=version)))
        for name, (version, _) in portal.PACKAGES.items()
        if name not in without
    }
    for name in portal.ASKED:
        if name in at:
            draft.edge(own, at[name])
    for name, position in at.items():
        for needed in portal.PACKAGES[name][1]:
            draft.edge(position, at[needed])


def _file(component: Component, package: Package) -> tuple[str, ...]:
    """The hash of what the registry hands out, made up, where a version is one file."""
    if package.ecosystem != NPM:
        return ()
    other = component.name if (component.name, package.name) == OTHER_FILE else ""
    digest = hashlib.sha512(f"{package.purl} {other}".encode()).digest()
    return (f"sha512-{base64.b64encode(digest).decode()}",)


def _entry(draft: Draft, package: Package, **told: Any) -> Entry:
    return Entry(package=package, line=len(draft.entries) + 1, **told)
