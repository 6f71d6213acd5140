"""Of every table: with what it grows, and what bounds it. A table without a line here fails a test."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Bound(msgspec.Struct, frozen=True):
    """How one table grows."""

    grows: str
    """With what."""
    bounded: str
    """By what. Names of rules are those of `callboard retention plan`."""
    rules: tuple[str, ...] = ()
    """The rules that drop rows of it."""


_FINDING = "stays with the finding: every figure and all evidence rest on it"
_READ = "replaced with each reading"
_COUNTED = "counters that are nought are dropped with the change that makes them so"
_WORD = "stays: what people decided is proof"
_HAND = "made by people, one by one, and taken away by them"
_SPELL = "stays: what was when can be told from it alone; one row for each change, none for each reading"

BOUNDS: Mapping[str, Bound] = {
    "activity": Bound("people and folders of repositories", f"{_READ}, with those of the last months"),
    "api_token": Bound("tokens that are made", _HAND),
    "api_token_owner": Bound("owners of tokens", "a handful each"),
    "api_token_right": Bound("rights of tokens", "a handful each"),
    "audit": Bound(
        "everything that anybody does, and every refusal", "cut from the beginning when it is old", ("audit",)
    ),
    "bundle": Bound("different ways to close findings", "one row for each rule, or fix of a package, that ever came"),
    "bundle_cell": Bound("bundles with something open, by whose it is", _COUNTED),
    "call_turn": Bound("accounts of sources", "one row each"),
    "campaign": Bound("campaigns", _HAND),
    "campaign_finding": Bound("findings of campaigns", "what a campaign was begun with"),
    "candidate": Bound("evidence about whose resources are", "replaced when evidence changes"),
    "catalog_reading": Bound(
        "readings of the catalog", "only the last one of each day stays after a while", ("readings",)
    ),
    "claim": Bound("annotations of catalog entities", _READ),
    "code_owner": Bound("lines of CODEOWNERS", _READ),
    "component_spell": Bound("changes of components and their owners", _SPELL),
    "cube": Bound("kinds, states and severities that occur, by whose they are", "as many rows as there are such cells"),
    "decided": Bound("findings that something was said about", _WORD),
    "decision": Bound("what people say about findings", _WORD),
    "digest_turn": Bound("teams and channels", "one row each"),
    "due_cell": Bound("days on which something open is due", _COUNTED),
    "engagement": Bound(
        "hours in which something was done with a finding", "summed up by week when they are old", ("use",)
    ),
    "engagement_week": Bound(
        "teams, weeks, sorts of doing, doors", "one row for each sort of doing and each door, a team and week"
    ),
    "entity": Bound("entities that the catalog ever held", "stays: history names them"),
    "event": Bound(
        "changes of findings",
        "detail of closed ones is dropped when it is old; what figures rest on stays",
        ("history",),
    ),
    "finding": Bound("findings", _FINDING),
    "finding_detail": Bound("findings", "one row each, replaced when the source tells it anew"),
    "flow_cell": Bound("weeks, by whose findings are", "one row a week for whoever has findings"),
    "group_closure": Bound("groups", _READ),
    "holding": Bound("different sets of components that share findings", "stays: history names them"),
    "holding_reader": Bound("who sees a holding", "as the evidence stands"),
    "holding_route": Bound("components of a holding", "a handful each"),
    "holding_version": Bound("holdings", "one row each"),
    "hooked": Bound("ids that webhooks name", "10,000 at most, dropped when they have been read"),
    "idempotency": Bound("requests that may come twice", "dropped after a day", ("answers",)),
    "inherited_spell": Bound("changes of base images and their owners", _SPELL),
    "job": Bound("jobs", "one row each"),
    "kept_answer": Bound("addresses that forges were asked", _READ),
    "left_out": Bound("teams that leave something out", "one row each"),
    "link_check": Bound("checks of links", "the last 30 of each source"),
    "link_report": Bound("words that a link is broken", "dropped when they are old", ("reports",)),
    "manifest": Bound("places that manifests come from", "one row each"),
    "manifest_holder": Bound("components of manifests", _SPELL),
    "manifest_place": Bound("manifests in repositories", _READ),
    "manifest_version": Bound(
        "changes of manifests",
        "old ones are dropped; the packages of the newest one alone are kept whole",
        ("versions",),
    ),
    "member": Bound("members of groups", _READ),
    "membership": Bound("people who come", "dropped when they come no more", ("groups",)),
    "membership_group": Bound("groups of people who come", "goes with the row above it", ("groups",)),
    "meta": Bound("nothing", "a handful of rows"),
    "notice": Bound("what is worth a word", "dropped when it is old", ("notices",)),
    "outbox": Bound("messages", "dropped when they ended long ago", ("messages", "words", "told")),
    "ownership_challenge": Bound("weak evidence that has won once", "dropped when it is decided"),
    "ownership_decision": Bound("what people say about whose resources are", _WORD),
    "ownership_spell": Bound("changes of whose resources are", _SPELL),
    "package": Bound("versions of packages that were ever in use", "one row each"),
    "package_file": Bound("files of packages", "one row each"),
    "package_match": Bound("what advisories say of packages", "dropped when it ended long ago", ("matches",)),
    "package_place": Bound("places that bills name", "replaced with each bill"),
    "package_use": Bound("uses of packages", "dropped when they ended long ago", ("uses",)),
    "policy_revision": Bound("revisions of policies", _WORD),
    "project": Bound("projects of sources", "one row each"),
    "project_set": Bound("different sets of projects", "one row each"),
    "project_set_member": Bound("projects of sets", "a handful each"),
    "registry_answer": Bound(
        "names that registries were asked about", "dropped when the name is in no use", ("registries",)
    ),
    "rejected": Bound(
        "records that could not be read",
        "once each, dropped when a whole reading does not meet them again",
        ("rejected",),
    ),
    "remedy": Bound("versions that mend something", "one row for each package and version that ever mended"),
    "remedy_cell": Bound("what mends open findings, by whose they are", _COUNTED),
    "repository": Bound("repositories that were ever seen", "one row each"),
    "repository_reading": Bound("places of repositories", "one row each"),
    "resource": Bound("resources that ever had a finding", "stays: findings are about them"),
    "resource_alias": Bound("names of resources", _READ),
    "resource_term": Bound("accounts, regions and tags of resources", _READ),
    "revision": Bound("nothing", "one row"),
    "risk_register": Bound("assessments of portals", "the last 50 of each portal"),
    "rule": Bound("rules that ever found something", "stays: findings name them"),
    "rule_day": Bound("days on which a mapping rule matched otherwise", "one row a day for each rule at most"),
    "run": Bound("readings of sources", "dropped when they are old; whole ones that were applied stay", ("runs",)),
    "run_page": Bound(
        "pages of readings under way", "dropped when the reading has ended, or nobody went on with it", ("spool",)
    ),
    "run_part": Bound("parts of readings", "goes with the reading", ("runs",)),
    "saved_view": Bound("queries with names", _HAND),
    "session": Bound("browsers that are signed in", "16 for each person, dropped when they have ended", ("sessions",)),
    "sight": Bound("different sets that portals show", "dropped after a week without use"),
    "sight_entity": Bound("entities of such sets", "goes with the set"),
    "sighting": Bound("findings", "one row each"),
    "signal": Bound("what changed about ownership", "dropped when it was closed long ago", ("signals",)),
    "signal_reader": Bound("owners whom a signal is for", "goes with the signal", ("signals",)),
    "source": Bound("sources", "one row each"),
    "spell": Bound("findings that come back", _FINDING),
    "ticket": Bound("tickets", "stays with the finding"),
    "ticket_finding": Bound("findings of tickets", "stays with the finding"),
    "unsubscribed": Bound("people who want no messages", "one row each, taken away when they want them again"),
    "visit": Bound("people who look", "one row each, dropped when they come no more", ("visits",)),
    "worker": Bound("processes", "dropped after a day without a word"),
    "write_back": Bound(
        "what is written to sources", "dropped with the history of findings that are closed", ("write-backs",)
    ),
}
"""By table."""
