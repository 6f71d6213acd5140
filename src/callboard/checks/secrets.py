"""Which settings hold secrets, and whether one stands in plain text."""

from __future__ import annotations

import re

from callboard.checks.configuration import Setting

_SECRET = re.compile(
    r"(?:^|[a-z_-])(?:token|secret|password|passphrase|privatekey|private_key|apikey|api_key|api-key|accesskey"
    r"|secretaccesskey|connectionstring|webhooksecret|credential|clientsecret)s?$",
    re.IGNORECASE,
)
_NO_SECRET = frozenset({"tokenendpoint", "tokenurl", "backstagetokenexpiration", "omitidentitytokenownershipclaim"})


def is_secret_name(key: str) -> bool:
    """Whether a key's name says that a secret stands behind it."""
    bare = key.replace("-", "").replace("_", "").lower()
    return bare not in _NO_SECRET and _SECRET.search(key) is not None


def is_plain(setting: Setting | None) -> bool:
    """Whether text stands here itself, instead of in the environment or in a file of its own."""
    return setting is not None and bool(setting.text)
