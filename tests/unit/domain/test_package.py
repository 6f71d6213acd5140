"""Packages: how they are named, matched and written as package URLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.packages.package import Package, package_key, package_of
from callboard.errors import InvalidPurlError

CASES = [
    ("npm", "lodash", "4.17.21", "pkg:npm/lodash@4.17.21"),
    ("npm", "@backstage/core-plugin-api", "1.10.9", "pkg:npm/%40backstage/core-plugin-api@1.10.9"),
    ("npm", "left-pad", "1.0.0+build", "pkg:npm/left-pad@1.0.0%2Bbuild"),
    ("PyPI", "zope.interface", "7.2", "pkg:pypi/zope.interface@7.2"),
    ("Go", "github.com/gorilla/mux", "v1.8.1", "pkg:golang/github.com/gorilla/mux@v1.8.1"),
    ("crates.io", "serde", "1.0.0", "pkg:cargo/serde@1.0.0"),
    ("RubyGems", "rails", "7.1.0", "pkg:gem/rails@7.1.0"),
    ("Packagist", "symfony/http-kernel", "v6.0.1", "pkg:composer/symfony/http-kernel@v6.0.1"),
    ("Maven", "org.apache.commons:commons-text", "1.9", "pkg:maven/org.apache.commons/commons-text@1.9"),
    ("NuGet", "Newtonsoft.Json", "13.0.1", "pkg:nuget/Newtonsoft.Json@13.0.1"),
    ("GitHub Actions", "actions/checkout", "v4", "pkg:githubactions/actions/checkout@v4"),
    ("Debian", "curl", "7.88.1-10", "pkg:deb/debian/curl@7.88.1-10"),
    ("docker", "library/debian", "bookworm", "pkg:docker/library/debian@bookworm"),
    ("generic", "openssl", "1.1.1", "pkg:generic/openssl@1.1.1"),
]


@pytest.mark.parametrize(("ecosystem", "name", "version", "purl"), CASES)
def test_a_package_and_its_url_are_one(ecosystem: str, name: str, version: str, purl: str) -> None:
    """Written as the specification has it, and read back to the same package."""
    package = Package(ecosystem=ecosystem, name=name, version=version)
    assert package.purl == purl == str(package.purl_parts)
    assert package_of(purl) == package


def test_spellings_of_one_package_have_one_key() -> None:
    """PyPI folds case and runs of . - _; the package URL only some of that, so the key is never taken from it."""
    assert package_key("PyPI", "Zope.Interface") == package_key("PyPI", "zope__interface") == ("PyPI", "zope-interface")
    assert package_of("pkg:pypi/zope.interface@7.2").key == ("PyPI", "zope-interface")
    assert package_key("NuGet", "Newtonsoft.Json") == package_key("NuGet", "newtonsoft.json")


def test_npm_names_are_exactly_themselves() -> None:
    """Old names with capitals exist, and are other packages than those without."""
    assert package_key("npm", "JSONStream") != package_key("npm", "jsonstream")


def test_a_module_is_found_whatever_the_url_did_to_its_case() -> None:
    """Package URLs of Go are lower case; advisories have the module's own spelling."""
    module = Package(ecosystem="Go", name="github.com/BurntSushi/toml", version="v1.4.0")
    assert package_of(module.purl).key == module.key


def test_a_distribution_is_matched_without_its_release() -> None:
    """Advisories name "Debian:12" and the like."""
    assert package_key("Debian:12", "curl") == ("Debian", "curl")


def test_a_repository_of_its_own_is_marked() -> None:
    """The name may then be another package."""
    assert package_of("pkg:npm/lodash@1.0.0?repository_url=https://npm.corp.example").repository is not None
    assert package_of("pkg:npm/lodash@1.0.0").repository is None


def test_a_package_without_a_name_has_no_url() -> None:
    """It is said, and nothing is made up."""
    with pytest.raises(InvalidPurlError):
        _ = Package(ecosystem="npm", name="", version="1.0.0").purl


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_quick_way_writes_what_the_long_way_does(name: str, version: str) -> None:
    """For every npm name and version, also impossible ones."""
    package = Package(ecosystem="npm", name=name, version=version)
    try:
        expected = str(package.purl_parts)
    except InvalidPurlError:
        with pytest.raises(InvalidPurlError):
            _ = package.purl
        return
    assert package.purl == expected


@given(
    st.from_regex(r"(@[a-z._~-]{1,5}/)?[A-Za-z0-9._~-]{1,9}", fullmatch=True),
    st.from_regex(r"[0-9a-z.+-]{1,9}", fullmatch=True),
)
def test_usual_npm_names_come_back(name: str, version: str) -> None:
    """From package to URL and back."""
    package = Package(ecosystem="npm", name=name, version=version)
    assert package_of(package.purl) == package
