"""What is known to be bad: one index file that every process answers from, and the feeds that fill it.

`table` and `index` read the file, `writing` makes it, `updating` brings it up to date, `feeds/` reads what others publish, and
`own` holds the few records that ship with Callboard.
"""
