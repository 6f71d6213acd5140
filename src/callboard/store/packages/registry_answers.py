"""What registries said, kept so that nobody is asked twice; and what they are to be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, and_, exists, func, select, update

from callboard.domain.instant import Instant
from callboard.domain.packages.at_registry import Answer
from callboard.domain.packages.package import PackageKey
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.sign import Sign
from callboard.store import evidence, schema
from callboard.store.dialect import Dialect
from callboard.store.packages.manifests import mark_of
from callboard.store.schema import NEVER

a, p, u, v, x = (
    schema.registry_answer.c, schema.package.c, schema.package_use.c, schema.manifest_version.c, schema.package_match.c,
)  # fmt: skip

_NEWS = "registries-news"
"""What is kept in `meta`: when answers last held something else than before."""

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(Answer).decode


class Kept(msgspec.Struct, frozen=True):
    """An answer, with when it was given and the mark by which to ask whether it still holds."""

    asked_at: Instant
    etag: str | None
    answer: Answer


def all_of(conn: Connection, ecosystems: Iterable[str]) -> dict[PackageKey, Kept]:
    """Every answer of these ecosystems' registries."""
    rows = conn.execute(select(schema.registry_answer).where(a.ecosystem.in_(sorted(ecosystems))))
    return {
        PackageKey((row.ecosystem, row.key_name)): Kept(Instant(row.asked_at), row.etag, _decode(bytes(row.body)))
        for row in rows
    }


def write(conn: Connection, dialect: Dialect, answers: Mapping[PackageKey, Kept]) -> int:
    """Keep these, and have their packages judged anew where something is news. Inside `Store.write`. Returns for how many."""
    former = all_of(conn, {ecosystem for ecosystem, _ in answers})
    news = [key for key, each in answers.items() if key not in former or former[key].answer != each.answer]
    dialect.delete(
        conn, schema.registry_answer, ["ecosystem", "key_name"], [tuple(key) for key in answers if key in former]
    )
    dialect.insert(
        conn, schema.registry_answer,
        [(*key, each.asked_at, each.etag, _encode(each.answer)) for key, each in answers.items()],
    )  # fmt: skip
    if news:
        evidence.remember(conn, _NEWS, str(max(each.asked_at for each in answers.values())))
    for ecosystem, name in news:
        conn.execute(update(schema.package).where(p.ecosystem == ecosystem, p.key_name == name).values(judged=None))
    return len(news)


def came_lately(conn: Connection, ecosystem: str, since: Instant) -> dict[str, set[str]]:
    """By name, the versions in use that came into a manifest since then: not those that it began with."""
    began = select(v.manifest_id, func.min(v.at).label("at")).group_by(v.manifest_id).subquery()
    rows = conn.execute(
        select(p.key_name, p.version)
        .join(schema.package_use, u.package_id == p.id)
        .join(began, began.c.manifest_id == u.manifest_id)
        .where(p.ecosystem == ecosystem, u.until_at == NEVER, u.from_at >= since, u.from_at > began.c.at)
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for name, version in rows:
        found.setdefault(name, set()).add(version)
    return found


def names_in_use(conn: Connection, ecosystem: str) -> list[str]:
    """Every name of an ecosystem that something uses, in order."""
    query = (
        select(p.key_name)
        .join(schema.package_use, and_(u.package_id == p.id, u.until_at == NEVER))
        .where(p.ecosystem == ecosystem)
        .distinct()
    )
    return sorted(conn.execute(query).scalars())


def state_of(conn: Connection) -> str:
    """Names what manifests and registries say. Empty: nothing is known of what anything consists of."""
    manifests, news = mark_of(conn), evidence.remembered(conn, _NEWS)
    return f"{manifests}/{news}" if manifests and news else manifests


def outlived(conn: Connection, now: Instant) -> list[int]:
    """The packages in use that are told to be young and are so no more."""
    is_used = exists().where(u.package_id == x.package_id, u.until_at == NEVER)
    rows = conn.execute(select(x.package_id, x.body).where(x.advisory == Sign.YOUNG.id, x.ended_at.is_(None), is_used))
    found = []
    for package_id, body in rows:
        until = msgspec.msgpack.decode(bytes(body), type=Matched).young_until
        if until is None or until <= now:
            found.append(package_id)
    return found


def judge_again(conn: Connection, package_ids: Iterable[int]) -> None:
    """Have these packages judged anew. Inside `Store.write`."""
    for package_id in package_ids:
        conn.execute(update(schema.package).where(p.id == package_id).values(judged=None))
