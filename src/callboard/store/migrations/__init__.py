"""One numbered sequence for both databases. `store/schema` says which number this program speaks."""
