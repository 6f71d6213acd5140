"""The demo world: a generated company, and a Wiz look-alike that tells of it."""
