"""The company's own portal, in a folder: as create-app leaves one, grown for some years, with what grows along.

Guests are let in, a proxy lends its token to everybody, packages of Backstage are old, a package of the company's own brings
the best known poisoned release, and a plugin puts commands together. Names, hashes and addresses are made up, but for those
packages of which advisories speak.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

NAME = "acme-portal"
_HOST = "https://packages.acme.example"
_SETTINGS = """\
app:
  title: Acme
  baseUrl: https://portal.acme.example
backend:
  baseUrl: https://portal.acme.example
  database:
    client: pg
    connection:
      host: db.acme.example
      password: ${POSTGRES_PASSWORD}
  csp:
    connect-src: ["'self'", 'https:']
auth:
  providers:
    guest:
      dangerouslyAllowOutsideDevelopment: true
integrations:
  github:
    - host: github.com
      token: ${GITHUB_TOKEN}
proxy:
  endpoints:
    /pager:
      target: https://pager.acme.example
      headers:
        Authorization: Token token=${PAGER_TOKEN}
permission:
  enabled: true
catalog:
  rules:
    - allow: [Component, System, API, Resource, Location, Template]
"""
PACKAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "@backstage/backend-defaults": ("0.17.0", {}),
    "@backstage/plugin-app-backend": ("0.3.76", {}),
    "@backstage/plugin-proxy-backend": ("0.6.16", {}),
    "@backstage/plugin-scaffolder-backend": ("4.0.2", {}),
    "@acme/pager-tools": ("2.4.0", {"event-stream": "^3.3.4"}),
    "event-stream": ("3.3.6", {"flatmap-stream": "^0.1.0"}),
    "flatmap-stream": ("0.1.1", {}),
}
"""Name → version and what it needs. Of npm."""
ASKED = tuple(PACKAGES)[:5]
"""What the portal itself asks for."""
LATELY = tuple(PACKAGES)[4:]
"""What came within the last month: a package of the company's own, and with it what was made to harm."""
_PLUGIN = """\
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { exec } from 'child_process';

export const makeRepository = createTemplateAction({
  id: 'acme:make-repository',
  async handler(ctx) {
    exec(`acme-cli make ${ctx.input.name}`);
  },
});
"""


def write_portal(folder: Path) -> None:
    """Write its files; the folder must not be there yet."""
    plugin = folder / "plugins" / "acme-actions"
    (plugin / "src").mkdir(parents=True)
    asked = {name: f"^{PACKAGES[name][0]}" for name in ASKED}
    (folder / "app-config.production.yaml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "app-config.yaml").write_text("app:\n  title: Acme\n", encoding="utf-8")
    (folder / "package.json").write_text(json.dumps({"name": NAME, "dependencies": asked}, indent=2), encoding="utf-8")
    (folder / "package-lock.json").write_text(json.dumps(_lock(asked), indent=2), encoding="utf-8")
    role = {"name": "@acme/actions", "backstage": {"role": "backend-plugin-module"}}
    (plugin / "package.json").write_text(json.dumps(role, indent=2), encoding="utf-8")
    (plugin / "src" / "makeRepository.ts").write_text(_PLUGIN, encoding="utf-8")


def _lock(asked: Mapping[str, str]) -> dict[str, object]:
    packages: dict[str, object] = {"": {"name": NAME, "dependencies": asked}}
    for name, (version, needs) in PACKAGES.items():
        digest = base64.b64encode(hashlib.sha512(f"{name}@{version}".encode()).digest()).decode()
        packages[f"node_modules/{name}"] = {
            "version": version,
            "resolved": f"{_HOST}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz",
            "integrity": f"sha512-{digest}",
            **({"dependencies": needs} if needs else {}),
        }
    return {"name": NAME, "lockfileVersion": 3, "packages": packages}
