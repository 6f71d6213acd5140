"""`callboard assess` on a folder as create-app leaves it, and on one that was mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Folder

BASE = """\
app:
  baseUrl: http://localhost:3000
backend:
  baseUrl: http://localhost:7007
  csp:
    connect-src: ["'self'", 'http:', 'https:']
proxy:
  endpoints:
    /pager:
      target: https://pager.acme.example
      headers:
        Authorization: Token token=${PAGER_TOKEN}
catalog:
  rules:
    - allow: [Component, System, API, Resource, Location]
"""
PRODUCTION = """\
app:
  baseUrl: http://portal.acme.example
backend:
  baseUrl: https://portal.acme.example
  auth:
    dangerouslyDisableDefaultAuthPolicy: true
auth:
  providers:
    guest: {}
"""
PACKAGE = (
    '{\n  "dependencies": {\n    "@backstage/plugin-permission-backend-module-allow-all-policy": "^0.2.0"\n  }\n}\n'
)
SCHEMA = """{"dependencies": {}, "configSchema": {"properties": {"pets": {"properties": {
"url": {"visibility": "frontend"}, "apiToken": {"visibility": "frontend"}, "other": {}}}}}}"""


@pytest.fixture
def portal(folder: Folder) -> Path:
    """The folder of a portal."""
    root = folder.path / "portal"
    (root / "packages" / "backend").mkdir(parents=True)
    (root / "plugins" / "pets").mkdir(parents=True)
    (root / "app-config.yaml").write_text(BASE)
    (root / "app-config.production.yaml").write_text(PRODUCTION)
    (root / "package.json").write_text("{}")
    (root / "packages" / "backend" / "package.json").write_text(PACKAGE)
    (root / "plugins" / "pets" / "package.json").write_text(SCHEMA)
    return root


def by_key(out: str) -> dict[str, dict[str, object]]:
    """The checks of a JSON answer."""
    return {each["key"]: each for each in json.loads(out)["checks"]}


def test_what_is_wrong_is_told_with_its_place(folder: Folder, portal: Path) -> None:
    """The file that set it, its line, and what to do; and what could not be judged is counted."""
    done = folder.run("assess", "--portal", str(portal), "--json")
    answer = json.loads(done.out)
    assert answer["files"] == ["app-config.yaml", "app-config.production.yaml"]
    assert answer["production"] is True
    assert answer["failed"] + answer["not_evaluated"] + answer["passed"] == len(answer["checks"])
    areas = [each["area"] for each in answer["checks"]]
    assert {area: areas.count(area) for area in areas} == {
        "settings": 33, "lockfile": 10, "code": 9, "pipeline": 5, "packages": 1,
    }  # fmt: skip

    assert answer["worst"] == "critical"
    assert answer["checks"][0]["severity"] == "critical"
    found = by_key(done.out)
    policy = found["default-auth-policy"]["faults"]
    assert [(each["file"], each["line"]) for each in policy] == [("app-config.production.yaml", 6)]  # type: ignore[index, union-attr]
    urls = found["base-urls"]["faults"]
    assert [each["path"] for each in urls] == ["app.baseUrl"]  # type: ignore[index, union-attr]
    assert found["proxy-shared-secret"]["faults"][0]["file"] == "app-config.yaml"  # type: ignore[index]
    assert found["permissions"]["faults"][0]["file"] is None  # type: ignore[index]


def test_the_policy_that_allows_all_is_found_in_the_packages(folder: Folder, portal: Path) -> None:
    """Its line in package.json."""
    with (portal / "app-config.yaml").open("a") as file:
        file.write("permission:\n  enabled: true\n")
    fault = by_key(folder.run("assess", "--portal", str(portal), "--json").out)["permissions"]["faults"][0]  # type: ignore[index]
    assert (fault["file"], fault["line"]) == ("packages/backend/package.json", 3)


def test_a_secret_that_a_schema_gives_to_browsers_is_found(folder: Folder, portal: Path) -> None:
    """By the schema of a plugin of the portal's own; other settings beside it are none."""
    with (portal / "app-config.yaml").open("a") as file:
        file.write("pets:\n  url: https://pets.acme.example\n  apiToken: ${PETS_TOKEN}\n  other: x\n")
    faults = by_key(folder.run("assess", "--portal", str(portal), "--json").out)["browser-secrets"]["faults"]
    assert [each["path"] for each in faults] == ["pets.apiToken"]  # type: ignore[index, union-attr]


def test_it_is_a_gate(folder: Folder, portal: Path) -> None:
    """1 for a fault as bad as asked, 0 for none; mended settings pass."""
    folder.run("assess", "--portal", str(portal), "--fail-on", "critical", code=1)
    (portal / "app-config.production.yaml").write_text("app:\n  title: Acme\n")
    folder.run("assess", "--portal", str(portal), "--fail-on", "critical")
    folder.run("assess", "--portal", str(portal), "--fail-on", "high", code=1)


def test_people_read_what_to_do(folder: Folder, portal: Path) -> None:
    """In text and in Markdown: place, sentence, remedy; and nothing that was not judged is left out."""
    text = folder.run("assess", "--portal", str(portal), "--all")
    assert "app-config.production.yaml:6  backend.auth.dangerouslyDisableDefaultAuthPolicy" in text.out
    assert "Do: Remove the setting." in text.out
    assert "not evaluated  A secret is given to every browser" in text.out
    assert "passed         A static service token is weak or unlimited" in text.out
    assert "of 58." in text.err
    markdown = folder.run("assess", "--portal", str(portal), "--format", "markdown").out
    assert "## Backend routes answer without a token (critical)" in markdown
    assert "## Not evaluated" in markdown


def test_code_scanning_reads_it(folder: Folder, portal: Path) -> None:
    """Every result names a rule, a file below the folder and a line; what was not judged is said."""
    log = json.loads(folder.run("assess", "--portal", str(portal), "--format", "sarif").out)
    run = log["runs"][0]
    rules = {each["id"] for each in run["tool"]["driver"]["rules"]}
    assert len(rules) == 58
    assert run["results"]
    for result in run["results"]:
        assert result["ruleId"] in rules
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/")
        assert place["region"]["startLine"] >= 1
    assert run["invocations"][0]["toolExecutionNotifications"]


def test_only_what_is_named_is_judged(folder: Folder, portal: Path) -> None:
    """With files of its own, for development where it is said so."""
    done = folder.run(
        "assess", "--portal", str(portal), "--settings", str(portal / "app-config.yaml"), "--development", "--json"
    )
    answer = json.loads(done.out)
    assert (answer["files"], answer["production"]) == (["app-config.yaml"], False)
    assert by_key(done.out)["base-urls"]["result"] == "not-evaluated"


def test_a_folder_that_is_none_says_so(folder: Folder, portal: Path) -> None:
    """No settings, broken settings, a broken package.json: each names its file."""
    empty = folder.path / "empty"
    empty.mkdir()
    assert "app-config.yaml" in folder.run("assess", "--portal", str(empty), code=3).err
    (portal / "package.json").write_text("{")
    assert "package.json" in folder.run("assess", "--portal", str(portal), code=3).err
    (portal / "package.json").write_text("{}")
    (portal / "app-config.yaml").write_text("a: [\n")
    assert "app-config.yaml:2" in folder.run("assess", "--portal", str(portal), code=3).err


LOCK = """\
__metadata:
  version: 8
  cacheKey: 10c0

"@backstage/plugin-app-backend@npm:^0.3.0":
  version: 0.3.70
  resolution: "@backstage/plugin-app-backend@npm:0.3.70"
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"@backstage/plugin-proxy-backend@npm:^0.6.0":
  version: 0.6.18
  resolution: "@backstage/plugin-proxy-backend@npm:0.6.18"
  languageName: node
  linkType: hard
"""


def test_the_lock_and_the_pipeline_are_judged_beside_the_settings(folder: Folder, portal: Path) -> None:
    """Backstage's own advisories by locked version, a hash that was taken out, an action by tag, and what cannot be read."""
    (portal / "yarn.lock").write_text(LOCK)
    workflows = portal / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "ci.yml").write_text("on: push\njobs:\n  a:\n    steps:\n      - uses: acme/deploy@v1\n")
    (portal / "Dockerfile").write_text("RUN nothing before an image\n")
    found = by_key(folder.run("assess", "--portal", str(portal), "--json").out)
    known = found["known-advisories"]["faults"]
    assert [(each["path"], each["line"]) for each in known] == [("pkg:npm/%40backstage/plugin-app-backend@0.3.70", 5)]  # type: ignore[index, union-attr]
    assert "Fixed in 0.3.75." in known[0]["said"]  # type: ignore[index]
    assert [each["path"] for each in found["browser-secrets"]["faults"]] == ["@backstage/plugin-app-backend"]  # type: ignore[index, union-attr]
    taken = found["integrity-missing"]["faults"]
    assert [(each["path"], each["line"]) for each in taken] == [("@backstage/plugin-proxy-backend@0.6.18", 12)]  # type: ignore[index, union-attr]
    action = found["movable-action"]["faults"]
    assert [(each["file"], each["line"]) for each in action] == [(".github/workflows/ci.yml", 5)]  # type: ignore[index, union-attr]
    assert [each["file"] for each in found["readable-manifests"]["faults"]] == ["Dockerfile"]  # type: ignore[index, union-attr]
    assert found["install-scripts"]["result"] == "not-evaluated"


def test_the_code_of_the_portals_own_plugins_is_judged(folder: Folder, portal: Path) -> None:
    """Its packages' sources and schemas, not its tests; a schema written as types says what browsers get."""
    plugin = portal / "plugins" / "toys"
    (plugin / "src" / "__tests__").mkdir(parents=True)
    (plugin / "package.json").write_text('{"backstage": {"role": "frontend-plugin"}, "configSchema": "config.d.ts"}')
    (plugin / "config.d.ts").write_text(
        "export interface Config {\n  toys: {\n    /** @visibility frontend */\n    apiToken: string;\n  };\n}\n"
    )
    (plugin / "src" / "Toys.tsx").write_text("export const A = (p: P) =>\n  <p dangerouslySetInnerHTML={p.html} />;\n")
    (plugin / "src" / "Toys.test.tsx").write_text("eval(text);\n")
    (plugin / "src" / "__tests__" / "a.ts").write_text("eval(text);\n")
    (plugin / "src" / "link.ts").symlink_to(plugin / "src" / "__tests__" / "a.ts")
    with (portal / "app-config.yaml").open("a") as file:
        file.write("toys:\n  apiToken: ${TOYS_TOKEN}\n")
    found = by_key(folder.run("assess", "--portal", str(portal), "--json").out)
    html = found["unsafe-html"]["faults"]
    assert [(each["file"], each["line"]) for each in html] == [("plugins/toys/src/Toys.tsx", 2)]  # type: ignore[index, union-attr]
    assert found["code-from-text"]["result"] == "passed"
    schema = found["browser-schema"]["faults"]
    assert [(each["file"], each["line"]) for each in schema] == [("plugins/toys/config.d.ts", 4)]  # type: ignore[index, union-attr]
    assert [each["path"] for each in found["browser-secrets"]["faults"]] == ["toys.apiToken"]  # type: ignore[index, union-attr]


def test_an_index_that_is_named_and_not_there_is_no_small_one(folder: Folder, portal: Path) -> None:
    """Whoever names a file means that one: the assessment does not go on with what came along."""
    done = folder.run("assess", "--portal", str(portal), code=2, CALLBOARD_ADVISORIES_INDEX="nowhere.idx")
    assert "nowhere.idx" in done.err
