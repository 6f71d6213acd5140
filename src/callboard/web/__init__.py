"""The web door: pages for people and an API for programs, on this machine's loopback."""
