"""Names taken apart the way clouds and repositories put them together. Pure.

`prod-euw1-payments-api-01`, `PaymentsApi`, `acme/payments-api` and `payments_api` speak of one thing. What says where
and which copy (environment, region, number) is dropped, what says which thing stays. Letters that look alike stay
different, as everywhere in ownership.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

ENVIRONMENTS = frozenset({
    "prod", "production", "prd", "live", "stage", "staging", "stg", "preprod", "preproduction", "uat", "qa", "test",
    "testing", "tst", "dev", "develop", "development", "sandbox", "sbx", "demo", "nonprod", "int", "integration", "perf",
    "dr", "canary",
})  # fmt: skip
"""Words that say which copy of a thing is meant."""

REGIONS = frozenset({
    # AWS's and Google's areas are words beside a direction and a number; Azure's are one word.
    "eu", "us", "emea", "apac", "amer", "global", "westeurope", "northeurope", "eastus", "westus", "centralus",
    "southcentralus", "northcentralus", "uksouth", "ukwest", "francecentral", "germanywestcentral", "swedencentral",
    "switzerlandnorth", "southeastasia", "eastasia", "japaneast", "australiaeast",
})  # fmt: skip
"""Words that say where a thing is; a number behind them belongs to them."""

# `eu-west-1`, `us-gov-east-1a`, `europe-west4`, `asia-southeast1-b` (AWS and Google, lists of regions read 2026-11).
_REGION = re.compile(
    r"(?<![a-z0-9])(?:(?:us|eu|ap|sa|ca|me|af|il|cn|mx)(?:-gov)?|europe|asia|northamerica|southamerica|australia|africa)"
    r"[-_](?:north|south|east|west|central|northeast|northwest|southeast|southwest)[-_]?[0-9]{1,2}(?:-?[a-f])?(?![a-z0-9])"
)
# `euw1`, `use1`, `apse2`: the short forms that people make of them.
_SHORT_REGION = re.compile(r"(?:eu|us|ap|sa|ca|me|af)(?:n|s|e|w|c|ne|nw|se|sw)[0-9]")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_DIGITS_AT_END = re.compile(r"(?<=[^\W\d_])[0-9]+$")
_RANDOM = re.compile(r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{6,}")

LONGEST = 300
"""Characters of a name that are looked at."""
MOST = 12
"""Words of a name that are looked at."""


@functools.lru_cache(maxsize=65_536)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name that say which thing is meant, in order, each once.

    Where nothing would remain (a thing called `test`), the words stay as they are.
    """
    text = unicodedata.normalize("NFC", name[:LONGEST])
    text = _CAMEL.sub("-", text).casefold()
    words = _WORD.findall(_REGION.sub(" ", text))
    kept = dict.fromkeys(word for each in words if (word := _told(each)))
    return tuple(kept)[:MOST] if kept else tuple(dict.fromkeys(words))[:MOST]


def _told(word: str) -> str | None:
    """What a word says about which thing it is: a number at its end is dropped with it. None: nothing."""
    if word in ENVIRONMENTS or word in REGIONS or _SHORT_REGION.fullmatch(word) or _RANDOM.fullmatch(word):
        return None
    word = _DIGITS_AT_END.sub("", word)
    # One letter, or digits alone, name nothing.
    return None if len(word) < 2 or word.isdigit() or word in ENVIRONMENTS or word in REGIONS else word


def last_part(path: str) -> str:
    """What an ARN, a cloud's path, a URL or a slug ends with: the thing's own name."""
    return re.split(r"[/:]", path.rstrip("/:"))[-1]


def joined(words: Iterable[str]) -> str:
    """Words written together, as in `paymentsapi`."""
    return "".join(words)
