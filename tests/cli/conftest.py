"""Fixtures of the command line's tests: a folder to stand in, and two ways to call a command."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from callboard.cli.root import callboard
from tests.cli.stub_wiz import StubWiz, running

SECRET = "hunter2-the-client-secret"

CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout-api
  annotations: {wiz.io/project-id: project-1}
spec: {type: service, lifecycle: production, owner: payments, system: shop}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: nobody-knows}
spec: {type: service, lifecycle: production, owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ana}
spec: {memberOf: [payments]}
"""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  what it holds is what the test asks
        """The one document on stdout."""
        return msgspec.json.decode(self.out)

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err


class Folder:
    """A folder with a configuration, and commands called in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[Said] = []

    def configure(self, wiz: StubWiz | None = None, **fields: object) -> None:
        """Write callboard.toml: a file catalog, and a Wiz source when there is a stand-in for it."""
        text = '[[catalog]]\nkind = "file"\nname = "files"\nroot = "catalog"\n[server]\nport = 0\n'
        if wiz is not None:
            settings: dict[str, object] = {
                "kind": "wiz",
                "name": "main",
                "client_id": f"client-{self.path.name}",
                "client_secret": SECRET,
                "api_url": wiz.url,
                "token_url": f"{wiz.url}/oauth/token",
                "allow_private": True,
                "calls_per_second": 10,
                **fields,
            }
            text += "[[source]]\n" + "".join(
                f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in settings.items()
            )
            # Few parts: the pace of calls is held here too.
            text += '[source.scope]\nkinds = ["issues"]\nclosed_days = 0\n'
        file = self.path / "callboard.toml"
        file.write_text(text)
        file.chmod(0o600)

    def call(self, *args: str, code: int | None = 0) -> Said:
        """A command in this process."""
        result = CliRunner().invoke(callboard, list(args), prog_name="callboard", catch_exceptions=False)
        return self._heard(Said(result.exit_code, result.stdout, result.stderr), code)

    def run(self, *args: str, code: int | None = 0, **environ: str) -> Said:
        """A command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "callboard", *args],
            cwd=self.path,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        return self._heard(Said(done.returncode, done.stdout, done.stderr), code)

    def _heard(self, said: Said, code: int | None) -> Said:
        self.said.append(said)
        assert code is None or said.code == code, said.all
        assert "Traceback" not in said.all
        assert SECRET not in said.all
        return said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """An empty folder with a catalog and nothing configured but that; the process stands in it."""
    for name in [name for name in os.environ if name.startswith("CALLBOARD_")]:
        monkeypatch.delenv(name)
    # Tables are as wide as in a pipe, whatever terminal the tests are run from.
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "catalog-info.yaml").write_text(CATALOG)
    made = Folder(tmp_path)
    made.configure()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield made
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def wiz() -> Iterator[StubWiz]:
    """A stand-in for Wiz on loopback."""
    with running() as server:
        yield server


@pytest.fixture
def board(folder: Folder, wiz: StubWiz) -> Folder:
    """A folder with a board: two components, and six findings, four of them mapped."""
    from tests.cli.stub_wiz import issue

    wiz.issues = [issue(number) for number in range(1, 5)]
    wiz.issues += [issue(5, projects=[], severity="CRITICAL"), issue(6, projects=[], severity="LOW")]
    folder.configure(wiz)
    folder.call("sync")
    return folder
