"""`[retention]`: how long what grows is kept."""

from __future__ import annotations

from callboard.domain import retention


class Retention(retention.Keep, frozen=True, kw_only=True):
    """How long what grows is kept. `callboard retention plan` says what would be dropped; nothing open ever is."""
