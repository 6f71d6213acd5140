"""What closes a finding, and the words that it can be found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.bundle import BundleKind, action, key_of
from callboard.domain.finding import Detail, Kind, Observed, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.term import are_terms_equal, folded, is_text_equal, resource_text, searchable, terms_of


def seen(rule: str, package: str | None, fix: str | None) -> Observed:
    """A finding of this rule in this package."""
    return Observed(
        external_id="a", kind=Kind.VULNERABILITY, state=State.OPEN, severity=Severity.HIGH, title=rule,
        rule=Rule(external_id=rule, name=rule, kind="CVE"),
        resource=Resource(external_id="r", name="r", type="VIRTUAL_MACHINE"), first_detected_at=Instant(0), fix=fix,
        detail=Detail(package=package),
    )  # fmt: skip


def test_copies_in_code_image_and_container_are_one_bundle() -> None:
    """The same package and fix, whatever the CVE and the resource are."""
    keys = {key_of(seen(rule, "jackson", "package:jackson:2.17.1")) for rule in ("CVE-2024-1", "CVE-2024-2")}
    assert [action(key).words for key in keys] == ["Upgrade jackson to 2.17.1"]


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
    found = action(key_of(seen("CVE-2024-1", package, f"package:{package}:{version}")))
    assert (found.package, found.version) == (package, version)


def test_a_package_without_a_fix_says_so() -> None:
    """One bundle for each advisory of the package."""
    found = action(key_of(seen("CVE-2024-1", "@scope/a:b", None)))
    assert (found.kind, found.package, found.rule) == (BundleKind.NO_FIX, "@scope/a:b", "CVE-2024-1")
    assert found.words == "No fixed version of @scope/a:b is known yet"


def test_everything_else_is_mended_by_its_rule() -> None:
    """Whose guidance says how."""
    found = action(key_of(seen("wc-id-1", None, "rule:wc-id-1")))
    assert (found.kind, found.rule, found.words) == (BundleKind.RULE, "wc-id-1", None)


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
