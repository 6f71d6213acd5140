"""Commands whose help is drawn by rich-click, which is imported when somebody asks for help and not before.

A command that only runs needs click alone: what draws panels costs three times as much to import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, overload

import click

if TYPE_CHECKING:
    from rich_click import RichCommand, RichContext, RichHelpFormatter

C = TypeVar("C", bound=click.Command)
G = TypeVar("G", bound=click.Group)


class Context(click.Context):
    """The context of a command that explains itself."""

    def make_formatter(self) -> RichHelpFormatter:
        """What help is written to."""
        from rich_click import RichHelpConfiguration, RichHelpFormatter

        # It knows where colours are wanted; click must not judge again and take them out.
        self.color = True
        return RichHelpFormatter(
            width=self.terminal_width,
            max_width=self.max_content_width,
            config=RichHelpConfiguration.load_from_globals(),
        )


class Command(click.Command):
    """A command that explains itself. Where help is written, the formatter is the one that `Context` makes."""

    context_class = Context
    panels: ClassVar[list[Any]] = []
    """Panels of our own, beside those for arguments, options and commands: none."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command is for."""
        from rich_click.rich_help_rendering import get_rich_help_text

        get_rich_help_text(self, *_rich(ctx, formatter))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Panels: its arguments and options, and the commands of a group."""
        from rich.table import Table
        from rich_click.rich_panel import construct_panels

        of, to = _rich(ctx, formatter)
        told = cast("RichCommand", self)
        for panel in construct_panels(told, of, to):
            drawn = panel.render(told, of, to)
            if not isinstance(drawn.renderable, Table) or drawn.renderable.rows:
                to.write(drawn)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its examples."""
        from rich_click.rich_help_rendering import get_rich_epilog

        get_rich_epilog(self, *_rich(ctx, formatter))


class Group(Command, click.Group):
    """A command of commands, all of which explain themselves."""

    command_class = Command
    group_class = type


@overload
def command(name: str | None = None, *, cls: type[C], **attributes: Any) -> Callable[[Callable[..., Any]], C]: ...


@overload
def command(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Command]: ...


def command(
    name: str | None = None, *, cls: type[click.Command] = Command, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """As click's, of commands that explain themselves."""
    return click.command(name, cls=cls, **attributes)


@overload
def group(name: str | None = None, *, cls: type[G], **attributes: Any) -> Callable[[Callable[..., Any]], G]: ...


@overload
def group(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Group]: ...


def group(
    name: str | None = None, *, cls: type[click.Group] = Group, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Group]:
    """As click's, of groups that explain themselves."""
    return click.group(name, cls=cls, **attributes)


def _rich(ctx: click.Context, formatter: click.HelpFormatter) -> tuple[RichContext, RichHelpFormatter]:
    """The same two under the types that rich-click gives them; of the context it uses what click's has as well."""
    return cast("RichContext", ctx), cast("RichHelpFormatter", formatter)
