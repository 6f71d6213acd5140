"""`callboard metrics noise` on a board on which nobody has complained, as text, table and document."""

from __future__ import annotations

from tests.cli.conftest import Folder


def test_nothing_was_said(folder: Folder) -> None:
    """Every form says so in its own way."""
    folder.call("sync")
    said = folder.call("metrics", "noise")
    assert "Nothing was called not useful." in said.err
    found = folder.call("metrics", "noise", "--from", "2026-01-01", "--to", "2026-01-31", "--json").json
    assert (found["first"], found["last"], found["rules"], found["noisiest"]) == ("2026-01-01", "2026-01-31", [], None)
    assert folder.call("metrics", "noise", "--csv").out.startswith("source,rule,name,useless")
    assert "no day" in folder.call("metrics", "noise", "--from", "soon", code=2).err
