"""A database written down whole, and brought back: as a copy of SQLite's own, or as rows that either database takes."""
