"""The words of the query language: every key, the values it knows, one line of help and one example for each.

What a page's help, a shell's completion or the documentation says about the language is made from `KEYS`.
"""

from __future__ import annotations

import difflib
import enum
from collections.abc import Collection, Iterable

import msgspec

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.ownership.verdict import Reason

ME = "@me"
"""As an owner: the person who asks, and the groups this person is in directly."""


@enum.unique
class Order(enum.StrEnum):
    """The orders of a list: what `sort:` knows."""

    DO_NOW = "do-now"
    """Overdue first, then by remediation band, known exploitation, chance of exploitation, and age."""
    SEVERITY = "severity"
    """Worst first, then the earliest due, then the oldest."""
    DUE = "due"
    """The earliest due first; without a due date last."""
    NEWEST = "newest"
    """Detected last, first."""
    OLDEST = "oldest"
    """Detected first, first."""


@enum.unique
class Grouping(enum.StrEnum):
    """What rows can be put together by: what `group:` knows."""

    FIX = "fix"
    RULE = "rule"
    RESOURCE = "resource"
    CVE = "cve"
    COMPONENT = "component"
    OWNER = "owner"


@enum.unique
class Takes(enum.Enum):
    """What stands behind the colon of a key."""

    WORDS = "one or more of a few words"
    REFERENCES = "one or more entities of the catalog"
    TEXTS = "one or more names or ids, exact"
    DURATION = "a length of time or a range of them"
    INSTANT = "a day, a time or a range of them"
    NUMBER = "a number or a range of them"
    CHOICE = "one word, once in a query"

    @property
    def is_range(self) -> bool:
        """True for keys that compare and take no list."""
        return self in (Takes.DURATION, Takes.INSTANT, Takes.NUMBER)


class KeyHelp(msgspec.Struct, frozen=True, kw_only=True):
    """One key, as people are told about it and as the parser obeys it."""

    name: str
    takes: Takes
    help: str
    """One line, without a full stop."""
    example: str
    """A whole query that uses it."""
    phrase: str = ""
    """What stands before the values in a sentence, for example "severity is"; without one the words carry it."""
    words: tuple[tuple[str, str], ...] = ()
    """The known values in the order to show them, each with its meaning. Empty: any value."""
    also: tuple[tuple[str, str], ...] = ()
    """Other spellings that are understood, each with the word it stands for."""
    kind: str = ""
    """For references: the kind of entity meant where a value names none."""
    is_folded: bool = False
    """Letter case does not matter: values are kept in lower case, and what they are compared with has to be, too."""
    adds_up: bool = False
    """Repeats of the key all have to hold (`is:open is:kev`). Otherwise one of the repeats has to."""
    lowest: int = 0
    highest: int = 0
    """The bounds of a number, both allowed."""
    is_whole: bool = False
    """Only whole numbers."""


def _plain(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Words that mean what they say."""
    return tuple((word, word.replace("-", " ")) for word in words)


def _texts(name: str, help_: str, example: str, phrase: str = "", *, folded: bool = False) -> KeyHelp:
    return KeyHelp(
        name=name, takes=Takes.TEXTS, help=help_, example=example, phrase=phrase or f"{name} is", is_folded=folded
    )


def _refs(name: str, kind: str, help_: str, example: str) -> KeyHelp:
    return KeyHelp(name=name, takes=Takes.REFERENCES, help=help_, example=example, phrase=f"{name} is", kind=kind)


_IS = (
    ("open", "open"),
    ("fixed", "fixed"),
    ("gone", "gone together with its resource"),
    ("suppressed", "set aside by a person, here or at its source"),
    ("snoozed", "snoozed"),
    ("dismissed", "dismissed here for a reason"),
    ("accepted", "accepted as a risk"),
    ("asked", "waiting for somebody to accept its risk"),
    ("taken", "taken by somebody"),
    ("reopened", "reopened"),
    ("overdue", "overdue"),
    ("exposed", "reachable from the internet"),
    ("kev", "known to be exploited"),
    ("mine", "owned by you or a group of yours"),
    ("new", "new since your last visit"),
    ("stale", "from a source whose data is older than promised"),
    ("unmapped", "without a component"),
    ("conflict", "claimed by components of different owners"),
    ("disputed", "mapped, while other evidence names a component of another owner"),
    ("suggested", "without a component, while weak evidence names one"),
    ("shared", "shared by several components"),
    ("co-owned", "shared by components of several owners"),
    ("inherited", "come with a base image that others than who runs it build, and theirs to fix"),
    ("transient", "closed within a day of its first detection"),
    ("flapping", "closed and back again three times within 30 days"),
    ("in-scope", "inside the present scope of its source"),
)
_HAS = (
    ("fix", "a known fix"),
    ("deeplink", "a link into its source"),
    ("ticket", "a ticket"),
    ("owner", "an owner"),
    ("cve", "a CVE"),
    ("component", "a component"),
    ("due", "a due date"),
)
_NO = tuple(
    (word, next(meaning for known, meaning in _HAS if known == word).removeprefix("a ").removeprefix("an "))
    for word in ("owner", "fix", "ticket", "component", "due", "deeplink")
)

# Sorted by what people look for first; `BY_NAME` is for programs.
KEYS: tuple[KeyHelp, ...] = (
    KeyHelp(
        name="is", takes=Takes.WORDS, words=_IS, adds_up=True, phrase="is",
        help="What is true of it; a comma means or, repeating the key means and", example="is:open is:overdue",
    ),
    KeyHelp(
        name="severity", takes=Takes.WORDS, words=_plain(severity.word for severity in Severity),
        help="How bad it is", example="severity:critical,high", phrase="severity is",
    ),
    _refs("owner", "group", "Who has to act: a group, a user, or @me", "owner:@me,payments"),
    _refs("component", "component", "The component it belongs to", "component:checkout-api"),
    KeyHelp(
        name="runs", takes=Takes.REFERENCES, kind="component", phrase="run by",
        help="The component that runs what is affected, whoever has to fix it", example="is:inherited runs:checkout-api",
    ),
    _refs("system", "system", "The system that owns it, or that its component is part of", "system:payments"),
    _refs("domain", "domain", "The domain of that system", "domain:commerce"),
    _refs("taken", "user", "Who works on it: a user, a group, or @me", "taken:@me"),
    KeyHelp(
        name="kind", takes=Takes.WORDS, words=_plain(kind.word for kind in Kind),
        help="What sort of problem it is", example="kind:vulnerability,secret", phrase="kind is",
    ),
    KeyHelp(
        name="status", takes=Takes.WORDS, words=_plain(state.word for state in State),
        also=(("ignored", State.REJECTED.word),),
        help="Where it stands", example="status:in-progress", phrase="status is",
    ),
    KeyHelp(
        name="has", takes=Takes.WORDS, words=_HAS, adds_up=True, phrase="has",
        help="What is there; a comma means or, repeating the key means and", example="has:fix has:owner",
    ),
    KeyHelp(
        name="no", takes=Takes.WORDS, words=_NO, adds_up=True, phrase="has no",
        help="What is missing; a comma means or, repeating the key means and", example="no:ticket",
    ),
    KeyHelp(
        name="reason", takes=Takes.WORDS, words=tuple((reason.value, reason.words) for reason in Reason),
        help="Why it is not simply mapped to a component", example="reason:no-project",
        phrase="the mapping says that",
    ),
    KeyHelp(
        name="tier", takes=Takes.NUMBER, lowest=1, highest=6, is_whole=True,
        help="The evidence by which it is mapped, 1 to 6; 1 is the strongest", example="tier:1..2", phrase="evidence tier is",
    ),
    KeyHelp(
        name="due", takes=Takes.INSTANT, help="When it has to be fixed", example="due:<+7d", phrase="due",
    ),
    KeyHelp(
        name="age", takes=Takes.DURATION, help="How long ago its source first detected it", example="age:>30d",
        phrase="first detected",
    ),
    KeyHelp(
        name="first", takes=Takes.INSTANT, help="When its source first detected it", example="first:>=2026-09-01",
        phrase="first detected",
    ),
    KeyHelp(
        name="last", takes=Takes.INSTANT, help="When its source last saw it", example="last:<-14d",
        phrase="last detected",
    ),
    _texts("cve", "The advisory it is about: a CVE or GHSA id", "cve:CVE-2021-44228", "advisory is"),
    KeyHelp(
        name="epss", takes=Takes.NUMBER, highest=1, help="Chance that it is exploited in the next 30 days, 0 to 1",
        example="epss:>=0.1", phrase="EPSS is",
    ),
    KeyHelp(
        name="cvss", takes=Takes.NUMBER, highest=10, help="CVSS base score, 0 to 10", example="cvss:7..8.9",
        phrase="CVSS is",
    ),
    KeyHelp(
        name="band", takes=Takes.NUMBER, lowest=0, highest=9, is_whole=True,
        help="Remediation band, 0 to 9; 0 is what was made to harm, 1 the most urgent of the rest",
        example="band:<=2", phrase="remediation band is",
    ),
    _texts("rule", "What was violated: the rule's id at its source", "rule:wc-id-1001"),
    _texts("resource", "What is affected: any id of the resource", "resource:arn:aws:s3:::receipts"),
    _texts("package", "The package it is in", "package:jackson-databind"),
    _texts("bundle", "The action that closes it", "bundle:package:jackson-databind"),
    _texts("ecosystem", "Where the package comes from", "ecosystem:npm,maven", folded=True),
    _texts("source", "The configured source that reported it", "source:main"),
    _texts("project", "The project's id at its source", "project:7f2c1a9e-0d7b-4c59-9a52-3f0d8e6f4b11"),
    _texts("account", "The cloud account that the resource is in", "account:123456789012"),
    _texts("region", "The region that the resource is in", "region:eu-central-1", folded=True),
    _texts("cloud", "The cloud that the resource is in", "cloud:aws", folded=True),
    _texts("env", "The environment that the resource serves", "env:production", "environment is", folded=True),
    _texts("tag", "A tag of the resource, with or without its value", "tag:team=payments", "tagged"),
    _texts("campaign", "The campaign that was begun with it, by its number", "campaign:3 is:open", "in campaign"),
    _texts("ticket", "A ticket that it has here: its key, its number here, or its tracker", "ticket:PAY-12", "has the ticket"),
    _texts("id", "Its number here or its id at its source", "id:4711"),
    KeyHelp(
        name="sort", takes=Takes.CHOICE, words=_plain(order.value for order in Order),
        help="The order of the list", example="sort:due",
    ),
    KeyHelp(
        name="group", takes=Takes.CHOICE, words=_plain(grouping.value for grouping in Grouping),
        help="What rows are put together by", example="group:fix",
    ),
)  # fmt: skip
"""All keys, the most used first."""

BY_NAME: dict[str, KeyHelp] = {key.name: key for key in KEYS}

_OTHER_NAMES = {
    "assignee": "owner", "created": "first", "deadline": "due", "detected": "first",
    "environment": "env", "label": "tag", "opened": "first", "order": "sort", "repo": "resource", "score": "cvss",
    "repository": "resource", "seen": "last", "sla": "due", "state": "status", "team": "owner", "type": "kind",
    "updated": "last", "user": "owner", "vuln": "cve", "vulnerability": "cve",
}  # fmt: skip
"""What people call a key elsewhere: for suggestions only, since one thing has one name here."""


def alike(word: str, known: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that `word` was probably meant to be, at least `cutoff` alike (1: equal). None: there is none."""
    # Comparing costs the product of both lengths, so that only what could be a word is compared.
    word = word[:40].lower()
    begun = [each for each in known if len(word) >= 3 and each.startswith(word)]
    return next(iter(begun or difflib.get_close_matches(word, known, n=1, cutoff=cutoff)), None)


def alike_key(name: str, *, cutoff: float = 0.6) -> str | None:
    """The key that `name` was probably meant to be, also by what it is called elsewhere."""
    name = name.lower()
    return _OTHER_NAMES.get(name) or alike(name, BY_NAME, cutoff=cutoff)
