"""Records are strangers' texts: bounded, typed, and refused with what was expected."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.errors import AdvisoryRefusedError
from callboard.formats.cvss import base_score
from callboard.formats.osv import SUMMARY_CHARACTERS, OsvReader
from tests.support.advisories import osv


def with_fields(**fields: object) -> bytes:
    """A good record with other fields."""
    return json.dumps(json.loads(osv()) | fields).encode()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b"", "no OSV record"),
        (b"[" * 100_000, "no OSV record"),
        (b'{"id": "X-1"}', "modified"),
        (b'\xff{"id": "X-1"}', "no OSV record"),
        (with_fields(id="<script>"), "an id should"),
        (with_fields(id="x" * 200), "an id should"),
        (with_fields(aliases=["a b"]), "an id should"),
        (with_fields(modified="yesterday"), "modified should be a date"),
        (with_fields(withdrawn="0000"), "withdrawn should be a date"),
        (with_fields(affected=[{"package": {"ecosystem": "npm", "name": "x" * 600}}]), "at most 512"),
        (with_fields(affected=[{"package": {"ecosystem": "npm"}}]), "name"),
        (with_fields(aliases=[f"A-{n}" for n in range(501)]), "aliases"),
        (
            with_fields(
                affected=[
                    {
                        "package": {"ecosystem": "npm", "name": "x"},
                        "ranges": [{"type": "SEMVER", "events": [{"new": "1"}]}],
                    }
                ]
            ),
            "an event should be",
        ),
    ],
)
def test_a_bad_record_is_refused_with_a_reason(record: bytes, expected: str) -> None:
    """The message tells what should be there."""
    with pytest.raises(AdvisoryRefusedError, match=expected):
        OsvReader().read(record)


@given(
    record=st.one_of(
        st.binary(max_size=300), st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode)
    )
)
def test_any_bytes_are_answered(record: bytes) -> None:
    """With a record or a refusal, never with anything else."""
    with contextlib.suppress(AdvisoryRefusedError):
        OsvReader().read(record)


INNER = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["package", "ranges", "events", "type", "score", "severity", "indicators"]),
            inner,
            max_size=3,
        )
    ),
)
FIELDS = ["aliases", "affected", "severity", "references", "database_specific", "summary"]


@given(fields=st.dictionaries(st.sampled_from(FIELDS), INNER, max_size=3))
def test_a_record_of_another_shape_is_answered(fields: dict[str, object]) -> None:
    """As above, from nearly right records."""
    with contextlib.suppress(AdvisoryRefusedError):
        OsvReader().read(with_fields(**fields))


def test_texts_are_cut_and_only_https_is_a_reference() -> None:
    """What is kept of a stranger's text is one line of bounded length."""
    read = OsvReader().read(
        with_fields(
            summary="a\n" * 1000,
            references=[
                {"type": "ADVISORY", "url": "javascript:alert(1)"},
                {"type": "WEB", "url": "https://x.example"},
            ],
        )
    )
    assert len(read.summary) == SUMMARY_CHARACTERS
    assert "\n" not in read.summary
    assert read.reference == "https://x.example"


@pytest.mark.parametrize(
    ("fields", "malicious"),
    [
        ({"id": "MAL-2025-1"}, True),
        ({"aliases": ["MAL-2025-1"]}, True),
        ({"database_specific": {"cwe_ids": ["CWE-506"]}}, True),
        ({"summary": "Malicious code in x (npm)"}, True),
        ({"summary": "Embedded Malicious Code in x"}, True),
        ({"summary": "Two x versions published containing credential harvesting malware"}, True),
        ({"summary": "x: output allows terminal escape injection from malicious package archives"}, False),
        ({"summary": "A malware scanner can be stopped"}, False),
        ({"database_specific": {"cwe_ids": ["CWE-50"]}}, False),
    ],
)
def test_malice_is_told_by_id_class_or_summary(fields: dict[str, object], *, malicious: bool) -> None:
    """A weakness that has to do with malware is not malware."""
    assert OsvReader().read(with_fields(**fields)).malicious is malicious


def test_hashes_of_harmful_files_are_kept() -> None:
    """Only well-formed ones, whatever else stands there."""
    hashes = {"sha512_sri": "sha512-" + "A" * 86 + "==", "sha1": "no", "n": 3}
    files = [{"hashes": hashes}, {"hashes": 3}, 3]
    entry = {
        "package": {"ecosystem": "npm", "name": "x"},
        "versions": ["1.0.0"],
        "database_specific": {"indicators": {"package_integrity": files}},
    }
    assert OsvReader().read(with_fields(id="MAL-1", affected=[entry])).integrity == (hashes["sha512_sri"],)


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5),
        ("CVSS:3.1/AV:N/AC:L", None),
        ("CVSS:3.1/" + "AV:N/" * 1000, None),
        ("9.8", None),
        ("", None),
    ],
)
def test_scores_are_those_of_the_specification(vector: str, score: float | None) -> None:
    """And what is no vector has none."""
    assert base_score(vector) == score
