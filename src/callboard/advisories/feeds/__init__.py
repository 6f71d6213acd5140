"""What others publish, one file for each kind: bytes in, typed rows out, strangers to each other."""
