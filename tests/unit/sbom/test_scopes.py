"""What a bill says of how a part is needed counts, since its edges do not tell."""

from __future__ import annotations

from callboard.domain.instant import Instant
from callboard.domain.packages.lock import Need
from callboard.gathering import BILL_FORMATS, bill_of, read_bill, read_lock
from tests.unit.manifests.seeds import SEEDS


def test_development_stays_development_on_its_way_through_a_bill() -> None:
    """A lockfile that tells it, written as a bill and read again."""
    lock = read_lock("package-lock.json", SEEDS["package-lock"], {})
    needs = {each.named: min(entry.need for entry in entries if entry.need is not None)
             for each, entries in lock.packages().items() if any(entry.need is not None for entry in entries)}  # fmt: skip
    assert Need.DEVELOPMENT in needs.values()
    again = read_bill("x", bill_of("x", [(lock, Instant(0))], BILL_FORMATS[0]), now=Instant(0)).lock
    for package, entries in again.packages().items():
        if package.named in needs:
            expected = needs[package.named]
            assert entries[0].need is (Need.PRODUCTION if expected is Need.PEER else expected), package
