"""Work that is done by itself: the loop behind `callboard serve` and `callboard worker`, and what it does."""
