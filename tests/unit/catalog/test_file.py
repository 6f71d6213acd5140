"""Catalog files: what is found, what is refused, and where each mistake stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callboard.catalog import tree
from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.file import FileCatalog
from callboard.domain.component import CatalogReading, Entity
from callboard.errors import CatalogUnreachableError

HEAD = "apiVersion: backstage.io/v1alpha1\n"


def component(name: str, rest: str = "", owner: str = "red") -> str:
    """A component's document."""
    return f"{HEAD}kind: Component\nmetadata:\n  name: {name}\n{rest}spec:\n  type: service\n  owner: {owner}\n"


def location(*targets: str, kind: str = "file") -> str:
    """A location's document."""
    return f"{HEAD}kind: Location\nmetadata: {{name: l}}\nspec: {{type: {kind}, targets: {list(targets)}}}\n"


class Folder:
    """A catalog in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, *documents: str) -> Path:
        """Write a file of several documents."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("---\n".join(documents))
        return file

    async def read(self, *paths: str) -> CatalogReading:
        """One reading."""
        config = FileCatalogConfig(root=self.root, paths=paths or (".",))
        return await FileCatalog(config).read()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty catalog, with something secret beside it."""
    (tmp_path / "secret.yaml").write_text(component("secret"))
    (tmp_path / "root").mkdir()
    return Folder(tmp_path / "root")


def names(reading: CatalogReading) -> list[str]:
    """The names of all entities."""
    return [entity.name for entity in reading.entities]


def told(reading: CatalogReading) -> list[str]:
    """All problems, each in one line."""
    return [f"{problem.where}: {problem.reason}" for problem in reading.problems]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", ["a", "b", "c", "d"]),
        ("a.yaml", ["a"]),
        ("x", ["b", "c"]),
        ("**/*.yaml", ["a", "b", "d"]),
        ("*/*.y*ml", ["b", "d"]),
        ("x/**", ["b", "c"]),
        ("**/?.yml", ["c"]),
        ("**/x/**/deep/**/c.yml", ["c"]),
        ("**/**/**/b.yaml", ["b"]),
    ],
)
async def test_files_folders_and_globs(folder: Folder, path: str, expected: list[str]) -> None:
    """A folder means its YAML files; `**` means any folders, none included."""
    folder.write("a.yaml", component("a"))
    folder.write("x/b.yaml", component("b"))
    folder.write("x/deep/c.yml", component("c"))
    folder.write("[y]/d.yaml", component("d"))
    for skipped in (".git/e.yaml", "node_modules/f/g.yaml"):
        folder.write(skipped, component("skipped"))
    reading = await folder.read(path)
    assert names(reading) == expected
    assert reading.complete


async def test_a_file_is_read_once_and_says_where_it_is(folder: Folder) -> None:
    """However many paths and links lead to it."""
    file = folder.write("x/a.yaml", component("a"))
    (folder.root / "link.yaml").symlink_to(file)
    reading = await folder.read("x/a.yaml", "**/*.yaml", ".")
    assert told(reading) == []
    assert [entity.location for entity in reading.entities] == ["x/a.yaml"]


async def test_references_get_their_defaults(folder: Folder) -> None:
    """Kinds by field, namespace by the entity, letter case by nobody."""
    text = component("A", "  namespace: Lab\n  title: T\n", owner="Red-Team").replace(
        "kind: Component", "kind: component"
    )
    folder.write("a.yaml", text + "  system: default/Shop\n  lifecycle: production\n")
    (entity,) = (await folder.read()).entities
    assert entity == Entity(
        ref=entity.ref,
        kind="component",
        name="A",
        title="T",
        type="service",
        lifecycle="production",
        owner=entity.owner,
        system=entity.system,
        location="a.yaml",
    )
    assert (entity.ref, entity.owner, entity.system) == (
        "component:lab/a",
        "group:lab/red-team",
        "system:default/shop",
    )


async def test_members_and_parents_are_taken_from_both_ends(folder: Folder) -> None:
    """A group's own parent counts before what another group says about it; circles are told."""
    folder.write(
        "org.yaml",
        f"{HEAD}kind: Group\nmetadata: {{name: top}}\nspec: {{type: t, children: [low, other]}}\n",
        f"{HEAD}kind: Group\nmetadata: {{name: low}}\nspec: {{type: t, members: [bo, 'user:ana'], children: []}}\n",
        f"{HEAD}kind: Group\nmetadata: {{name: other}}\nspec: {{type: t, parent: low}}\n",
        f"{HEAD}kind: User\nmetadata: {{name: cy}}\nspec: {{memberOf: [low, gone]}}\n",
        f"{HEAD}kind: Group\nmetadata: {{name: r1}}\nspec: {{parent: r2}}\n",
        f"{HEAD}kind: Group\nmetadata: {{name: r2}}\nspec: {{parent: r1}}\n",
    )
    reading = await folder.read()
    groups = {entity.name: entity for entity in reading.entities}
    assert groups["low"].members == ("user:default/ana", "user:default/bo", "user:default/cy")
    assert groups["low"].parent == "group:default/top"
    assert groups["other"].parent == "group:default/low"
    assert reading.complete
    assert told(reading) == [
        "group:default/r1: these groups are above each other in a circle: group:default/r1, group:default/r2"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            component("b", "  annotations:\n    wiz.io/project-id: 12\n"),
            "bad.yaml:6: metadata.annotations.wiz.io/project-id: expected text, got a number",
        ),
        (
            component("b", "  annotations:\n    x/y:\n"),
            "bad.yaml:6: metadata.annotations.x/y: expected text, got nothing",
        ),
        (component("b", "  tags: {a: b}\n"), "bad.yaml:5: metadata.tags: expected a list, got a mapping"),
        (component("b", owner="{$text: ./owner.txt}"), "bad.yaml:7: spec.owner: expected text, got a mapping"),
        (component("a b"), "bad.yaml:4: 'a b' cannot be part of an entity reference (kind:namespace/name)"),
        (component("12"), "bad.yaml:4: metadata.name: expected text, got a number"),
        (f"{HEAD}kind: Component\nspec: {{}}\n", "bad.yaml:1: missing the field `metadata`"),
        (
            "kind: Component\nmetadata: {name: x}\n",
            "bad.yaml:1: a Component without apiVersion: expected backstage.io/v1alpha1",
        ),
        (
            f"{HEAD}kind: [x\n",
            "bad.yaml:3: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'",
        ),
        (location("gone.yaml"), "bad.yaml:1: gone.yaml cannot be read: no such file or directory"),
        (f"{HEAD}kind: Location\nspec: {{targets: x}}\n", "bad.yaml:3: spec.targets: expected a list, got text"),
    ],
)
async def test_a_bad_document_is_told_with_its_line_and_hides_no_other(folder: Folder, text: str, problem: str) -> None:
    """What it holds exists, so nothing may be taken for deleted."""
    folder.write("a.yaml", component("a"))
    folder.write("bad.yaml", text)
    folder.write("c.yaml", component("c"))
    reading = await folder.read()
    assert names(reading) == ["a", "c"]
    assert told(reading) == [problem]
    assert not reading.complete


async def test_a_bad_reference_costs_only_itself(folder: Folder) -> None:
    """The entity is there, without the owner that cannot be read."""
    folder.write("a.yaml", component("a", owner="'a b'"))
    reading = await folder.read()
    assert reading.entities[0].owner is None
    assert reading.complete
    assert told(reading) == [
        "a.yaml:1: component:default/a: spec.owner: 'a b' is not an entity reference (kind:namespace/name)"
    ]


async def test_what_belongs_to_others_is_left_alone(folder: Folder) -> None:
    """Other makers' kinds, a company's own kinds, and YAML that is no catalog."""
    folder.write(
        "a.yaml",
        component("a"),
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        f"{HEAD}kind: Template\nmetadata: {{name: t}}\n",
        "steps: [x]\n",
        "- x\n",
        "kind: Pod\n",
        "# nothing\n",
    )
    reading = await folder.read()
    assert (names(reading), reading.problems, reading.complete) == (["a"], (), True)
    folder.write("catalog-info.yaml", "- x\n")
    assert told(await folder.read()) == ["catalog-info.yaml:1: expected a mapping with apiVersion, kind and metadata"]


async def test_duplicates_name_both_places_and_gain_nothing(folder: Folder) -> None:
    """The first counts; when they name different owners neither has it, so that a second file cannot take over."""
    folder.write("a.yaml", component("x"), component("y"))
    folder.write("b.yaml", component("X"), component("y", owner="thief"))
    reading = await folder.read()
    assert [(entity.owner, entity.location) for entity in reading.entities] == [
        ("group:default/red", "a.yaml"),
        (None, "a.yaml"),
    ]
    assert reading.complete
    first, second = told(reading)
    assert first == "b.yaml:1: component:default/x is described in a.yaml:1 and again in b.yaml:1; the first one counts"
    assert second.startswith("b.yaml:9: component:default/y is described in a.yaml:9 and again in b.yaml:9;")
    assert second.endswith("the first one counts, without an owner, since they name different ones")


async def test_locations_are_followed_below_root_only(folder: Folder) -> None:
    """Relative to their own file; never up, never out, never to an address."""
    folder.write("all.yaml", location("x/more.yaml"))
    folder.write("x/more.yaml", location("./y/*.yaml", "more.yaml"))
    folder.write("x/y/a.yaml", component("a"))
    reading = await folder.read("all.yaml")
    assert (names(reading), reading.problems) == (["a"], ())
    outside = folder.root.parent / "secret.yaml"
    folder.write("x/y/bad.yaml", location("../../../secret.yaml", str(outside), "~/x.yaml", "https://h.example/c.yaml"))
    folder.write("x/y/url.yaml", location("x", kind="url"))
    folder.write("x/y/ups.yaml", location("../more.yaml", "a/../../more.yaml", "..\\x", "\0"))
    reading = await folder.read("all.yaml")
    assert names(reading) == ["a"]
    assert reading.complete
    assert len(reading.problems) == 6


@pytest.mark.attack("A15")
async def test_links_do_not_lead_out(folder: Folder) -> None:
    """Neither a linked file nor a linked folder, named or found."""
    folder.write("a.yaml", component("a"))
    (folder.root / "link.yaml").symlink_to(folder.root.parent / "secret.yaml")
    (folder.root / "up").symlink_to(folder.root.parent)
    (folder.root / "circle").symlink_to(folder.root)
    (folder.root / "broken.yaml").symlink_to("nowhere")
    for paths in ((".",), ("*.yaml", "link.yaml", "up/secret.yaml", "up", "up/*.yaml")):
        reading = await folder.read(*paths)
        assert names(reading) == ["a"]
        assert "secret" not in str(reading.entities)
        assert any("leads out" in each for each in told(reading))


async def test_pipes_and_closed_folders_do_not_hold_us_up(folder: Folder) -> None:
    """A pipe is no file; what cannot be opened is missing, and said."""
    folder.write("a.yaml", component("a"))
    os.mkfifo(folder.root / "pipe.yaml")
    reading = await folder.read(".", "pipe.yaml")
    assert names(reading) == ["a"]
    assert not reading.complete


async def test_what_is_named_and_missing_makes_a_reading_partial(folder: Folder) -> None:
    """A file that was there yesterday may be unmounted today."""
    folder.write("a.yaml", component("a"))
    reading = await folder.read("a.yaml", "b.yaml", "nothing-*.yaml", "gone/*.yaml")
    assert names(reading) == ["a"]
    assert not reading.complete
    assert any("b.yaml" in each for each in told(reading))


async def test_a_root_that_is_not_there_is_unreachable(folder: Folder) -> None:
    """So is one without any catalog file: an empty mount must not read as an empty company."""
    for root in (folder.root / "gone", folder.root.parent / "secret.yaml"):
        with pytest.raises(CatalogUnreachableError, match="cannot be read"):
            await FileCatalog(FileCatalogConfig(root=root)).read()
    with pytest.raises(CatalogUnreachableError, match="no catalog file"):
        await folder.read()
    (line,) = await FileCatalog(FileCatalogConfig(root=folder.root)).check()
    assert (line.ok, line.subject) == (False, "catalog files")


async def test_files_without_entities_are_not_believed(folder: Folder) -> None:
    """Nothing in them is not the same as nothing there."""
    folder.write("a.yaml", "x: y\n")
    reading = await folder.read()
    assert reading.entities == ()
    assert not reading.complete


@pytest.mark.fault("F6")
async def test_everything_is_bounded(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, entities, folders inside each other, locations that lead to each other, and what is looked at."""
    for number in range(4):
        folder.write(f"{number}.yaml", component(f"c{number}"), component(f"d{number}"))
    folder.write("l/0/x.yaml", component("deep"))
    room = "callboard.catalog.file"
    for name, value, count, words in (
        (f"{room}.MAX_FILES", 3, 6, "catalog files"),
        (f"{room}.MAX_ENTITIES", 5, 5, "entities"),
        ("callboard.catalog.tree.MAX_DEPTH", 1, 8, "inside each other"),
        ("callboard.catalog.tree.MAX_VISITED", 5, 8, "to look at"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(name, value)
            reading = await folder.read()
        assert len(reading.entities) == count, name
        assert not reading.complete
        assert any(words in each for each in told(reading)), told(reading)
    for number in range(12):
        folder.write(f"chain/{number}.yaml", location(f"{number + 1}.yaml"))
    folder.write("chain/12.yaml", component("end"))
    reading = await folder.read("chain/0.yaml")
    assert any("lead to each other" in each for each in told(reading))


async def test_names_that_are_no_text_can_still_be_told(folder: Folder) -> None:
    """File names are bytes; a problem about one must be storable."""
    name = os.fsdecode(b"\xff.yaml")
    folder.write(name, "a: [\n")
    folder.write("a.yaml", component("a"))
    (problem,) = (await folder.read()).problems
    assert problem.where.encode() == b"?.yaml:2"


def test_a_glob_written_to_be_slow_is_not() -> None:
    """All ways to fit are followed at once."""
    parts = ["a" * 250] * 40
    assert not tree._matches(["**", "*a*a*a*a*a*a*a*a*a*b"] * 15, parts)
    assert tree._matches(["**"] * 30, parts)


async def test_a_link_that_calls_itself_a_runbook_stands_for_the_annotation(folder: Folder) -> None:
    """By title or type; the annotation comes first, and a link that is none loses nobody."""
    links = "  links:\n  - {url: https://wiki.example/shop, title: Dashboard}\n  - {url: https://wiki.example/run, title: The Runbook}\n"
    own = "  annotations: {callboard.dev/runbook: https://wiki.example/own}\n"
    folder.write(
        "a.yaml", component("titled", links), component("both", own + links),
        component("typed", "  links: [{url: https://wiki.example/t, type: runbook}]\n"),
        component("broken", "  links: [7, {title: runbook}, {url: 3, title: runbook}]\n"),
        component("odd", "  links: runbook\n"),
    )  # fmt: skip
    reading = await folder.read()
    assert told(reading) == []
    assert {each.name: dict(each.annotations).get("callboard.dev/runbook") for each in reading.entities} == {
        "titled": "https://wiki.example/run", "both": "https://wiki.example/own", "typed": "https://wiki.example/t",
        "broken": None, "odd": None,
    }  # fmt: skip
