"""Which processes work, what is due and what is stuck, as `callboard doctor` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callboard.domain.instant import MINUTE, SECOND

if TYPE_CHECKING:
    from callboard.ports import Check
    from callboard.wiring.services import Services

LATE = 10 * MINUTE
"""What has been due for so long although somebody works is worth a word."""
SKEW_SECONDS = 5
"""Clocks of a machine and of the database that differ by more than this make leases end too early or too late."""


def checks(services: Services) -> list[Check]:
    """Lines about workers, jobs and the clock."""
    from callboard.ports import Check
    from callboard.usecases.jobs import clock_ahead, standing
    from callboard.web import words

    now = services.clock.now()
    found = standing(services.store, now=now)
    lines = []
    if found.workers:
        told = "; ".join(
            f"{each.role} {each.process}" + (f" ({each.doing})" if each.doing else "") for each in found.workers
        )
        lines.append(
            Check(
                subject="workers", ok=True, message=f"{words.count(len(found.workers), 'process', 'processes')}: {told}"
            )
        )
    elif found.due:
        hint = "Run `callboard worker` or `callboard serve`; what it finds due it does."
        told = f"Nobody works, and {words.count(len(found.due), 'job')} wait."
        lines.append(Check(subject="workers", ok=None, message=told, hint=hint))
    lines += [
        Check(
            subject="workers",
            ok=None,
            message=f"{each.role} {each.process} was last heard of {words.ago(each.seen_at, now)}.",
            hint="What it worked on is taken over by another one; look why it ended.",
        )
        for each in found.lost
    ]
    lines += [
        Check(
            subject=f"job {each.name}",
            ok=None,
            message=f"Begun by {(each.lease_owner or '').rpartition('/')[0]}, which was not heard of since.",
            hint="The next worker that looks takes it over.",
        )
        for each in found.stuck
    ]
    lines += [
        Check(
            subject=f"job {each.name}",
            ok=None,
            message=f"It failed {words.count(each.failures, 'time')} in a row: {each.reason}",
            hint="It is tried again by itself.",
        )
        for each in found.failing
    ]
    late = [each.name for each in found.due if each.due_at and now - each.due_at > LATE]
    if found.workers and late:
        told = f"Due for more than {LATE // MINUTE} minutes: {', '.join(late)}."
        lines.append(
            Check(subject="jobs", ok=None, message=told, hint="More workers, or one with less to do, would help.")
        )
    if found.hooked:
        told = f"{words.count(found.hooked, 'finding')} named by webhooks wait to be read again."
        lines.append(Check(subject="webhooks", ok=True, message=told))
    ahead = clock_ahead(services.store, services.clock) // SECOND
    if abs(ahead) > SKEW_SECONDS:
        told = f"The clock of this machine is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} the database's."
        lines.append(Check(subject="clock", ok=None, message=told, hint="Let both follow one time server."))
    return lines
