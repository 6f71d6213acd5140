"""What works and what does not at a Wiz tenant, in words, for `callboard doctor`."""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from callboard.domain.run import Scope
from callboard.errors import CallboardError, SourceError, SourceRefusedError
from callboard.ports import Check
from callboard.sources.wiz import documents
from callboard.sources.wiz.auth import api_url_from_token
from callboard.sources.wiz.client import Client, Page, scope_for
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.filters import Words
from callboard.sources.wiz.vocabulary import FIELDS, strange_words


class _Account(msgspec.Struct):
    clientId: str = ""
    scopes: list[str] = []
    expiresAt: str | None = None


async def examine(
    config: WizConfig,
    client: Client,
    scope: Scope,
    *,
    probe: Callable[[str], Awaitable[Page]],
    words: Callable[[str], Awaitable[Words]],
) -> tuple[Check, ...]:
    """The checks in the order in which a person would fix what fails. Stops where the rest could not work either."""
    try:
        token = await client.token()
    except CallboardError as error:
        return (_failed("token", error),)
    checks = [Check(subject="token", ok=True, message="Wiz gives a token to the service account.")]
    suggested = api_url_from_token(token)
    # A proxy or a look-alike at a private address is where the operator wants it.
    if suggested is not None and suggested != config.graphql_url and not config.allow_private:
        checks.append(
            Check(
                subject="api_url",
                ok=None,
                message=f"The token names another data centre than api_url: {suggested}",
                hint="If calls fail, set api_url to it.",
            )
        )
    kinds = ["project", *(kind.word for kind in scope.kinds)]
    account = await _own_account(config, client)
    if account is not None and account.expiresAt:
        checks.append(Check(subject="service account", ok=None, message=f"It expires at {account.expiresAt}."))
    checks += [await _kind(kind, account, probe) for kind in kinds]
    checks.append(_words({kind.word: await words(kind.word) for kind in scope.kinds}))
    return tuple(checks)


async def _own_account(config: WizConfig, client: Client) -> _Account | None:
    """The service account as Wiz sees it. None: it may not look at itself, which most may not."""
    try:
        page = await client.execute(
            documents.shaped(documents.OWN_SCOPES, documents.Shape.WHOLE), {"first": 500, "after": None}
        )
        accounts = [msgspec.json.decode(node, type=_Account) for node in page.nodes or ()]
    except (SourceError, msgspec.MsgspecError, ValueError):
        return None
    return next((account for account in accounts if account.clientId == config.client_id), None)


async def _kind(kind: str, account: _Account | None, probe: Callable[[str], Awaitable[Page]]) -> Check:
    """Whether one kind can be read: by asking for one of it, since what a scope covers is not public in all detail."""
    scope = scope_for(kind)
    try:
        page = await probe(kind)
    except SourceRefusedError as error:
        if account is not None and scope not in account.scopes:
            return Check(
                subject=kind,
                ok=False,
                message=f"The scope {scope} is missing.",
                hint=f"The service account has {_listed(account.scopes)}.",
            )
        return _failed(kind, error)
    except CallboardError as error:
        return _failed(kind, error)
    count = page.totalCount if isinstance(page.totalCount, int) else None
    seen = "some" if count is None else f"{count:,}{' or more' if page.maxCountReached is True else ''}"
    return Check(subject=kind, ok=True, message=f"Readable: {seen} in sight.")


def _words(of_kinds: dict[str, Words]) -> Check:
    """Whether Wiz uses severities or statuses that are newer than this Callboard."""
    untold = [kind for kind, words in of_kinds.items() if set(words) < set(FIELDS)]
    strange = {word for kind, words in of_kinds.items() for word in strange_words(kind, words)}
    if strange:
        return Check(
            subject="words",
            ok=None,
            message=f"Wiz has words that this Callboard does not know: {', '.join(sorted(strange))}.",
            hint="Their findings are read and shown as unknown. A newer Callboard may know the words.",
        )
    if untold:
        return Check(
            subject="words",
            ok=None,
            message=f"Wiz does not say which severities and statuses it has for: {', '.join(untold)}.",
            hint="Findings with a word that is newer than this Callboard would not be asked for.",
        )
    return Check(subject="words", ok=True, message="Every severity and status that Wiz has is known.")


def _failed(subject: str, error: CallboardError) -> Check:
    return Check(subject=subject, ok=False, message=error.message, hint=error.hint)


def _listed(scopes: Sequence[str]) -> str:
    return ", ".join(sorted(scopes)[:20]) or "no scopes"
