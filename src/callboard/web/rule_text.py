"""A rule set as somebody wrote it, in YAML or JSON, read with bounds and with everything that is wrong with it told."""

from __future__ import annotations

from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import Problem, RuleSet
from callboard.formats.documents import MAX_BYTES, DocumentError, read_documents
from callboard.usecases.ownership import plan_mapping


def read(raw: bytes, *, name: str, where: str = "", origin: str | None = None) -> RuleSet:
    """The rule set. `name` is what people call the text, `where` its file.

    Raises MappingRefusedError that names lines and entries.
    """
    if len(raw) > MAX_BYTES:
        raise plan_mapping.refused(name, (Problem(where or name, f"It is larger than {MAX_BYTES:,} bytes."),))
    documents = list(read_documents(raw))
    for each in documents:
        if isinstance(each, DocumentError):
            line = where or name if each.line is None else f"{where}:{each.line}" if where else f"line {each.line}"
            raise plan_mapping.refused(name, (Problem(line, f"{each.reason}."),))
    if len(documents) != 1:
        raise plan_mapping.refused(name, (Problem(where or name, f"It holds {len(documents)} documents, not one."),))
    try:
        return mapping_text.read(getattr(documents[0], "value", None), origin=origin)
    except mapping_text.UnreadableError as error:
        raise plan_mapping.refused(name, error.problems) from None
