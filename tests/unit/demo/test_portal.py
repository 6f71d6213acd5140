"""The made-up company's portal has something true to show."""

from __future__ import annotations

from pathlib import Path

from callboard.advisories.updating import own_index
from callboard.cli.packages.assessing import assess_folder
from callboard.cli.packages.registering import judgement_of
from callboard.demo.company.portal import NAME, write_portal
from callboard.domain.instant import Instant
from callboard.domain.risk.judgement import register as register_of

NOW = Instant(1_790_000_000_000_000)


def test_its_register_begins_with_the_poisoned_release_and_names_every_sort_of_risk(tmp_path: Path) -> None:
    """Malware, what Backstage has mended since, the open door, and a plugin that puts a command together."""
    write_portal(tmp_path / "portal")
    found = assess_folder(tmp_path / "portal", (), is_production=None, index=own_index(NOW))
    register = register_of(judgement_of(found, NAME), at=NOW)
    keys = [risk.key for risk in register.risks]
    assert set(keys[:2]) == {"malware:npm:event-stream", "malware:npm:flatmap-stream"}
    assert {"backstage:npm:backstage", "check:guests", "check:proxy-shared-secret", "check:shell-command"} <= set(keys)
    assert found.name == NAME
    assert register.production
    brought = next(risk for risk in register.risks if risk.key == "backstage:npm:backstage")
    assert "auth.providers.guest" in brought.exposure.because
