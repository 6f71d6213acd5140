"""What came of writing a decision at its source is told on the finding's page and over the API, in the source's words."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callboard.domain.access import Role
from callboard.domain.finding import Kind
from callboard.domain.remediation.write_back import Operation, Outcome, Wish, WritePolicy, WriteState
from callboard.sources.wiz.config import WizWriteBack
from callboard.usecases.remediation import write_back
from tests.support.named import named_door

HOSTILE = "<script>alert(1)</script> access denied"


class Refusing:
    """A source that says no."""

    async def write(self, _kind: Kind, _external_id: str, _wish: Wish, /) -> Outcome:
        """Nothing is written."""
        return Outcome(state=WriteState.REFUSED, said=HOSTILE)


def test_a_refusal_is_shown_as_text(tmp_path: Path) -> None:
    """To who sees the finding, and to nobody else; by role: the owner's word is written, that of others is not."""
    with named_door(tmp_path / "callboard.db") as door:
        policy = WritePolicy(roles={Operation.STATUS: frozenset({Role.OWNER})})
        door.store.write_policies = lambda: {"wiz-main": policy}
        number = door.finding("red-0")
        with door.as_user("sam") as sam:
            sam.post("/api/v1/decisions", json={"act": "take", "findings": [door.finding("red-1")]}).raise_for_status()
            assert sam.get(f"/api/v1/findings/{door.finding('red-1')}").json()["writes"] == []
        with door.as_user("bo") as bo:
            bo.post("/api/v1/decisions", json={"act": "take", "findings": [number]}).raise_for_status()
            waits = bo.get(f"/api/v1/findings/{number}")
            (told,) = waits.json()["writes"]
            assert (told["operation"], told["words"], told["state"]) == ("status", "status in-progress", "waiting")
            assert "waits" in bo.get(f"/findings/{number}").text
            asyncio.run(write_back.write_back(door.store, "wiz-main", Refusing(), clock=door.clock))
            after = bo.get(f"/api/v1/findings/{number}", headers={"if-none-match": waits.headers["etag"]})
            (told,) = after.json()["writes"]
            assert (told["state"], told["said"]) == ("refused", HOSTILE)
            page = bo.get(f"/findings/{number}").text
            assert "&lt;script&gt;alert(1)&lt;/script&gt; access denied" in page
            assert HOSTILE not in page
        with door.as_user("ida") as ida:
            assert ida.get(f"/api/v1/findings/{number}").status_code == 404


@pytest.mark.parametrize("words", [("everybody",), ("viewer",), ("Owner",)])
def test_a_word_that_is_no_role_is_refused_at_once(words: tuple[str, ...]) -> None:
    """Nobody is left to think that it is on."""
    with pytest.raises(ValueError, match="is no role"):
        WizWriteBack(status=words)
