"""What images were built on, remembered from page to page."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from callboard.store.interning.told import REMEMBERED
from callboard.store.ownership import lineage


class Bases:
    """The bases of images, of all sources. One image is run by many, so that each page asks for those of the page before."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def of(self, conn: Connection, images: Collection[str]) -> dict[str, str | None]:
        """The base of each; None: nobody knows it."""
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        missing = [image for image in images if image not in known]
        if missing:
            self.again(conn, missing)
        return {image: known[image] for image in images}

    def again(self, conn: Connection, images: Collection[str]) -> dict[str, str | None]:
        """As `of`, of images that may have another base than before."""
        found = lineage.bases(conn, images) if images else {}
        told = {image: found.get(image) for image in images}
        self._known.update(told)
        return told

    def forget(self) -> None:
        """Somebody else wrote."""
        self._known.clear()
