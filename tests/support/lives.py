"""Lives that end with SIGKILL at a chosen moment, one after the other, without everything being loaded anew for each.

`serve` runs in a process of its own that has no threads: for every line that it reads it forks, and the child lives. `Lives`
is the other end, which says when the next one is to end. A moment is whatever a scene calls `Passed.one` for.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Passed:
    """Moments, and the end at one of them."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self.last = last

    def one(self, *_: object) -> None:
        """Another moment."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def serve(live: Callable[[list[str], Passed], None]) -> None:
    """Live once for each line: the moment of the end, 0 for none, and what the scene is told."""
    for line in sys.stdin:
        moment, arguments = json.loads(line)
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reads)
            code = 1
            try:
                passed = Passed(moment)
                live(arguments, passed)
                os.write(writes, str(passed.count).encode())
                code = 0
            except BaseException:  # noqa: BLE001  told on stderr; the parent fails with it
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(code)
        os.close(writes)
        with os.fdopen(reads) as told:
            count = told.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([status, int(count or 0)]), flush=True)  # noqa: T201 - its answer


class Lives:
    """The other end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def live(self, moment: int, *arguments: str) -> int | None:
        """Live until this moment; 0: to the end. Returns how many moments there were; None: it was killed."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps([moment, arguments])}\n".encode())
        await process.stdin.drain()
        status, count = json.loads(await process.stdout.readline())
        if status == -signal.SIGKILL:
            return None
        assert status == 0, "a life ended badly; see what it wrote to stderr"
        return int(count)


@asynccontextmanager
async def lives(module: str) -> AsyncIterator[Lives]:
    """Lives of a module that calls `serve`, for as long as this lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )  # fmt: skip
    try:
        yield Lives(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
