"""`callboard completion`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import examples


@explained.command(
    epilog=examples(
        'eval "$(callboard completion bash)"        in ~/.bashrc',
        'eval "$(callboard completion zsh)"         in ~/.zshrc',
        "callboard completion fish | source         in ~/.config/fish/config.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:  # pragma: no cover - the choice above names what click has
        raise click.UsageError(f"There is no completion for {shell}.")
    root = ctx.find_root()
    # Not `source()`: for bash that runs bash to learn its version, which a script generator need not.
    made = found(root.command, {}, root.info_name or "callboard", "_CALLBOARD_COMPLETE")
    click.echo(made.source_template % made.source_vars())
