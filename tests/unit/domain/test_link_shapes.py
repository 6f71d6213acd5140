"""What a link names, what a template builds, and what is said of a link by its text."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callboard.domain.finding import Kind
from callboard.domain.link import (
    NO_LINK,
    NO_PORTAL,
    LinkRules,
    Shape,
    Verdict,
    build_link,
    filled_template,
    judge,
    link_of,
    read_link,
    template_problem,
)
from callboard.sources.wiz.links import NO_TEMPLATE, TEMPLATES

ID = "a4c0f7f6-1f2b-4a8b-9c58-6b0d4a3b2c1d"
OTHER = "00000000-0000-4000-8000-000000000001"
WIZ = "https://app.wiz.io"
EXPLORER = f"{WIZ}/explorer/vulnerability-findings"
RULES = LinkRules(
    hosts=frozenset({"app.wiz.io", "app.eu1.app.wiz.io", "127.0.0.1"}),
    templates=TEMPLATES,
    no_template=NO_TEMPLATE,
    portal=WIZ,
)
TEMPLATED = LinkRules(
    hosts=RULES.hosts,
    templates={**TEMPLATES, Kind.MISCONFIGURATION: "{portal}/config?finding={id}#top"},
    portal=WIZ,
)


@pytest.mark.parametrize(
    ("url", "shape", "names"),
    [
        (f"{WIZ}/issues#~(issue~'{ID})", Shape.ISSUE, ID),
        (f"{WIZ}/issues/#~(issue~%27{ID})", Shape.ISSUE, ID),
        (f"{WIZ}/issues#~(filters~(status~())~issue~'{ID})", Shape.ISSUE_CLEARED, ID),
        (f"{WIZ}/issues#~(filters~(status~(equals~(~'OPEN)))~issue~'{ID})", Shape.ISSUE_FILTERED, ID),
        (f"https://app.eu1.app.wiz.io/issues#~(issue~'{ID})", Shape.ISSUE_REGIONAL, ID),
        (f"{WIZ}/issues/{ID}", Shape.ISSUE_PATH, ID),
        (f"{EXPLORER}#~(entity~(~'{ID}*2cSECURITY_TOOL_FINDING))", Shape.VULNERABILITY, ID),
        (f"{EXPLORER}#~(entity~(~'{ID}))", Shape.OTHER, None),
        (f"{EXPLORER}#~(entity~(~'{ID}*2cSECURITY_TOOL_FINDING~'x))", Shape.OTHER, None),
        (f"{WIZ}/issues#~(filters~(status~())~groupBy~'none)", Shape.OTHER, None),
        (f"{WIZ}/issues#~(issue~'{ID}~issue~'{OTHER})", Shape.OTHER, None),
        (f"{WIZ}/issues", Shape.OTHER, None),
        (f"{WIZ}/tenant-info/general", Shape.OTHER, None),
        ("https://[::1/issues", Shape.OTHER, None),
    ],
)
def test_known_shapes_are_named(url: str, shape: Shape, names: str | None) -> None:
    """And the id is read from each."""
    read = read_link(url)
    assert (read.shape, read.id) == (shape, names)


@pytest.mark.parametrize("kind", [Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION])
@given(id_=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_what_is_built_names_the_id(kind: Kind, id_: str) -> None:
    """Whatever the id is made of: it is encoded for its place, so it can neither end the link nor move its host."""
    template = filled_template(kind, TEMPLATED)
    assert template is not None
    built = build_link(template, id_)
    assert built is not None
    assert built.startswith(f"{WIZ}/")
    assert read_link(built, template).id == id_
    assert judge(built, kind, id_, TEMPLATED).verdict is Verdict.OK


@given(id_=st.text(min_size=1, max_size=20), other=st.text(min_size=1, max_size=20))
def test_no_two_ids_share_a_link(id_: str, other: str) -> None:
    """A link that names one finding is wrong on every other."""
    assume(id_ != other)
    link, _ = link_of(None, Kind.ISSUE, other, RULES)
    assert judge(link, Kind.ISSUE, id_, RULES).verdict is Verdict.WRONG_ID


@pytest.mark.parametrize("id_", ["", ".", "..", "\ud800"])
def test_an_id_that_no_path_can_hold_gets_no_link(id_: str) -> None:
    """A browser would walk up a folder."""
    assert build_link("https://app.wiz.io/config/{id}", id_) is None


@pytest.mark.parametrize(
    ("kind", "url", "verdict"),
    [
        (Kind.ISSUE, f"{WIZ}/issues#~(issue~'{ID})", Verdict.OK),
        (Kind.VULNERABILITY, f"{EXPLORER}#~(entity~(~'{ID}*2cSECURITY_TOOL_FINDING))", Verdict.OK),
        (Kind.ISSUE, f"https://app.eu1.app.wiz.io/issues#~(issue~'{ID})", Verdict.OK),
        (Kind.ISSUE, None, Verdict.MISSING),
        (Kind.ISSUE, "", Verdict.MISSING),
        (Kind.ISSUE, f"{WIZ}/issues#~(issue~'{OTHER})", Verdict.WRONG_ID),
        (Kind.VULNERABILITY, f"{WIZ}/issues#~(issue~'{ID})", Verdict.WRONG_ID),
        (Kind.ISSUE, f"{WIZ}/issues/{ID}", Verdict.UNKNOWN_SHAPE),
        (Kind.ISSUE, f"{WIZ}/issues", Verdict.UNKNOWN_SHAPE),
        (Kind.MISCONFIGURATION, f"{WIZ}/config?finding={ID}#top", Verdict.UNKNOWN_SHAPE),
        (Kind.ISSUE, f"https://app.wiz.io.evil/issues#~(issue~'{ID})", Verdict.FOREIGN_HOST),
        (Kind.ISSUE, f"https://demo.wiz.io/issues#~(issue~'{ID})", Verdict.FOREIGN_HOST),
        (Kind.ISSUE, f"http://app.wiz.io/issues#~(issue~'{ID})", Verdict.UNSAFE),
        (Kind.ISSUE, f"https://me@app.wiz.io/issues#~(issue~'{ID})", Verdict.UNSAFE),
        (Kind.ISSUE, f"//app.wiz.io/issues#~(issue~'{ID})", Verdict.UNSAFE),
        (Kind.ISSUE, f"javascript:alert(1)//app.wiz.io/issues#~(issue~'{ID})", Verdict.UNSAFE),
        (Kind.ISSUE, f"{WIZ}/issues#~(issue~'{ID})\r\nx", Verdict.UNSAFE),
    ],
)
def test_a_link_is_judged_by_its_text(kind: Kind, url: str | None, verdict: Verdict) -> None:
    """Scheme and host first, then what it names."""
    told = judge(url, kind, ID, RULES)
    assert told.verdict is verdict
    assert told.verdict.is_broken is (verdict not in (Verdict.OK, Verdict.MISSING))


def test_the_source_has_the_first_word() -> None:
    """A template speaks only where the record gives no address, and says why there is none."""
    given_url = f"{WIZ}/issues#~(issue~'{ID})"
    assert link_of(given_url, Kind.ISSUE, ID, RULES) == (given_url, None)
    assert link_of(None, Kind.ISSUE, ID, RULES) == (f"{WIZ}/issues#~(filters~(status~())~issue~'{ID})", None)
    link, why = link_of(None, Kind.MISCONFIGURATION, ID, RULES)
    assert link is None
    assert "no public form" in (why or "")
    assert link_of(None, Kind.ISSUE, ID, LinkRules()) == (None, NO_LINK)
    assert link_of(None, Kind.ISSUE, ID, LinkRules(templates=TEMPLATES)) == (None, NO_PORTAL)


def test_an_operators_template_is_read_back() -> None:
    """Its shape is called after the template, and a link of another form is not."""
    link, _ = link_of(None, Kind.MISCONFIGURATION, "a/b&c", TEMPLATED)
    assert link == f"{WIZ}/config?finding=a%2Fb%26c#top"
    assert judge(link, Kind.MISCONFIGURATION, "a/b&c", TEMPLATED).shape is Shape.TEMPLATE
    assert read_link(f"{WIZ}/config?finding=a&b=c#top", f"{WIZ}/config?finding={{id}}#top").id is None


@pytest.mark.parametrize(
    "template",
    [
        *TEMPLATES.values(),
        "https://wiz.example/x/{id}",
        "https://wiz.example/?id={id}",
        "https://wiz.example#{id}",
        "{portal}/x#~(entity~(~'{id}*2cX))",
        "http://127.0.0.1:4001/{id}",
    ],
)
def test_good_templates(template: str) -> None:
    """Nothing is wrong with them."""
    assert template_problem(template) is None


@pytest.mark.parametrize(
    "template",
    [
        "", "https://wiz.example/", "https://wiz.example/{id}/{id}", "https://{id}/", "https://{id}.wiz.example/", "https://wiz.example{id}",
        "{portal}{id}", "{portal}.evil.example/{id}", "https://evil.example/{portal}/{id}", "http://wiz.example/{id}",
        "javascript:alert('{id}')", "//wiz.example/{id}", "https://me@wiz.example/{id}", "https://wiz.example/{{id}}", "https://{host}/{id}",
        "{portal}/x#~(entity~(~'{id}", "{portal}/x#~{id}(",
    ],
)  # fmt: skip
def test_bad_templates(template: str) -> None:
    """The host must stand before the id, and nothing else may be left open."""
    assert template_problem(template) is not None
