"""Checks of the portal itself, one a file: settings first. No network, nothing executed."""
