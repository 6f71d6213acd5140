"""What Callboard does, one verb per file. Use cases open the store; nobody else does."""
