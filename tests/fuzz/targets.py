"""Every reader of what comes from outside, as a function of bytes, with the errors that it may say no by and something honest to damage."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from callboard.config import load
from callboard.domain import policy
from callboard.domain.ownership import codeowners, mapping_text
from callboard.domain.packages.purl import read_purl
from callboard.domain.packages.version_range import read_range
from callboard.domain.packages.versions import ORDERS, order_of
from callboard.domain.query import parse as parse_query
from callboard.errors import (
    AdvisoryRefusedError,
    ConfigError,
    ImportRefusedError,
    InvalidPurlError,
    InvalidQueryError,
    ManifestError,
)
from callboard.formats.documents import DocumentError, read_documents
from callboard.formats.osv import OsvReader
from callboard.manifests import FORMATS, Format
from callboard.sbom import read_bom
from callboard.sources.wiz.files import read_file
from callboard.sources.wiz.hook import issue_ids
from callboard.sources.wiz.parse import parse as parse_record
from callboard.web.markdown import to_html
from tests.unit.manifests.seeds import SEEDS
from tests.unit.sources.wiz.test_parse import RECORDS

CORPUS = Path(__file__).with_name("corpus")
"""A folder for each target: inputs that were worth keeping, ours alone."""

LONGEST = 10_000
"""Characters of a refusal that may name many mistakes."""


class Target(msgspec.Struct, frozen=True):
    """One reader."""

    name: str
    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    """The errors by which it may say no; each names the place."""
    seeds: Sequence[bytes]

    @property
    def corpus(self) -> list[bytes]:
        """Honest inputs and kept ones."""
        kept = sorted((CORPUS / self.name).glob("*")) if (CORPUS / self.name).is_dir() else []
        return [*self.seeds, *(path.read_bytes() for path in kept)]

    def feed(self, raw: bytes) -> bool:
        """Let it read. Returns whether it did; whatever is neither a value nor a refusal is raised."""
        try:
            self.read(raw)
        except self.refuses as error:
            refusal = error
        else:
            return True
        assert str(refusal), "A refusal without a word."
        assert len(str(refusal)) < LONGEST, "A refusal that nobody reads to its end."
        if isinstance(refusal, ManifestError):
            assert refusal.message.startswith("a/file"), "A refusal that does not name its place."
        return False


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _manifest(found: Format) -> Target:
    def read(raw: bytes) -> object:
        parse = getattr(importlib.import_module(f"callboard.manifests.{found.module}"), found.parse)
        lock = parse("a/file", raw, {})
        return lock.packages()

    return Target(found.name, read, (ManifestError,), (SEEDS[found.name],))


def _documents(raw: bytes) -> object:
    return [each for each in read_documents(raw) if not isinstance(each, DocumentError)]


def _policies(raw: bytes) -> object:
    return [policy.read(each.value) for each in read_documents(raw) if not isinstance(each, DocumentError)]


def _rules(raw: bytes) -> object:
    found = [each.value for each in read_documents(raw) if not isinstance(each, DocumentError)]
    return [mapping_text.write(mapping_text.read(value)) for value in found]


def _versions(raw: bytes) -> object:
    text = _text(raw)
    return [order(text) for order in map(order_of, ORDERS) if order is not None]


def _ranges(raw: bytes) -> object:
    found = read_range(_text(raw))
    return [found.holds(ecosystem, "1.2.3") for ecosystem in ORDERS]


def _purl(raw: bytes) -> object:
    found = read_purl(_text(raw))
    assert read_purl(str(found)) == found, "Writing it and reading it again gives another one."
    return found


def _query(raw: bytes) -> object:
    found = parse_query(_text(raw))
    assert parse_query(found.canonical) == found, "Writing it and reading it again gives another one."
    return found


def _code_owners(raw: bytes) -> object:
    text = _text(raw)
    return [codeowners.owners_of(codeowners.parse(text, dialect), "src/app/main.py") for dialect in codeowners.Dialect]


def _markdown(raw: bytes) -> object:
    html = str(to_html(_text(raw)))
    for mark in ("<script", "<img", "<iframe", "<svg", 'href="javascript', 'href="data', "<style"):
        assert mark not in html.lower(), f"{mark} came through."
    return html


def _in_file(raw: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        yield path


def _settings(raw: bytes) -> object:
    for path in _in_file(raw, "callboard.toml"):
        return load(path, environ={})
    return None


def _report(raw: bytes) -> object:
    for path in _in_file(raw, "report"):
        return list(read_file(path, None))
    return None


def _record(kind: str) -> Callable[[bytes], object]:
    return lambda raw: parse_record(kind, raw)


_ISSUE_REPORT = (
    b"Created At,Title,Severity,Status,Description,Resource Type,Resource external ID,Subscription ID,Project IDs,Project Names,"
    b"Resolved Time,Resolution,Control ID,Resource Name,Resource Region,Resource Status,Resource Platform,Resource OS,"
    b"Resource original JSON,Issue ID,Resource vertex ID,Ticket URLs,Note\n"
    b"2026-08-01T00:00:00Z,Public bucket,HIGH,OPEN,It is public,BUCKET,arn:x,1,p1,P,,,wc-1,bucket,eu,Active,AWS,,{},i1,e1,,\n"
)
_CYCLONEDX = {
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "metadata": {"timestamp": "2026-03-02T08:00:00Z", "component": {"type": "application", "name": "shop", "bom-ref": "shop"}},
    "components": [{"type": "library", "name": "left", "version": "1.2.3", "purl": "pkg:npm/left@1.2.3", "bom-ref": "left",
                    "licenses": [{"license": {"id": "MIT"}}], "hashes": [{"alg": "SHA-256", "content": "ab" * 32}]}],
    "dependencies": [{"ref": "shop", "dependsOn": ["left"]}, {"ref": "left", "dependsOn": []}],
}  # fmt: skip
_SPDX2 = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop", "dataLicense": "CC0-1.0",
    "documentNamespace": "https://shop.example/1", "creationInfo": {"created": "2026-03-02T08:00:00Z", "creators": ["Tool: x"]},
    "packages": [{"SPDXID": "SPDXRef-a", "name": "left", "versionInfo": "1.2.3", "downloadLocation": "NOASSERTION",
                  "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                    "referenceLocator": "pkg:npm/left@1.2.3"}]}],
    "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"}],
}  # fmt: skip
_XML = (
    b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><metadata><component type="application" bom-ref="shop">'
    b'<name>shop</name></component></metadata><components><component type="library" bom-ref="left"><name>left</name>'
    b"<version>1.2.3</version><purl>pkg:npm/left@1.2.3</purl></component></components>"
    b'<dependencies><dependency ref="shop"><dependency ref="left"/></dependency></dependencies></bom>'
)
_SPDX3 = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-03-02T08:00:00Z", "createdBy": ["u:me"]},
        {"type": "SpdxDocument", "spdxId": "u:doc", "creationInfo": "_:c", "rootElement": ["u:a"]},
        {"type": "software_Package", "spdxId": "u:a", "creationInfo": "_:c", "name": "left", "software_packageVersion": "1.2.3",
         "software_packageUrl": "pkg:npm/left@1.2.3"},
    ],
}  # fmt: skip
_OSV = {
    "schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-03-02T08:00:00Z", "published": "2026-03-01T08:00:00Z",
    "aliases": ["CVE-2026-1"], "summary": "It breaks",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "versions": ["1.0.0"],
                  "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.4"}]}]}],
    "references": [{"type": "ADVISORY", "url": "https://left.example/1"}], "database_specific": {"severity": "HIGH"},
}  # fmt: skip
_ENTITY = b"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop, annotations: {wiz.io/project-id: "p1, p2"}, tags: [a]}
spec: &s {type: service, owner: group:default/red, lifecycle: production}
---
kind: Group
metadata: {name: red}
spec: {type: team, children: [], members: [ana]}
"""
_RULES = b"""name: main
rules:
  - name: one
    reason: They said so.
    match: {resource: ["r1", "r2*"], tag: "team=a", path: "git.example/a/b//c"}
    owners: [component:default/shop]
    until: "2027-01-01"
vocabularies:
  - {tag: team, reason: It is kept., kinds: [component], values: {a: component:default/shop}}
defaults:
  - {account: "123", owner: component:default/shop, reason: It is theirs.}
"""
_SETTINGS = b"""[server]
port = 8080
[safety]
close_share = 0.2
[[source]]
name = "wiz"
kind = "wiz"
api_url = "https://api.example/graphql"
client_id = "id"
client_secret = { env = "NOT_SET" }
[[catalog]]
name = "portal"
kind = "file"
paths = ["catalog/*.yaml"]
[due]
low_days = 100
"""
_OWNERS = (
    b"* @org/all\n/src/ @a b@mail.example\n[Docs][2] @docs\n^[Old] @@maintainers\ndocs/**/*.md\n!src/gen @x\n# c\n"
)
_HOOK = json.dumps({"issue": {"id": "3e671687-395b-41f5-a30f-a58921a69b79"}, "issues": [{"id": "x"}]}).encode()
_QUERIES = (
    b"severity:critical,high is:open due:<2026-08-01 component:shop", b'"some words" -is:inherited sort:due group:component',
    b"age:>30d epss:>=0.1 no:owner",
)  # fmt: skip

_DUE = b"policy: due\ndays: {critical: 7}\n"
_PURLS = (b"pkg:npm/%40a/b@1.2.3?arch=x&os=y#sub/path", b"pkg:maven/g/a@1", b"pkg:pypi/Django_x@1.0")

TARGETS: tuple[Target, ...] = (
    *map(_manifest, FORMATS),
    Target("cyclonedx-json", lambda raw: read_bom("a/file", raw), (ManifestError,), (json.dumps(_CYCLONEDX).encode(),)),
    Target("cyclonedx-xml", lambda raw: read_bom("a/file", raw), (ManifestError,), (_XML,)),
    Target("spdx-2", lambda raw: read_bom("a/file", raw), (ManifestError,), (json.dumps(_SPDX2).encode(),)),
    Target("spdx-3", lambda raw: read_bom("a/file", raw), (ManifestError,), (json.dumps(_SPDX3).encode(),)),
    Target("osv", lambda raw: OsvReader().read(raw), (AdvisoryRefusedError,), (json.dumps(_OSV).encode(),)),
    *(Target(f"wiz-{kind}", _record(kind), (), (json.dumps(each).encode(),)) for kind, each in RECORDS.items()),
    Target("wiz-report", _report, (ImportRefusedError,), (_ISSUE_REPORT, json.dumps([RECORDS["issue"]]).encode())),
    Target("webhook", issue_ids, (), (_HOOK,)),
    Target("catalog-yaml", _documents, (), (_ENTITY,)),
    Target("code-owners", _code_owners, (), (_OWNERS,)),
    Target("mapping-rules", _rules, (mapping_text.UnreadableError,), (_RULES,)),
    Target("policy", _policies, (policy.UnreadableError,), (_DUE, b"policy: roles\nsecurity: [group:default/red]\n")),
    Target("settings", _settings, (ConfigError,), (_SETTINGS,)),
    Target("query", _query, (InvalidQueryError,), _QUERIES),
    Target("purl", _purl, (InvalidPurlError,), _PURLS),
    Target("version", _versions, (), (b"1.2.3-rc.1+build", b"1!2.0.post1.dev2", b"1.0-SNAPSHOT", b"v2.0.0-beta2")),
    Target("version-range", _ranges, (InvalidQueryError,), (b">=4, <4.17.21 || ^1.2", b"~1.2.3", b"4.x", b"*")),
    Target("markdown", _markdown, (), (b"# A\n*b* [c](https://d.example) `e`\n\n| a | b |\n|---|---|\n| 1 | <b> |\n\n![x](y)\n",)),
)  # fmt: skip
