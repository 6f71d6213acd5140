"""What was tried, told by the tests themselves: marks, results, and the page `docs/assurance.md`."""
