"""How the command line says no."""

from __future__ import annotations

import errno
import inspect
import subprocess
import sys

import pytest

from callboard import errors
from callboard.cli.errors import EXIT_CODES, exit_code, report
from tests.cli.conftest import SECRET, Folder

TOO_LARGE = "99999999999999999999"
"""More than the number of any row."""


def test_every_error_has_an_exit_code() -> None:
    """The whole family, each by the row that fits it best."""
    family = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.CallboardError)
    ]
    assert len(family) > 15
    assert {exit_code(kind()) for kind in family} == {1, 2, 3}
    assert EXIT_CODES[-1][0] is errors.CallboardError
    assert exit_code(errors.SourceRefusedError()) == 3
    assert exit_code(errors.SchemaTooNewError()) == 2


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["findngs"], "There is no command 'findngs'. Did you mean findings?"),
        (["findings", "--seveirty", "high"], "Did you mean"),
        (["--json", "findings"], "stands behind the command: `callboard COMMAND --json`"),
        (["findings", "--severity", "hihg"], 'Did you mean "severity:high"?'),
        (["findings", "--limit", "0"], "range 1<=x<=500"),
        (["findings", "--cursor", "xx"], "cursor"),
        (["component", "a b"], "not an entity reference"),
        (["sync", "--full", "--estimate"], "do not go together"),
        (["sync", "nowhere"], "No source is called 'nowhere'"),
        (["--config", "nowhere.toml", "findings"], "no configuration file at nowhere.toml"),
        (["completion", "tcsh"], "tcsh"),
        (["audit", "export", "no-folder/audit.jsonl"], "no-folder/audit.jsonl: No such file or directory."),
        (
            ["evidence", "export", "--framework", "cis-8", "--format", "csv", "no-folder/cis.csv"],
            "no-folder/cis.csv: No such file or directory.",
        ),
        (["campaigns", "show", TOO_LARGE], "is no number of anything here"),
        (["decide", "undo", TOO_LARGE], "is no number of anything here"),
        (["ownership", "undo", TOO_LARGE], "is no number of anything here"),
        (["ownership", "signals", "--close", TOO_LARGE], "is no number of anything here"),
        (["tickets", "unlink", TOO_LARGE, "id:1"], "is no number of anything here"),
        (["write-back", "again", TOO_LARGE], "is no number of anything here"),
    ],
)
def test_usage_errors_are_sentences_on_stderr(board: Folder, args: list[str], expected: str) -> None:
    """With exit code 2, and nothing on stdout."""
    said = board.call(*args, code=2)
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert expected in said.err


def test_what_is_not_there_is_said(board: Folder) -> None:
    """With exit code 1."""
    for args in (["finding", "999999"], ["finding", "no-such-id"], ["component", "no-such-component"]):
        assert board.call(*args, "--json", code=1).out == ""


def test_a_broken_configuration_is_told_whole(folder: Folder) -> None:
    """File, line and suggestion, from every command that reads it."""
    (folder.path / "callboard.toml").write_text("[server]\nprot = 1\n[safty]\n")
    said = folder.call("findings", code=2)
    assert "line 2: server.prot is not known; did you mean port?" in said.err
    assert "did you mean safety?" in said.err


def test_no_board_yet_is_no_empty_board(folder: Folder) -> None:
    """Unknown is not zero, and reading makes no file."""
    said = folder.call("findings", "--json", code=2)
    assert "There is no board yet" in said.err
    assert "callboard sync" in said.err
    assert not (folder.path / "callboard.db").exists()


def test_the_unexpected_is_short_without_debug(board: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with --debug the traceback comes, secrets covered."""
    from callboard.usecases import source_health

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"Authorization: Bearer {SECRET}")

    monkeypatch.setattr(source_health, "of_sources", broken)
    said = board.call("sources", code=1)
    assert said.err.count("\n") == 2
    assert "--debug" in said.err


def test_debug_shows_where_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback may quote a header."""
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError(f"Authorization: Bearer {SECRET}")
    assert report(caught.value, debug=True) == 1
    said = capsys.readouterr().err
    assert "test_errors.py" in said
    assert SECRET not in said


def test_a_reader_that_leaves_is_no_error(board: Folder) -> None:
    """`callboard … | head -1` ends quietly."""
    done = subprocess.run(  # noqa: S602  a pipe is what is tested
        f"{sys.executable} -m callboard findings --json | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=board.path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["{", "0"]
    assert done.stderr == ""


def test_a_reader_that_leaves_early_is_no_error_either(board: Folder) -> None:
    """What is written is more than a pipe holds."""
    script = board.path / "long.py"
    script.write_text(
        "from callboard.cli import output\nfrom callboard.cli.root import callboard\n"
        "output.say = lambda text: [output.line(text) for _ in range(100_000)]\ncallboard()\n"
    )
    done = subprocess.run(  # noqa: S602  a pipe is what is tested
        f"{sys.executable} long.py findings | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=board.path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "there/x"),
            "there/x: No such file or directory.",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device."),
    ],
)
def test_what_the_machine_refuses_is_no_mistake_of_ours(
    error: OSError, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk or a folder that is not there: what it is about, and what the machine says."""
    assert report(error, debug=False) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"Error: {said}"


def test_a_log_goes_to_stdout_whole(board: Folder) -> None:
    """And the command ends as it should when what it wrote to was no file."""
    board.call("token", "create", "reader", "--sees", "everything")
    said = board.run("audit", "export")
    assert "token.create" in said.out
    assert said.err == ""


def test_a_terminal_that_cannot_show_a_letter_gets_its_number(board: Folder) -> None:
    """An encoding of the last century ends no command, and JSON says the same as ever."""
    from tests.cli.conftest import CATALOG

    catalog = board.path / "catalog" / "catalog-info.yaml"
    catalog.write_text(CATALOG.replace("{name: nobody-knows}", "{name: nobody-knows, title: Größe 😀}"))
    board.call("sync", "--catalog-only")
    said = board.run("component", "nobody-knows", PYTHONIOENCODING="ascii")
    assert "Gr\\u00f6\\u00dfe" in said.out
    told = board.run("component", "nobody-knows", "--json", PYTHONIOENCODING="ascii").json
    assert told["component"]["title"] == "Größe 😀"
    board.run("--help", PYTHONIOENCODING="ascii")
