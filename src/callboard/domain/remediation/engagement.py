"""What people do with findings, as far as that is counted: never who, and no finer than the hour.

It says whether the board is of use (`docs/explanation/security.md`), so it holds no more than that question needs.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

from callboard.domain.access import Role, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import HOUR, Instant

MOST_SEEN = 50
"""Rows of a list that are read as rows; of a longer one nobody can say what was seen. So many are told at a time."""


@enum.unique
class Engagement(enum.IntEnum):
    """What somebody did."""

    FOLLOWED = 1
    """Followed the link of a finding to its source."""
    OPENED = 2
    """Opened a finding: its page, or all of it through the API."""
    ACTED = 3
    """Took a finding, or said something about it. What was said is a decision; this tells the door alone."""
    NOTIFIED = 4
    """A message that names the finding was delivered to the team, or to somebody of it. Nobody did anything yet."""
    SEEN = 5
    """Seen by a member of the team that owns it: opened, or half of its row in sight for two seconds, in a short list."""
    SEEN_BY_SECURITY = 6
    """Seen by security, and by nobody of the team that owns it."""
    SEEN_BY_OTHERS = 7
    """Seen by somebody else who may: somebody of a team above, of another one, or at the machine itself."""
    ARRIVED = 8
    """Came by a link in a message to the finding, or to a list that has it on its first page."""

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower().replace("_", "-")


@enum.unique
class Door(enum.IntEnum):
    """Through which door."""

    PAGE = 1
    """A page of ours, in a browser that is signed in."""
    API = 2
    """The API with a program's token."""
    PLUGIN = 3
    """The API with a portal's word for a person: the plugin in the portal."""
    MESSAGE = 4
    """A message of a channel, whichever."""
    SLACK = 5
    """A message in a room of Slack."""
    EMAIL = 6
    """A mail."""
    PORTAL = 7
    """A notification of a Backstage portal."""
    WEBHOOK = 8
    """What a program made of a message that was posted to it."""

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower()


DOORS = (Door.PAGE, Door.API, Door.PLUGIN, Door.MESSAGE)
"""Where something is done."""
CHANNELS = (Door.SLACK, Door.EMAIL, Door.PORTAL, Door.WEBHOOK)
"""By which a link can lead here."""
VIA = "via"
"""The parameter of an address that names one of these. It opens nothing, and is gone once it was read."""


def seen_as(viewer: Viewer, owners: Collection[EntityRef]) -> Engagement | None:
    """As whose look a look at something of these owners counts. None: a program looks, which sees nothing.

    Whose it is, is meant as in "mine": what the viewer owns alone, or a group that the viewer is in directly.
    """
    if Role.MACHINE in viewer.roles:
        return None
    if not set(viewer.owners or ()).isdisjoint(owners):
        return Engagement.SEEN
    return Engagement.SEEN_BY_SECURITY if Role.SECURITY in viewer.roles else Engagement.SEEN_BY_OTHERS


def hour_of(now: Instant) -> Instant:
    """The beginning of the hour: all that is kept of the time."""
    return Instant(now // HOUR * HOUR)
