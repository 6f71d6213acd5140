"""Draft the next migration from the difference between the sequence and `store/schema`.

Use: `python -m tools.migration 0002 "what it does"`. Read and shorten what it writes; it is only a draft.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from callboard.store.database import connect
from callboard.store.migrations import run


def main() -> None:
    """Write the draft into the sequence."""
    number, message = sys.argv[1], sys.argv[2]
    config = Config()
    config.set_main_option("script_location", str(Path(run.__file__).parent))
    with tempfile.TemporaryDirectory() as folder:
        store = connect(f"sqlite:///{folder}/draft.db")
        with store.engine.connect() as raw, raw.begin():
            config.attributes["connection"] = raw
            command.upgrade(config, "heads")
            command.revision(config, message, autogenerate=True, rev_id=number)
        store.close()


if __name__ == "__main__":
    main()
