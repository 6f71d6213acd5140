"""A board in a process of its own, with words planted in everything, and every sort of caller before it."""
