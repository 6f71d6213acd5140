"""Sessions, tokens, memberships and what the portal shows, on both databases; and sight compiled to SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callboard.domain.access import Depth, Everything, Grant, Nothing, Readers, Right, Visibility, reaching
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, MINUTE, Instant
from callboard.domain.person import Person
from callboard.errors import ConflictError, NotFoundError
from callboard.store import schema
from callboard.store.ownership import members
from callboard.store.people import sessions, tokens
from callboard.store.visible import entity_owned, entity_visible, visible
from tests.support.catalogs import component, group
from tests.support.stages import Stage

ANA, BO = EntityRef("user:default/ana"), EntityRef("user:default/bo")
RED, BLUE, ALL = (EntityRef(f"group:default/{name}") for name in ("red", "blue", "all"))
CART, BANK, LOOSE = (EntityRef(f"component:default/{name}") for name in ("cart", "bank", "loose"))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams below one group, each with a component; one component of nobody."""
    stage.catalog.put(
        group("all"), group("red", parent="all"), group("blue", parent="all"),
        component("cart", "red", projects=["p-red"], system="shop"), component("bank", "blue", projects=["p-blue"]),
        component("loose"),
    )  # fmt: skip
    stage.read_catalog()
    stage.world.add("red-1", projects=("p-red",), resource="r-red")
    stage.world.add("blue-1", projects=("p-blue",), resource="r-blue")
    stage.world.add("lost-1", projects=(), resource="r-lost")
    stage.sync()
    return stage


def readers(*owners: EntityRef, **more: object) -> Readers:
    """Somebody with these groups."""
    return Readers(frozenset(owners), Depth.WORK, **more)  # type: ignore[arg-type]


def seen(stage: Stage, visibility: Visibility) -> set[str]:
    """Findings that this sight holds."""
    f = schema.finding.c
    with stage.store.read() as conn:
        return set(conn.execute(select(f.external_id).where(visible(f.holding_id, visibility))).scalars())


def known(stage: Stage, visibility: Visibility, *, owned: bool = False) -> set[str]:
    """Components that this sight knows of, or owns."""
    e = schema.entity.c
    clause = entity_owned(e.id, visibility) if owned else entity_visible(e.id, visibility)
    with stage.store.read() as conn:
        return set(conn.execute(select(e.ref).where(clause, e.kind == "component")).scalars())


def sight(stage: Stage, *refs: EntityRef) -> int:
    """The number of this set."""
    with stage.store.write() as conn:
        return members.intern_sight(conn, refs, now=stage.clock.now())


def test_sight_by_owners_tokens_and_what_is_open(company: Stage) -> None:
    """Each sort of reader, with findings and with components."""
    everything = {"red-1", "blue-1", "lost-1"}
    assert seen(company, Everything("x")) == everything
    assert seen(company, Nothing()) == set()
    assert seen(company, readers()) == set()
    assert (seen(company, readers(RED)), known(company, readers(RED))) == ({"red-1"}, {CART})
    assert seen(company, readers(ALL)) == {"red-1", "blue-1"}
    of_bank = readers(component=BANK)
    assert (seen(company, of_bank), known(company, of_bank)) == ({"blue-1"}, {BANK})
    assert seen(company, readers(RED, component=BANK)) == {"red-1", "blue-1"}
    work = readers(RED, others=Depth.WORK)
    assert (seen(company, work), known(company, work)) == ({"red-1", "blue-1"}, {CART, BANK, LOOSE})
    assert seen(company, readers(others=Depth.WORK)) == {"red-1", "blue-1"}
    counts = readers(RED, others=Depth.COUNTS)
    assert (seen(company, counts), known(company, counts)) == ({"red-1"}, {CART, BANK, LOOSE})
    assert seen(company, reaching(counts, Depth.COUNTS)) == {"red-1", "blue-1"}
    for each in (readers(RED), work, counts):
        assert seen(company, reaching(each, Depth.SENSITIVE)) == set()
        assert known(company, each, owned=True) == {CART}
    assert seen(company, readers(RED, deepest=Depth.COUNTS)) == set()


def test_what_the_portal_shows_bounds_what_is_open(company: Stage) -> None:
    """Its set alone, besides one's own; without a set nothing."""
    none = readers(RED, others=Depth.WORK, by_portal=True)
    assert (seen(company, none), known(company, none)) == ({"red-1"}, {CART})
    some = readers(RED, others=Depth.WORK, by_portal=True, sight=sight(company, BANK))
    assert (seen(company, some), known(company, some)) == ({"red-1", "blue-1"}, {CART, BANK})
    other = readers(RED, others=Depth.WORK, by_portal=True, sight=sight(company, LOOSE))
    assert (seen(company, other), known(company, other)) == ({"red-1"}, {CART, LOOSE})
    closed = readers(RED, by_portal=True, sight=sight(company, BANK, LOOSE))
    assert (seen(company, closed), known(company, closed)) == ({"red-1"}, {CART})
    assert known(company, readers(BLUE, by_portal=True)) == {BANK}


def test_a_set_is_kept_once_and_forgotten_when_nobody_uses_it(company: Stage) -> None:
    """Equal sets are one; a set that was not asked for in a week goes when a new one comes."""
    first = sight(company, BANK, LOOSE)
    assert sight(company, LOOSE, BANK) == first
    empty = sight(company)
    assert empty != first
    company.clock.advance(7 * 86_400 + 1)
    assert sight(company) == empty
    company.clock.advance(10)
    new = sight(company, BANK)
    with company.store.read() as conn:
        ids = set(conn.execute(select(schema.sight.c.id)).scalars())
        held = set(conn.execute(select(schema.sight_entity.c.sight_id)).scalars())
    assert ids == {empty, new}
    assert held == {new}


def test_what_the_portal_is_asked_about(company: Stage) -> None:
    """What one would know of and does not own: without anything open, what stands around one's own."""
    with company.store.read() as conn:
        assert set(members.to_ask(conn, readers(RED), most=99)) == {RED, ALL}
        everything = set(members.to_ask(conn, readers(RED, others=Depth.WORK), most=99))
        assert {BANK, LOOSE, BLUE} <= everything
        assert CART not in everything
        assert len(members.to_ask(conn, readers(RED, others=Depth.WORK), most=2)) == 2


def test_who_owns_anything(company: Stage) -> None:
    """By a group, by a group above, or as a person."""
    with company.store.read() as conn:
        assert members.owns(conn, Person(ref=ANA, groups=(RED,)))
        assert members.owns(conn, Person(ref=ANA, groups=(ALL,)))
        assert not members.owns(conn, Person(ref=ANA))
        assert not members.owns(conn, Person(ref=ANA, groups=(EntityRef("group:default/none"),)))


def test_the_last_word_about_a_person(stage: Stage) -> None:
    """A later one replaces it, also when it says that there is no such user."""
    now = stage.clock.now()
    with stage.store.write() as conn:
        assert members.last(conn, ANA) is None
        members.note(conn, ANA, Person(ref=ANA, groups=(RED, BLUE)), now=now)
        assert members.last(conn, ANA) == members.Answer(Person(ref=ANA, groups=(BLUE, RED)), now)
        members.note(conn, ANA, Person(ref=ANA), now=Instant(now + 1))
        assert members.last(conn, ANA) == members.Answer(Person(ref=ANA), Instant(now + 1))
        members.note(conn, ANA, None, now=Instant(now + 2))
        assert members.last(conn, ANA) == members.Answer(None, Instant(now + 2))


def test_sessions_end_by_time_by_hand_and_by_number(stage: Stage) -> None:
    """Idle, whole, one, all, and the oldest of too many."""
    now = stage.clock.now()
    with stage.store.write() as conn:
        sessions.begin(conn, b"a", ANA, now=now, ends_at=Instant(now + HOUR))
        sessions.begin(conn, b"b", BO, now=now, ends_at=Instant(now + DAY))
        later = Instant(now + 10 * MINUTE)
        assert sessions.find(conn, b"a", now=later, idle=10 * MINUTE) is None
        assert sessions.find(conn, b"a", now=later, idle=11 * MINUTE) is not None
        sessions.seen(conn, b"a", now=later)
        assert sessions.find(conn, b"a", now=Instant(now + 19 * MINUTE), idle=10 * MINUTE) is not None
        assert sessions.find(conn, b"a", now=Instant(now + HOUR), idle=DAY) is None
        assert sessions.end(conn, b"b") == BO
        assert sessions.end(conn, b"b") is None
        for n in range(sessions.MOST_OF_ONE + 2):
            sessions.begin(conn, bytes([n]), BO, now=Instant(now + n), ends_at=Instant(now + DAY))
        assert sessions.find(conn, bytes([1]), now=Instant(now + 99), idle=DAY) is None
        assert sessions.find(conn, bytes([2]), now=Instant(now + 99), idle=DAY) is not None
        assert sessions.end_all_of(conn, BO) == sessions.MOST_OF_ONE
        assert sessions.count(conn, now=now) == 1


def test_tokens_come_back_as_they_were_made(stage: Stage) -> None:
    """With everything that they open, by name and by hash, until they are revoked."""
    now = stage.clock.now()
    grant = Grant(owners=(BLUE, RED), deepest=Depth.SENSITIVE, rights=(Right.DECIDE, Right.MAP))
    with stage.store.write() as conn:
        made = tokens.create(conn, "one", "cbt_1", b"1", grant, by="laptop", now=now, ends_at=Instant(now + DAY))
        assert made.grant == grant
        other = Grant(component=CART)
        tokens.create(conn, "two", "cbt_2", b"2", other, by="laptop", now=now, ends_at=Instant(now + DAY))
        found = tokens.by_hash(conn, b"2")
        assert found is not None
        assert found.grant == other
        assert tokens.by_hash(conn, b"3") is None
        with pytest.raises(ConflictError):
            tokens.create(conn, "one", "cbt_3", b"3", other, by="laptop", now=now, ends_at=now)
        tokens.used(conn, made.id, now=Instant(now + 5))
        assert [(each.name, each.used_at) for each in tokens.everyone(conn)] == [("one", now + 5), ("two", None)]
        assert made.is_good(Instant(now + DAY - 1))
        assert not made.is_good(Instant(now + DAY))
        assert not tokens.revoke(conn, "one", now=now).is_good(now)
        with pytest.raises(NotFoundError):
            tokens.by_name(conn, "three")


def test_the_number_of_a_set_is_never_that_of_another(company: Stage) -> None:
    """Not even when the last one has gone: what is kept for its readers is kept by that number."""
    last = sight(company, BANK)
    company.clock.advance(7 * 86_400 + 1)
    assert sight(company, LOOSE) > last
