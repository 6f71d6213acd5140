"""What closes a finding, and the words that it can be found by."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.bundle import BundleKind, action, key_of, plural, remedy_of
from callboard.domain.finding import BaseLayer, Detail, Kind, Observed, Resource, Rule, Severity, State, System
from callboard.domain.instant import Instant
from callboard.domain.packages.versions.untold import line_of, order_of
from callboard.domain.remedy import Remedy, named, steps
from callboard.domain.system_update import command
from callboard.domain.term import are_terms_equal, folded, is_text_equal, resource_text, searchable, terms_of


def seen(
    rule: str, package: str | None, fix: str | None, *, version: str | None = None, image: str | None = None,
    system: System | None = None, severity: Severity = Severity.HIGH,
) -> Observed:  # fmt: skip
    """A finding of this rule in this package."""
    return Observed(
        external_id="a", kind=Kind.VULNERABILITY, state=State.OPEN, severity=severity, title=rule,
        rule=Rule(external_id=rule, name=rule, kind="CVE"),
        resource=Resource(external_id="r", name="r", type="VIRTUAL_MACHINE"), first_detected_at=Instant(0), fix=fix,
        layer=None if image is None else BaseLayer(image), system=system,
        detail=Detail(package=package, version=version),
    )  # fmt: skip


def words(*findings: Observed) -> list[str | None]:
    """What to do about these findings: one sentence for each bundle."""
    asked: dict[str, Counter[Remedy]] = {}
    for each in findings:
        remedy = remedy_of(each)
        asked.setdefault(key_of(each), Counter()).update([] if remedy is None else [remedy])
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
    assert words(*found) == [
        "Rebuild shop/cart on a newer base image: openssl and zlib", "No fixed version of tar is known yet"
    ]  # fmt: skip
    keys = {key_of(each, "docker.io/library/debian") for each in found[:2]}
    assert [action(key).words({}) for key in keys] == ["Rebuild on a newer debian"]


def test_the_system_of_machines_is_brought_up_to_date_at_once() -> None:
    """Whatever the package; Windows is another piece of work than Linux, and what has no fix yet another one again."""
    linux = System(family="Linux")
    found = [
        seen("CVE-2024-1", "openssl", "package:openssl:1.1.1k-1+deb11u2", system=linux),
        seen("CVE-2024-2", "openssl", "package:openssl:1.1.1n-0+deb11u3", system=linux),
        seen("CVE-2024-3", "curl", "package:curl:7.88.1-10+deb12u4", system=linux),
        seen(
            "CVE-2024-4",
            "Windows Server 2019",
            "package:Windows Server 2019:10.0.17763",
            system=System(family="Windows"),
        ),
        seen("CVE-2024-5", "tar", None, system=linux),
        seen("CVE-2024-6", "apt", None, system=linux),
    ]
    assert words(*found) == [
        "Update Linux machines with apt upgrade: openssl and curl", "Update Windows machines: Windows Server 2019",
        "No fixed version of apt and tar is known yet",
    ]  # fmt: skip


def test_the_system_of_an_image_is_mended_by_the_build_that_mends_its_base() -> None:
    """What the image's own build installed as well as what came with the base; a library in it is upgraded in its code."""
    image = "registry.example/shop/cart"
    base = seen("CVE-2024-1", "openssl", "package:openssl:3.0.2", image=image, system=System(image))
    own = seen("CVE-2024-2", "curl", "package:curl:8.1", system=System(image))
    library = seen("CVE-2024-3", "requests", "package:requests:2.32.0")
    assert key_of(base) == key_of(own) == f"image:{image}"
    assert key_of(base, "registry.example/base") == key_of(own, "registry.example/base") == "base:registry.example/base"
    assert key_of(library, "registry.example/base") == "package:requests"


@pytest.mark.parametrize("severity", list(Severity))
def test_settings_of_one_type_are_changed_together_unless_they_are_urgent(severity: Severity) -> None:
    """What is critical or high, or nobody knows how bad, does not wait for the others."""
    first = seen("No old versions", None, "settings:BUCKET", severity=severity)
    second = seen("No access log", None, "settings:BUCKET", severity=Severity.LOW)
    alone = severity in (Severity.CRITICAL, Severity.HIGH, Severity.UNKNOWN)
    expected = [None, None] if alone else ["Change 2 settings of buckets together"]
    assert words(first, second) == expected
    assert words(second, second) == [None]


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        (["6.1.76-1", "2.36-9+deb12u3"], "apt upgrade"), (["1:2.3-4ubuntu5.6"], "apt upgrade"),
        (["3.0.7-27.el9_4"], "dnf upgrade"), (["8.0.1-1.amzn2023.0.3"], "dnf upgrade"), (["1.0.2k-26.el7_9"], "yum update"),
        (["7.79.1-1.amzn2.0.1"], "yum update"), (["3.1.4-r5"], "apk upgrade"), (["6.1.76-1", ""], None), ([], None),
        (["3.1.4-r5", "2.36-9+deb12u3"], None),
    ],
)  # fmt: skip
def test_versions_tell_the_command(versions: list[str], told: str | None) -> None:
    """Where one distribution marks them; two of them in one sentence tell none."""
    assert command(versions) == told


def test_types_of_resources_in_words() -> None:
    """As people call several of them."""
    assert [plural(kind) for kind in ("BUCKET", "REPOSITORY_BRANCH", "CONTAINER_REGISTRY", "ACCESS_KEY", "")] == [
        "buckets", "repository branches", "container registries", "access keys", "resources"
    ]  # fmt: skip


@given(st.dictionaries(st.builds(Remedy, st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), version=st.sampled_from("12")),
                       st.integers(1, 9)))  # fmt: skip
def test_packages_are_named_by_their_findings(asked: dict[Remedy, int]) -> None:
    """Those with the most first, and the rest counted."""
    findings = Counter[str]()
    for remedy, n in asked.items():
        findings[remedy.package] += n
    del findings[""]
    told = named(asked)
    shown = [package for package in "abcdef" if package in told.replace(" and ", " ").replace("more", "").split(" ")
             or f"{package}," in told]  # fmt: skip
    assert bool(told) == bool(findings)
    hidden = len(findings) - len(shown)
    assert told.endswith(f"and {hidden} more") if hidden else "more" not in told
    assert all(findings[one] >= findings[other] for one in shown for other in findings if other not in shown)


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
    assert (found.kind, found.rule, found.words({})) == (BundleKind.RULE, "wc-id-1", None)


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
