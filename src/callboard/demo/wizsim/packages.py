"""What a vulnerable package is: its language or package manager, and how likely its weakness is used."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.values import Weakness

LANGUAGES: Final = {
    "maven": "JAVA",
    "npm": "JAVASCRIPT",
    "pypi": "PYTHON",
    "go": "GO",
    "nuget": "CSHARP",
    "gem": "RUBY",
}
"""The library languages that the schema knows, by ecosystem."""

PACKAGE_MANAGERS: Final = {"deb": "DPKG", "apk": "APK"}
"""The package managers of operating systems, by ecosystem."""


def package_type(w: Weakness) -> dict[str, Any]:
    """What kind of software a package is."""
    language, manager = LANGUAGES.get(w.ecosystem), PACKAGE_MANAGERS.get(w.ecosystem)
    group = "CODE_LIBRARY" if language else "OS_PACKAGE" if manager else "HOSTED_TECHNOLOGY"
    return {
        "group": group,
        "codeLibraryLanguage": language,
        "osPackageManager": manager,
        "ciComponent": None,
        "custom": None,
        "plugin": None,
        "ide": None,
        "hostedTechnology": None,
    }


def epss_severity(w: Weakness) -> str:
    """The word for the exploit probability."""
    return "CRITICAL" if w.epss > 0.7 else "HIGH" if w.epss > 0.3 else "MEDIUM" if w.epss > 0.05 else "LOW"
