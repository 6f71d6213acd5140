"""One numbered sequence for both databases. `store/schema.py` says which number this program speaks."""
