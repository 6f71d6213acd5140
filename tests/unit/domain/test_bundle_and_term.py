"""What closes a finding, and the words that it can be found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.bundle import BundleKind, Remedy, action, key_of, remedy_of, steps
from callboard.domain.finding import BaseLayer, Detail, Kind, Observed, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.term import are_terms_equal, folded, is_text_equal, resource_text, searchable, terms_of
from callboard.domain.versions.untold import line_of, order_of


def seen(
    rule: str, package: str | None, fix: str | None, *, version: str | None = None, image: str | None = None
) -> Observed:
    """A finding of this rule in this package."""
    return Observed(
        external_id="a", kind=Kind.VULNERABILITY, state=State.OPEN, severity=Severity.HIGH, title=rule,
        rule=Rule(external_id=rule, name=rule, kind="CVE"),
        resource=Resource(external_id="r", name="r", type="VIRTUAL_MACHINE"), first_detected_at=Instant(0), fix=fix,
        layer=None if image is None else BaseLayer(image), detail=Detail(package=package, version=version),
    )  # fmt: skip


def words(*findings: Observed) -> list[str | None]:
    """What to do about these findings: one sentence for each bundle."""
    asked: dict[str, list[Remedy]] = {}
    for each in findings:
        remedy = remedy_of(each)
        asked.setdefault(key_of(each), []).extend([] if remedy is None else [remedy])
    return [action(key).words(remedies) for key, remedies in asked.items()]


def test_one_package_is_one_upgrade_whatever_its_advisories_ask_for() -> None:
    """To the smallest version that closes all of them; a subset asks for less under the same key."""
    first = seen("CVE-2024-1", "jackson", "package:jackson:2.9.10", version="2.9.2")
    second = seen("CVE-2024-2", "jackson", "package:jackson:2.17.1", version="2.9.2")
    assert words(first, second) == words(second, first) == ["Upgrade jackson to 2.17.1"]
    assert words(first) == ["Upgrade jackson to 2.9.10"]


def test_each_line_is_told_where_to_go() -> None:
    """Who is on an older major version need not leave it, where that line has a fix as well."""
    old = seen("CVE-2024-1", "spring", "package:spring:5.3.32", version="5.3.1")
    new = seen("CVE-2024-1", "spring", "package:spring:6.1.13", version="6.1.0")
    assert words(old, new) == ["Upgrade spring to 6.1.13 (on 5.x 5.3.32)"]
    only = seen("CVE-2024-2", "spring", "package:spring:6.1.13", version="5.3.1")
    assert words(old, new, only) == ["Upgrade spring to 6.1.13"]


def test_what_came_with_the_base_image_is_mended_at_once() -> None:
    """By one build of the image, whatever the packages; what no newer base can mend yet stays with its package."""
    found = [
        seen("CVE-2024-1", "openssl", "package:openssl:3.0.2", image="registry.example/shop/cart"),
        seen("CVE-2024-2", "zlib", "package:zlib:1.3", image="registry.example/shop/cart"),
        seen("CVE-2024-3", "tar", None, image="registry.example/shop/cart"),
    ]
    assert words(*found) == ["Rebuild shop/cart on a newer base image", "No fixed version of tar is known yet"]
    keys = {key_of(each, "docker.io/library/debian") for each in found[:2]}
    assert [action(key).words() for key in keys] == ["Rebuild on a newer debian"]


VERSIONS = st.sampled_from(
    ["1.0", "1.0.1", "1.0rc1", "1:0.9", "1.0~1", "2", "v2.1", "10", "1.0.Final", "1.1.1k", "1.10-4+deb11u1", "", "x"]
)


@given(st.lists(st.builds(Remedy, st.just("p"), st.sampled_from(["", "1", "2", "10"]), VERSIONS), max_size=12))
def test_no_finding_asks_for_more_than_its_line_is_told(remedies: list[Remedy]) -> None:
    """Every version asked for is reached, every version told is asked for by somebody, and order decides nothing."""
    found = steps(remedies)
    asked = [each for each in remedies if each.version]
    assert {step.version for step in found} <= {each.version for each in asked}
    assert steps(list(reversed(remedies))) == found
    for each in asked:
        assert any(order_of(each.version) <= order_of(step.version) for step in found)
    assert [step.version for step in found] == sorted((step.version for step in found), key=order_of, reverse=True)


def test_versions_in_order() -> None:
    """Numbers as numbers, epochs first, candidates before and patches behind what they belong to."""
    ordered = [
        "0.9", "1.0~1", "1.0rc1", "1.0", "1.0+deb11u1", "1.0.1", "1.1.1", "1.1.1k", "1.9", "1.10", "v2.1", "10", "1:0.1"
    ]  # fmt: skip
    shuffled = ordered[7:] + ordered[:7]
    assert sorted(shuffled, key=order_of) == ordered


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_versions_have_an_order(one: str, other: str) -> None:
    """Total: what is not equal comes before or behind."""
    assert (order_of(one) < order_of(other)) + (order_of(other) < order_of(one)) == (one != other)
    assert len(line_of(one)) <= 12


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("openssh", "1:9.2p1-2+deb12u2"),
        ("io.netty:netty-codec", "4.1.100.Final"),
        ("@scope/name", "1.0.0"),
        ("a:1", "2:3"),
    ],
)
def test_colons_in_names_and_versions_stay_where_they_are(package: str, version: str) -> None:
    """Maven writes them in names, Debian in versions."""
    finding = seen("CVE-2024-1", package, f"package:{package}:{version}")
    remedy = remedy_of(finding)
    assert remedy is not None
    assert (action(key_of(finding)).package, remedy.package, remedy.version) == (package, package, version)


def test_a_package_without_a_fix_says_so() -> None:
    """One bundle for the package, however many advisories wait for a fix."""
    found = action(key_of(seen("CVE-2024-1", "@scope/a:b", None)))
    assert (found.kind, found.package) == (BundleKind.NO_FIX, "@scope/a:b")
    assert words(*(seen(rule, "@scope/a:b", None) for rule in ("CVE-2024-1", "CVE-2024-2"))) == [
        "No fixed version of @scope/a:b is known yet"
    ]


def test_everything_else_is_mended_by_its_rule() -> None:
    """Whose guidance says how."""
    found = action(key_of(seen("wc-id-1", None, "rule:wc-id-1")))
    assert (found.kind, found.rule, found.words()) == (BundleKind.RULE, "wc-id-1", None)


@given(st.text(min_size=1, max_size=2_000), st.none() | st.text(max_size=2_000), st.none() | st.text(max_size=2_000))
def test_keys_are_short_and_can_be_read(rule: str, package: str | None, fix: str | None) -> None:
    """Whatever names a source gives."""
    key = key_of(seen(rule, package, fix))
    assert len(key) <= 500
    assert action(key).kind in BundleKind


@given(st.lists(st.text(max_size=30), max_size=4))
def test_every_part_and_every_word_of_a_name_is_found(names: list[str]) -> None:
    """Whole names anywhere, and words between spaces; nothing runs from one name into the next."""
    text = searchable(*names)
    for name in names:
        whole = folded(name)
        assert whole in text
        if whole:
            assert f" {whole} " in text
    assert all("\n" not in line.strip(" ") for line in text.split("\n"))


def test_words_inside_ids_are_words() -> None:
    """The parts of an address can be looked for alone."""
    resource = Resource(external_id="r", name="Receipts-Prod", type="BUCKET", provider_id="arn:aws:s3:::receipts-prod")
    text = resource_text(resource)
    assert " receipts " in text
    assert " arn:aws:s3:::receipts-prod " in text


def test_what_resources_are_filtered_by() -> None:
    """Account by id and name, region, cloud, tags with and without value, and the environment that a tag names."""
    resource = Resource(
        external_id="r", name="r", type="VM", platform="AWS", region="eu-central-1", account_id="1", account_name="Main",
        tags=(("Env", "Production"), ("team", "")),
    )  # fmt: skip
    assert terms_of(resource) == [
        ("account", "1"), ("account", "main"), ("cloud", "aws"), ("env", "production"), ("region", "eu-central-1"),
        ("tag", "env"), ("tag", "env=production"), ("tag", "team"), ("tag", "team="),
    ]  # fmt: skip


RESOURCES = st.builds(
    Resource,
    external_id=st.just("r"),
    name=st.sampled_from(["one", "two"]),
    type=st.just("VIRTUAL_MACHINE"),
    platform=st.sampled_from([None, "AWS"]),
    region=st.sampled_from([None, "eu"]),
    account_id=st.sampled_from([None, "1"]),
    account_name=st.sampled_from([None, "prod"]),
    provider_id=st.sampled_from([None, "arn:1"]),
    repository=st.sampled_from([None, "h/o/r"]),
    tags=st.sampled_from([(), (("env", "prod"),), (("team", "a"),)]),
)


@given(RESOURCES, RESOURCES)
def test_what_is_called_equal_is_searched_and_filtered_alike(one: Resource, other: Resource) -> None:
    """So that nothing has to be made in order to see that it did not change."""
    if is_text_equal(one, other):
        assert resource_text(one) == resource_text(other)
    if are_terms_equal(one, other):
        assert terms_of(one) == terms_of(other)
