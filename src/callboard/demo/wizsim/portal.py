"""The page that deep links lead to: it reads the fragment in the browser and shows the issue or finding it names.

The fragment is read whole, as `domain.fragment` does: a link that only contains an id somewhere names nothing.
`/issues` opens issues and `/explorer/vulnerability-findings` vulnerabilities; `/explorer/configuration-findings` opens
configuration findings and is made up, because no public link to one is known.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any, Final

from callboard.demo.wizsim.engine import Engine

_ISSUE: Final = """query PortalIssue($id: ID!) { issue(id: $id) {
  id severity status type createdAt statusChangedAt resolvedAt description
  sourceRules { name } entitySnapshot { name type cloudPlatform region externalId } projects { name }
} }"""
_FINDING: Final = """query PortalFinding($id: ID!) { vulnerabilityFinding(id: $id) {
  id name severity status detailedName version fixedVersion firstDetectedAt lastDetectedAt CVEDescription
  projects { name } vulnerableAsset { ... on VulnerableAssetBase { name type providerUniqueId } }
} }"""
_CONFIGURATION: Final = """query PortalConfiguration($id: ID!) { configurationFinding(id: $id) {
  id name severity status result firstSeenAt statusChangedAt remediation
  rule { name shortId } resource { name type cloudPlatform region providerId }
} }"""
_DOCUMENTS: Final = {"issue": _ISSUE, "vulnerability": _FINDING, "configuration": _CONFIGURATION}

CONFIGURATION_TEMPLATE: Final = "{portal}/explorer/configuration-findings#~(entity~(~'{id}*2cCONFIGURATION_FINDING))"
"""How a link to a configuration finding is built for this look-alike."""


def item(engine: Engine, kind: str, id_: str) -> dict[str, Any] | None:
    """The facts that the page shows, or None when there is no such thing."""
    if kind not in _DOCUMENTS:
        return None
    result = engine.run(_DOCUMENTS[kind], {"id": id_}, plain=True)
    if not result.data:
        return None
    facts: dict[str, Any] = next(iter(result.data.values()))
    return facts


_SCRIPT: Final = """
function read(text) {
  let at = 0;
  function past(mark) { if (text[at] !== mark) throw new Error("no " + mark); at += 1; }
  function word() {
    const raw = text.slice(at).match(/^[^~()]*/)[0];
    at += raw.length;
    return raw.replace(/[*][*]([0-9a-f]{4})|[*]([0-9a-f]{2})|!/gi,
      (all, wide, short) => all === "!" ? "$" : String.fromCharCode(parseInt(wide || short, 16)));
  }
  function list() {
    const found = [];
    if (text[at + 1] === ")") at += 1;
    while (text[at] === "~") found.push(value());
    past(")");
    return found;
  }
  function object() {
    const found = {};
    for (let first = true; text[at] !== ")"; first = false) {
      if (!first) past("~");
      const name = word();
      found[name] = value();
    }
    past(")");
    return found;
  }
  function value() {
    past("~");
    if (text[at] === "'") { at += 1; return word(); }
    if (text[at] !== "(") { word(); return null; }
    at += 1;
    return text[at] === "~" ? list() : object();
  }
  const all = value();
  if (at !== text.length) throw new Error("more behind the end");
  return all;
}
const EXPLORERS = {
  "/explorer/vulnerability-findings": ["vulnerability", ",SECURITY_TOOL_FINDING"],
  "/explorer/configuration-findings": ["configuration", ",CONFIGURATION_FINDING"],
};
function named() {
  let said;
  try { said = read(decodeURIComponent(location.hash.slice(1))); } catch { return []; }
  if (location.pathname === "/issues") return said && said.issue ? ["issue", said.issue] : [];
  const [kind, end] = EXPLORERS[location.pathname] || [];
  const entity = said && said.entity && said.entity[0];
  return kind && entity && entity.endsWith(end) ? [kind, entity.slice(0, -end.length)] : [];
}
const main = document.querySelector("main");
function say(tag, words) { const e = document.createElement(tag); e.textContent = words; main.append(e); return e; }
function flat(value) {
  if (value === null || value === "") return "\\u2013";
  if (Array.isArray(value)) return value.map(flat).join(", ") || "\\u2013";
  if (typeof value === "object") return Object.values(value).map(flat).join(" \\u00b7 ");
  return String(value);
}
async function show() {
  const [kind, id] = named();
  if (!kind) { say("p", "This link names no issue and no finding."); document.title = "Nothing named"; return; }
  const answer = await fetch("/portal/" + kind + "/" + encodeURIComponent(id));
  if (!answer.ok) { say("h1", "Not found"); say("p", id); document.title = "Not found"; return; }
  const facts = await answer.json();
  const title = facts.name || facts.sourceRules.map((rule) => rule.name).join(", ");
  document.title = title;
  say("h1", title);
  const table = say("table", "");
  for (const [name, value] of Object.entries(facts)) {
    const row = table.insertRow();
    row.insertCell().textContent = name;
    row.insertCell().textContent = flat(value);
  }
  main.dataset.id = id;
  main.dataset.ready = "yes";
}
addEventListener("hashchange", () => location.reload());
show();
"""

PAGE: Final = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Wiz look-alike</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
header {{ color: #666; }} td {{ padding: .2rem 1rem .2rem 0; vertical-align: top; }} td:first-child {{ color: #666; }}
</style>
<header>A look-alike of the Wiz portal. Nothing here is real.</header>
<main></main>
<script>{_SCRIPT}</script>
</html>
"""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{b64encode(sha256(_SCRIPT.encode()).digest()).decode()}'"
    ),
}
