"""Where the index of advisories is: one rule for everybody who asks, without reading the whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CALLBOARD_ADVISORIES_INDEX"
FILE_NAME = "callboard-advisories.idx"


def find_index(config: Path | None, environ: Mapping[str, str]) -> Path:
    """The path of the index: the variable, `[advisories] index` in the configuration, or a file beside it.

    A configuration that cannot be read counts as none here: whoever needs more of it will complain better.
    """
    if named := environ.get(VARIABLE):
        return Path(named)
    file = config or (Path(environ["CALLBOARD_CONFIG"]) if environ.get("CALLBOARD_CONFIG") else Path("callboard.toml"))
    if not file.is_file():
        return Path(FILE_NAME)
    import tomllib

    try:
        section = tomllib.loads(file.read_text(encoding="utf-8")).get("advisories")
    except (OSError, ValueError):
        section = None
    index = section.get("index") if isinstance(section, dict) else None
    return file.parent / (index if isinstance(index, str) and index else FILE_NAME)
