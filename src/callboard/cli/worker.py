"""`callboard worker`."""

from __future__ import annotations

import signal
import threading

import click

from callboard.cli import explained
from callboard.cli.door import Door, examples


@explained.command(epilog=examples("callboard worker", "CALLBOARD_DATABASE_URL=postgresql://… callboard worker"))
@click.pass_obj
def worker(door: Door, /) -> None:
    """Do what is due, beside other processes on the same database.

    Reads sources and catalogs, matches packages, looks after ownership, sends messages, writes back. Any number of
    workers may run, on any number of machines, on one PostgreSQL; each job is done by one of them, and the parts of a
    large sync by all of them together. Nothing is kept on a worker's disk. Ends with Ctrl-C or SIGTERM, within 20 seconds.
    """
    from callboard.cli import output, running
    from callboard.cli.stopping import end_within
    from callboard.usecases.collecting import collect_often
    from callboard.usecases.heap import keep_one_heap
    from callboard.usecases.leases import worker_name
    from callboard.worker.loop import Background

    keep_one_heap()
    collect_often()
    door.log()
    told = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        end_within()
        told.set()

    former = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with door.services(create=True) as services:
            running.follow_policy(services)
            if not (services.config.sources or services.config.catalogs):
                output.say("No source is configured yet: `callboard init` sets one up.")
            with Background(services, role="worker") as background:
                output.say(f"Worker {worker_name()} works. Ctrl-C ends it.")
                while not told.wait(1.0) and background.is_alive:
                    pass
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
