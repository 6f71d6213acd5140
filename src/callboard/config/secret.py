"""Secrets: where one is kept, and reading it from there at the last moment."""

from __future__ import annotations

import enum
import importlib
import re
from collections.abc import Mapping
from pathlib import Path

from callboard.errors import ConfigError
from callboard.telemetry import never_say

MAX_BYTES = 65_536
"""Size of the largest file that is read as a secret."""


@enum.unique
class Keeper(enum.Enum):
    """Where a secret is kept."""

    TOML = "callboard.toml"
    VARIABLE = "environment"
    FILE = "file"
    KEYRING = "keyring"


class Secret:
    """A secret and the key it belongs to. Its text shows nowhere but in what `read` returns."""

    __slots__ = ("_detail", "keeper", "label")

    def __init__(self, keeper: Keeper, detail: str, *, label: str) -> None:
        self.keeper = keeper
        self.label = label
        self._detail = detail

    def __repr__(self) -> str:
        return f"Secret({self.label}, {self.keeper.value})"

    @property
    def where(self) -> str:
        """Where it is kept, in words."""
        match self.keeper:
            case Keeper.TOML:
                return "written out in the configuration file"
            case Keeper.VARIABLE:
                return f"in the environment variable {self._detail}"
            case Keeper.FILE:
                return f"in the file {self._detail}"
            case Keeper.KEYRING:
                return f"in the keyring as {self._detail}"

    @property
    def file(self) -> Path | None:
        """The file that holds it, when one does."""
        return Path(self._detail) if self.keeper is Keeper.FILE else None

    def read(self, environ: Mapping[str, str]) -> str:
        """The secret's text, which logs and messages cover from now on. Raises ConfigError when it cannot be had."""
        text = self._text(environ)
        if "://" not in text:  # an address as a whole is no secret; a password in one is covered by its shape
            never_say(text)
        return text

    def _text(self, environ: Mapping[str, str]) -> str:
        match self.keeper:
            case Keeper.TOML:
                return self._detail
            case Keeper.VARIABLE:
                if not environ.get(self._detail):
                    raise ConfigError(f"{self.label}: the environment variable {self._detail} is not set.")
                return environ[self._detail]
            case Keeper.FILE:
                return self._from_file(Path(self._detail))
            case Keeper.KEYRING:
                return self._from_keyring()

    def _from_file(self, path: Path) -> str:
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
            text = raw.decode().removeprefix("\ufeff").strip("\r\n")
        except OSError as error:
            raise ConfigError(f"{self.label}: the file {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{self.label}: the file {path} is not text.") from None
        if not text.strip() or len(raw) > MAX_BYTES:
            raise ConfigError(f"{self.label}: the file {path} {'is empty' if not text.strip() else 'is too large'}.")
        return text

    def _from_keyring(self) -> str:
        service, _, user = self._detail.rpartition("/")
        try:
            keyring = importlib.import_module("keyring")
        except ImportError:
            raise ConfigError(
                f"{self.label}: it is kept in the keyring, but the Python package keyring is not installed.",
                hint='Install it with `pip install keyring`, or keep the secret in a file: { file = "path" }.',
            ) from None
        try:
            value = keyring.get_password(service, user)
        except Exception as error:
            raise ConfigError(f"{self.label}: the keyring did not answer ({type(error).__name__}).") from error
        if not isinstance(value, str) or not value:
            raise ConfigError(
                f"{self.label}: the keyring holds nothing for {service}/{user}.",
                hint=f"Store it with `keyring set {service} {user}`.",
            )
        return value


def hide_password(url: str) -> str:
    """The URL with its password, and secret-looking values of its query, covered."""
    url = re.sub(r"(?<=://)([^/@:]*):([^/]*)(?=@)", r"\1:•••", url)
    return re.sub(r"(?i)(password|token|secret)=[^&]*", r"\1=•••", url)
