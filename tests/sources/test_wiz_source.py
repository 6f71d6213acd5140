"""The Wiz source against a Wiz on loopback: plans, pages, splits, faults."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from callboard.domain.finding import Kind, Observed, Severity
from callboard.domain.instant import HOUR, SECOND, Instant, from_text, to_text
from callboard.domain.run import Mode, Part
from callboard.errors import SourceChangedError, SourceRefusedError, SourceUnreachableError
from callboard.ports import RawPage, Split
from callboard.sources.wiz.config import WizScope
from callboard.sources.wiz.filters import Ask
from callboard.sources.wiz.source import WizSource
from tests.sources.fake_wiz import FakeWiz, page, refusal

Make = Callable[..., WizSource]

NOW = from_text("2026-08-20T12:00:00Z")
ISSUE_PART = Part(name="issue/x", kind="issue", filter=Ask(filter={"status": ["OPEN"]}, high=NOW).encode())
VULNERABILITY_PART = Part(
    name="vulnerability/x", kind="vulnerability", filter=Ask(filter={"status": ["OPEN"]}, high=NOW).encode()
)


def issue(number: int) -> dict[str, Any]:
    """An issue as Wiz would answer it, as small as it may be."""
    return {
        "updatedAt": "2026-08-02T00:00:00Z",
        "id": f"issue-{number}",
        "type": "TOXIC_COMBINATION",
        "severity": "HIGH",
        "status": "OPEN",
        "createdAt": "2026-08-01T00:00:00Z",
        "entitySnapshot": {"id": "bucket-1", "type": "BUCKET", "name": "bucket"},
        "sourceRules": [{"__typename": "Control", "id": "wc-id-1", "name": "Public bucket"}],
        "projects": None,
    }


async def read(source: WizSource, part: Part, cursor: str | None = None) -> list[RawPage | Split]:
    """All that a part gives."""
    return [found async for found in source.pages(part, cursor)]


def ids(pages: list[RawPage | Split]) -> list[str]:
    """The ids of all records on pages."""
    return [json.loads(bytes(node.raw))["id"] for found in pages if isinstance(found, RawPage) for node in found.nodes]


async def test_a_walk_reads_every_page_and_counts_only_on_the_first(wiz: FakeWiz, source_at: Make) -> None:
    """Pages follow the cursor to the end; the total is asked for once; nodes parse."""
    wiz.answers = [
        page([issue(1), issue(2)], cursor="c1", more=True, totalCount=3),
        page([issue(3)], cursor="c2", totalCount=0),
    ]
    source = source_at(wiz)
    pages = await read(source, ISSUE_PART)
    assert ids(pages) == ["issue-1", "issue-2", "issue-3"]
    assert [found.cursor for found in pages if isinstance(found, RawPage)] == ["c1", None]
    assert [asked["variables"]["counted"] for asked in wiz.asked] == [True, False]
    assert [asked["variables"]["after"] for asked in wiz.asked] == [None, "c1"]
    assert all(isinstance(found, RawPage) and found.expected == 3 for found in pages)
    node = pages[0].nodes[0] if isinstance(pages[0], RawPage) else None
    assert node is not None
    assert b"updatedAt" not in bytes(node.stable)
    observed = source.parse("issue", node.raw)
    assert isinstance(observed, Observed)
    assert (observed.title, observed.severity, observed.projects) == ("Public bucket", Severity.HIGH, ())


@pytest.mark.fault("F2")
async def test_a_walk_goes_on_from_a_cursor(wiz: FakeWiz, source_at: Make) -> None:
    """A resumed part neither counts nor minds that it sees fewer records than there are."""
    wiz.answers = [page([issue(3)], cursor="c2")]
    assert ids(await read(source_at(wiz), ISSUE_PART, "c1")) == ["issue-3"]
    assert wiz.asked[0]["variables"]["after"] == "c1"
    assert wiz.asked[0]["variables"]["counted"] is False


async def test_an_empty_page_that_says_there_is_more_is_walked_over(wiz: FakeWiz, source_at: Make) -> None:
    """Legal at Wiz: the rows were not ours to see."""
    wiz.answers = [page([], cursor="c1", more=True, totalCount=1), page([issue(1)], cursor="")]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1"]


@pytest.mark.fault("F8")
@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([page([issue(1)], cursor="c1", more=True), page([issue(2)], cursor="c1", more=True)], "cursor repeats"),
        ([page([issue(1)], cursor=None, more=True)], "not where"),
        ([page([issue(1)], cursor="", more=True)], "not where"),
        ([page(None, totalCount=7)], "handed out 0"),
        ([page([issue(1)] * 20, totalCount=5000)], "handed out 20"),
        ([{"data": {"page": {"pageInfo": {"hasNextPage": False}}}}], "without nodes"),
        ([{"data": {"page": {"nodes": []}}}], "without pageInfo"),
        ([{"data": {"page": {"nodes": [], "pageInfo": None}}}], "without pageInfo"),
        ([{"data": {"page": None}}], "without data"),
        ([{"data": None}], "without data"),
        ([{}], "without data"),
        ([{"data": {"page": {"nodes": 7, "pageInfo": {}}}}], "another shape"),
        ([refusal("NOT_FOUND", "Resource not found")], "Resource not found"),
        ([refusal("BAD_USER_INPUT", "Field nope is not defined")], "Field nope is not defined"),
        ([(400, refusal("GRAPHQL_VALIDATION_FAILED", "Cannot query"))], "Cannot query"),
        ([refusal("NEVER_HEARD", "odd\x00 message")], "odd message (NEVER_HEARD)"),
        ([refusal(None, "plain", data={"page": {"nodes": [], "pageInfo": {"hasNextPage": False}}})], "plain"),
        ([(404, b"no such page")], "no GraphQL endpoint"),
        ([(418, b"teapot")], "418"),
    ],
)
async def test_an_answer_that_cannot_be_trusted_is_never_an_empty_list(
    wiz: FakeWiz, source_at: Make, answers: list[Any], sentence: str
) -> None:
    """Each is an error with its sentence, never "0 findings"."""
    wiz.answers = answers
    with pytest.raises(SourceChangedError) as caught:
        await read(source_at(wiz), ISSUE_PART)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (refusal("UNAUTHORIZED", "missing"), "read:issues"),
        (refusal("FORBIDDEN", "missing"), "read:issues"),
        (refusal("FORBIDDEN_IP"), "network address"),
        ((403, refusal("FORBIDDEN_IP")), "network address"),
        ((403, b"<html>forbidden</html>"), "403"),
        ((401, b"{}"), "fresh token"),
        (refusal("UNAUTHENTICATED"), "fresh token"),
    ],
)
async def test_a_refusal_is_not_retried(
    wiz: FakeWiz, source_at: Make, slept: list[float], answer: object, sentence: str
) -> None:
    """Asking again would not help, so it is said at once what is missing."""
    wiz.answers = [answer]
    with pytest.raises(SourceRefusedError) as caught:
        await read(source_at(wiz), ISSUE_PART)
    assert sentence in f"{caught.value} {caught.value.hint}"
    assert slept == []


def broken_off(request: web.Request, _: dict[str, Any]) -> object:
    """An answer whose connection is cut in the middle."""

    async def respond() -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"data": {"page"')
        assert request.transport is not None
        request.transport.close()
        return response

    return respond()


@pytest.mark.fault("F7", "F9")
@pytest.mark.parametrize(
    "fault",
    [
        (500, b"oops"),
        (502, b"<html>"),
        (503, b"", {"Retry-After": "2"}),
        (429, b"slow down", {"Retry-After": "3"}),
        (429, b""),
        (200, b'{"data": {"page": {"nodes": [{"id": "1"'),
        (200, b"\xff\xfe"),
        refusal("RATE_LIMIT_EXCEEDED"),
        refusal("INTERNAL", "inside"),
        broken_off,
    ],
)
async def test_a_passing_fault_is_asked_again(wiz: FakeWiz, source_at: Make, slept: list[float], fault: object) -> None:
    """The page comes whole on the second try."""
    wiz.answers = [fault, page([issue(1)], totalCount=1)]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1"]
    assert len(slept) == 1
    if isinstance(fault, tuple) and len(fault) == 3:
        wait = float(fault[2]["Retry-After"])
        assert wait <= slept[0] <= wait + 1


@pytest.mark.fault("F10")
async def test_a_lasting_fault_ends_as_unreachable_and_is_probed_once_then(
    wiz: FakeWiz, source_at: Make, slept: list[float]
) -> None:
    """Six tries with growing, jittered waits; then one try a call, until one succeeds."""
    wiz.answers = [(503, b"")]
    source = source_at(wiz)
    with pytest.raises(SourceUnreachableError, match="503, after 6 tries"):
        await read(source, ISSUE_PART)
    assert len(wiz.asked) == 6
    assert len(slept) == 5
    assert all(0 <= wait <= 30 for wait in slept)
    with pytest.raises(SourceUnreachableError, match="after 1 try"):
        await read(source, ISSUE_PART)
    assert len(wiz.asked) == 7
    wiz.answers = [page([], totalCount=0)]
    await read(source, ISSUE_PART)
    wiz.answers = [(503, b""), page([], totalCount=0)]
    await read(source, ISSUE_PART)


@pytest.mark.fault("F10")
async def test_the_retry_budget_bounds_extra_calls(wiz: FakeWiz, source_at: Make) -> None:
    """A server that fails every second call is not asked twice as often for ever."""
    source = source_at(wiz)
    calls = 0

    async def go_on() -> None:
        nonlocal calls
        for _ in range(40):
            wiz.answers = [(500, b""), page([], totalCount=0)]
            await read(source, ISSUE_PART)
            calls += 1

    with pytest.raises(SourceUnreachableError):
        await go_on()
    assert 9 <= calls <= 12


@pytest.mark.fault("F11")
async def test_a_token_that_ends_early_costs_one_page_not_the_walk(wiz: FakeWiz, source_at: Make) -> None:
    """After a 401 the failed page alone is asked again with a fresh token."""
    wiz.answers = [
        page([issue(1)], cursor="c1", more=True),
        (401, b"{}"),
        page([issue(2)], cursor="c2"),
    ]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1", "issue-2"]
    assert wiz.authorizations == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


@pytest.mark.fault("F11")
async def test_many_callers_mint_one_token(wiz: FakeWiz, source_at: Make) -> None:
    """First use, expiry and refusal are single flights."""
    clock = [0.0]
    wiz.answers = [page([], totalCount=0)]
    source = source_at(wiz, monotonic=lambda: clock[0])
    await asyncio.gather(*(read(source, ISSUE_PART) for _ in range(4)))
    assert wiz.tokens == 1
    clock[0] = 3600 - 61
    await read(source, ISSUE_PART)
    assert wiz.tokens == 1
    clock[0] = 3600 - 59
    await asyncio.gather(*(read(source, ISSUE_PART) for _ in range(4)))
    assert wiz.tokens == 2


@pytest.mark.fault("F11")
@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        ((401, {"error": "access_denied", "error_description": "Unauthorized"}), SourceRefusedError, "id and secret"),
        ((400, {"error": "invalid_client"}), SourceRefusedError, "id and secret"),
        ((401, {"error": "access_denied", "error_description": "account expired"}), SourceRefusedError, "expired"),
        ((403, {"error": "forbidden", "error_description": "IP not allowed"}), SourceRefusedError, "network address"),
        ((403, b""), SourceRefusedError, "forbids"),
        ((403, {"error": "insufficient_scope"}), SourceRefusedError, "scope"),
        ((400, {"error": "invalid_request", "error_description": "bad audience"}), SourceRefusedError, "audience"),
        ((200, b"<html>"), SourceChangedError, "without a token"),
        ((200, {"access_token": ""}), SourceChangedError, "without a token"),
        ((404, b""), SourceChangedError, "404"),
        ((429, b"", {"Retry-After": "10000"}), SourceUnreachableError, "rate limited"),
        ((500, b""), SourceUnreachableError, "500"),
    ],
)
async def test_each_refusal_of_a_token_has_its_own_sentence(
    wiz: FakeWiz, source_at: Make, slept: list[float], *, answer: object, error: type[Exception], sentence: str
) -> None:
    """And no sentence repeats a secret."""
    wiz.token_answers = [answer]
    with pytest.raises(error) as caught:
        await read(source_at(wiz), ISSUE_PART)
    assert sentence in str(caught.value)
    assert "s3cret" not in repr(caught.value)
    assert sum(slept) <= 900


async def test_a_token_is_asked_for_as_each_generation_expects(wiz: FakeWiz, source_at: Make) -> None:
    """A form with the audience of the token host."""
    wiz.answers = [page([], totalCount=0)]
    await read(source_at(wiz, audience="beyond-api"), ISSUE_PART)
    assert wiz.forms[0] == {
        "grant_type": "client_credentials",
        "client_id": f"client-{wiz.url}",
        "client_secret": "s3cret-of-the-tests",
        "audience": "beyond-api",
    }


async def test_a_page_that_is_too_costly_is_halved(wiz: FakeWiz, source_at: Make) -> None:
    """500, 250, 125; and the tenant's size is remembered."""
    heavy = refusal("BAD_USER_INPUT", "input exceeded the allowed cost")
    wiz.answers = [heavy, heavy, page([issue(1)], cursor="c", more=True), page([issue(2)])]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1", "issue-2"]
    assert [asked["variables"]["first"] for asked in wiz.asked] == [500, 250, 125, 125]


async def test_a_tenant_without_a_union_member_gets_the_base_document(wiz: FakeWiz, source_at: Make) -> None:
    """The refusal costs one call, once."""
    wiz.answers = [refusal("BAD_USER_INPUT", "Unknown type VulnerableAssetRepositoryBranch"), page([], totalCount=0)]
    source = source_at(wiz)
    await read(source, VULNERABILITY_PART)
    await read(source, VULNERABILITY_PART)
    assert ["RepositoryBranch" in asked["query"] for asked in wiz.asked] == [True, False, False]


async def test_an_older_tenant_gets_the_older_filter_names(wiz: FakeWiz, source_at: Make) -> None:
    """`projectIdV2` becomes `projectId`, and is remembered."""
    narrow = ("open",)  # so that no words have to be asked for
    refused = refusal("BAD_USER_INPUT", 'Field "projectIdV2" is not defined by type "VulnerabilityFindingFilters"')
    wiz.answers = [refused, page([], totalCount=0)]
    source = source_at(wiz, scope=WizScope(projects=("p1",), statuses=narrow))
    part = next(part for part in source.plan(Mode.FULL, since=None, now=NOW) if part.kind == "vulnerability")
    await read(source, part)
    await read(source, part)
    sent = [asked["variables"]["filterBy"] for asked in wiz.asked]
    assert sent[0]["projectIdV2"] == {"equals": ["p1"]}
    assert [entry.get("projectId") for entry in sent] == [None, ["p1"], ["p1"]]


async def test_a_part_over_the_window_is_split_without_loss(wiz: FakeWiz, source_at: Make) -> None:
    """Every row falls into exactly one leaf or into two that touch, whatever `after` and `before` include."""
    rows = [Instant(NOW - number * number * HOUR - SECOND // 2) for number in range(60)]

    def answer(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        between = body["variables"]["filterBy"].get("firstSeenAt", {})
        low = from_text(between["after"]) if "after" in between else None
        high = from_text(between["before"]) if "before" in between else None
        found = [at for at in rows if (low is None or at > low) and (high is None or at < high)]
        return web.json_response(page([{"id": to_text(at)} for at in found], totalCount=len(found)))

    wiz.answers = [answer]
    source = source_at(wiz, window=7)
    todo = [VULNERABILITY_PART]
    names: list[str] = []
    seen: list[str] = []
    while todo:
        part = todo.pop()
        names.append(part.name)
        for found in await read(source, part):
            if isinstance(found, Split):
                todo += found.parts
            else:
                assert len(found.nodes) <= 7
                seen += ids([found])
    assert len(set(names)) == len(names)
    assert set(seen) == {to_text(at) for at in rows}
    assert len(seen) == len(rows)


def enum_field(name: str, *words: str) -> dict[str, Any]:
    """A field of a filter as introspection tells it."""
    values = [{"name": word} for word in words]
    return {"name": name, "type": {"ofType": {"ofType": {"enumValues": values}}}}


SIMPLE_FIELD = {"name": "hasFix", "type": {"ofType": None}}
STRANGE_WORDS = {
    "data": {"page": {"nodes": [SIMPLE_FIELD, enum_field("status", "OPEN", "MUTED"), enum_field("severity", "SEVERE")]}}
}


@pytest.mark.fault("F15")
@pytest.mark.parametrize(
    ("told", "status", "severity"),
    [
        (STRANGE_WORDS, ["OPEN", "IN_PROGRESS", "MUTED"], ["MEDIUM", "LOW", "INFORMATIONAL", "SEVERE"]),
        (
            refusal("BAD_USER_INPUT", "introspection is off"),
            ["OPEN", "IN_PROGRESS"],
            ["MEDIUM", "LOW", "INFORMATIONAL"],
        ),
        (refusal("FORBIDDEN"), ["OPEN", "IN_PROGRESS"], ["MEDIUM", "LOW", "INFORMATIONAL"]),
        (page([{"name": 7}]), ["OPEN", "IN_PROGRESS"], ["MEDIUM", "LOW", "INFORMATIONAL"]),
        ({"data": {"page": None}}, ["OPEN", "IN_PROGRESS"], ["MEDIUM", "LOW", "INFORMATIONAL"]),
    ],
    ids=["told", "off", "forbidden", "odd", "null"],
)
async def test_words_that_are_newer_than_callboard_are_asked_for(
    wiz: FakeWiz, source_at: Make, told: object, status: list[str], severity: list[str]
) -> None:
    """The tenant's own words join those we know, for one call; who does not tell them is asked for ours."""
    wiz.answers = [told, page([issue(1)], totalCount=1)]
    source = source_at(wiz)
    part = next(part for part in source.plan(Mode.FULL, since=None, now=NOW) if part.name == "issue/open-other")
    assert ids(await read(source, part)) == ["issue-1"]
    assert ids(await read(source, part)) == ["issue-1"]
    sent = [asked["variables"]["filterBy"] for asked in wiz.asked[1:]]
    assert sent == [{"status": status, "severity": severity}] * 2


async def test_a_failure_to_tell_the_words_is_no_answer(wiz: FakeWiz, source_at: Make) -> None:
    """What may pass is asked again with the next part; the part itself is read."""
    wiz.answers = [*[(503, b"")] * 6, page([issue(1)], totalCount=1), STRANGE_WORDS, page([issue(1)], totalCount=1)]
    source = source_at(wiz)
    part = next(part for part in source.plan(Mode.FULL, since=None, now=NOW) if part.name == "issue/open-other")
    assert ids(await read(source, part)) == ["issue-1"]
    assert ids(await read(source, part)) == ["issue-1"]
    assert wiz.asked[-1]["variables"]["filterBy"]["status"] == ["OPEN", "IN_PROGRESS", "MUTED"]


async def test_the_doctor_names_words_that_are_newer_than_callboard(wiz: FakeWiz, source_at: Make) -> None:
    """Known or not, or not told at all."""
    words: list[Any] = [STRANGE_WORDS]

    def answer(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if "__type(" in body["query"]:
            return web.json_response(words[0])
        return web.json_response(page([], totalCount=5))

    wiz.answers = [answer]
    (check,) = [check for check in await source_at(wiz).check() if check.subject == "words"]
    assert check.ok is None
    assert "MUTED, SEVERE" in check.message
    words[0] = refusal("BAD_USER_INPUT")
    (check,) = [check for check in await source_at(wiz).check() if check.subject == "words"]
    assert check.ok is None
    assert "does not say" in check.message
    words[0] = {"data": {"page": {"nodes": [enum_field("status", "OPEN"), enum_field("severity", "HIGH")]}}}
    (check,) = [check for check in await source_at(wiz).check() if check.subject == "words"]
    assert check.ok


def by_asked_ids(hidden: set[str]) -> Callable[..., web.StreamResponse]:
    """Answers those ids that it is asked for; the hidden ones only when every status is named."""

    def answer(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if "__type(" in body["query"]:
            return web.json_response(STRANGE_WORDS)
        chosen = body["variables"]["filterBy"]
        found = [{"id": each} for each in chosen["id"] if "status" in chosen or each not in hidden]
        return web.json_response(page(found, totalCount=len(found)))

    return answer


async def test_ids_are_asked_for_in_batches_whatever_the_scope(wiz: FakeWiz, source_at: Make) -> None:
    """1,001 ids are three calls, each with one list of ids and nothing else to narrow it."""
    wiz.answers = [by_asked_ids(set())]
    wanted = [f"id-{number}" for number in range(1001)]
    pages = [found async for found in source_at(wiz).by_ids(Kind.ISSUE, [*wanted, "id-0"])]
    assert len(pages) == 3
    sent = [asked["variables"]["filterBy"] for asked in wiz.asked]
    assert [len(entry["id"]) for entry in sent] == [500, 500, 1]
    assert all(set(entry) == {"id"} for entry in sent)


async def test_an_id_is_only_unknown_when_no_status_brings_it(wiz: FakeWiz, source_at: Make) -> None:
    """A tenant that leaves out closed findings unless their status is named is asked again, for those alone."""
    wiz.answers = [by_asked_ids({"closed", "muted"})]
    pages: list[RawPage | Split] = [
        found async for found in source_at(wiz).by_ids(Kind.MISCONFIGURATION, ["open", "closed", "muted"])
    ]
    assert ids(pages) == ["open", "closed", "muted"]
    assert wiz.asked[-1]["variables"]["filterBy"] == {
        "id": ["closed", "muted"],
        "status": ["OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED", "MUTED"],
        "includeDeleted": True,
    }


@pytest.mark.attack("A29")
async def test_half_a_surrogate_pair_costs_neither_the_page_nor_the_record(wiz: FakeWiz, source_at: Make) -> None:
    """One bad text among good records is repaired."""
    body = json.dumps(page([issue(1), issue(2)], totalCount=2)).replace("issue-2", "issue-2\\ud800").encode()
    wiz.answers = [(200, body)]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1", "issue-2"]


async def test_a_compressed_answer_is_read(wiz: FakeWiz, source_at: Make) -> None:
    """Pages are asked for and read as gzip."""
    body = gzip.compress(json.dumps(page([issue(1)], totalCount=1)).encode())
    wiz.answers = [(200, body, {"Content-Encoding": "gzip"})]
    assert ids(await read(source_at(wiz), ISSUE_PART)) == ["issue-1"]


async def test_an_estimate_only_counts(wiz: FakeWiz, source_at: Make) -> None:
    """Each part costs one call for one row, beside one a kind for the words of its filter."""
    wiz.answers = [page([{"id": "1"}], totalCount=1234)]
    source = source_at(wiz)
    sizes = [size async for size in source.estimate(now=NOW)]
    assert [size.part for size in sizes] == [part.name for part in source.plan(Mode.FULL, since=None, now=NOW)]
    assert {(size.count, size.calls, size.capped) for size in sizes} == {(1234, 3, False)}
    assert {asked["variables"]["first"] for asked in wiz.asked if "__type(" not in asked["query"]} == {1}
    assert len(wiz.asked) == len(sizes) + 3


async def test_the_doctor_names_the_scope_that_is_missing(wiz: FakeWiz, source_at: Make) -> None:
    """Each kind is tried; the missing one says which scope it wants."""

    def answer(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if "serviceAccounts" in body["query"]:
            return web.json_response(refusal("UNAUTHORIZED"))
        if "vulnerabilityFindings" in body["query"]:
            return web.json_response(refusal("UNAUTHORIZED"))
        return web.json_response(page([], totalCount=5))

    wiz.answers = [answer]
    checks = {check.subject: check for check in await source_at(wiz).check()}
    assert checks["token"].ok
    assert checks["issue"].ok
    assert checks["vulnerability"].ok is False
    assert "read:vulnerabilities" in f"{checks['vulnerability'].message} {checks['vulnerability'].hint}"


async def test_the_doctor_stops_at_a_refused_token(wiz: FakeWiz, source_at: Make) -> None:
    """Without a token nothing else could work."""
    wiz.token_answers = [(401, {"error": "access_denied"})]
    (check,) = await source_at(wiz).check()
    assert check.ok is False
    assert "id and secret" in check.message
