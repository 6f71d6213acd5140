"""Every published payload, given to the import: what each gives, and why what it does not give is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.domain.bundle import key_of
from callboard.domain.finding import Observed, Rejected
from callboard.errors import ImportRefusedError
from callboard.sources.wiz.files import ISSUE_REPORT, NODES, VULNERABILITY_REPORT, detect, read_file

FINDINGS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    # file: what it is, how many findings, reasons of the rejected
    "issues/port-issue-a.json": (NODES, 1, ()),
    "issues/port-issue-c.json": (NODES, 1, ()),
    "issues/port-issue-e.json": (NODES, 1, ()),
    "issues/cartography-issues.json": (NODES, 1, ()),
    "vulnerabilities/cartography-vulnerabilities.json": (NODES, 2, ("[3] id: expected the finding's id, found none",)),
    "vulnerabilities/elastic-vulnerability.jsonl": (NODES, 1, ()),
    "configuration/cartography-configuration.json": (NODES, 1, ()),
    "csv/defectdojo-one_finding.csv": (ISSUE_REPORT, 1, ()),
    "csv/defectdojo-no_findings.csv": (ISSUE_REPORT, 0, ()),
    "csv/defectdojo-sca_format.csv": (VULNERABILITY_REPORT, 5, ()),
    # A page of issues, whose query asked for `entity` without its id; the other answers in the file are no findings.
    "misc/demisto-responses.json": (NODES, 0, ("[1] entitySnapshot.id: expected the resource's id, found none",)),
    # Made by another tool, which leaves out the asset; issue 4 has no resource.
    "misc/stave-issue.jsonl": (NODES, 3, (":4 entitySnapshot.id: expected the resource's id, found none",)),
    "misc/stave-vulnerability_finding.jsonl": (
        NODES,
        0,
        tuple(f":{line} vulnerableAsset: expected the affected asset, found none" for line in range(1, 6)),
    ),
}

NO_FINDINGS = {
    "README.md": "nothing that Callboard can import",
    "misc/port-control-c.json": "it is a control",
    "misc/port-hosted-technology-a.json": "it is a technology on a resource",
    "misc/port-serviceticket-a.json": "it is a service ticket",
    "misc/port-serviceticket-b.json": "it is a service ticket",
    "misc/port-technology-a.json": "it is a technology",
    "misc/stave-cloud_account.jsonl": "records of the kind 'cloud_account'",
    "misc/stave-cloud_resource.jsonl": "records of the kind 'cloud_resource'",
    "projects/port-project-a.json": "it is a project",
    "projects/port-project-c.json": "it is a project",
    "projects/port-project-d.json": "it is a project",
    "schema/wiz-schema-subset.graphql": "nothing that Callboard can import",
    "schema/wiz-schema-subset.json": "it is a GraphQL schema",
    "webhook/terraform-automation-rule-body-template.json": "it is a webhook body or its template",
}


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> Path:
    """The folder of Wiz payloads."""
    return shared_data / "wiz"


def test_the_tables_name_every_file(samples: Path) -> None:
    """A file that is added must be said something about."""
    files = {str(path.relative_to(samples)) for path in samples.rglob("*") if path.is_file()}
    assert files == FINDINGS.keys() | NO_FINDINGS.keys()


@pytest.mark.parametrize("name", FINDINGS)
def test_a_file_of_findings_is_read(samples: Path, name: str) -> None:
    """Detected by content; each record is a finding or a reason."""
    kind, count, reasons = FINDINGS[name]
    path = samples / name
    assert detect(path) == kind
    records = list(read_file(path, None))
    assert sum(isinstance(record, Observed) for record in records) == count
    found = [f"{record.where}: {record.reason}" for record in records if isinstance(record, Rejected)]
    assert found == [f"{path.name}{reason}" for reason in reasons]


@pytest.mark.parametrize("name", NO_FINDINGS)
def test_a_file_without_findings_is_recognised(samples: Path, name: str) -> None:
    """It is said what it is and what would be read."""
    with pytest.raises(ImportRefusedError, match=NO_FINDINGS[name]) as caught:
        list(read_file(samples / name, None))
    assert caught.value.hint is not None
    assert "CSV" in caught.value.hint


def only(samples: Path, name: str) -> Observed:
    """The one finding of a file."""
    (record,) = read_file(samples / name, None)
    assert isinstance(record, Observed)
    return record


def test_an_issue_of_2026(samples: Path) -> None:
    """A present-day payload: null projects, a map of tags, frameworks of the rule, no drift."""
    found = only(samples, "issues/port-issue-e.json")
    assert found.external_id == "16301b7f-1d6e-4d84-b561-b34dd37bc35c"
    assert (found.state.word, found.severity.word, found.kind.word) == ("open", "low", "issue")
    assert found.title == "Subscription with compute instances using non-PQC compliant SSH authorized keys"
    assert found.rule.kind == "Control"
    assert found.rule.remediation is not None
    assert found.rule.remediation.startswith("### Ensure quantum-resistant")
    assert len(found.rule.frameworks) == 9
    assert found.rule.frameworks[2].framework == "ISO/IEC 27001"
    assert found.projects == ()
    assert found.resource.tags == (("Owner", "owner@example.com"),)
    assert found.resource.region is None
    assert ("wiz.external", "434f3cbb-30f2-4bc0-8bba-cb080280652b") in found.resource.aliases
    assert not isinstance(found.detail.drift, tuple)
    assert found.detail.notes == ()


def test_an_issue_with_a_folder_among_its_projects(samples: Path) -> None:
    """All four are kept, and "" is nobody's business unit."""
    found = only(samples, "issues/port-issue-a.json")
    assert isinstance(found.projects, tuple)
    assert [project.slug for project in found.projects] == ["testfolder", "project-2", "project-4", "project1"]
    assert [project.business_unit for project in found.projects] == [None, None, "Dev", "Dev"]
    assert {project.business_impact for project in found.projects} == {"MBI"}
    assert found.resource.provider_id is not None
    assert found.resource.provider_id.startswith("arn:aws:elasticloadbalancing")


def test_an_issue_with_the_older_fields(samples: Path) -> None:
    """`sourceRule` before `control`; the one project; a ticket."""
    found = only(samples, "issues/cartography-issues.json")
    assert found.rule.external_id == "rule-1"
    assert found.fix == "rule:rule-1"
    assert isinstance(found.projects, tuple)
    assert [project.external_id for project in found.projects] == ["project-1"]
    assert isinstance(found.detail.tickets, tuple)
    assert found.detail.tickets[0].url == "https://ticket/SEC-1"


def test_a_vulnerability_that_is_open_although_resolved_at_is_set(samples: Path) -> None:
    """The status wins, and the contradiction is noted."""
    found = only(samples, "vulnerabilities/elastic-vulnerability.jsonl")
    assert found.state.is_open
    assert found.fixed_at is None
    assert found.detail.drift == ("resolvedAt: set although open",)
    assert found.fix == "package:libtiff:4.0.3-35.amzn2.0.1"
    assert key_of(found).startswith("system:")
    assert found.detail.exposed is True
    assert found.detail.has_exploit is False
    assert found.rule.kind == "CVE"
    assert found.severity.word == "medium"


def test_a_configuration_finding(samples: Path) -> None:
    """Tags as a list, projects on the resource, the target as another name of it, the evidence."""
    found = only(samples, "configuration/cartography-configuration.json")
    assert found.resource.tags == (("env", "prod"),)
    assert found.resource.account_id == "123456789012"
    assert ("wiz.external", "arn:aws:s3:::public-bucket") in found.resource.aliases
    assert isinstance(found.projects, tuple)
    assert found.projects[0].external_id == "project-1"
    assert found.detail.evidence == (("Result", "FAIL"),)
    assert found.fix == f"settings:{found.resource.type}"


def test_the_issue_report(samples: Path) -> None:
    """Quoted newlines, eleven projects by id, informational."""
    found = only(samples, "csv/defectdojo-one_finding.csv")
    assert found.severity.word == "info"
    assert found.resource.external_id == "996ca7a9-b4fa-54e3-8650-3b47652b3796"
    assert isinstance(found.projects, tuple)
    assert len(found.projects) == 11
    assert all(project.name == project.external_id for project in found.projects)
    assert isinstance(found.detail.description, str)
    assert "#### Potential impact" in found.detail.description
    assert found.url == "https://demo.wiz.io/issues#~(issue~'0029ee49-c676-432f-8690-12f2862ec708)"


def test_the_vulnerability_report(samples: Path) -> None:
    """Title Case words, tags as JSON text; what has no column stays unset."""
    records = list(read_file(samples / "csv/defectdojo-sca_format.csv", VULNERABILITY_REPORT))
    first = records[0]
    assert isinstance(first, Observed)
    assert (first.state.word, first.severity.word) == ("open", "low")
    assert first.fix == "package:github.com/containerd/containerd:1.5.11"
    assert ("goog-gke-node", "") in first.resource.tags
    assert not isinstance(first.projects, tuple)
    assert first.detail.evidence == (("Projects", "MyProject; Ops_k8s"),)
