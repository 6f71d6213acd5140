"""What is wrong with the database itself is said as that, and not as a mistake of whoever asked."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from callboard.errors import StoreError
from callboard.store import open_store

CODES = {
    "53100": "no room on the disk",
    "58030": "an error of the disk",
    "42501": "a file system that only reads",
    "XX000": "a quota, or something that nobody foresaw",
    "57P03": "a server that is not up yet",
    "25006": "a server that only reads, as one that another has taken over from",
    "0A000": "the same, where it is told to write before it is asked anything",
}


@pytest.mark.fault("F4", "F5", "F25")
@pytest.mark.parametrize("code", CODES)
def test_a_server_that_cannot_is_at_fault(postgres_url: str, code: str) -> None:
    """By each of the codes by which it says so."""
    raised = text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")
    with closing(open_store(postgres_url)) as store:
        for transaction in (store.read, store.write, store.jot):
            with pytest.raises(StoreError, match="cannot be used: no"), transaction() as conn:
                conn.execute(raised)


def test_a_wrong_question_is_not_the_databases_fault(postgres_url: str) -> None:
    """It is ours, and stays what it is."""
    with closing(open_store(postgres_url)) as store, pytest.raises(ProgrammingError), store.read() as conn:
        conn.execute(text("SELECT nothing FROM nowhere"))
