"""What grows, how each table of it is bounded, and the rules by which old rows are dropped."""
