"""`callboard doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from callboard.cli import explained, working
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.config import Config
    from callboard.ports import Check
    from callboard.wiring.services import Services

WORDS = {True: "ok", None: "warn", False: "fail"}


@explained.command(epilog=examples("callboard doctor", "callboard doctor --offline", "callboard doctor --json"))
@click.option("--offline", is_flag=True, help="Ask nobody; look only at what is on this machine.")
@answers
@click.pass_obj
def doctor(door: Door, /, *, offline: bool, as_json: bool) -> None:
    """Say what works and what does not, and what to do about it.

    Looks at the configuration, the database, each source and its scopes, each catalog, each registry, who may come in and how,
    and how old everything is.
    Ends with 1 when something fails; a warning does not count.
    """
    from callboard.cli import output

    checks = examine(door, offline=offline)
    if as_json:
        output.document({"ok": all(check.ok is not False for check in checks), "checks": checks})
    else:
        for text in lines(checks):
            output.line(text)
    end(FAILED if any(check.ok is False for check in checks) else DONE)


def lines(checks: Sequence[Check]) -> list[str]:
    """The checks for people."""
    found = []
    for check in checks:
        found.append(f"{WORDS[check.ok]:<4}  {check.subject}: {check.message}")
        if check.hint and check.ok is not True:
            found.append(f"      → {check.hint}")
    return found


def examine(door: Door, *, offline: bool) -> list[Check]:
    """Everything that can be looked at, in the order in which a person would mend it."""
    from callboard.errors import CallboardError
    from callboard.ports import Check

    try:
        config = door.config
    except CallboardError as error:
        return [Check(subject="configuration", ok=False, message=error.message, hint=error.hint)]
    checks = _configuration(config)
    try:
        with door.services() as services:
            checks.append(Check(subject="database", ok=True, message=f"{_where(config)} can be used."))
            checks += _freshness(services)
            checks += _readings(services)
            checks += _messages(services)
            checks += _writes(services)
            checks += working.checks(services)
    except CallboardError as error:
        # No database yet is how every board begins.
        is_new = not _exists(config)
        checks.append(Check(subject="database", ok=None if is_new else False, message=error.message, hint=error.hint))
    checks += _identity(config)
    checks += _secrets(config) if offline else asyncio.run(ask_everyone(config))
    return checks


def _identity(config: Config) -> list[Check]:
    """Who may come in, as far as the configuration tells."""
    from callboard.cli.serve import public_place
    from callboard.errors import CallboardError
    from callboard.ports import Check
    from callboard.wiring.identity import catalog_of_people

    identity, subject = config.identity, "identity"
    try:
        place = public_place(config)
        if not identity.is_configured:
            return [Check(subject=subject, ok=True, message="Only the person at this machine comes in, by a link.")]
        section = catalog_of_people(config)
    except CallboardError as error:
        return [Check(subject=subject, ok=False, message=error.message, hint=error.hint)]
    ways = [
        word for word, way in (("the portal", identity.portal), ("a provider", identity.provider)) if way is not None
    ]
    told = f"People come in by {' and '.join(ways)}; {section.name} tells who is in which group."
    checks = [Check(subject=subject, ok=True, message=told)]
    if place is not None and not place.is_secure:
        hint = "Put a proxy with a certificate in front and let public_url begin with https."
        checks.append(Check(subject=subject, ok=None, message="Tokens and cookies travel unencrypted.", hint=hint))
    if not identity.security:
        hint = "Name a group under `security`; until then nobody but the person at the machine sees what is unmapped."
        checks.append(Check(subject=subject, ok=None, message="No group is security.", hint=hint))
    return checks


def _configuration(config: Config) -> list[Check]:
    from callboard.ports import Check
    from callboard.web import words

    place = str(config.file) if config.file else "no file; defaults and the environment"
    told = f"{place}: {words.count(len(config.sources), 'source')}, {words.count(len(config.catalogs), 'catalog')}."
    hint = "`callboard init` sets up a source and a catalog." if not (config.sources and config.catalogs) else None
    checks = [Check(subject="configuration", ok=None if hint else True, message=told, hint=hint)]
    checks += [
        Check(subject="configuration", ok=None, message=f"{notice[0].upper()}{notice[1:]}.")
        for notice in config.notices
    ]
    return checks


def _secrets(config: Config) -> list[Check]:
    """Whether every secret can be read, without using it."""
    from callboard.errors import CallboardError
    from callboard.ports import Check

    checks = []
    for section in config.sections:
        try:
            section.settings()
        except CallboardError as error:
            checks.append(
                Check(subject=f"{section.what} {section.name}", ok=False, message=error.message, hint=error.hint)
            )
    return checks


def _where(config: Config) -> str:
    from callboard.config import hide_password

    return hide_password(config.database.url)


def _exists(config: Config) -> bool:
    from callboard.wiring.services import database_file

    file = database_file(config.database.url)
    return file is None or file.exists()


def _freshness(services: Services) -> list[Check]:
    from callboard.domain.access import LAPTOP
    from callboard.ports import Check
    from callboard.usecases import source_health
    from callboard.web import freshness, words

    now = services.clock.now()
    health = {each.name: each for each in source_health.of_sources(services.store, LAPTOP, now=now)}
    checks = []
    for section in services.config.sources:
        each = health.get(section.name)
        subject = f"source {section.name}: freshness"
        if each is None:
            hint = f"`callboard sync {section.name}` reads it."
            checks.append(Check(subject=subject, ok=None, message="It has never been read.", hint=hint))
            continue
        found = freshness.banners([each], now)
        checks += [
            Check(subject=subject, ok=False if banner.late else None, message=f"{banner.head} {banner.text}")
            for banner in found
        ]
        if not found and each.last_full_at is not None:
            checks.append(
                Check(subject=subject, ok=True, message=f"Last read completely {words.ago(each.last_full_at, now)}.")
            )
        if each.rejected:
            told = f"{words.count(each.rejected, 'record')} could not be read."
            hint = "`callboard sources` counts them; the log of the sync names what was expected."
            checks.append(Check(subject=subject, ok=None, message=told, hint=hint))
    return checks


async def _ask_identity(config: Config) -> list[Check]:
    """Whether the portal's keys and userinfo and the provider can be reached, and whether their clocks agree."""
    from callboard.errors import CallboardError
    from callboard.ports import Check
    from callboard.wiring.identity import check_identity

    try:
        found = await check_identity(config)
    except CallboardError as error:
        return [Check(subject="identity", ok=False, message=error.message, hint=error.hint)]
    return [
        Check(subject=f"identity: {each.subject}", ok=each.ok, message=each.message, hint=each.hint) for each in found
    ]


def _readings(services: Services) -> list[Check]:
    """When the repositories of each section were last read, and what the catalog names that is not there."""
    from callboard.ports import Check
    from callboard.usecases import repositories
    from callboard.web import words

    if not services.config.repositories:
        return []
    now = services.clock.now()
    readings = repositories.readings(services.store)
    checks = []
    for section in services.config.repositories:
        subject, last = f"repositories {section.name}: freshness", readings.get(section.name)
        if last is None:
            hint = f"`callboard repositories read {section.name}` reads them."
            checks.append(Check(subject=subject, ok=None, message="They have never been read.", hint=hint))
            continue
        told = f"Read {words.ago(last.read_at, now)}, {last.state}: {words.count(last.repositories, 'repository', 'repositories')}."
        is_whole = last.state == "complete"
        checks.append(Check(subject=subject, ok=is_whole or None, message=told, hint=last.reason))
    checks += [
        Check(
            subject="catalog: repositories",
            ok=None,
            message=f"{each.slug} has moved to {each.moved_to}; the old name stands in {words.count(each.components, 'component')}.",
            hint="Correct the slug annotation in their catalog-info.yaml.",
        )
        for each in repositories.renamed(services.store)
    ]
    return checks


def _messages(services: Services) -> list[Check]:
    """What could not be delivered, and what waits for channels that are not there any more."""
    from callboard.ports import Check
    from callboard.usecases.remediation import tell
    from callboard.web import words

    now = services.clock.now()
    known = {section.name for section in services.config.channels}
    checks = []
    for each in tell.standing(services.store):
        subject = f"channel {each.channel}: messages"
        if each.dead:
            told = f"{words.count(each.dead, 'message')} could not be delivered: {each.error}"
            hint = f"Mend it, then `callboard channels send {each.channel} --again`."
            checks.append(Check(subject=subject, ok=False, message=told, hint=hint))
        elif each.channel not in known and each.waiting:
            told = f"{words.count(each.waiting, 'message')} wait for a channel that is not configured any more."
            checks.append(Check(subject=subject, ok=None, message=told))
        elif each.overdue_since is not None:
            told = f"Not delivered since {words.ago(each.overdue_since, now)}, and tried again: {each.error}"
            checks.append(Check(subject=subject, ok=None, message=told))
        elif each.channel in known and each.last_sent_at is not None:
            told = f"The last message was delivered {words.ago(each.last_sent_at, now)}."
            checks.append(Check(subject=subject, ok=True, message=told))
    if known and not services.config.server.public_url:
        hint = "Set public_url under [server]; people by name come in by [identity]."
        checks.append(Check(subject="channels", ok=None, message="Messages have no links.", hint=hint))
    return checks


def _writes(services: Services) -> list[Check]:
    """What could not be written where findings came from, and what waits although nothing may be written any more."""
    from callboard.domain.remediation.write_back import ENDED_BADLY, WriteState
    from callboard.ports import Check
    from callboard.usecases.remediation import write_back
    from callboard.web import words

    allowed = services.store.write_policies()
    checks = []
    for each in write_back.standing(services.store):
        subject, count = f"source {each.source}: write-back", words.count(each.writes, "write")
        if each.state in ENDED_BADLY:
            told = f"{count} ended so: {words.WRITTEN[each.state.word]}."
            hint = "`callboard write-back list` tells what the source said."
            checks.append(Check(subject=subject, ok=None, message=told, hint=hint))
        elif each.state is WriteState.WAITING and each.source not in allowed:
            told = f"{count} asked for, and nothing may be written there any more."
            checks.append(Check(subject=subject, ok=None, message=told))
    return checks


async def ask_everyone(config: Config) -> list[Check]:
    """What the sources and catalogs say themselves."""
    from callboard.errors import CallboardError
    from callboard.ports import Check
    from callboard.wiring.catalogs import open_catalog, open_repositories
    from callboard.wiring.messages import open_channel, open_tracker
    from callboard.wiring.packages import open_registry
    from callboard.wiring.sources import open_source

    checks = await _ask_identity(config)
    for section in config.sections:
        subject = f"{section.what} {section.name}"
        try:
            if section.what == "source":
                async with open_source(section) as opened:
                    found = await opened.source.check()
            elif section.what == "channel":
                async with open_channel(section) as way:
                    found = await way.channel.check()
            elif section.what == "tracker":
                async with open_tracker(section) as tracker:
                    found = await tracker.check()
            elif section.what == "registry":
                async with open_registry(section) as registry:
                    found = await registry.check()
            elif section.what == "repositories":
                async with open_repositories(config, section) as place:
                    found = await place.reader.check()
            else:
                async with open_catalog(config, section) as catalog:
                    found = await catalog.check()
        except CallboardError as error:
            checks.append(Check(subject=subject, ok=False, message=error.message, hint=error.hint))
            continue
        checks += [
            check
            if check.subject.startswith(subject)
            else Check(subject=f"{subject}: {check.subject}", ok=check.ok, message=check.message, hint=check.hint)
            for check in found
        ]
    return checks
