"""Bring a database up to this program's schema, through one numbered sequence for both engines."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from callboard.errors import SchemaTooNewError, StoreError
from callboard.store import schema
from callboard.store.database import connect, seed_rows
from callboard.store.schema import HEAD, KNOWN


def upgrade(url: str) -> tuple[str, ...]:
    """Migrate the database at `url`; a new one is made by the whole sequence.

    Returns the schema it had before (`"nothing"` for a new one), or nothing when there was nothing to do. All steps are
    one transaction: a migration that is killed leaves the database as it was. Raises SchemaTooNewError, StoreError.
    """
    store = connect(url)
    try:
        with store.engine.connect() as raw:
            conn = raw.execution_options(writing=True)
            with conn.begin():
                store.dialect.lock_for_writing(conn)
                before = _version(conn)
                if before == HEAD:
                    return ()
                run_sequence(conn)
                if before is None:
                    seed_rows(conn)
                return (before or "nothing",)
    except DBAPIError as error:
        raise StoreError(
            f"The database cannot be migrated: {str(error.orig).strip().splitlines()[0]}",
            hint="Nothing was changed. Restore nothing; look at the message, then try again.",
        ) from error
    finally:
        store.close()


def run_sequence(conn: Connection) -> None:
    """Run every step that the database behind `conn` lacks, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = conn
    command.upgrade(config, HEAD)


def _version(conn: Connection) -> str | None:
    """The schema of the database; None for an empty one."""
    names = set(inspect(conn).get_table_names())
    if "alembic_version" not in names:
        if names & set(schema.metadata.tables):
            raise StoreError("The database holds tables of another program.", hint="Give Callboard one of its own.")
        return None
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if found is None:
        return None
    if found not in KNOWN:
        raise SchemaTooNewError(
            f"The database was made by a newer Callboard (schema {found}; this program knows up to {HEAD}).",
            hint="Run the newer version, or restore the backup made before the upgrade.",
        )
    return str(found)
