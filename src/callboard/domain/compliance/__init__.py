"""Compliance evidence: what the numbers behind a control were in a period, and when they cannot be told. Pure.

Not to be mixed up with `domain.evidence`, which decides whose a resource is. A measure is one number with one meaning
(`findings`, `words`, `things` hold them); a framework is a table that says which measures stand behind which control
(`frameworks`); `report` works both out over the facts of a period.
"""

from __future__ import annotations
