"""`callboard init`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.cli.writing import Answers, Written
    from callboard.ports import Check

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@explained.command(
    epilog=examples(
        "callboard init",
        "callboard init --yes --client-id … --client-secret-file wiz.secret --catalog-path ../catalog",
        "callboard --config /etc/callboard/callboard.toml init --catalog-url https://backstage.example.com",
    )
)
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults for what no option says.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--offline", is_flag=True, help="Do not try out what was answered.")
@click.option("--name", default="wiz", show_default=True, help="What the source is called in Callboard.")
@click.option("--client-id", help="The Wiz service account's client id.")
@click.option("--client-secret-file", type=FILE, help="A file that holds its secret. Never given on the command line.")
@click.option("--api-url", help="The tenant's GraphQL address. Else the token tells.")
@click.option("--token-url", help="Where tokens are minted.  [default: that of commercial Wiz tenants]")
@click.option("--allow-private", is_flag=True, help="Wiz or the portal is at a private address, or behind plain http.")
@click.option("--catalog-url", help="The Backstage backend's address, without /api.")
@click.option(
    "--catalog-token-file", type=FILE, help="A file with a static token. Else a key of Callboard's own is made."
)
@click.option(
    "--catalog-path",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with catalog-info.yaml files.",
)
@click.option(
    "--own-url", default="http://127.0.0.1:8400", show_default=True, help="Where the portal reaches Callboard."
)
@answers
@click.pass_obj
def init(door: Door, /, *, yes: bool, force: bool, offline: bool, as_json: bool, **given: object) -> None:
    """Ask a few questions and write callboard.toml, readable by you alone.

    Needs a Wiz service account of the type "Custom Integration (GraphQL API)" with these scopes, all of them for reading:
    read:projects, read:issues, read:vulnerabilities, read:cloud_configuration.
    """
    import msgspec

    from callboard.cli import writing

    door.log()
    target = (door.config_file or Path("callboard.toml")).absolute()
    writing.refuse_overwriting(target, force=force)
    told = msgspec.convert(given, writing.Answers, strict=False, dec_hook=_same)
    ask = not yes and sys.stdin.isatty()
    if ask:
        _ask_for_wiz(told, target, force=force)
    if told.client_id:
        _settle_api_url(told, ask=ask, offline=offline)
    if ask:
        _ask_for_catalog(told)
    if not (told.client_id or told.catalog_url or told.catalog_path):
        raise click.UsageError("Nothing to set up: say --client-id, --catalog-url or --catalog-path.")
    written = writing.write(target, told, force=force)
    checks = [] if offline else _try_out(target)
    _tell(written, checks, as_json=as_json)
    end(FAILED if any(check.ok is False for check in checks) else DONE)


def _same(kind: type, value: object) -> object:
    """Options are of their type already."""
    if isinstance(value, kind):
        return value
    raise ValueError(f"expected {kind.__name__}")


def _ask_for_wiz(told: Answers, target: Path, *, force: bool) -> None:
    from callboard.cli import output, writing

    if not told.client_id:
        output.say('Wiz: a service account of the type "Custom Integration (GraphQL API)" with these scopes:')
        for scope in scopes():
            output.say(f"  {scope}")
        told.client_id = (
            click.prompt("Client id (empty: no Wiz)", default="", show_default=False, err=True).strip() or None
        )
    if told.client_id and told.client_secret_file is None:
        kept = writing.secret_file(target, told)
        if kept.is_file() and not force:
            output.say(f"The client secret is taken from {kept}, which is there already.")
            told.client_secret_file = kept
        else:
            told.client_secret = click.prompt("Client secret", hide_input=True, err=True).strip()
    if told.client_id and not told.token_url:
        from callboard.sources.wiz.config import DEFAULT_TOKEN_URL

        url = click.prompt("Token address", default=DEFAULT_TOKEN_URL, err=True).strip()
        told.token_url = url if url != DEFAULT_TOKEN_URL else None


def _ask_for_catalog(told: Answers) -> None:
    if told.catalog_url or told.catalog_path:
        return
    url = click.prompt("Backstage backend's address (empty: none)", default="", show_default=False, err=True).strip()
    if url:
        told.catalog_url = url
        return
    folder = click.Path(path_type=Path, exists=True, file_okay=False)
    if click.confirm("Read the catalog from files instead?", default=False, err=True):
        told.catalog_path = click.prompt("Folder with catalog-info.yaml files", type=folder, err=True)


def scopes() -> list[str]:
    """The scopes that are needed for what is read by default: for reading, and no more."""
    from callboard.domain.run import Scope
    from callboard.sources.wiz.client import scope_for

    kinds = ("project", *(kind.word for kind in Scope().kinds))
    return [scope for kind in kinds if (scope := scope_for(kind)) is not None]


def _settle_api_url(told: Answers, *, ask: bool, offline: bool) -> None:
    """Finds the tenant's address: as given, else as the token says, else as the operator says."""
    from callboard.cli import output
    from callboard.errors import CallboardError, ConfigError

    if told.client_secret is None and told.client_secret_file is None:
        raise click.UsageError("--client-id needs --client-secret-file.")
    if told.api_url:
        return
    found: str | None = None
    if not offline:
        try:
            found = asyncio.run(_api_url(told))
        except CallboardError as error:
            output.say(
                f"The tenant's address could not be found out: {error.message}"
                + (f" {error.hint}" if error.hint else "")
            )
    if ask:
        found = click.prompt("API address (in Wiz: User settings, Tenant)", default=found, err=True).strip()
    if not found:
        raise ConfigError(
            "The tenant's API address is not known.",
            hint="Say it with --api-url" + (", or leave out --offline." if offline else "."),
        )
    told.api_url = found


async def _api_url(told: Answers) -> str | None:
    """What a token of the service account tells about its data centre."""
    import time

    from callboard.config.secret import Keeper, Secret
    from callboard.net import Net
    from callboard.sources.wiz.auth import Tokens, api_url_from_token
    from callboard.sources.wiz.config import DEFAULT_TOKEN_URL, WizConfig
    from callboard.sources.wiz.patience import TransientError
    from callboard.wiring.machine import USER_AGENT, SystemClock

    secret = told.client_secret
    if secret is None:
        secret = Secret(Keeper.FILE, str(told.client_secret_file), label="client_secret").read({})
    token_url = told.token_url or DEFAULT_TOKEN_URL
    config = WizConfig(
        client_id=told.client_id or "",
        client_secret=secret,
        api_url=token_url,
        token_url=token_url,
        allow_private=told.allow_private,
    )
    async with Net(user_agent=USER_AGENT, allow_hosts=config.allow_hosts) as net:
        tokens = Tokens(config, net, monotonic=time.monotonic, now=SystemClock().now)
        try:
            return api_url_from_token(await tokens.current())
        except TransientError as error:
            from callboard.errors import SourceUnreachableError

            raise SourceUnreachableError(str(error)) from error


def _try_out(target: Path) -> list[Check]:
    from callboard.cli.doctor import ask_everyone
    from callboard.config import load

    return asyncio.run(ask_everyone(load(target)))


def _tell(written: Written, checks: list[Check], *, as_json: bool) -> None:
    from callboard.cli import output
    from callboard.cli.doctor import lines

    if as_json:
        output.document(
            {
                "config": str(written.config),
                "files": [str(path) for path in written.files],
                "app_config": written.app_config,
                "checks": checks,
            }
        )
        return
    for text in lines(checks):
        output.line(text)
    for path in (*written.files, written.config):
        output.line(f"Written: {path}")
    if written.app_config:
        output.line(
            "\nPaste this into the portal's app-config.yaml; it lets Callboard read the catalog and nothing else:\n"
        )
        output.line(written.app_config)
    output.say("Next: `callboard sync --estimate`, `callboard sync`, `callboard serve`.")
