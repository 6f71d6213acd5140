"""The file that comes out of a report: its columns (`columns`), and the rows that belong in it (`tables`)."""
