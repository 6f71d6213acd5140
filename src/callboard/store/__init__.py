"""The database, spoken once: SQL in, domain values out. Only use cases come in here."""

from sqlalchemy import Connection

from callboard.store.database import Store, open_store

__all__ = ["Connection", "Store", "open_store"]
