"""Rules about the portal's own code: for each a file that fails, and what comes near and is honest."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.checks import code
from callboard.checks.code import judging
from callboard.checks.code.judging import CodeFile, judge
from callboard.checks.code.schema import visible
from callboard.checks.code.source import MAX_BYTES, Source
from callboard.domain.finding import Severity
from callboard.domain.posture import Judged

FAILS: dict[str, list[tuple[str, int, str]]] = {
    "unauthenticated-route": [
        ("a.ts", 1, "httpRouter.addAuthPolicy({ path: '/hook', allow: 'unauthenticated' });"),
        ("a.ts", 2, 'deps.httpRouter\n.addAuthPolicy({\n allow: "unauthenticated", path: PATH });'),
        ("a.js", 1, "router.addAuthPolicy({ 'allow': 'unauthenticated', path: '/' })"),
    ],
    "browser-schema": [
        ("config.d.ts", 4, "export interface Config {\n  pets: {\n /** @visibility frontend */\n apiToken: string;\n };\n}"),
        ("config.d.ts", 5,
         ("interface Config {\n /** @deepVisibility frontend */\n pets: {\n  url: string;\n"
         "  clientSecret?: string;\n}; }")),
        ("config.d.ts", 3, "interface Config { pets: Array<{\n/** @visibility frontend */\npassword: string }>; }"),
        ("plugins/pets/a.ts", 1, "const t = config.getString('pets.apiToken');"),
    ],
    "unsafe-html": [
        ("a.tsx", 1, "const A = () => <p dangerouslySetInnerHTML={{ __html: entity.metadata.description }} />;"),
        ("a.tsx", 1, "const A = p => <iframe srcDoc={p.html} />;"),
        ("a.ts", 2, "const el = find();\nel.innerHTML = text;"),
        ("a.ts", 1, "el.insertAdjacentHTML('beforeend', `<b>${name}</b>`);"),
        ("a.ts", 1, "window.document.write(html);"),
        ("a.tsx", 2, "const html = marked(text);\nconst A = () => <p dangerouslySetInnerHTML={{ __html: html }} />;"),
    ],
    "shell-command": [
        ("a.ts", 2, "import { exec } from 'child_process';\nexec(`git clone ${url}`);"),
        ("a.ts", 2, "import { execSync as run } from 'node:child_process';\nrun('rm ' + path);"),
        ("a.ts", 2, "import * as cp from 'child_process';\ncp.exec(command);"),
        ("a.js", 2, "const { exec } = require('child_process');\nexec(command);"),
        ("a.js", 2, "const cp = require('child_process');\ncp.execSync(command);"),
        ("a.ts", 3, "import { exec } from 'child_process';\nconst run = util.promisify(exec);\nawait run(command);"),
        ("a.ts", 2, "import { spawn } from 'child_process';\nspawn(tool, [a], { shell: true });"),
    ],
    "code-from-text": [
        ("a.ts", 1, "const rule = eval(text);"),
        ("a.ts", 1, "globalThis.eval(text);"),
        ("a.ts", 1, "const f = new Function('a', body);"),
        ("a.ts", 1, "setTimeout('go(' + x + ')', 5);"),
        ("a.ts", 2, "import vm from 'vm';\nvm.runInNewContext(code);"),
        ("a.ts", 2, "import { Script } from 'node:vm';\nnew Script(code);"),
    ],
    "workspace-path": [
        ("a.ts", 2, "import path from 'path';\nconst to = path.join(ctx.workspacePath, ctx.input.targetPath);"),
        ("a.ts", 2, "import { resolve as resolvePath } from 'node:path';\nresolvePath(root, `${req.params.name}.md`);"),
    ],
    "open-fetch": [
        ("a.ts", 1, "await fetch(ctx.input.url);"),
        ("a.ts", 1, "await axios.get(`${req.query.host}/api`);"),
        ("a.ts", 1, "await fetch(`https://${req.params.tenant}.acme.example/x`);"),
        ("a.ts", 1, "await axios({ url: req.body.callback });"),
        ("a.ts", 1, "await fetch(req.query.base + '/api');"),
    ],
    "raw-sql": [
        ("a.ts", 1, "await knex.raw(`select * from pets where name = '${name}'`);"),
        ("a.ts", 1, "query.whereRaw('name = ' + name);"),
    ],
    "certificates-off": [
        ("a.ts", 1, "new https.Agent({ rejectUnauthorized: false });"),
        ("a.ts", 1, "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';"),
        ("a.ts", 1, "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0;"),
    ],
}  # fmt: skip
"""Rule → path, line of the fault, text. Files below plugins/pets are of a package for browsers."""

PASSES: dict[str, list[tuple[str, str]]] = {
    "unauthenticated-route": [
        ("a.ts", "httpRouter.addAuthPolicy({ path: '/static', allow: 'user-cookie' });"),
        ("a.ts", "// httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });"),
        ("a.ts", "describe({ path: '/', allow: 'unauthenticated' });"),
    ],
    "browser-schema": [
        ("config.d.ts",
         ("export interface Config { pets: {\n /** @visibility secret */\n apiToken: string;\n"
         " /** @visibility frontend */\n url: string } }")),
        ("config.d.ts",
         ("interface Config {\n /** @deepVisibility frontend */\n pets: {\n /** @visibility backend */\n"
         " password: string } }")),
        ("config.d.ts", "interface Other {\n /** @visibility frontend */\n apiToken: string }"),
        ("types.ts", "interface Config {\n /** @visibility frontend */\n apiToken: string }"),
        ("plugins/pets/a.ts", "config.getString('pets.title'); map.get('token'); config.getString('pets.tokenUrl');"),
        ("a.ts", "config.getString('pets.apiToken');"),
    ],
    "unsafe-html": [
        ("a.tsx", "const A = () => <p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(text) }} />;"),
        ("a.tsx",
         ("const clean = useMemo(() => sanitizeHtml(text), [text]);\n"
         "const A = () => <p dangerouslySetInnerHTML={{ __html: clean }} />;")),
        ("a.tsx", "const A = () => <style dangerouslySetInnerHTML={{ __html: 'p { margin: 0 }' }} />;"),
        ("a.ts", "el.innerHTML = '';\nel.textContent = text;\nel.insertAdjacentHTML('beforeend', '<hr>');"),
        ("a.ts", "stream.write(text); response.write(html); fs.document = 1;"),
        ("a.tsx", "const A = () => <p title={text}>{text}</p>;"),
    ],
    "shell-command": [
        ("a.ts", "const found = /a(b)/.exec(text); query.exec(`select ${x}`);"),
        ("a.ts", "import { exec } from './runner';\nexec(`git clone ${url}`);"),
        ("a.ts",
         ("import { spawn, execFile } from 'child_process';\nspawn('git', ['clone', url]);\n"
         "execFile(tool, [url], { shell: false });")),
        ("a.ts", "import { exec } from 'child_process';\nexec('git --version');"),
        ("a.ts",
         ("import { executeShellCommand } from '@backstage/plugin-scaffolder-node';\n"
         "executeShellCommand({ command: 'git', args: [url] });")),
    ],
    "code-from-text": [
        ("a.ts", "evaluate(text); parser.eval(text); const Function2 = 1; new Functional(text);"),
        ("a.ts", "setTimeout(() => go(x), 5); setTimeout(go, 5);"),
        ("a.ts", "import ivm from 'isolated-vm';\nnew ivm.Script(code); context.runInContext(code);"),
    ],
    "workspace-path": [
        ("a.ts", "import path from 'path';\npath.join(ctx.workspacePath, 'template', name);"),
        ("a.ts", "const to = resolveSafeChildPath(ctx.workspacePath, ctx.input.targetPath);"),
        ("a.ts", "const line = words.join(ctx.input.separator, ctx.input.x);"),
    ],
    "open-fetch": [
        ("a.ts", "await fetch(`https://pets.acme.example/${req.params.name}`);"),
        ("a.ts", "await fetch(`${baseUrl}/pets/${ctx.input.name}`);"),
        ("a.ts", "await urlReader.readUrl(ctx.input.url);"),
        ("a.ts", "await fetch(config.getString('pets.url') + req.query.name);"),
        ("plugins/pets/a.ts", "await fetch(input.params.url);"),
    ],
    "raw-sql": [
        ("a.ts", "await knex.raw('select * from pets where name = ?', [name]);"),
        ("a.ts", "await knex.raw(`select 1`); String.raw`a${b}`; const x = image.raw;"),
        ("a.ts", "knex.raw(MIGRATION);"),
    ],
    "certificates-off": [
        ("a.ts", "new https.Agent({ rejectUnauthorized: true, ca });"),
        ("a.ts", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '1'; const rejectUnauthorized = false;"),
    ],
}  # fmt: skip


def judged(path: str, text: str) -> dict[str, Judged]:
    """What each rule says of one file."""
    file = CodeFile(path=path, raw=text.encode(), frontend=path.startswith("plugins/pets"))
    return {each.advice.key: each for each in judge([file])}


@pytest.mark.parametrize(
    ("key", "path", "line", "text"), [(key, *each) for key, those in FAILS.items() for each in those]
)
def test_what_can_be_abused_is_found_on_its_line(key: str, path: str, line: int, text: str) -> None:
    """One fault, at its line, and no other rule says anything."""
    found = judged(path, text)
    assert [(fault.place.file, fault.place.line) for fault in found[key].faults if fault.place] == [(path, line)]
    assert {name: each.faults for name, each in found.items() if each.faults and name != key} == {}
    assert found[key].not_evaluated is None


@pytest.mark.parametrize(("key", "path", "text"), [(key, *each) for key, those in PASSES.items() for each in those])
def test_what_only_looks_like_it_passes(key: str, path: str, text: str) -> None:
    """Read whole, and nothing is said by any rule."""
    found = judged(path, text)
    assert {name: each.word for name, each in found.items() if each.word != "passed"} == {}, key


def test_every_rule_has_both_examples_and_fails_its_own_before() -> None:
    """What the advice shows as wrong is found, and what it shows as right is not."""
    assert set(FAILS) == set(PASSES) == {check.advice.key for check in code.ALL}
    heads = {
        "browser-schema": "export interface Config {\n{}\n}",
        "shell-command": "import {{ exec, spawn }} from 'child_process';\n{}",
        "workspace-path": "import path from 'path';\n{}",
        "unsafe-html": "const A = () => {};",
    }
    for number, check in enumerate(code.ALL, 1):
        assert check.advice.number == number
        head = heads.get(check.advice.key, "{}").replace("{}", "%s").replace("{{", "{").replace("}}", "}")
        path = {"browser-schema": "config.d.ts", "unsafe-html": "a.tsx"}.get(check.advice.key, "a.ts")
        assert judged(path, head % check.advice.before)[check.advice.key].faults, check.advice.key
        assert not judged(path, head % check.advice.after)[check.advice.key].faults, check.advice.key


def test_a_shell_in_an_action_of_the_scaffolder_is_worse() -> None:
    """There everybody who may start a template writes the command."""
    action = (
        "import { createTemplateAction } from '@backstage/plugin-scaffolder-node';\n"
        "import { exec } from 'child_process';\nexec(command);"
    )
    (fault,) = judged("a.ts", action)["shell-command"].faults
    assert fault.severity is Severity.CRITICAL
    (elsewhere,) = judged("a.ts", action.partition("\n")[2])["shell-command"].faults
    assert elsewhere.severity is None


def test_a_route_that_only_says_it_is_well_is_for_information() -> None:
    """Whoever watches the machine needs it; it is told, and no more."""
    (fault,) = judged("a.ts", "r.addAuthPolicy({ path: '/health', allow: 'unauthenticated' })")[
        "unauthenticated-route"
    ].faults
    assert fault.severity is Severity.INFO


def test_paths_of_a_schema_are_read_as_backstage_reads_them() -> None:
    """Below an object, a list, a map and a union; deep marks go down until another mark."""
    text = """
    export interface Config {
      /** @visibility frontend */
      a: string;
      b?: { /** a remark
             * @visibility frontend */ c: string; d: string };
      /** @deepVisibility frontend */
      e: { [name: string]: { f: string; /** @visibility secret */ g: string } };
      h: 'x' | { /** @visibility frontend */ 'i-j': string };
    }
    """
    found = [path for path, _ in visible(Source("config.d.ts", text.encode()))]
    assert found == ["a", "b.c", "e", "e.*", "e.*.f", "h.i-j"]


def test_what_could_not_be_read_is_said() -> None:
    """Too large, broken, none at all, or no engine: not evaluated, never passed."""
    large = CodeFile(path="made.js", raw=b" " * (MAX_BYTES + 1), frontend=None)
    assert {each.not_evaluated for each in judge([large])} == {f"made.js is larger than {MAX_BYTES:,} bytes"}
    assert {each.not_evaluated for each in judge([])} == {"no code of the portal's own was found"}
    broken = judge([CodeFile(path="a.ts", raw=b"eval(x);\nconst = = ;\n", frontend=None)])
    assert {each.not_evaluated for each in broken} == {"a.ts could not be read whole (line 2)"}
    assert [each.advice.key for each in broken if each.faults] == ["code-from-text"]
    many = judge([CodeFile(path=f"{n}.ts", raw=b"const = ;", frontend=None) for n in range(9)])
    assert (many[0].not_evaluated or "").endswith("; and 6 more")


def test_without_the_engine_nothing_is_called_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed: every rule says so."""
    monkeypatch.setattr(judging, "has_engine", lambda: False)
    found = judge([CodeFile(path="a.ts", raw=b"eval(x)", frontend=None)])
    assert {each.word for each in found} == {"not-evaluated"}
    assert "extra `assess`" in (found[0].not_evaluated or "")


@pytest.mark.parametrize("piece", [b"(", b"f(", b"`${", b".a()", b"{a:", b"<a>", b"1+", b"[,"])
def test_a_file_made_to_take_hours_takes_no_time(piece: bytes) -> None:
    """Nested as deep, or as wide, as it fits: given up before any rule asks, and said."""
    started = time.process_time()
    (found, *_) = judge([CodeFile(path="a.js", raw=piece * (MAX_BYTES // len(piece)), frontend=None)])
    assert time.process_time() - started < 2
    assert "than anybody writes" in (found.not_evaluated or "")


@given(st.binary(max_size=400), st.sampled_from(["a.ts", "a.tsx", "config.d.ts"]))
def test_no_bytes_stop_it(raw: bytes, path: str) -> None:
    """Whatever a file holds, every rule answers."""
    assert len(judge([CodeFile(path=path, raw=raw, frontend=True)])) == len(code.ALL)
