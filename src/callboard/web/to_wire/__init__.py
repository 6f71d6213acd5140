"""From what the use cases tell to what the API answers."""
