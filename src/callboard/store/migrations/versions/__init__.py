"""The steps, one file each, numbered without a gap."""
