"""A policy as somebody wrote it, in YAML or JSON, read with bounds and with what is wrong with it told."""

from __future__ import annotations

from callboard.domain import policy
from callboard.domain.policy import Body
from callboard.errors import MappingRefusedError
from callboard.formats.documents import MAX_BYTES, DocumentError, read_documents


def read(raw: bytes, *, where: str = "This") -> Body:
    """The policy in a text; `where` says which, for example its file. Raises MappingRefusedError that says what is wrong."""
    if len(raw) > MAX_BYTES:
        raise _refused(where, f"It is larger than {MAX_BYTES:,} bytes.")
    documents = list(read_documents(raw))
    broken = next((each for each in documents if isinstance(each, DocumentError)), None)
    if broken is not None:
        raise _refused(where, f"Line {broken.line or 1}: {broken.reason}.")
    if len(documents) != 1:
        raise _refused(where, f"It holds {len(documents)} documents, not one.")
    try:
        return policy.read(getattr(documents[0], "value", None))
    except policy.UnreadableError as error:
        raise _refused(where, str(error)) from None


def _refused(where: str, why: str) -> MappingRefusedError:
    return MappingRefusedError(f"{where} is no policy. {why}", hint="Nothing was changed.")
