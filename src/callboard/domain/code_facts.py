"""What is known of the code that a component is built from: its repository, who looks after it, where manifests lie."""

from __future__ import annotations

import msgspec

from callboard.domain.activity import Neighbour
from callboard.domain.instant import Instant


class CodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One repository, or the folder in it, that a catalog entity names."""

    repository: str
    """`<host>/<slug>`."""
    folder: str
    """The folder that is meant. Empty: all of it."""
    branch: str
    read_at: Instant | None
    """When its content was last looked at. None: never."""
    gone_at: Instant | None
    """Since when it has not been found any more."""
    moved_to: str | None
    """The slug that the name leads to now."""
    problem: str | None
    """What could not be read, in a sentence."""
    code_owners_path: str | None
    """None: it has no file of code owners."""
    near: tuple[Neighbour, ...]
    """Code owners of the folder, then who committed there lately, as far as the catalog knows them."""
    manifests: tuple[str, ...]
    """Paths of lockfiles and other manifests below the folder, the first ones."""
    manifest_count: int


def is_below(path: str, folder: str) -> bool:
    """Whether a file lies in a folder, however deep."""
    return not folder or path.startswith(f"{folder}/")
