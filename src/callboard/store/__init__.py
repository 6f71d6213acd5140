"""The database, spoken once: SQL in, domain values out. Only use cases come in here."""

from callboard.store.database import Store, open_store

__all__ = ["Store", "open_store"]
