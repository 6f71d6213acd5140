"""`callboard mcp`."""

from __future__ import annotations

import importlib.util

import click

from callboard.cli import explained
from callboard.cli.door import Door, examples


@explained.command(
    epilog=examples(
        "callboard token create my-assistant --sees group:default/payments --right decide",
        "CALLBOARD_MCP_TOKEN=cbt_… callboard mcp",
        "callboard mcp --url https://callboard.example.com",
    )
)
@click.option("--url", metavar="URL", help="The board's address. Else `url` under [mcp].")
@click.pass_obj
def mcp(door: Door, /, *, url: str | None) -> None:
    """Let an assistant or a script work on the board: lists, explanations, and decisions, by the Model Context Protocol.

    It is started by the assistant and speaks on standard input and output. It asks a running board over its API, with the
    token that [mcp] or CALLBOARD_MCP_TOKEN names, so that it sees and does exactly what that token may.
    Needs the extra packages of `pip install 'callboard[mcp]'`.
    """
    import asyncio

    import msgspec

    from callboard import __version__
    from callboard.errors import ConfigError

    settings = door.config.mcp
    if url is not None:
        try:
            settings = type(settings)(**{**msgspec.structs.asdict(settings), "url": url})
        except ValueError as error:
            raise ConfigError(f"{error}.") from None
    if not settings.token:
        raise ConfigError(
            "There is no token to ask the board with.",
            hint="Make one with `callboard token create`, and name it in CALLBOARD_MCP_TOKEN or `token` under [mcp].",
        )
    if importlib.util.find_spec("mcp") is None:
        raise ConfigError(
            "The Model Context Protocol needs a package that is not installed.",
            hint="Install it with `pip install 'callboard[mcp]'`.",
        )
    from callboard.mcp.server import serve
    from callboard.usecases.collecting import collect_often

    collect_often()
    door.log()
    asyncio.run(serve(settings.url, settings.token, version=__version__))
