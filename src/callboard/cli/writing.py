"""The files that `callboard init` makes: the configuration, the secret beside it, and the key for the catalog."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import msgspec

from callboard.errors import ConfigError

OWN_URL = "http://127.0.0.1:8400"
"""Where `callboard serve` is unless configured otherwise."""


class Answers(msgspec.Struct, kw_only=True):
    """What the operator answered. None: this is not wanted."""

    name: str = "wiz"
    client_id: str | None = None
    client_secret: str | None = None
    """Typed in; kept in a file of its own."""
    client_secret_file: Path | None = None
    token_url: str | None = None
    """None: the usual one."""
    api_url: str | None = None
    allow_private: bool = False
    catalog_url: str | None = None
    catalog_token_file: Path | None = None
    catalog_path: Path | None = None
    own_url: str = OWN_URL

    def __repr__(self) -> str:
        return f"Answers(name={self.name!r})"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was made."""

    config: Path
    files: tuple[Path, ...]
    """Beside the configuration: secrets and keys."""
    app_config: str | None
    """What to paste into the portal's app-config.yaml, so that it lets Callboard read its catalog."""


def write(target: Path, answers: Answers, *, force: bool) -> Written:
    """Writes everything, each file readable by its owner alone. Raises ConfigError rather than overwrite anything."""
    refuse_overwriting(target, force=force)
    if answers.client_secret is not None:
        answers.client_secret_file = secret_file(target, answers)
    key = target.with_name("catalog.key") if answers.catalog_url and answers.catalog_token_file is None else None
    text = toml(answers, folder=target.parent, key=key)
    _check(target, text)
    made: list[Path] = []
    if answers.client_secret is not None and answers.client_secret_file is not None:
        _new_file(answers.client_secret_file, answers.client_secret + "\n", force=force)
        made.append(answers.client_secret_file)
    if key is not None and not key.exists():
        from callboard.catalog.keys import SigningKey

        SigningKey.generate(key)
        made.append(key)
    _new_file(target, text, force=force)
    return Written(config=target, files=tuple(made), app_config=app_config(answers) if key else None)


def secret_file(target: Path, answers: Answers) -> Path:
    """Where a secret that is typed in is kept."""
    return target.with_name(f"{answers.name}.secret")


def refuse_overwriting(target: Path, *, force: bool) -> None:
    """Raises ConfigError when the configuration exists already and may not be replaced."""
    if target.exists() and not force:
        raise ConfigError(f"There is a configuration at {target} already.", hint="--force replaces it.")
    if not target.parent.is_dir():
        raise ConfigError(f"There is no folder {target.parent}.")


def toml(answers: Answers, *, folder: Path, key: Path | None) -> str:
    """The text of callboard.toml."""
    lines = [
        "# Callboard's configuration. Every key can be overridden by a CALLBOARD_… variable; see the documentation.",
        "",
    ]
    if answers.client_id:
        lines += [
            "[[source]]",
            'kind = "wiz"',
            f"name = {_text(answers.name)}",
            f"client_id = {_text(answers.client_id)}",
        ]
        if answers.client_secret_file is not None:
            lines.append(f"client_secret = {{ file = {_text(_beside(answers.client_secret_file, folder))} }}")
        lines += [f"api_url = {_text(answers.api_url or '')}"]
        lines += [f"token_url = {_text(answers.token_url)}"] if answers.token_url else []
        lines += ["allow_private = true"] if answers.allow_private else []
        lines.append("")
    if answers.catalog_url:
        lines += ["[[catalog]]", 'kind = "backstage"', f"url = {_text(answers.catalog_url)}"]
        if answers.catalog_token_file is not None:
            lines.append(f"token = {{ file = {_text(_beside(answers.catalog_token_file, folder))} }}")
        if key is not None:
            lines += [f"key_file = {_text(_beside(key, folder))}", 'issuer = "callboard"']
        lines += ["allow_private = true"] if answers.allow_private else []
        lines.append("")
    if answers.catalog_path is not None:
        lines += ["[[catalog]]", 'kind = "file"', f"root = {_text(_beside(answers.catalog_path, folder))}", ""]
    return "\n".join(lines)


def app_config(answers: Answers) -> str:
    """The part of the portal's app-config.yaml that lets Callboard read its catalog, and nothing else."""
    return f"""\
backend:
  auth:
    externalAccess:
      - type: jwks
        options:
          url: {answers.own_url.rstrip("/")}/.well-known/jwks.json
          issuer: callboard
          algorithm: ES256
          audience: callboard-catalog
          subjectPrefix: callboard
        accessRestrictions:
          - plugin: catalog
            permission: catalog.entity.read
"""


def _check(target: Path, text: str) -> None:
    """Reads the text as it would be read, so that what is written can be used."""
    from callboard.config import load

    trial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _new_file(trial, text, force=False)
        load(trial, environ={})
    except ConfigError as error:
        raise ConfigError(error.message.replace(str(trial), str(target)), hint=error.hint) from None
    finally:
        trial.unlink(missing_ok=True)


def _new_file(path: Path, text: str, *, force: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        if force:
            # A new file in the old one's place: its mode is not inherited, and a link is not followed.
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise ConfigError(f"There is a file at {path} already.", hint="--force replaces it.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _text(value: str) -> str:
    """The value as a TOML string. JSON's escapes are a part of TOML's."""
    if any(ord(each) < 32 or ord(each) == 127 for each in value):
        raise ConfigError("An answer holds a control character.")
    return json.dumps(value, ensure_ascii=False)


def _beside(path: Path, folder: Path) -> str:
    """The path as the configuration is to name it: short when it is beside it, else in full."""
    full = path.expanduser().absolute()
    with contextlib.suppress(ValueError):
        return str(full.relative_to(folder.absolute()))
    return str(full)
