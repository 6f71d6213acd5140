"""Findings: what a source said about one problem on one resource, and the words for it.

Values are `msgspec.Struct`s: frozen and typed like dataclasses, and several times cheaper to make, which matters at a
million of them. `UNSET` on a field means "this door does not tell"; None means "the source says there is none".
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from callboard.domain.instant import Instant


@enum.unique
class Kind(enum.IntEnum):
    """What sort of problem a finding is. The numbers are stored: never reuse one."""

    ISSUE = 1
    VULNERABILITY = 2
    MISCONFIGURATION = 3
    DEPENDENCY = 4
    MALICIOUS_PACKAGE = 5
    POSTURE = 6
    CODE = 7
    SECRET = 8
    SUSPICIOUS_PACKAGE = 9
    """Something about a package is odd: a sign, and no proof."""

    @property
    def word(self) -> str:
        """The word used in the API, the pages and the command line."""
        return self.name.lower().replace("_", "-")


@enum.unique
class Severity(enum.IntEnum):
    """How bad, ordered by what needs a look first. The numbers are stored: never reuse one.

    Unknown stands between medium and low, so that sorting by severity never hides it below low.
    """

    CRITICAL = 6
    HIGH = 5
    MEDIUM = 4
    UNKNOWN = 3
    LOW = 2
    INFO = 1

    @property
    def word(self) -> str:
        """The word used in the API, the pages and the command line."""
        return self.name.lower()


@enum.unique
class State(enum.IntEnum):
    """Where a finding stands. The numbers are stored: never reuse one."""

    OPEN = 1
    IN_PROGRESS = 2
    UNKNOWN = 3
    """The source used a status that Callboard does not know. Counted with the open ones."""
    FIXED = 4
    """Fixed by the source's word, or absent from a complete run and unknown to the source when asked by id."""
    REJECTED = 5
    """A person said at the source that no action is needed (Wiz shows it as "Ignored")."""
    GONE = 6
    """The resource was removed. Not a fix by the team."""
    SNOOZED = 7
    """Somebody here put it off; it comes back by itself."""
    DISMISSED = 8
    """Somebody here said why nothing has to be done."""
    ACCEPTED = 9
    """Two people here agreed to live with it until a day."""

    @property
    def is_open(self) -> bool:
        """True while somebody may still have to act."""
        return self <= LAST_OPEN

    @property
    def is_set_aside(self) -> bool:
        """True where a person here took an open finding from the work. No source says so of itself."""
        return self > LAST_TOLD

    @property
    def word(self) -> str:
        """The word used in the API, the pages and the command line."""
        return _STATE_WORDS[self]


LAST_OPEN = int(State.UNKNOWN)
"""States up to this number are open. Until Python 3.12 a member looked up in its class costs as much as five calls, which
is too much to ask for each record."""

LAST_TOLD = int(State.GONE)
"""States up to this number are the source's; those above it are made of open ones by people here."""

_STATE_WORDS = {state: state.name.lower().replace("_", "-") for state in State}

OPEN_STATES = tuple(state for state in State if state.is_open)
TOLD_STATES = tuple(state for state in State if not state.is_set_aside)
"""What a source can say."""
ASIDE_STATES = tuple(state for state in State if state.is_set_aside)
SUPPRESSED_STATES = (State.REJECTED, *ASIDE_STATES)
"""Set aside by a person, at the source or here."""
OPEN_AT_SOURCE = (*OPEN_STATES, *ASIDE_STATES)
"""What a complete run has to show again."""


def shown(told: State, aside: State | None) -> State:
    """Where a finding stands: what a decision makes of it while its source calls it open, else what the source told."""
    return aside if aside is not None and told.is_open else told


class Framework(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One place of a rule in a compliance framework."""

    framework: str
    """For example "CIS Controls v8"."""
    category: str
    title: str


class Rule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was violated: a control, a configuration rule, a CVE or another advisory."""

    external_id: str
    name: str
    kind: str
    """The source's own type word, for example "Control" or "CVE"."""
    description: str | None = None
    remediation: str | None = None
    """Guidance, usually Markdown, untrusted."""
    url: str | None = None
    frameworks: tuple[Framework, ...] = ()
    risks: tuple[str, ...] = ()


class Service(msgspec.Struct, frozen=True, order=True, gc=False):
    """An application service of the source that a resource belongs to."""

    name: str
    from_catalog: bool = False
    """The source has it from the portal's own catalog."""


class Resource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The thing affected."""

    external_id: str
    """The source's own id."""
    name: str
    type: str
    """The source's type word, for example "VIRTUAL_MACHINE"."""
    native_type: str | None = None
    platform: str | None = None
    region: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    provider_id: str | None = None
    """The cloud's own id: an ARN, an Azure path, a Google URL."""
    repository: str | None = None
    """`<host>/<org>/<repo>` where the resource is, or is in, a repository."""
    status: str | None = None
    url: str | None = None
    """Link to the cloud provider's console, untrusted."""
    tags: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """Other names of the same thing as (form, value); forms are listed in `domain.alias`."""
    services: tuple[Service, ...] = ()
    """Empty while a record is read: what a record tells of services stands in the observation, and joins where it is stored."""


class Project(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A Wiz project as a finding mentions it."""

    external_id: str
    name: str
    slug: str | None = None
    business_unit: str | None = None
    business_impact: str | None = None
    is_folder: bool | None = None
    """None: this mention does not tell."""


class Note(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A note that a person or a rule left at the source."""

    text: str
    at: Instant | None = None
    author: str | None = None


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ticket that the source links to the finding."""

    external_id: str
    name: str
    url: str | None = None


class Detail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the finding's own page shows and no list needs. Stored as one document."""

    description: str | None | UnsetType = UNSET
    remediation: str | None | UnsetType = UNSET
    package: str | None | UnsetType = UNSET
    version: str | None | UnsetType = UNSET
    fixed_version: str | None | UnsetType = UNSET
    fixes: tuple[tuple[str, str], ...] | UnsetType = UNSET
    """By version in use, the one to go to; what has none is left out. UNSET: the source tells of one version alone."""
    location: str | None | UnsetType = UNSET
    detection: str | None | UnsetType = UNSET
    link: str | None | UnsetType = UNSET
    """The advisory's page."""
    score: float | None | UnsetType = UNSET
    """CVSS base score, 0 to 10."""
    epss: float | None | UnsetType = UNSET
    """Probability of exploitation in the next 30 days, 0 to 1."""
    has_exploit: bool | None | UnsetType = UNSET
    """None: not evaluated, which is not "no"."""
    known_exploited: bool | None | UnsetType = UNSET
    """Listed by CISA as known exploited. None: not evaluated."""
    exposed: bool | None | UnsetType = UNSET
    """Reachable from the internet. None: not evaluated."""
    validated_in_runtime: bool | None | UnsetType = UNSET
    resolution: str | None | UnsetType = UNSET
    """The source's reason word for a closed finding."""
    evidence: tuple[tuple[str, str], ...] | UnsetType = UNSET
    notes: tuple[Note, ...] | UnsetType = UNSET
    tickets: tuple[Ticket, ...] | UnsetType = UNSET
    assignee: str | None | UnsetType = UNSET
    source_status: str | UnsetType = UNSET
    """The source's own status word."""
    source_severity: str | UnsetType = UNSET
    """The source's own severity word."""
    drift: tuple[str, ...] | UnsetType = UNSET
    """Paths at which the source used a word or shape that Callboard does not know."""


class BaseLayer(msgspec.Struct, frozen=True, gc=False):
    """That what was found came with an image's base layer, and not with what was built on it."""

    image: str
    """The image that was built on it, as `registry/repository`."""


class System(msgspec.Struct, frozen=True, gc=False):
    """That what was found is part of an operating system, and was brought by the system's own package manager."""

    image: str | None = None
    """The image that it is in, as `registry/repository`. None: it is on a machine."""
    family: str = ""
    """What the machine runs, in the source's word, for example "Linux". Empty: nobody told."""


class Observed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a source said about one finding, once."""

    external_id: str
    kind: Kind
    state: State
    severity: Severity
    title: str
    rule: Rule
    resource: Resource
    projects: tuple[Project, ...] | UnsetType = UNSET
    services: tuple[Service, ...] | UnsetType = UNSET
    """The application services that the resource belongs to. UNSET: this record does not tell."""
    first_detected_at: Instant
    """The source's own date, exactly."""
    last_detected_at: Instant | None | UnsetType = UNSET
    """The source's own date of the last scan that saw it, exactly."""
    status_changed_at: Instant | None | UnsetType = UNSET
    fixed_at: Instant | None | UnsetType = UNSET
    """When the source says it was resolved."""
    due_at: Instant | None | UnsetType = UNSET
    updated_at: Instant | None | UnsetType = UNSET
    """The source's own version of the record: the newest wins when one id comes twice."""
    url: str | None | UnsetType = UNSET
    """The source's own page for it, untrusted."""
    fix: str | None | UnsetType = UNSET
    """What one action closes it, as a stable key. None: nobody knows a fix.

    `package:jackson-databind:2.17.1`: go to that version. `settings:DB_SERVER`: change a setting of a resource of that type.
    """
    layer: BaseLayer | None | UnsetType = UNSET
    """In which layer of an image it is. None: in no base layer, or the source does not know."""
    system: System | None | UnsetType = UNSET
    """Whose part it is, when it is an operating system's. None: it is none, or nobody says of which image it is."""
    detail: Detail


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read. It is counted and kept with its reason; the others go on."""

    where: str
    """File and line, or the path inside the record."""
    reason: str
    """What was expected, in words."""
    external_id: str | None = None


def worst(severities: Sequence[Severity]) -> Severity | None:
    """The severity to show for a group: the one that sorts first. None for an empty group."""
    return max(severities, default=None)
