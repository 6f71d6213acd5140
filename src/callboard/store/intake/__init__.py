"""The run road: what a source told, written down with everything that follows from it."""
