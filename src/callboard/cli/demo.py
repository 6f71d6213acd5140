"""`callboard demo`: a made-up company, read through the very same code as a real tenant."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import end

if TYPE_CHECKING:
    from callboard.cli.running import Round
    from callboard.config import Config
    from callboard.demo.company.world import World
    from callboard.demo.wizsim import SimAddress
    from callboard.domain.board import Board
    from callboard.wiring.services import Services

SIZES = {"small": 600, "medium": 4_000, "large": 40_000}
"""Findings of a company."""


@explained.command(
    epilog=examples(
        "callboard demo", "callboard demo --seed 7 --size small --port 8500", "callboard demo --once --json"
    )
)
@click.option("--once", is_flag=True, help="Make the company, read it twice, say what was found, and end.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same company.")
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="medium",
    show_default=True,
    help="How big the company is: 600, 4,000 or 40,000 findings.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the board.  [default: any free one]")
@click.option("--database", help="Keep the board in this database instead of a file that is thrown away.")
@answers
@click.pass_obj
def demo(door: Door, /, *, once: bool, seed: int, size: str, port: int, database: str | None, as_json: bool) -> None:
    """Open a board with a made-up company: a look-alike of Wiz, a catalog, and a year of findings. Needs no account."""
    from callboard.cli import demo_desk, output
    from callboard.demo.company.decisions import say_all
    from callboard.demo.company.said_of_rules import say_of_rules
    from callboard.demo.company.year import live_through
    from callboard.wiring.services import Services

    door.log()
    began = time.monotonic()
    output.say("Making a company …")
    with (
        _company(seed, SIZES[size], database) as (config, world, folder),
        Services.open(config, create=True) as services,
    ):
        first = _read(services)
        _lay_down(services)
        _hand_in(services, world)
        _judge_portal(services, folder)
        live_through(services.store, seed=seed, now=services.clock.now(), rollout=world.rollout)
        demo_desk.have_told(services, world)
        if world.noisy is not None:
            say_of_rules(services.store, world.organisation, world.noisy, now=services.clock.now())
        say_all(services.store, world.organisation, now=services.clock.now())
        if once:
            second = _read(services)
            _tell(services, first, second, seed=seed, seconds=time.monotonic() - began, as_json=as_json)
            end(_code(first, second))
        else:
            demo_desk.send_all(services)
            _show(services, port)


@contextlib.contextmanager
def _company(seed: int, findings: int, database: str | None) -> Iterator[tuple[Config, World, Path]]:
    """A running look-alike with its company's files on disk, what stands around its board, and the configuration for all of it."""
    from callboard.cli.demo_desk import SCOPE_LEFT_OUT
    from callboard.config import load
    from callboard.demo import desk
    from callboard.demo.company import make_world, write_catalog
    from callboard.demo.wizsim import Options, WizSim, running

    # In a small company there are too few fixes for a rollout to say anything, and too few findings of a rule for noise.
    is_large = findings > SIZES["small"]
    world = make_world(seed=seed, findings=findings, with_rollout=is_large, with_noise=is_large)
    options = Options(scopes=tuple(scope for scope in Options().scopes if scope != SCOPE_LEFT_OUT))
    with (
        tempfile.TemporaryDirectory(prefix="callboard-demo-") as name,
        running(WizSim(world, options=options)) as address,
        desk.running(desk.Desk()) as around,
    ):
        folder = Path(name)
        write_catalog(folder / "catalog", world)
        file = folder / "callboard.toml"
        file.touch(mode=0o600)
        told = _configuration(address, database or f"sqlite:///{folder / 'callboard.db'}")
        file.write_text(told + around.configuration(_teams(world)), encoding="utf-8")
        # Variables of the person's real board stay out of the made-up one.
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}
        _publish(folder, world)
        yield load(file, environ=environ), world, folder


def _teams(world: World) -> list[str]:
    """The teams that are told: those that own something."""
    return sorted({each.team.name for each in world.organisation.components})


def _configuration(address: SimAddress, database: str) -> str:
    """TOML, in which a JSON string is a string."""
    from callboard.demo.wizsim.portal import CONFIGURATION_TEMPLATE

    quoted = {key: json.dumps(value) for key, value in {
        "database": database, "client_id": address.client_id, "client_secret": address.client_secret,
        "api_url": address.api_url, "token_url": address.token_url, "misconfiguration": CONFIGURATION_TEMPLATE,
    }.items()}  # fmt: skip
    return f"""\
[database]
url = {quoted["database"]}

[[source]]
kind = "wiz"
name = "wiz"
client_id = {quoted["client_id"]}
client_secret = {quoted["client_secret"]}
api_url = {quoted["api_url"]}
token_url = {quoted["token_url"]}
audience = "wiz-api"
calls_per_second = 1000
allow_private = true
link_hosts = ["127.0.0.1"]

[source.links]
misconfiguration = {quoted["misconfiguration"]}

[source.write_back]
status = ["owner", "security"]
note = ["owner", "security"]

[[catalog]]
kind = "file"
name = "catalog"
paths = ["catalog"]
"""


def _read(services: Services) -> Round:
    from callboard.cli import running
    from callboard.domain.run import Mode

    with running.progress() as listen:
        reading = running.everything(
            services, services.config.sources, services.config.catalogs, mode=Mode.FULL, listen=listen
        )
        return asyncio.run(reading)


def _lay_down(services: Services) -> None:
    """What the company's security team says about whose things are, by the road of `callboard ownership apply`."""
    from callboard.demo.company.mapping import REASON, rule_set
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership.plan_mapping import apply_mapping

    draft = rule_set(services.clock.now())
    apply_mapping(services.store, AT_THE_LAPTOP, draft, reason=REASON, clock=services.clock, agreed=True)


def _publish(folder: Path, world: World) -> None:
    """What is known about the packages that the company meets, as an index of advisories beside its configuration."""
    from callboard.advisories.place import FILE_NAME
    from callboard.advisories.reading import Document
    from callboard.advisories.updating import updating
    from callboard.demo.company.bills import advisories
    from callboard.domain.instant import SECOND, Instant

    with updating(folder / FILE_NAME, Instant(world.now * SECOND)) as update:
        update.take((Document(f"demo:{n}", raw) for n, raw in enumerate(advisories(world))), "demo")
        update.finish(folder / FILE_NAME)


def _hand_in(services: Services, world: World) -> None:
    """What the pipelines of the company's components hand in, and what follows from it, by the roads of every board."""
    from functools import partial

    from callboard.demo.company.bills import bills
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import EntityRef
    from callboard.gathering import BILL_FORMATS, bill_of, read_bill
    from callboard.usecases.packages import manifests
    from callboard.worker import reading

    for each in bills(world):
        raw = bill_of(each.component, [(each.lock, each.at)], BILL_FORMATS[0])
        ref = EntityRef(f"component:default/{each.component}")
        read = partial(read_bill, manifests.USUAL_NAME, raw, now=services.clock.now())
        manifests.deliver(services.store, AT_THE_LAPTOP, ref, manifests.USUAL_NAME, read, clock=services.clock)
    asyncio.run(reading.match(services, always=False))


def _judge_portal(services: Services, folder: Path) -> None:
    """The company's portal, judged as `callboard risk --board` does."""
    from callboard.advisories.index import Index
    from callboard.advisories.place import FILE_NAME
    from callboard.cli.packages.assessing import assess_folder
    from callboard.cli.packages.registering import judgement_of
    from callboard.demo.company.portal import NAME, write_portal
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.risk.judgement import register as register_of
    from callboard.usecases.packages import keep_register

    write_portal(folder / "portal")
    found = assess_folder(folder / "portal", (), is_production=None, index=Index.open(folder / FILE_NAME))
    purls = sorted({match.purl for match in found.report.matches})
    behind = keep_register.behind(services.store, AT_THE_LAPTOP, purls)
    register = register_of(judgement_of(found, NAME), at=services.clock.now(), estate=behind.estate, users=behind.users)
    keep_register.keep(services.store, AT_THE_LAPTOP, register)


def _show(services: Services, port: int) -> None:
    from callboard.cli import output
    from callboard.cli.serve import web_services
    from callboard.usecases.collecting import collect_often
    from callboard.web.serve import serve
    from callboard.worker.loop import Background

    def opened(link: str | None) -> None:
        output.line(f"The board is open. This link signs you in, once:\n{link}")
        output.say("Ctrl-C ends it, and the company with it.")

    collect_often()
    with Background(services) as background:
        serve(web_services(services, background=background), "127.0.0.1", port, opened=opened)


def _board(services: Services) -> Board:
    from callboard.domain.access import LAPTOP
    from callboard.usecases import browse

    return browse.board(services.store, LAPTOP, now=services.clock.now())


def _tell(services: Services, first: Round, second: Round, *, seed: int, seconds: float, as_json: bool) -> None:
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.rows_per_team import rows_per_team
    from callboard.web import words

    board = _board(services)
    teams = rows_per_team(services.store, AT_THE_LAPTOP, now=services.clock.now())
    totals = board.totals
    severities = ("critical", "high", "medium", "unknown", "low", "info")
    if as_json:
        output.document({
            "seed": seed,
            "components": totals.components,
            "findings": totals.findings,
            "by_state": totals.by_state,
            "open": {
                "total": totals.open.total,
                "by_severity": {word: getattr(totals.open, word) for word in severities},
                "by_kind": totals.by_kind,
                "mapped": totals.mapped.total,
                "unmapped": sum(totals.unmapped.values()),
                "unmapped_by_reason": totals.unmapped,
                "conflicts": totals.conflicts,
            },
            "rows_per_team": teams,
            "rejected": sum(report.rejected for report in first.sources),
            "second_sync": {
                "changes": sum(report.changes for report in second.sources),
                "unchanged": sum(report.unchanged for report in second.sources),
            },
            "seconds": round(seconds, 2),
        })  # fmt: skip
        return
    output.line(
        f"{words.count(totals.components, 'component')}, {words.count(totals.findings, 'finding')}, "
        f"{words.number(totals.open.total)} open: {output.counts(totals.open)}."
    )
    output.line(
        f"{words.number(totals.mapped.total)} of the open ones stand on a component, "
        f"{words.number(sum(totals.unmapped.values()))} do not."
    )
    if teams.findings_per_row is not None:
        output.line(
            f"{words.count(len(teams.teams), 'team has', 'teams have')} {teams.findings_per_row:.1f} findings a row of work, "
            f"and {teams.median_rows:g} rows in the middle."
        )
    changes = sum(report.changes for report in second.sources)
    output.line(f"Read again, unchanged: {words.count(changes, 'change')}. {seconds:,.1f} s in all.")


def _code(first: Round, second: Round) -> int:
    from callboard.cli.errors import FAILED, INCOMPLETE

    if first.failures or second.failures:
        return INCOMPLETE
    return FAILED if any(report.changes for report in second.sources) else 0
