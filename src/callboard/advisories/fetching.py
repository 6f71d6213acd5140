"""The public dumps, or a mirror of them: whole the first time, afterwards only the records that changed.

As of 2026-11 (https://google.github.io/osv.dev/data/) each ecosystem has `all.zip` with a file for each record,
`modified_id.csv` with the time of change and the id of every record, newest first, and `<id>.json`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

from callboard.advisories.config import AdvisoriesConfig
from callboard.advisories.reading import Document, documents
from callboard.advisories.updating import Update
from callboard.domain.instant import Instant, from_text
from callboard.errors import AdvisoryRefusedError, OutboundError, UnreachableError
from callboard.net import Answer, Net

SINGLE_RECORDS = 400
"""More changed records than this are read from the whole dump, which is then the smaller burden for both sides."""
AT_ONCE = 8
"""Records asked for at the same time."""
DUMP_SECONDS = 1_800.0
LIST_BYTES = 256 * 1024 * 1024
RECORD_BYTES = 16 * 1024 * 1024

Tell = Callable[[str], None]


async def fetch(net: Net, config: AdvisoriesConfig, update: Update, tell: Tell) -> tuple[str, ...]:
    """Brings everything that is configured into the update. What could not be reached is returned, in words; the rest counts."""
    failures: list[str] = []
    for ecosystem in config.ecosystems:
        tell(f"{ecosystem}: advisories")
        try:
            await _ecosystem(net, config, update, ecosystem, tell)
        except (OutboundError, AdvisoryRefusedError) as error:
            failures.append(f"{ecosystem}: {error.message}")
    for name, url in (("kev", config.kev_url), ("epss", config.epss_url)):
        if url:
            tell(f"{name}: catalog")
            try:
                answer = await _get(net, url, LIST_BYTES)
                with tempfile.TemporaryDirectory() as folder:
                    file = Path(folder) / ("epss.csv" if name == "epss" else "kev.json")
                    file.write_bytes(answer.body)
                    before = update.rejected_count
                    update.take(documents(file), name)
                    if update.rejected_count > before:
                        failures.append(f"{name}: the catalog has another shape than expected.")
            except (OutboundError, AdvisoryRefusedError) as error:
                failures.append(f"{name}: {error.message}")
    return tuple(failures)


async def _ecosystem(net: Net, config: AdvisoriesConfig, update: Update, ecosystem: str, tell: Tell) -> None:
    base = f"{config.url.rstrip('/')}/{quote(ecosystem)}"
    feed = f"osv:{ecosystem}"
    newest = update.newest(feed)
    if newest is not None:
        listed = await _get(net, f"{base}/modified_id.csv", LIST_BYTES)
        changed = [name for at, name in changes(listed.body, newest) if not update.is_known(name, at)]
        if len(changed) <= SINGLE_RECORDS:
            tell(f"{ecosystem}: {len(changed)} records have changed")
            update.take(await _records(net, base, changed), feed)
            return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "all.zip"
        answer = await _get(net, f"{base}/all.zip", config.max_megabytes * 1024 * 1024)
        file.write_bytes(answer.body)
        del answer
        update.take(documents(file), feed)


def changes(listed: bytes, newest: Instant) -> Iterator[tuple[Instant, str]]:
    """Time of change and id of the records that changed at or after `newest`. Raises AdvisoryRefusedError naming the line.

    The list is sorted, newest first; records of the very same instant are told again, which costs a comparison.
    """
    for number, line in enumerate(listed.decode("utf-8", "replace").splitlines(), start=1):
        at, _, name = line.strip().partition(",")
        if not at:
            continue
        try:
            changed = from_text(at)
        except (ValueError, OverflowError):
            raise AdvisoryRefusedError(f"line {number} should hold a date and an id") from None
        if changed < newest:
            return
        yield changed, name.rpartition("/")[2]


async def _records(net: Net, base: str, names: list[str]) -> list[Document]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Document:
        async with gate:
            answer = await _get(net, f"{base}/{quote(name, safe='')}.json", RECORD_BYTES)
            return Document(f"{base}/{name}.json", answer.body)

    return list(await asyncio.gather(*map(one, names)))


async def _get(net: Net, url: str, max_bytes: int) -> Answer:
    """The answer with status 200. One redirect that stays at the server is followed: EPSS names its newest file so."""
    answer = await net.request("GET", url, max_bytes=max_bytes, timeout=DUMP_SECONDS, redirects=True)
    if answer.status in (301, 302, 303, 307, 308):
        there = urljoin(url, answer.headers.get("Location", ""))
        answer = await net.request("GET", there, max_bytes=max_bytes, timeout=DUMP_SECONDS)
    if answer.status != 200:
        raise UnreachableError(f"{url.partition('?')[0]} answered with status {answer.status}.")
    return answer
