"""Write and read documents of one shape, for the kinds of things that are all called alike."""

from __future__ import annotations

from typing import Any

Documents = dict[str, tuple[str, dict[str, Any]]]


def create(word: str, payload: str) -> str:
    """One is made."""
    return f"mutation A($input: Create{word}Input!) {{ create{word}(input: $input) {{ {payload} {{ id }} }} }}"


def update(word: str, payload: str, mark: str = "!") -> str:
    """One is changed."""
    return f"mutation B($input: Update{word}Input{mark}) {{ update{word}(input: $input) {{ {payload} {{ id }} }} }}"


def delete(word: str, answer: str = "_stub") -> str:
    """One is taken away."""
    return f"mutation C($input: Delete{word}Input!) {{ delete{word}(input: $input) {{ {answer} }} }}"


def read(field: str, selection: str) -> str:
    """One is read."""
    return f"query D($id: ID!) {{ {field}(id: $id) {{ id {selection} }} }}"
