"""XML at a bounded cost. A document type, which is where every known attack begins, is refused before it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NoReturn
from xml.parsers import expat

import msgspec

from callboard.errors import MalformedManifestError
from callboard.formats.text import MAX_BYTES

MAX_DEPTH = 100
"""Elements inside each other at most."""
MAX_ELEMENTS = 250_000
"""Elements in one document at most. The bill of a portal with 3,200 components has some 60,000."""
MAX_ATTRIBUTES = 400_000
"""Signs of equality in one document at most, which attributes have: a bill of that many elements has some 180,000."""
_LEAST, _PER_ELEMENT, _PER_ATTRIBUTE = 50_000, 50, 20
"""So many of either may always be, and one more for so many bytes: those of honest bills
have 40 to 50 and 76, and are small where they have fewer."""
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
XINCLUDE = "http://www.w3.org/2001/XInclude"


class Element(msgspec.Struct, gc=False):
    """An element with its place."""

    tag: str
    """Without its namespace."""
    namespace: str
    attributes: Mapping[str, str]
    """Those without a namespace."""
    line: int
    children: list[Element] | tuple[()]
    text: str = ""

    def taken(self, tag: str) -> Iterator[Element]:
        """The children of that name, each of which is let go of when the next one is asked for; afterwards there are none."""
        waiting, self.children = list(self.children), ()
        waiting.reverse()
        while waiting:
            each = waiting.pop()
            if each.tag == tag:
                yield each

    def child(self, tag: str) -> Element | None:
        """The first child of that name."""
        return next((each for each in self.children if each.tag == tag), None)

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements at the end of a path of names."""
        if not tags:
            yield self
            return
        for each in self.children:
            if each.tag == tags[0]:
                yield from each.all(*tags[1:])

    def said(self, tag: str) -> str:
        """The text of a child; empty where there is none."""
        found = self.child(tag)
        return found.text.strip() if found else ""


def read_xml(path: str, raw: bytes) -> Element:
    """The root element. Raises MalformedManifestError."""
    if len(raw) > MAX_BYTES:
        raise MalformedManifestError(f"expected at most {MAX_BYTES:,} bytes, not {len(raw):,}", path=path)
    # Before anything is read: all attributes of an element are made at once, and only then told.
    if raw.count(b"=") > min(_LEAST + len(raw) // _PER_ATTRIBUTE, MAX_ATTRIBUTES):
        raise MalformedManifestError("expected fewer attributes for so many bytes", path=path)
    reader = _Reader(path, min(_LEAST + len(raw) // _PER_ELEMENT, MAX_ELEMENTS))
    try:
        # In one piece: fed bit by bit, an old expat reads a huge token again and again.
        reader.parser.Parse(raw, True)  # noqa: FBT003  expat's own signature
    except expat.ExpatError as error:
        said = expat.errors.messages.get(error.code, "not well-formed")
        raise MalformedManifestError(f"expected XML: {said}", path=path, line=error.lineno) from None
    except (LookupError, ValueError):
        raise MalformedManifestError("expected XML in UTF-8", path=path, line=1) from None
    if reader.root is None:
        raise MalformedManifestError("expected an element", path=path, line=1)
    return reader.root


class _Reader:
    def __init__(self, path: str, most: int) -> None:
        self.path = path
        self.most = most
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.names: dict[str, tuple[str, str]] = {}
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.ExternalEntityRefHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def refuse(self, expected: str) -> NoReturn:
        raise MalformedManifestError(f"expected {expected}", path=self.path, line=self.parser.CurrentLineNumber)

    def doctype(self, *_: object) -> NoReturn:
        """Nothing that is exchanged as a bill has one."""
        self.refuse("no document type and no entities")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # A document has few names and many elements: each name is kept once.
        known = self.names.get(name)
        if known is None:
            known = self.names[name] = (name.rpartition("\n")[0], name.rpartition("\n")[2])
        namespace, tag = known
        if namespace == XINCLUDE:
            self.refuse("no inclusions")
        self.count += 1
        if self.count > self.most:
            self.refuse(f"at most {self.most:,} elements for so many bytes")
        if len(self.open) >= MAX_DEPTH:
            self.refuse(f"at most {MAX_DEPTH} elements inside each other")
        plain = {key: value for key, value in attributes.items() if "\n" not in key} if attributes else _NO_ATTRIBUTES
        made = Element(tag, namespace, plain, self.parser.CurrentLineNumber, ())
        if self.open:
            above = self.open[-1]
            if isinstance(above.children, tuple):
                above.children = []
            above.children.append(made)
        else:
            self.root = made
        self.open.append(made)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].text += text
