"""The command `callboard` itself: its table of commands, its own options, and the one place where errors end."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from callboard import __version__
from callboard.cli import explained
from callboard.cli.door import Door
from callboard.cli.errors import report

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("callboard.cli.init:init", "Ask a few questions and write callboard.toml."),
    "doctor": ("callboard.cli.doctor:doctor", "Say what works and what does not, and what to do about it."),
    "sync": ("callboard.cli.sync:sync", "Read the sources and the catalogs."),
    "import": ("callboard.cli.imports:import_files", "Take in findings from files."),
    "serve": ("callboard.cli.serve:serve", "Show the board in a browser and keep it up to date."),
    "worker": ("callboard.cli.worker:worker", "Do what is due, beside other processes on the same database."),
    "findings": ("callboard.cli.findings:findings", "List findings."),
    "bundles": ("callboard.cli.bundles:bundles", "List findings put together by what closes them."),
    "finding": ("callboard.cli.findings:finding", "Everything about one finding."),
    "decide": (
        "callboard.cli.remediation.decide:decide",
        "Take findings, snooze or dismiss them, accept a risk; and undo it.",
    ),
    "write-back": (
        "callboard.cli.remediation.write_back:write_back",
        "What is written where findings came from, and what came of it.",
    ),
    "campaigns": (
        "callboard.cli.remediation.campaigns:campaigns",
        "Findings that are to be gone by a day, and how many are left.",
    ),
    "components": ("callboard.cli.components:components", "List components with their open findings."),
    "component": ("callboard.cli.components:component", "Everything about one component."),
    "team": ("callboard.cli.rollups:team", "What a team or a person owns, and what to do there first."),
    "system": ("callboard.cli.rollups:system", "What is open in a system, and what to do there first."),
    "domain": ("callboard.cli.rollups:domain", "What is open in a domain, and what to do there first."),
    "views": ("callboard.cli.views:views", "Queries with names."),
    "ownership": (
        "callboard.cli.ownership.group:ownership",
        "Whose things are, why, and what a change of the rules would do.",
    ),
    "policy": ("callboard.cli.policy:policy", "Who sees and does what, and by when things are due, in revisions."),
    "sources": ("callboard.cli.sources:sources", "How fresh and how whole each source is."),
    "repositories": (
        "callboard.cli.repositories:repositories",
        "Read source repositories: code owners, activity, manifests.",
    ),
    "assess": (
        "callboard.cli.packages.assess:assess",
        "Judge a Backstage portal: settings, code, locks, pipelines, packages.",
    ),
    "risk": ("callboard.cli.packages.risk:risk", "Rank what can go wrong in a Backstage portal, with the next action."),
    "sbom": ("callboard.cli.packages.sbom:sbom", "Bills of materials: make, judge and compare them."),
    "who-uses": ("callboard.cli.packages.who_uses:who_uses", "Say which components use a package, or used it."),
    "metrics": ("callboard.cli.remediation.metrics:metrics", "How soon findings are looked at and fixed."),
    "links": ("callboard.cli.links:links", "Look after the links that lead from findings to their source."),
    "mcp": ("callboard.cli.mcp:mcp", "Let an assistant or a script work on the board, by the Model Context Protocol."),
    "tickets": ("callboard.cli.remediation.tickets:tickets", "Tickets of findings in Jira or GitHub."),
    "channels": ("callboard.cli.remediation.channels:channels", "Messages that go out to teams."),
    "token": ("callboard.cli.token:token", "Tokens with which programs ask."),
    "audit": ("callboard.cli.audit:audit", "The log of who did what, and whether it holds."),
    "evidence": (
        "callboard.cli.remediation.evidence:evidence",
        "What stands behind the controls of a framework, in numbers and rows.",
    ),
    "match": ("callboard.cli.packages.match:match", "Say which packages are known to be malicious or vulnerable."),
    "advisories": (
        "callboard.cli.packages.advisories:advisories",
        "Look after what is known about vulnerable and malicious packages.",
    ),
    "retention": (
        "callboard.cli.retention:retention",
        "What is kept for how long, and what would be dropped.",
    ),
    "backup": ("callboard.cli.backup:backup", "Make backups, bring them back, and try whether they can be."),
    "db": ("callboard.cli.db:db", "Look after the database."),
    "demo": ("callboard.cli.demo:demo", "Open a board with a made-up company; no account needed."),
    "wiz-sim": ("callboard.demo.wizsim.command:wiz_sim", "Run a look-alike of the Wiz API."),
    "completion": ("callboard.cli.completion:completion", "Print the completion script for a shell."),
    "version": ("callboard.cli.version:version", "Print the version."),
}
"""Name → where the command is, and the line that the overview shows. Loaded when called, not when listed."""


class Stub(explained.Command):
    """A command in the overview, before it is loaded."""


class Root(explained.Group):
    """The group of all commands. Ends the process itself, so that every error passes `report`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A stand-in that knows its one line, which is all that the overview shows."""
        if cmd_name not in COMMANDS:
            return None
        return Stub(name=cmd_name, short_help=COMMANDS[cmd_name][1])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The real command, loaded now that it is going to run."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, 1, 0.5)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{meant}", ctx)
        found, stub, rest = super().resolve_command(ctx, args)
        return found, load(found) if found is not None and found in COMMANDS else stub, rest

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  as click has it
        """Runs the command. click would end with 1 where a reader leaves before everything is written."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            return report(error, debug=False)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Runs the command and ends the process with its exit code."""
        extra["standalone_mode"] = False
        debug = "--debug" in (args[0] if args and args[0] is not None else extra.get("args") or sys.argv[1:])
        try:
            code = super().main(*args, **extra)
            # What speaks a protocol over stdout closes it at its end.
            if not sys.stdout.closed:
                sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the one place where errors end
            code = report(error, debug=debug)
        sys.exit(code if isinstance(code, int) else 0)


def load(name: str) -> click.Command:
    """The real command of that name."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(importlib.import_module(module), attribute)
    return command


@explained.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="A first look: `callboard demo`. A first real board: `callboard init`, `callboard sync`, `callboard serve`.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file. Else CALLBOARD_CONFIG, else ./callboard.toml.",
)
@click.option("--debug", is_flag=True, help="More log lines, and tracebacks.")
@click.version_option(__version__, prog_name="callboard", message="%(prog)s %(version)s")
@click.pass_context
def callboard(ctx: click.Context, /, *, config: Path | None, debug: bool) -> None:
    """The notice board for security work: findings, on the components that own them.

    Answers go to stdout, progress and logs to stderr. Every command that answers takes --json.

    Exit codes: 0 done; 1 a check failed or a run is held; 2 usage or configuration; 3 something could not be read completely.
    """
    ctx.obj = Door(config_file=config, debug=debug)
