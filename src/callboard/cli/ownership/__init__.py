"""`callboard ownership …`: one file per command."""
