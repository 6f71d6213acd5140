"""`callboard wiz-sim`: the look-alike on a shell."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import rich_click as click

from callboard.errors import ConfigError

if TYPE_CHECKING:
    from callboard.demo.wizsim.runner import SimAddress, WizSim


_EXAMPLES: Final = """Examples:

callboard wiz-sim --findings 800 --catalog catalog

callboard wiz-sim --seed 7 --now 2026-11-01T00:00:00Z

callboard wiz-sim --issues 50 --vulnerabilities 2000 --configuration-findings 0

callboard wiz-sim --fault http_503=2 --fault latency_ms=50
"""


@click.command("wiz-sim", help="Run a Wiz look-alike with a generated company on this machine.", epilog=_EXAMPLES)
@click.option("--port", type=click.IntRange(0, 65_535), default=4_001, show_default=True, help="0 takes a free port.")
@click.option("--findings", type=click.IntRange(0), default=4_000, show_default=True, help="How many findings in all.")
@click.option("--issues", type=click.IntRange(0), help="How many issues, instead of a share of --findings.")
@click.option("--vulnerabilities", type=click.IntRange(0), help="How many vulnerability findings.")
@click.option("--configuration-findings", type=click.IntRange(0), help="How many configuration findings.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same company.")
@click.option("--now", help="The world's present time (ISO 8601); the start of today if not given.")
@click.option(
    "--first-max",
    type=click.Choice(["error", "clamp"]),
    default="error",
    show_default=True,
    help="What `first` over 500 does.",
)
@click.option("--count-cap", type=click.IntRange(1), help="totalCount is never above this.")
@click.option("--result-window", type=click.IntRange(1), help="No row after this many is given out.")
@click.option("--page-latency-ms", type=click.IntRange(0), default=0, help="Waiting time of every GraphQL call.")
@click.option(
    "--token-seconds", type=click.IntRange(1), default=86_400, show_default=True, help="How long a token lives."
)
@click.option("--portal-url", help="Where links of findings lead; this server if not given.")
@click.option("--scope", "scopes", multiple=True, help="A scope of the service account; all if none is given.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME[=VALUE]", help="Something that goes wrong; may be repeated."
)
@click.option("--admin-token", help="Guards the admin routes; random if not given.")
@click.option(
    "--catalog", type=click.Path(path_type=Path, file_okay=False), help="Also write the company's catalog files here."
)
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one line of JSON.")
def wiz_sim(
    *,
    port: int,
    findings: int,
    issues: int | None,
    vulnerabilities: int | None,
    configuration_findings: int | None,
    seed: int,
    now: str | None,
    first_max: Literal["error", "clamp"],
    count_cap: int | None,
    result_window: int | None,
    page_latency_ms: int,
    token_seconds: int,
    portal_url: str | None,
    scopes: tuple[str, ...],
    faults: tuple[str, ...],
    admin_token: str | None,
    catalog: Path | None,
    as_json: bool,
) -> None:
    """Make the world, print where it is, serve until a signal comes."""
    from callboard.demo.company.world import Sizes, make_world
    from callboard.demo.wizsim.faults import UnknownFaultError, parse_fault
    from callboard.demo.wizsim.options import Options
    from callboard.demo.wizsim.runner import WizSim

    switches: dict[str, Any] = {"latency_ms": page_latency_ms}
    try:
        for text in faults:
            switches |= parse_fault(text)
    except UnknownFaultError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None
    usual = Sizes.of(findings)
    sizes = Sizes(
        issues=usual.issues if issues is None else issues,
        vulnerabilities=usual.vulnerabilities if vulnerabilities is None else vulnerabilities,
        configurations=usual.configurations if configuration_findings is None else configuration_findings,
    )
    world = make_world(seed=seed, sizes=sizes, now=_moment(now))
    options = Options(
        first_max=first_max,
        count_cap=count_cap,
        result_window=result_window,
        token_seconds=token_seconds,
        portal_url=portal_url,
        scopes=scopes or Options().scopes,
    )
    if catalog is not None:
        from callboard.demo.company.catalog import write_catalog

        write_catalog(catalog, world)
    sim = WizSim(world, options=options, faults=switches, admin_token=admin_token)
    try:
        asyncio.run(_serve(sim, port, as_json=as_json))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(
            f"Cannot listen on 127.0.0.1 port {port}: {reason}.", hint="Choose another one with --port."
        ) from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _serve(sim: WizSim, port: int, *, as_json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    # Loopback only: the look-alike knows no users, so nobody else may reach it.
    address = await sim.start("127.0.0.1", port)
    click.echo(json.dumps(asdict(address)) if as_json else _told(sim, address))
    try:
        await stop.wait()
    finally:
        await sim.stop()


def _told(sim: WizSim, address: SimAddress) -> str:
    sizes = ", ".join(f"{len(ledger):,} {kind} findings" for kind, ledger in sim.world.ledgers.items())
    lines = (
        f"A Wiz look-alike of {sim.world.organisation.name} is ready ({sizes}).",
        f"  API URL        {address.api_url}",
        f"  token URL      {address.token_url}",
        f"  client id      {address.client_id}",
        f"  client secret  {address.client_secret}",
        f"  admin token    {address.admin_token}",
        "Stop it with Ctrl-C.",
    )
    return "\n".join(lines)
