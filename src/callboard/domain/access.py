"""Who may see what, and who may do what. The only place that makes a `Visibility`.

Every function of the store that reads or changes findings takes one, without a default, so that code which forgot to
ask cannot be written. `docs/explanation/access.md` tells the same in tables.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping

import msgspec
from msgspec import UNSET

from callboard.domain.component import EntityRef
from callboard.domain.finding import Detail, Kind
from callboard.domain.person import Person
from callboard.errors import NotAllowedError


@enum.unique
class Depth(enum.IntEnum):
    """How far sight reaches; each depth includes the ones before it."""

    COUNTS = 1
    """How many, of which severity."""
    WORK = 2
    """What is needed to fix it: severity, rule, resource, fix, dates."""
    SENSITIVE = 3
    """Evidence, exposed data, attack paths, secret material."""


@enum.unique
class Right(enum.StrEnum):
    """What somebody may do, apart from what they see. The words are stored and told: never change one."""

    DECIDE = "decide"
    """Say something about a finding that one sees: take it, snooze it, not ours, the link is broken."""
    ACCEPT = "accept"
    """Agree that a risk is accepted, which somebody else asked for."""
    MAP = "map"
    """Say whose a resource is, for everybody: confirm an owner, write mapping rules, trust a tag."""
    ADMINISTER = "administer"
    """Look after Callboard itself: tokens, policies, held runs."""
    AUDIT = "audit"
    """Read and verify the log of who did what, and take compliance evidence."""
    DELIVER = "deliver"
    """Hand in what a component that is one's own consists of: its bills of materials."""


@enum.unique
class Role(enum.StrEnum):
    """What somebody is here. One person may be several things; each adds to the others."""

    VIEWER = "viewer"
    """Somebody whom the catalog knows."""
    OWNER = "owner"
    """A viewer who owns something, alone or with a group."""
    SECURITY = "security"
    """Sees every finding to the full depth."""
    ADMINISTRATOR = "administrator"
    """Looks after Callboard itself, and sees no finding by that."""
    MACHINE = "machine"
    """A program with a token of its own."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset(),
    Role.OWNER: frozenset({Right.DECIDE}),
    Role.SECURITY: frozenset({Right.DECIDE, Right.ACCEPT, Right.MAP, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.ADMINISTER, Right.AUDIT}),
    Role.MACHINE: frozenset(),
}
"""What each role may do, apart from what it sees. A machine may do what its token says."""


class Nothing(msgspec.Struct, frozen=True):
    """Sees no finding."""


class Everything(msgspec.Struct, frozen=True):
    """Sees every finding, for a stated reason."""

    reason: str
    deepest: Depth = Depth.SENSITIVE
    """How deep this sight may be asked to go."""


class Readers(msgspec.Struct, frozen=True):
    """Sees what is owned by these groups or users, and by the groups below them."""

    owners: frozenset[EntityRef]
    depth: Depth
    """How deep the question at hand goes; see `reaching`."""
    deepest: Depth = Depth.SENSITIVE
    """How deep this sight may be asked to go."""
    component: EntityRef | None = None
    """One component that is seen whoever owns it: for the token of a program that serves it."""
    others: Depth | None = None
    """How deep everybody sees what is routed to some component. None: not at all."""
    by_portal: bool = False
    """Whether the portal has a say in which entities of others are shown."""
    sight: int | None = None
    """With `by_portal` the set of entities that it shows to this viewer. None: it shows none."""


Visibility = Nothing | Everything | Readers

SYNC = Everything("sync")
"""The run road: it writes for everybody."""

LAPTOP = Everything("laptop")
"""The person at the machine that holds the database and the credentials."""

SENDING = Everything("sending")
"""What keeps that a message arrived; who reads it was decided when it was composed."""

EVIDENCE = Everything("evidence")
"""For who may read the log: numbers of compliance evidence, and no finding by that. Rows are told by the viewer's own sight."""


def reaching(visibility: Visibility, depth: Depth) -> Visibility:
    """The same sight, asked for this depth."""
    match visibility:
        case Everything(deepest=end) if depth <= end:
            return visibility
        case Readers(deepest=end) if depth <= end:
            return visibility if visibility.depth is depth else msgspec.structs.replace(visibility, depth=depth)
    return Nothing()


def deepest(visibility: Visibility) -> Depth | None:
    """How deep this sight may be asked to go. None: it sees nothing."""
    return None if isinstance(visibility, Nothing) else visibility.deepest


def own_alone(visibility: Visibility) -> Visibility:
    """The same sight without what it has only because the organisation opened it to everybody: what may be acted on."""
    if isinstance(visibility, Readers) and visibility.others is not None:
        return msgspec.structs.replace(visibility, others=None)
    return visibility


def counts_more(visibility: Visibility) -> bool:
    """Whether this sight knows numbers of findings that it does not list."""
    return isinstance(visibility, Readers) and visibility.others is Depth.COUNTS


class Viewer(msgspec.Struct, frozen=True):
    """Who looks: what may be seen, whose work is "mine", and what may be done."""

    key: str
    """Names the viewer for visits and saved views; no personal data."""
    visibility: Visibility
    owners: tuple[EntityRef, ...] | None
    """The person and the groups this person is in directly. None: nobody is signed in by name."""
    actor: str = ""
    """Who this is in the log of who did what, for example "user:default/ana". Empty: the same as `key`."""
    rights: frozenset[Right] = frozenset()
    roles: tuple[Role, ...] = ()
    """In the order of `Role`. Empty: the person at the machine."""

    def require(self, right: Right) -> None:
        """Raise NotAllowedError when the viewer lacks this right."""
        if right not in self.rights:
            raise NotAllowedError(f"You may not {right.value}.", hint="An administrator of Callboard can grant it.")

    def require_portal(self) -> None:
        """Raise NotAllowedError unless the viewer may see what can be abused in the portal itself.

        It tells dangerous settings, so it is for who sees every finding in full, and for who looks after Callboard.
        """
        sees_all = isinstance(reaching(self.visibility, Depth.SENSITIVE), Everything)
        if not sees_all and Right.ADMINISTER not in self.rights:
            raise NotAllowedError(
                "You may not see the risks of the portal itself.",
                hint="They are for security, and for who looks after Callboard.",
            )

    @property
    def named(self) -> str:
        """Who did it, for logs: never empty."""
        return self.actor or self.key

    @property
    def acting(self) -> Visibility:
        """What the viewer may act on, given the right to."""
        return own_alone(self.visibility)


AT_THE_LAPTOP = Viewer("laptop", LAPTOP, None, "laptop", frozenset(Right))
"""The person at the machine that holds the database."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator decided about access."""

    organisation_sees: Depth | None = None
    """How deep everybody sees the findings of others, at most `WORK`."""
    security: frozenset[EntityRef] = frozenset()
    """Groups whose direct members are security."""
    administrators: frozenset[EntityRef] = frozenset()
    """Groups whose direct members are administrators."""
    portal_decides: bool = False
    """Whether entities of others are shown only where the portal shows them to that person."""


def roles_of(person: Person, rules: Rules, *, owns: bool) -> tuple[Role, ...]:
    """What a person is here. `owns`: a component is owned by this person or one of the groups."""
    groups = set(person.groups)
    held = {
        Role.VIEWER: True,
        Role.OWNER: owns,
        Role.SECURITY: bool(groups & rules.security),
        Role.ADMINISTRATOR: bool(groups & rules.administrators),
    }
    return tuple(role for role, is_held in held.items() if is_held)


def viewer_of(person: Person, rules: Rules, *, key: str, owns: bool, sight: int | None = None) -> Viewer:
    """The view of a person. `sight` is what the portal shows to this very person, where it has a say."""
    roles = roles_of(person, rules, owns=owns)
    visibility: Visibility
    if Role.SECURITY in roles:
        visibility = Everything("security")
    else:
        visibility = Readers(
            owners=frozenset(person.owners),
            depth=Depth.WORK,
            others=rules.organisation_sees,
            by_portal=rules.portal_decides,
            sight=sight if rules.portal_decides else None,
        )
    rights = frozenset(right for role in roles for right in RIGHTS[role])
    return Viewer(key, visibility, person.owners, person.ref, rights, roles)


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a program's token opens."""

    everything: bool = False
    owners: tuple[EntityRef, ...] = ()
    """Groups or users whose findings it sees."""
    component: EntityRef | None = None
    deepest: Depth = Depth.WORK
    rights: tuple[Right, ...] = ()

    @property
    def words(self) -> str:
        """What it sees, as it is given on the command line."""
        if self.everything:
            return "everything"
        return self.component or ",".join(self.owners)


def viewer_of_token(name: str, grant: Grant) -> Viewer:
    """The view of a program. It sees what its token says, whatever the organisation opens to people."""
    visibility: Visibility
    if grant.everything:
        visibility = Everything("token", deepest=grant.deepest)
    else:
        visibility = Readers(
            owners=frozenset(grant.owners),
            depth=min(Depth.WORK, grant.deepest),
            deepest=grant.deepest,
            component=grant.component,
        )
    owners = grant.owners or None
    return Viewer(f"token:{name}", visibility, owners, f"token:{name}", frozenset(grant.rights), (Role.MACHINE,))


def viewer_of_channel(name: str, team: EntityRef) -> Viewer:
    """The view of a team's channel: what everybody in the team may see for the work, and nothing that is sensitive.

    Whoever reads along there is not known, so what the organisation opens to people by name is not in it.
    """
    sight = Readers(owners=frozenset({team}), depth=Depth.WORK, deepest=Depth.WORK)
    return Viewer(f"channel:{name}", sight, (team,), f"channel:{name}", frozenset(), (Role.MACHINE,))


SENSITIVE: Mapping[str, str] = {
    "evidence": "evidence",
    "notes": "notes left at the source",
}
"""Fields of a finding's detail that are told from the sensitive depth on, with the words for what is withheld."""

SENSITIVE_OF_SECRETS: Mapping[str, str] = {
    "description": "the description, which may quote the secret",
    "location": "where the secret is",
}
"""The same for findings of kind secret."""


def withhold(detail: Detail, kind: Kind, *, sensitive: bool) -> tuple[Detail, tuple[str, ...]]:
    """The detail as it may be told, and in words what of it is withheld. With `sensitive` all of it is told."""
    if sensitive:
        return detail, ()
    hidden = {**SENSITIVE, **(SENSITIVE_OF_SECRETS if kind is Kind.SECRET else {})}
    held = {field: words for field, words in hidden.items() if getattr(detail, field) not in (UNSET, None, ())}
    if not held:
        return detail, ()
    return msgspec.structs.replace(detail, **dict.fromkeys(held, UNSET)), tuple(held.values())


def groups_told(told: Iterable[EntityRef] | None, member_of: Collection[EntityRef]) -> tuple[EntityRef, ...]:
    """The groups that both the portal and the catalog put somebody in. None told: the portal was not asked."""
    return tuple(sorted(set(member_of) if told is None else set(told) & set(member_of)))
