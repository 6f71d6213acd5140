"""Reads the small filter objects that the schema uses for texts, numbers and tags, as tests on one value."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Test = Callable[[str | None], bool]


def _texts(value: Any) -> list[str]:
    return [str(item).lower() for item in value]


_TEXT_TESTS: Final[dict[str, Callable[[list[str], str], bool]]] = {
    "equals": lambda wanted, text: text in wanted,
    "notEquals": lambda wanted, text: text not in wanted,
    "contains": lambda wanted, text: any(part in text for part in wanted),
    "containsAll": lambda wanted, text: all(part in text for part in wanted),
    "hasAnyPart": lambda wanted, text: any(part in re.split(r"[^a-z0-9]+", text) for part in wanted),
    "doesNotContain": lambda wanted, text: not any(part in text for part in wanted),
    "doesNotHaveAnyPart": lambda wanted, text: not any(part in re.split(r"[^a-z0-9]+", text) for part in wanted),
    "startsWith": lambda wanted, text: text.startswith(tuple(wanted)),
    "doesNotStartWith": lambda wanted, text: not text.startswith(tuple(wanted)),
    "endsWith": lambda wanted, text: text.endswith(tuple(wanted)),
    "doesNotEndWith": lambda wanted, text: not text.endswith(tuple(wanted)),
    "matchesRegex": lambda wanted, text: any(re.search(pattern, text) for pattern in wanted),
}


def text_test(value: Mapping[str, Any]) -> Test:
    """A test for `CommonStringFilter`, `CommonExactStringFilter` and their likes; letter case does not matter."""
    tests = [(_TEXT_TESTS[name], _texts(wanted)) for name, wanted in value.items() if name in _TEXT_TESTS and wanted]
    is_set = value.get("isSet")

    def test(text: str | None) -> bool:
        if is_set is not None and bool(text) is not is_set:
            return False
        lowered = (text or "").lower()
        return all(one(wanted, lowered) for one, wanted in tests)

    return test


def set_test(value: Mapping[str, Any]) -> Callable[[Iterable[str]], bool]:
    """A test on a set of ids for filters with equals, notEquals, containsAny, containsAll and isSet."""
    equals, unequal = value.get("equals") or value.get("containsAny") or value.get("equalsAny"), value.get("notEquals")
    everyone = value.get("containsAll") or value.get("equalsAll")
    nobody = value.get("doesNotContainAny")
    is_set = value.get("isSet")

    def test(found: Iterable[str]) -> bool:
        held = set(found)
        if is_set is not None and bool(held) is not is_set:
            return False
        if equals and not held & set(equals):
            return False
        if everyone and not set(everyone) <= held:
            return False
        if unequal and held & set(unequal):
            return False
        if nobody and held & set(nobody):
            return False
        not_all = value.get("doesNotContainAll")
        return not (not_all and set(not_all) <= held)

    return test


def tag_test(value: Mapping[str, Any]) -> Callable[[Mapping[str, str] | None], bool]:
    """A test for the tag filters: lists of key and optional value that must or must not be there."""

    def has(tags: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
        return wanted["key"] in tags and wanted.get("value") in (None, tags[wanted["key"]])

    def test(tags: Mapping[str, str] | None) -> bool:
        held = tags or {}
        if value.get("containsAll") and not all(has(held, w) for w in value["containsAll"]):
            return False
        if value.get("containsAny") and not any(has(held, w) for w in value["containsAny"]):
            return False
        if value.get("doesNotContainAny") and any(has(held, w) for w in value["doesNotContainAny"]):
            return False
        if value.get("isSet") is not None and bool(held) is not value["isSet"]:
            return False
        return not (value.get("doesNotContainAll") and all(has(held, w) for w in value["doesNotContainAll"]))

    return test


def number_test(value: Mapping[str, Any]) -> Callable[[float | None], bool]:
    """A test for `CommonNumberFilter`."""

    def test(number: float | None) -> bool:
        if value.get("isSet") is not None and (number is not None) is not value["isSet"]:
            return False
        if number is None:
            return not any(value.get(name) is not None for name in ("equals", "greaterThan", "lessThan"))
        return (
            value.get("equals") in (None, number)
            and (value.get("notEquals") is None or number != value["notEquals"])
            and (value.get("greaterThan") is None or number > value["greaterThan"])
            and (value.get("lessThan") is None or number < value["lessThan"])
        )

    return test
