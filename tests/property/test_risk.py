"""The register's formula and order, whatever is known and whatever is not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Need
from callboard.domain.packages.package import Package
from callboard.domain.posture import Advice, Fault, Hits, Judged, Place, Reach
from callboard.domain.risk.lines import of_checks, of_weaknesses
from callboard.domain.risk.register import Estate, Risk, ranked
from callboard.domain.risk.scale import Band, Factor, Score, between, known, likelihood_of, score
from callboard.domain.risk.weakness import Users, Weakness

LEVELS = st.integers(1, 5)
FACTORS = st.tuples(LEVELS, LEVELS).map(lambda pair: between(min(pair), max(pair), "so"))
ESTATES = st.builds(Estate, components=st.none() | st.integers(0, 9_000), teams=st.none() | st.integers(0, 900))
WORDS = st.sampled_from(["left", "right", "@backstage/a", "@backstage/b", "@acme/x"])
VERSIONS = st.sampled_from(["1.0.0", "1.2.0", "2.0.0"])


def weaknesses(*, plain: bool = False) -> st.SearchStrategy[Weakness]:
    """Any weakness; `plain`: no malware and no hint."""
    flags = st.just(value=False) if plain else st.booleans()
    return st.builds(
        Weakness,
        package=st.builds(
            Package, ecosystem=st.sampled_from(["npm", "PyPI", "RubyGems"]), name=WORDS, version=VERSIONS
        ),
        advisory=st.sampled_from([f"GHSA-{n}" for n in range(9)]),
        severity=st.sampled_from(Severity),
        malicious=flags,
        hint=flags,
        exploited=st.none() | st.just("2026-01-01"),
        epss=st.none() | st.floats(0, 1),
        safe=st.none() | VERSIONS,
        direct=st.none() | st.booleans(),
        need=st.none() | st.sampled_from(Need),
        bump=st.lists(st.sampled_from(["up 1.0.0", "@acme/over 2.0.0"]), max_size=2, unique=True).map(tuple),
        users=st.none() | st.builds(Users, components=st.integers(0, 99), teams=st.integers(0, 99)),
    )


WEAKNESSES, PLAIN = weaknesses(), weaknesses(plain=True)
JUDGED = st.builds(
    lambda key, reach, hits, severity, faults: Judged(
        advice=Advice(
            key=key, number=1, title=key, severity=severity, reach=reach, hits=hits, why="", remedy="", before="", after=""
        ),
        faults=tuple(Fault(path=f"p{n}", said="s", place=Place("f", n + 1), severity=each) for n, each in enumerate(faults)),
    ),
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from(Reach),
    st.sampled_from(Hits),
    st.sampled_from(Severity),
    st.lists(st.none() | st.sampled_from(Severity), max_size=3),
)  # fmt: skip


@st.composite
def risks(draw: st.DrawFn) -> Risk:
    """A line with any factors."""
    return Risk(
        key=draw(st.text("abc", max_size=3)), area="code", title="t", action="a", evidence=(),
        likelihood=draw(FACTORS), exposure=draw(FACTORS), blast=draw(FACTORS),
        malicious=draw(st.booleans()), direct=draw(st.booleans()),
    )  # fmt: skip


@given(FACTORS, FACTORS, FACTORS)
def test_a_number_lies_between_what_it_may_be_at_least_and_at_most(a: Factor, b: Factor, c: Factor) -> None:
    """From 1 to 125, and exact where all is known."""
    found = score(a, b, c)
    assert 1 <= found.low <= found.number <= found.high <= 125
    if a.is_known and b.is_known and c.is_known:
        assert found.number == a.low * b.low * c.low
    assert score(c, a, b) == found


@given(FACTORS, FACTORS, FACTORS, LEVELS)
def test_more_of_anything_is_never_less_of_a_risk(a: Factor, b: Factor, c: Factor, level: int) -> None:
    """The number, the band and the place in the register grow with each factor."""
    more = between(max(a.low, level), max(a.high, level), "more")
    less, grown = score(a, b, c), score(more, b, c)
    assert grown.number >= less.number
    assert grown.band >= less.band


@given(FACTORS, FACTORS)
def test_the_unknown_is_neither_nothing_nor_the_worst(a: Factor, b: Factor) -> None:
    """It stands between the least and the most that it may be; knowing narrows it."""
    unknown = score(between(1, 5, "?"), a, b)
    assert score(known(1, ""), a, b).number <= unknown.number <= score(known(5, ""), a, b).number
    assert score(known(1, ""), a, b).low == unknown.low
    assert score(known(5, ""), a, b).high == unknown.high


@settings(max_examples=40)
@given(st.lists(risks(), max_size=12), st.randoms())
def test_the_order_is_total_and_that_of_coming_in_does_not_matter(found: list[Risk], random: object) -> None:
    """Malware first, bands in order, no band's lines among another's."""
    order = ranked(found)
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [each.rank for each in ranked(shuffled)] == [each.rank for each in order]
    flags = [each.malicious for each in order]
    assert flags == sorted(flags, reverse=True)
    bands = [each.band for each in order if not each.malicious]
    assert bands == sorted(bands, reverse=True)
    assert all(each.band is Band.CRITICAL for each in order if each.malicious)


@given(st.sampled_from(Severity), st.floats(0, 1), st.floats(0, 1))
def test_likelier_is_never_told_as_less_likely(severity: Severity, one: float, other: float) -> None:
    """More EPSS, being exploited and being malware each only raise it; what is not known of severity is a span."""
    low, high = sorted((one, other))
    assert likelihood_of(severity, epss=low).high <= likelihood_of(severity, epss=high).high
    assert likelihood_of(severity, epss=low).low <= likelihood_of(severity, epss=high).low
    worst = likelihood_of(severity, exploited="2026-01-01", epss=low)
    assert (worst.low, worst.high) == (5, 5)
    assert likelihood_of(severity, malicious=True).low == 5
    if severity is Severity.UNKNOWN:
        assert not likelihood_of(severity).is_known


@given(st.integers(-3, 8), st.integers(-3, 8))
def test_no_level_outside_of_the_scale_is_made(low: int, high: int) -> None:
    """1 to 5, the smaller first."""
    if 1 <= low <= high <= 5:
        assert between(low, high, "").low == low
    else:
        with pytest.raises(ValueError, match="levels between"):
            between(low, high, "")


@settings(max_examples=40)
@given(st.lists(WEAKNESSES, max_size=12), ESTATES)
def test_every_weakness_is_evidence_of_exactly_one_line(found: list[Weakness], estate: Estate) -> None:
    """Nothing is lost and nothing counts twice; hints are no lines; keys are unique; malware has lines of its own."""
    lines = list(of_weaknesses(found, estate, None))
    assert sum(len(line.evidence) for line in lines) == sum(not each.hint for each in found)
    assert len({line.key for line in lines}) == len(lines)
    assert {line.malicious for line in lines if line.key.startswith("malware:")} <= {True}
    assert sum(len(line.evidence) for line in lines if line.malicious) == sum(
        each.malicious and not each.hint for each in found
    )
    assert all(line.action.endswith(".") and "None" not in line.action for line in lines)


@settings(max_examples=40)
@given(st.lists(WEAKNESSES, min_size=1, max_size=8), ESTATES, WEAKNESSES)
def test_one_more_weakness_never_makes_a_line_smaller(found: list[Weakness], estate: Estate, more: Weakness) -> None:
    """Of the lines that were there, none has a smaller number."""
    before = {line.key: line for line in of_weaknesses(found, estate, None)}
    after = {line.key: line for line in of_weaknesses([*found, more], estate, None)}
    for key, line in before.items():
        assert after[key].score.low * after[key].score.high >= line.score.low * line.score.high


@given(WEAKNESSES, ESTATES)
def test_an_open_door_makes_nothing_smaller(weakness: Weakness, estate: Estate) -> None:
    """Where whoever reaches the portal is let in, runtime packages are open to more, and the reason names the setting."""
    door = Fault(path="auth.providers.guest", said="s", place=Place("app-config.yaml", 3))
    closed, wide = (list(of_weaknesses([weakness], estate, each)) for each in (None, door))
    assert len(closed) == len(wide)
    for less, more in zip(closed, wide, strict=True):
        assert more.exposure.low >= less.exposure.low
        assert more.exposure.high >= less.exposure.high
        if more.exposure != less.exposure:
            assert "auth.providers.guest" in more.exposure.because


@given(PLAIN, ESTATES)
def test_what_is_needed_while_running_comes_before_what_only_builds(weakness: Weakness, estate: Estate) -> None:
    """The same weakness, needed for development only, never has the larger number."""
    (runs,) = of_weaknesses([msgspec.structs.replace(weakness, need=Need.PRODUCTION)], estate, None)
    (builds,) = of_weaknesses([msgspec.structs.replace(weakness, need=Need.DEVELOPMENT)], estate, None)
    (either,) = of_weaknesses([msgspec.structs.replace(weakness, need=None)], estate, None)
    assert builds.score.number <= runs.score.number
    assert either.score.low <= runs.score.low
    assert not either.exposure.is_known


@settings(max_examples=40)
@given(st.lists(JUDGED, max_size=8), ESTATES)
def test_every_failed_check_is_a_line_with_all_its_faults(judged: list[Judged], estate: Estate) -> None:
    """And one that did not fail is none."""
    lines = list(of_checks(judged, estate))
    failed = [each for each in judged if each.faults]
    assert [line.key for line in lines] == [f"check:{each.advice.key}" for each in failed]
    assert [len(line.evidence) for line in lines] == [len(each.faults) for each in failed]
    assert all(isinstance(line.score, Score) for line in lines)
