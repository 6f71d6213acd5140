"""Whether a registry answers what it will be asked, as `callboard doctor` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callboard.domain.packages.package import NPM, PYPI
from callboard.errors import AddressRefusedError, OutboundError
from callboard.ports import Check
from callboard.registries.config import RegistryConfig

if TYPE_CHECKING:
    from callboard.domain.packages.at_registry import Said
    from callboard.ports import Registry

ASKED = {NPM: "once", PYPI: "six"}
"""A name that every copy of the public registry knows, so that asking about it tells nobody anything; its document is small."""


async def checks(registry: Registry, ecosystem: str, config: RegistryConfig) -> tuple[Check, ...]:
    """What a question about a well-known name finds out, and what the configuration promises in vain."""
    name = ASKED[ecosystem]
    try:
        told = await registry.ask(name, None)
    except AddressRefusedError as error:
        hint = "If it is the company's own and meant to be there, set `allow_private = true`."
        return (Check(subject="answers", ok=False, message=error.message, hint=hint),)
    except OutboundError as error:
        return (Check(subject="answers", ok=False, message=error.message, hint=error.hint),)
    found = [_answer(name, told.said)]
    if config.internal and config.allow_private:
        message = (
            "It may be at a private address, where names of your own are no wonder; `internal` needs the public one."
        )
        hint = "Take `internal` out, or name the public registry as `url`."
        found.append(Check(subject="internal names", ok=None, message=message, hint=hint))
    elif config.internal and told.said is not None and told.said.is_there and not told.said.publishers:
        message = "It does not tell who publishes a name, so that every name of `internal` that is there is told."
        found.append(Check(subject="internal names", ok=None, message=message))
    return tuple(found)


def _answer(name: str, said: Said | None) -> Check:
    if said is None:
        return Check(
            subject="answers", ok=False, message=f"What it says of the package {name} is in no shape that Callboard reads.",
            hint="Check `url`: what stands before a name's own part of the address.",
        )  # fmt: skip
    if not said.is_there:
        return Check(
            subject="answers", ok=None, message=f"It knows no package {name}, whose release dates were to be looked at.",
            hint="Check `url`, or that the proxy hands out what nobody has used yet.",
        )  # fmt: skip
    if not said.releases:
        return Check(
            subject="answers", ok=False, message=f"It tells no release dates of the package {name}: no release would be young.",
            hint="Some proxies leave dates out unless whole documents are switched on.",
        )  # fmt: skip
    return Check(subject="answers", ok=True, message=f"It tells when the package {name} was released.")
