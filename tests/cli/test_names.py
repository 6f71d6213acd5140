"""Names that are not there: said with the name, and with the one that was probably meant."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Folder


@pytest.mark.parametrize(
    ("args", "said", "hint"),
    [
        (["component", "chekout-api"], "component:default/chekout-api", "Did you mean component:default/checkout-api?"),
        (["component", "something-else"], "component:default/something-else", "`callboard components` lists them."),
        (["team", "payment"], "group:default/payment", "Did you mean group:default/payments?"),
        (["team", "user:default/anna"], "user:default/anna", "Did you mean user:default/ana?"),
        (["system", "shops"], "system:default/shops", "`callboard ownership tree` shows them."),
        (["domain", "commerce"], "domain:default/commerce", "`callboard ownership tree` shows them."),
        (["finding", "999999"], "finding 999999", "`callboard findings` lists them."),
        (["campaigns", "show", "7"], "campaign 7", "`callboard campaigns list` names them."),
        (["decide", "undo", "999"], "decision 999", "the history of a finding"),
        (["decide", "take", "no-such-id"], "finding no-such-id", "`callboard findings` lists them."),
        (["ownership", "undo", "999"], "decision 999 about a resource", "`callboard ownership explain"),
        (
            ["ownership", "confirm", "x-1", "payments-api"],
            "resource x-1, or no component:default/payments-api",
            "queue",
        ),
        (["ownership", "explain", "no-such-thing"], "resource no-such-thing", "`callboard findings no-such-thing`"),
    ],
)
def test_what_is_not_there_is_named(board: Folder, args: list[str], said: str, hint: str) -> None:
    """And whoever mistyped it reads what was meant."""
    err = board.call(*args, code=1).err
    assert f"There is no {said}, or you may not see it." in err
    assert hint in err


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("component:chekout-api", "The catalog has no component:default/chekout-api: did you mean checkout-api?"),
        ("-owner:payment", "The catalog has no group:default/payment: did you mean payments?"),
        ("owner:zzz", "The catalog has no group:default/zzz."),
        ("system:shops", "The catalog has no system:default/shops."),
    ],
)
def test_a_mistyped_name_is_no_clean_component(board: Folder, term: str, said: str) -> None:
    """A question about something that is not there finds nothing, which is not the same as nothing to do."""
    for command in ("findings", "bundles"):
        assert said in board.call(command, term).err


@pytest.mark.parametrize("term", ["component:checkout-api", "owner:payments", "owner:user:default/ana", "is:open"])
def test_what_is_there_needs_no_word(board: Folder, term: str) -> None:
    """Nothing is said about names that are right."""
    assert "The catalog has no" not in board.call("findings", term).err
