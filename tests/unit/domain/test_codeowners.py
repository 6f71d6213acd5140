"""CODEOWNERS by the rules that GitHub and GitLab publish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.ownership.codeowners import MAX_ENTRIES, MAX_LINE, Dialect, owners_of, parse

GITHUB = """\
# The example of the page "About code owners", in our own words.
*       @global-one @global-two
*.js    @js-owner #an inline comment
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def owners(
    text: str, path: str, dialect: Dialect = Dialect.GITHUB, *, is_folder: bool = False
) -> list[tuple[str, ...]]:
    """The owners in each deciding line."""
    return [entry.owners for entry in owners_of(parse(text, dialect), path, is_folder=is_folder)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("some/deep/file.rb", ("@global-one", "@global-two")),
        ("web/index.js", ("@js-owner",)),
        ("cmd/main.go", ("docs@example.com",)),
        ("notes.txt", ("@octo-org/octocats",)),
        ("build/logs/today", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("deep/apps/x.py", ("@octocat",)),
        ("scripts/run.sh", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/x", ("@octocat",)),
        ("apps/main/index", ("@octocat",)),
        ("apps/github/index", ()),
    ],
)
def test_github_lets_the_last_line_that_fits_decide(path: str, expected: tuple[str, ...]) -> None:
    """As its own page says, the empty line included."""
    assert owners(GITHUB, path) == [expected]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/deep/a.md", False),
        ("docs/*", "other/docs/a.md", False),
        ("/*", "a.md", True),
        ("/*", "deep/a.md", False),
        ("apps/", "x/apps/y", True),
        ("apps/", "apps", False),
        ("/apps/", "x/apps/y", False),
        ("apps", "x/apps", True),
        ("apps", "apps/deep/y", True),
        ("/docs", "docs/deep/y", True),
        ("/docs", "docs2/y", False),
        ("docs/**", "docs/deep/y", True),
        ("docs/**", "docs", False),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("**/logs", "a/b/logs/c", True),
        ("*.Js", "a.js", False),
        ("with\\ blank/", "with blank/x", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("*", ".github/x/y", True),
    ],
)
def test_patterns_of_github(pattern: str, path: str, *, fits: bool) -> None:
    """As gitignore, except for what its page says does not work."""
    assert bool(owners(f"{pattern} @x", path)) is fits


@pytest.mark.parametrize("line", ["!a @x", "\\#a @x", "[ab].py @x", "a @no owner!", "a @org/", "a someone"])
def test_github_skips_a_line_that_it_does_not_understand(line: str) -> None:
    """With the reason, and the others stand."""
    read = parse(f"* @all\n{line}\n", Dialect.GITHUB)
    assert [entry.line for entry in read.entries] == [1]
    assert [(each.line, bool(each.reason)) for each in read.skipped] == [(2, True)]


GITLAB = """\
* @default
\\#pound.rb @pound
/docs/ @all-docs
/docs/* @root-docs
README.md @doc-team mail@example.com # and @commented

[Documentation] @docs-team
ee/docs/
docs/ @docs
^[Database][2] @dba
model/db/
config/db/setup.md @docs-team
!model/db/generated/
[DOCUMENTATION]
*.md @writers
[]
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lib/x.rb", {"": ("@default",)}),
        ("deep/#pound.rb", {"": ("@pound",)}),
        ("docs/x.rb", {"": ("@root-docs",), "Documentation": ("@docs",)}),
        ("docs/deep/x.rb", {"": ("@all-docs",), "Documentation": ("@docs",)}),
        ("deep/README.md", {"": ("@doc-team", "mail@example.com", "@commented"), "Documentation": ("@writers",)}),
        ("ee/docs/x", {"": ("@default",), "Documentation": ("@docs",)}),
        ("model/db/x", {"": ("@default",), "Database": ("@dba",)}),
        ("model/db/generated/x", {"": ("@default",)}),
        ("config/db/setup.md", {"": ("@default",), "Database": ("@docs-team",), "Documentation": ("@writers",)}),
    ],
)
def test_gitlab_decides_once_in_each_section(path: str, expected: dict[str, tuple[str, ...]]) -> None:
    """Defaults of sections, names without letter case, exclusions, owners in comments, as its page says."""
    read = parse(GITLAB, Dialect.GITLAB)
    assert {entry.section: entry.owners for entry in owners_of(read, path)} == expected


def test_gitlab_sections_are_optional_only_when_every_heading_says_so() -> None:
    """And a heading without a name is skipped."""
    read = parse(GITLAB + "^[Documentation]\nx @y\n", Dialect.GITLAB)
    assert {entry.section for entry in read.entries if entry.optional} == {"Database"}
    assert [each.reason for each in read.skipped] == ["the section has no name"]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/docs", "docs/x", False),
        ("/docs", "docs", True),
        ("docs/", "a/docs/b/c", True),
        ("/config/", "deep/config/x", False),
        ("*.md", "deep/er/x.md", True),
        ("/*.md", "deep/x.md", False),
        ("/docs/**/*.md", "docs/x.md", True),
        ("/docs/**", "docs/a/b", False),
        ("[ab].py", "a.py", True),
        ("[!ab].py", "a.py", False),
        ("path\\ with/", "path with/x", True),
        (".*", ".hidden", True),
    ],
)
def test_patterns_of_gitlab(pattern: str, path: str, *, fits: bool) -> None:
    """As Ruby's fnmatch with path names and dot files."""
    assert bool(owners(f"{pattern} @x", path, Dialect.GITLAB)) is fits


def test_a_folder_is_whose_a_new_file_in_it_would_be() -> None:
    """A pattern of names says nothing about it."""
    text = "*.md @writers\n/services/a/ @team-a\n/services/b/* @team-b\n"
    assert owners(text, "services/a", is_folder=True) == [("@team-a",)]
    assert owners(text, "services/b", is_folder=True) == [("@team-b",)]
    assert owners(text, "services/c", is_folder=True) == []


def test_a_huge_file_is_cut_and_says_so() -> None:
    """A line that is too long is skipped, and lines over the limit are left out."""
    read = parse("a @x\n" * (MAX_ENTRIES + 5), Dialect.GITHUB)
    assert len(read.entries) == MAX_ENTRIES
    assert read.skipped[-1].line == MAX_ENTRIES + 1
    assert parse("a" * (MAX_LINE + 1) + " @x", Dialect.GITHUB).skipped[0].line == 1


def test_a_file_made_to_keep_us_busy_answers_nothing() -> None:
    """Patterns and a path that together would take minutes: the test ends."""
    text = "".join(f"{'*a' * 1_000}{n} @x\n" for n in range(1_000))
    assert owners(text, "a" * 4_000) == []


WORDS = st.text(alphabet="ab*/?\\[]!^# @-.\n\0ä", max_size=60)


@given(
    WORDS, st.lists(st.text(alphabet="ab.", min_size=1, max_size=4), min_size=1, max_size=5), st.sampled_from(Dialect)
)
def test_any_text_is_read_and_any_path_is_answered(text: str, path: list[str], dialect: Dialect) -> None:
    """Nothing raises, and what decides is among what was read, the last of its section."""
    read = parse(text, dialect)
    for entry in owners_of(read, "/".join(path)):
        assert entry in read.entries


@given(st.lists(st.sampled_from(["a/", "/a", "*.b", "**/b", "a/*", "*"]), min_size=1, max_size=6))
def test_a_line_at_the_end_that_fits_always_decides(patterns: list[str]) -> None:
    """Whatever stands before it."""
    text = "\n".join(f"{pattern} @early" for pattern in patterns) + "\n* @last\n"
    assert owners(text, "a/x.b") == [("@last",)]
