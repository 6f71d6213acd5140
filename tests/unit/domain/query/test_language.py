"""The query language: what is read, what it means, and how it is written."""

from __future__ import annotations

import pytest

from callboard.domain.instant import DAY, Instant
from callboard.domain.query import (
    FOR_A_PERSON,
    FOR_ANYBODY,
    KEYS,
    Between,
    Grouping,
    Match,
    Number,
    OneOf,
    Order,
    Query,
    Relative,
    Takes,
    Text,
    parse,
)
from callboard.domain.query.words import BY_NAME, alike_key
from callboard.errors import InvalidQueryError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" \t\n is:open \r\n", "is:open"),
        ("severity:high severity:critical", "severity:critical,high"),
        ("severity:high,critical,high", "severity:critical,high"),
        ("-severity:low -severity:info", "-severity:info,low"),
        ("severity:high -severity:low", "severity:high -severity:low"),
        ("Severity:HIGH STATUS:Ignored", "severity:high status:rejected"),
        ("is:open is:kev", "is:kev is:open"),
        ("is:open,kev", "is:kev,open"),
        ("is:open is:open", "is:open"),
        ("-is:open -is:kev", "-is:kev,open"),
        ("owner:Payments,group:payments,user:default/Joe,ops/night", "owner:ops/night,payments,user:joe"),
        ("owner:@ME", "owner:@me"),
        ("owner:group:@me", "owner:group:@me"),
        ("component:default/checkout-api system:api:default/x", "component:checkout-api system:api:x"),
        ("cve:cve-2021-44228,ghsa-jfh8-c2jp-5v3q,go-2024-2687", "cve:CVE-2021-44228,GHSA-JFH8-C2JP-5V3Q,GO-2024-2687"),
        ("region:EU-Central-1 resource:A/b", "region:eu-central-1 resource:A/b"),
        ("resource:arn:aws:s3:::receipts", "resource:arn:aws:s3:::receipts"),
        ('tag:"cost center=a,b",team', 'tag:"cost center=a,b",team'),
        ('rule:"plain",">odd"', 'rule:">odd",plain'),
        (r'rule:"say \"a\" \\ \d"', r'rule:"say \"a\" \\ \\d"'),
        ("age:>1y", "age:>365d"),
        ("age:>=2W", "age:>=14d"),
        ("age:<36h", "age:<36h"),
        ("age:24h..2m", "age:1d..60d"),
        ("age:>30d age:<60d", "age:<60d age:>30d"),
        ("due:<+7d", "due:<+7d"),
        ("due:Today", "due:today"),
        ("due:today..+1w", "due:today..+7d"),
        ("due:-0d", "due:+0d"),
        ("first:>=2026-09-01", "first:>=2026-09-01"),
        ("first:2026-09-01..2026-09-01", "first:2026-09-01"),
        ("last:2026-09-01T10:00", "last:2026-09-01T10:00:00Z"),
        ("last:<=2026-09-01t10:00:00.5+02:00", "last:<=2026-09-01T08:00:00.500000Z"),
        ("epss:>=0.10 cvss:7.0..8.9 band:3", "band:3 cvss:7..8.9 epss:>=0.1"),
        ("-epss:0..0.000000001", "-epss:0..0.000000001"),
        ("Log4J", "log4j"),
        ("log4*", "log4*"),
        ("*log4*", "log4"),
        ('"Two   words"', '"two words"'),
        ('"two words"*', '"two words"*'),
        ('*"two words"*', '*"two words"*'),
        ('*"plain"*', "plain"),
        ("-log4j", "-log4j"),
        ('-"go"', '-"go"'),
        ('*"severity:high"*', '*"severity:high"*'),
        ("zebra is:open apple", "is:open apple zebra"),
    ],
)
def test_a_query_has_one_text(text: str, canonical: str) -> None:
    """Sorted, with the shortest spelling of each value, quoted only where it must be."""
    query = parse(text)
    assert query.canonical == f"{canonical} sort:do-now".strip()
    assert parse(query.canonical) == query


@pytest.mark.parametrize(
    "pasted",
    [
        "arn:aws:s3:::receipts",
        "arn:aws:iam::123456789012:role/checkout",
        "CVE-2021-44228",
        "GHSA-jfh8-c2jp-5v3q",
        "7f2c1a9e-0d7b-4c59-9a52-3f0d8e6f4b11",
        "redis:7",
        "node:18-alpine",
        "nginx:1.25.3",
        "nginx:latest",
        "checkout:3f2a9c1",
        "repo/app:1.2",
        "ghcr.io/shop/app:v1.2@sha256:" + "ab" * 32,
        "sha256:" + "ab" * 32,
        "pkg:npm/%40scope/name@1.2.3",
        "urn:uuid:7f2c1a9e-0d7b-4c59-9a52-3f0d8e6f4b11",
        "https://portal.example/x?a=b#c",
        "github.com##shop/checkout",
        "/subscriptions/1/resourceGroups/x",
        "//compute.googleapis.com/projects/x",
        "AWS::S3::Bucket",
        "org.apache:commons:1.2",
        "db.example:5432",
        "10:30",
        "CKV_AWS_20",
        "joe@shop.example",
        "@types/node",
        "C++",
        "日本語",
        "a\\b\\c",
        "#123",
        "(x)",
    ],
)
def test_a_pasted_id_is_found_anywhere(pasted: str) -> None:
    """Without quotes: to paste an id is the most common search."""
    assert parse(pasted).terms == (Text(pasted, Match.PART),)
    assert parse(f"is:open {pasted}").canonical == f"is:open {pasted.casefold()} sort:do-now"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("is:open sev:high", 'Unknown filter "sev:" at character 9.', 'Did you mean "severity:"?'),
        ("-state:open", 'Unknown filter "state:" at character 1.', 'Did you mean "status:"?'),
        ("score:7.5", 'Unknown filter "score:"', '"cvss:"'),
        ("user:joe", 'Unknown filter "user:"', '"owner:"'),
        ("kev:yes", 'Unknown filter "kev:" at character 1.', 'Did you mean "is:kev"?'),
        ("is:open Overdue:true", 'Unknown filter "Overdue:"', 'Did you mean "is:overdue"?'),
        ("exposed:false", 'Unknown filter "exposed:"', 'Did you mean "-is:exposed"?'),
        ("foo:bar", 'Unknown filter "foo:"', 'put it into quotes: "foo:bar"'),
        ("url:https://x", 'Unknown filter "url:"', "quotes"),
        ("arn:", 'Unknown filter "arn:"', "quotes"),
        ("severity:hihg", '"severity:" does not know "hihg" at character 10.', 'Did you mean "severity:high"?'),
        ("severity:high,zzz", '"zzz" at character 15.', "Known are critical, high"),
        ("status:in_progress", "does not know", 'Did you mean "status:in-progress"?'),
        ("group:default/payments", '"group:" does not know', 'write "owner:default/payments"'),
        ("severity:", '"severity:" lacks a value at character 10.', "without a space"),
        ("severity: high", "lacks a value", "without a space after a colon"),
        ("severity:high, low", '"severity:" lacks a value at character 15.', "comma"),
        ("severity:,high", "lacks a value at character 10", "comma"),
        ('rule:" "', "lacks a value at character 6", "For example"),
        ("severity:>low", '"severity:" compares nothing, but ">" stands at character 10.', "quotes"),
        ('rule:"a"b', '"rule:" cannot go on with "b" at character 9.', "space"),
        ('rule:a"b"', 'cannot go on with """ at character 7.', "quotes"),
        ("component:@me", '"component:" does not know "@me"', '"owner:@me"'),
        ("owner:a:b:c", 'cannot read "a:b:c" as an entity at character 7.', "group:default/name"),
        ("cve:2021-44228", "is not the id of an advisory at character 5.", 'Did you mean "cve:CVE-2021-44228"?'),
        ("cve:CVE-21-1", "is not the id of an advisory", "For example"),
        ("tag:=x", "The tag lacks its key at character 5.", "tag:team=payments"),
        ("age:30", '"age:" cannot read "30" at character 5.', "for example 30d"),
        ("age:>-3d", 'cannot read "-3d" at character 6.', "h, d, w, m (30 days) or y"),
        ("age:>101y", 'cannot read "101y"', "a hundred years"),
        ("age:30d,60d", "takes one value or one range at character 9.", "age:>30d"),
        ("age:>30d..60d", '"age:" cannot go on with "." at character 9.', "space"),
        ("age:60d..30d", 'The range of "age:" ends before it begins at character 5.', "Swap"),
        ("age:1d..", "lacks a value at character 9", "For example"),
        ("due:7d", 'cannot read "7d"', "-7d is that long ago, +7d that far ahead"),
        ("due:soon", 'cannot read "soon"', "today"),
        ("first:2026-02-30", 'cannot read "2026-02-30"', "no such day"),
        ("first:1969-12-31", 'cannot read "1969-12-31"', "1970"),
        ("first:2026-09-01T25:00Z", "cannot read", "no such day or time"),
        ("first:0001-01-01T00:00+14:00", "cannot read", "1970"),
        ("first:2026-09-02..2026-09-01", "ends before it begins", "Swap"),
        ("first:2026-09-01T10:00Z..2026-09-01T09:00Z", "ends before it begins", "Swap"),
        ("epss:1.1", 'cannot read "1.1"', "from 0 to 1"),
        ("cvss:high", 'cannot read "high"', "from 0 to 10"),
        ("band:10", 'cannot read "10"', "whole number from 0 to 9"),
        ("band:1.5", 'cannot read "1.5"', "whole number"),
        ("sort:due sort:due", 'A second "sort:" at character 10.', "Once"),
        ("-sort:due", '"sort:" cannot be negated at character 1.', "Take"),
        ("group:fix,rule", '"group:" takes one word at character 11.', "group:fix"),
        ("sort:oldset", "does not know", 'Did you mean "sort:oldest"?'),
        ("-", 'A "-" without a term', "quotes"),
        ("--rm", 'A "-" without a term', "quotes"),
        ("is:open - is:kev", 'A "-" without a term behind it at character 9.', "quotes"),
        ("ab", 'The text "ab" is too short at character 1.', "3 characters"),
        ("ab*", 'The text "ab" is too short', "3 characters"),
        ('"a"', 'The text "a" is too short', "2 characters"),
        ('""', 'The text "" is too short', "2 characters"),
        ('is:open "abc', "A quote mark is opened and not closed at character 9.", "Close it"),
        ('rule:"abc', "A quote mark is opened and not closed at character 6.", "Close it"),
        ('"abc\\"', "A quote mark is opened and not closed", "Close it"),
        ('abc"def', "A quote mark inside a word at character 4.", "whole text into quotes"),
        ('"abc"def', "A quoted text goes on behind its quotes at character 6.", "space"),
        ('*"abc"', "A quoted text goes on", "two stars"),
        ("abc\0def", "A control character (U+0000) at character 4.", "Take it out"),
        ('rule:"\x85"', "A control character (U+0085) at character 7.", "Take it out"),
        ("\ud800bc", "A control character (U+D800)", "Take it out"),
        ("x" * 1_001, "The filter has 1001 characters; 1000 are allowed.", "Leave"),
        ("abc " * 41, "The filter has more than 40 terms.", "Leave"),
        ("id:" + ",".join(["1"] * 201), "The filter has more than 200 values in lists.", "Leave"),
        ("x" * 1_000, "more than 1000 characters when it is written out", "Leave"),
    ],
)
def test_what_cannot_be_read_is_refused_with_place_and_advice(text: str, message: str, hint: str) -> None:
    """A mistake is never a list without the filter."""
    with pytest.raises(InvalidQueryError) as refusal:
        parse(text)
    assert message in refusal.value.message
    assert refusal.value.hint is not None
    assert hint in refusal.value.hint
    assert refusal.value.field == "q"


def test_the_limits_themselves_are_allowed() -> None:
    """Forty terms beside an order and a grouping, two hundred values, a thousand characters written out."""
    assert len(parse(" ".join(f"word{number}" for number in range(40)) + " sort:due group:fix").terms) == 40
    assert len(parse("id:" + ",".join(str(number) for number in range(200))).values("id")) == 200
    assert len(parse("x" * 987 + " sort:due").canonical) == 996


def test_a_name_that_resembles_a_key_is_no_image() -> None:
    """To search for a filter that was mistyped would hide the mistake."""
    for text in ("severty:1.0", "bnad:3", "epps:0.5", "sev:1"):
        with pytest.raises(InvalidQueryError, match="Unknown filter"):
            parse(text)


def test_order_and_grouping_are_part_of_the_query() -> None:
    """And always told, so that a saved query keeps its order."""
    query = parse("SORT:newest group:Fix is:open")
    assert (query.sort, query.group) == (Order.NEWEST, Grouping.FIX)
    assert query.canonical == "is:open group:fix sort:newest"
    assert query.sorted_by(Order.DUE).grouped_by(None).canonical == "is:open sort:due"
    assert query.without("sort", "group").canonical == "is:open sort:do-now"
    assert Query() == parse("") == parse("sort:do-now")


def test_a_facet_adds_and_takes_away_one_value() -> None:
    """Of lists, and of properties that all have to hold."""
    query = parse("is:open severity:high log4j")
    assert query.toggled("severity", "Critical").canonical == "is:open severity:critical,high log4j sort:do-now"
    assert query.toggled("severity", "high").canonical == "is:open log4j sort:do-now"
    assert query.toggled("is", "kev").canonical == "is:kev is:open severity:high log4j sort:do-now"
    assert query.toggled("is", "kev").toggled("is", "kev") == query
    assert query.toggled("owner", "payments").values("owner") == ("group:default/payments",)
    assert parse("-severity:low,info").toggled("severity", "low").canonical == "severity:low -severity:info sort:do-now"
    assert parse("is:open,kev").toggled("is", "kev").canonical == "is:open sort:do-now"
    with pytest.raises(InvalidQueryError, match="does not know"):
        query.toggled("severity", "worst")


def test_a_key_is_replaced_or_dropped_as_a_whole() -> None:
    """Both what is asked for and what is not; texts stay."""
    query = parse("severity:high -severity:low age:>30d log4j")
    assert query.without("severity").canonical == "age:>30d log4j sort:do-now"
    assert query.without("severity", "age").canonical == "log4j sort:do-now"
    assert query.only("severity", ["info"]).canonical == "age:>30d severity:info log4j sort:do-now"
    assert query.only("severity", []) == query.without("severity")
    assert query.values("severity") == ("high",)
    assert query.values("age") == query.values("rule") == ()


@pytest.mark.parametrize(
    ("text", "needs"),
    [("owner:@me", True), ("-owner:@me,x", True), ("is:open,new", True), ("is:mine", True), (FOR_A_PERSON, True),
     (FOR_ANYBODY, False), ("is:open mine @me", False), ("owner:group:@me", False), ("age:>1d", False)],
)  # fmt: skip
def test_a_query_tells_whether_it_depends_on_who_asks(text: str, needs: bool) -> None:  # noqa: FBT001 - a table's column
    """A program has no groups and no last visit."""
    assert parse(text).needs_person is needs


def test_a_term_cannot_be_made_of_what_the_key_does_not_take() -> None:
    """A program's mistakes, found where they are made."""
    week = Relative(7 * DAY)
    for make in (
        lambda: OneOf("age", ("1",)),
        lambda: OneOf("sort", ("due",)),
        lambda: OneOf("severity", ()),
        lambda: Between("severity", Number(1)),
        lambda: Between("age"),
        lambda: Between("age", Relative(-DAY)),
        lambda: Between("age", Number(1)),
        lambda: Between("band", Number(1.5)),
        lambda: Between("age", Relative(DAY), week, includes_low=False),
        lambda: Between("age", week, Relative(DAY)),
        lambda: Relative(1),
        lambda: Text(" "),
        lambda: Between("epss", Number(1)).span(Instant(0)),
    ):
        with pytest.raises(ValueError, match=r"take|ends|hours|nothing|no time"):
            make()
    with pytest.raises(InvalidQueryError, match="lacks a value"):
        OneOf("rule", (" ",))


def test_every_key_has_an_example_that_works() -> None:
    """What help and completion show can be typed."""
    for key in KEYS:
        query = parse(key.example)
        assert f"{key.name}:" in query.canonical
        assert key.help
        assert not key.help.endswith(".")
        assert bool(key.words) == (key.takes in (Takes.WORDS, Takes.CHOICE))
        assert bool(key.kind) == (key.takes is Takes.REFERENCES)
        for word, meaning in key.words:
            assert meaning
            assert parse(f"{key.name}:{word}").canonical
    assert list(BY_NAME) == [key.name for key in KEYS]


def test_every_suggestion_is_a_key() -> None:
    """What is called differently elsewhere leads to a key that exists."""
    for name in ("team", "repo", "Label", "created", "sla", "severety", "pack"):
        assert alike_key(name) in BY_NAME
    assert alike_key("zzz") is None
