"""A policy as somebody wrote it, in YAML or JSON, read with bounds and with what is wrong with it told."""

from __future__ import annotations

from callboard.domain import policy
from callboard.domain.policy import Body
from callboard.errors import MappingRefusedError
from callboard.formats.documents import MAX_BYTES, DocumentError, read_documents


def read(raw: bytes) -> Body:
    """The policy. Raises MappingRefusedError that says what is wrong."""
    if len(raw) > MAX_BYTES:
        raise _refused(f"It is larger than {MAX_BYTES:,} bytes.")
    documents = list(read_documents(raw))
    broken = next((each for each in documents if isinstance(each, DocumentError)), None)
    if broken is not None:
        raise _refused(f"Line {broken.line or 1}: {broken.reason}.")
    if len(documents) != 1:
        raise _refused(f"It holds {len(documents)} documents, not one.")
    try:
        return policy.read(getattr(documents[0], "value", None))
    except policy.UnreadableError as error:
        raise _refused(str(error)) from None


def _refused(why: str) -> MappingRefusedError:
    return MappingRefusedError(f"This is no policy. {why}", hint="Nothing was changed.")
