"""Pieces of a catalog file (catalog-info.yaml), for people to put in: nothing here writes one. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.domain.component import Entity


def with_value(entity: Entity, annotation: str, value: str) -> str:
    """The lines that make an annotation, which may be a comma list already, hold one more value."""
    listed = (each.strip() for each in (*dict(entity.annotations).get(annotation, "").split(","), value))
    return annotation_lines({annotation: ",".join(dict.fromkeys(each for each in listed if each))})


def annotation_lines(values: Mapping[str, str]) -> str:
    """The lines of these annotations."""
    return "metadata:\n  annotations:\n" + "".join(f"    {name}: {quoted(value)}\n" for name, value in values.items())


def owner(ref: str) -> str:
    """The lines of an owner."""
    return f"spec:\n  owner: {quoted(ref)}\n"


def component(name: str, values: Mapping[str, str]) -> str:
    """A new component, its owner left open: that is for a person to say."""
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        + annotation_lines(values).replace("metadata:\n", f"metadata:\n  name: {quoted(name)}\n", 1)
        + "spec:\n  type: service\n  lifecycle: production\n  owner: # who looks after it\n"
    )


def quoted(text: str) -> str:
    """A text as YAML takes it, whatever it holds."""
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
