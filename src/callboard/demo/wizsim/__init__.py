"""A Wiz look-alike: a real HTTP server that speaks the GraphQL of Wiz over a generated company.

Clients that know nothing of Callboard run against it unchanged: names of fields, arguments, enums and errors are those of
the real schema (`sdl/*.graphql`). In tests:

    with running(WizSim(make_world(seed=1))) as address:
        ...  # address.api_url, address.token_url, address.client_id, address.client_secret

On a shell: `callboard wiz-sim --port 4001 --findings 5000 --seed 1`.

The rooms inside: `schema` and `sdl` · `fields` and `answers` (what each field answers) · `roots` (queries and write calls) ·
`threats`, `software`, `graph` (what follows from the company: cloud events, technologies, entities) · `reports` and `runs` ·
`filters` and `views` (which rows, in what order, which page) · `projection` (the fast way through a page) · `engine` (one
GraphQL request) · `tokens`, `faults`, `server` (HTTP) · `admin` (clock, evolution, switches) · `runner`, `command` (how it
is started) · `record` (pages for benchmarks).
"""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callboard.demo.wizsim.options import Options
    from callboard.demo.wizsim.runner import SimAddress, WizSim, running

__all__ = ["Options", "SimAddress", "WizSim", "running"]


def __getattr__(name: str) -> Any:
    """Import late: a command line that only prints help needs no GraphQL library."""
    if name == "Options":
        from callboard.demo.wizsim import options

        return options.Options
    if name in __all__:
        from callboard.demo.wizsim import runner

        return getattr(runner, name)
    raise AttributeError(name)
