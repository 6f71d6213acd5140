"""What Callboard knows: pure values and pure decisions, no I/O."""
