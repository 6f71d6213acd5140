"""Plants packages into real lockfiles, written as each package manager writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from callboard.domain.packages.package import Package


def plant(file: Path, packages: Iterable[Package]) -> bytes:
    """The file with these packages added. Those of another ecosystem than the file's are left out."""
    text = file.read_text(encoding="utf-8")
    python = [each for each in packages if each.ecosystem == "PyPI"]
    npm = [each for each in packages if each.ecosystem == "npm"]
    if file.name.endswith("yarn-classic.lock"):
        text += "".join(f'\n"{each.name}@{each.version}":\n  version "{each.version}"\n' for each in npm)
    elif file.name.endswith("yarn.lock"):
        text += "".join(
            f'\n"{each.name}@npm:{each.version}":\n  version: {each.version}\n  resolution: "{each.name}@npm:{each.version}"\n'
            "  languageName: node\n  linkType: hard\n"
            for each in npm
        )
    elif "package-lock" in file.name:
        document = json.loads(text)
        if "packages" in document:
            document["packages"] |= {
                f"node_modules/planted-{number}/node_modules/{each.name}": {"version": each.version}
                for number, each in enumerate(npm)
            }
        else:
            for number, each in enumerate(npm):
                document["dependencies"][f"planted-{number}"] = {
                    "version": "1.0.0",
                    "dependencies": {each.name: {"version": each.version}},
                }
        text = json.dumps(document, indent=2)
    elif file.name.endswith("yaml"):
        there = set(re.findall(r"^  '?([^'\n]+?)'?:$", text, re.MULTILINE))
        new = [f"{each.name}@{each.version}" for each in npm if f"{each.name}@{each.version}" not in there]
        added = "".join(f"\n  '{each}':\n    resolution: {{integrity: sha512-x}}\n" for each in new)
        text = re.sub(r"^packages:\n", lambda found: found[0] + added, text, count=1, flags=re.MULTILINE)
    elif file.name.endswith(("uv.lock", "poetry.lock", "pdm.lock")):
        source = 'source = { registry = "https://packages.example/simple" }\n' if file.name.endswith("uv.lock") else ""
        added = "".join(f'[[package]]\nname = "{each.name}"\nversion = "{each.version}"\n{source}\n' for each in python)
        text = text.replace("[[package]]\n", added + "[[package]]\n", 1)
    else:
        text += "".join(f"\n{each.name}=={each.version} \\\n    --hash=sha256:{'0' * 64}\n" for each in python)
    return text.encode()
