"""GitHub: workflows and actions (`.github/workflows/*.yml`, `action.yml`): what a pipeline runs that others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Origin
from callboard.domain.packages.package import ACTIONS, Package
from callboard.errors import MalformedManifestError
from callboard.formats.documents import Document, DocumentError, read_documents
from callboard.formats.image import image_entry

FORMAT = "github-actions"

_USES = re.compile(r"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)((?:/[^@\s]+)?)@(\S+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MAX_BYTES = 500_000
"""GitHub itself takes no larger workflow."""
_DEPTH = 6
"""Levels from the top to `jobs.<id>.steps.[n].uses`, and one more."""

_Found = tuple[tuple[str, ...], str, bool]
"""Path in the document, text, and whether it is an image."""


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the file holds it all
    """Actions, reusable workflows and images that a file names. Raises MalformedManifestError."""
    if len(raw) > _MAX_BYTES:
        raise MalformedManifestError(f"expected at most {_MAX_BYTES:,} bytes, not {len(raw):,}", path=path)
    document = next(iter(read_documents(raw, levels=_DEPTH)), None)
    if isinstance(document, DocumentError):
        raise MalformedManifestError(document.reason, path=path, line=document.line)
    if document is None or not isinstance(document.value, dict):
        raise MalformedManifestError("expected a workflow or an action", path=path, line=1)
    value = document.value
    if not isinstance(value.get("jobs"), dict) and not isinstance(value.get("runs"), dict):
        raise MalformedManifestError("expected jobs (a workflow) or runs (an action)", path=path, line=document.line)
    draft = Draft(path, FORMAT)
    name = Package(ecosystem=ACTIONS, name=path.rpartition("/")[2], version="")
    own = draft.add(Entry(package=name, line=1, origin=Origin.WORKSPACE, location=path))
    for at, text, is_image in _found(document):
        line = document.line_of(at)
        entry = _image(text, line) if is_image or text.startswith("docker://") else _action(text, line)
        if entry is not None:
            draft.edge(own, draft.add(entry))
        elif not text.startswith(("./", "../", "Dockerfile")):
            expected = "an image" if is_image else "owner/repository@reference"
            draft.problem(line, f"expected {expected}, not {text[:80]!a}: what it stands for cannot be told")
    draft.cannot_tell(Fact.EDGES, "What an action uses itself stands in its own repository.")
    return draft.finish()


def _action(text: str, line: int) -> Entry | None:
    match = _USES.fullmatch(text)
    if match is None:
        return None
    reference = match[3]
    return Entry(
        package=Package(ecosystem=ACTIONS, name=match[1], version=reference, subpath=match[2].strip("/") or None),
        line=line,
        origin=Origin.GIT,
        location=match[1],
        commit=reference if _COMMIT.fullmatch(reference) else None,
    )


def _image(text: str, line: int) -> Entry | None:
    return image_entry(text.removeprefix("docker://"), line)


def _found(document: Document) -> Iterator[_Found]:
    value = document.value
    if not isinstance(value, dict):
        return
    jobs = value.get("jobs")
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if not isinstance(job, dict):
            continue
        at = ("jobs", name)
        if isinstance(job.get("uses"), str):
            yield (*at, "uses"), job["uses"], False
        yield from _container(job.get("container"), (*at, "container"))
        services = job.get("services")
        for service, about in services.items() if isinstance(services, dict) else ():
            yield from _container(about, (*at, "services", service))
        yield from _steps(job.get("steps"), (*at, "steps"))
    runs = value.get("runs")
    if isinstance(runs, dict):
        yield from _steps(runs.get("steps"), ("runs", "steps"))
        image = runs.get("image")
        if isinstance(image, str) and image.startswith("docker://"):
            yield ("runs", "image"), image, True


def _steps(steps: object, at: tuple[str, ...]) -> Iterator[_Found]:
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict) and isinstance(step.get("uses"), str):
            yield (*at, f"[{number}]", "uses"), step["uses"], False


def _container(about: object, at: tuple[str, ...]) -> Iterator[_Found]:
    if isinstance(about, str) and about:
        yield at, about, True
    elif isinstance(about, dict) and isinstance(about.get("image"), str) and about["image"]:
        yield (*at, "image"), about["image"], True
