"""The whole error family: how Callboard says no.

    CallboardError(hint)
    ├── ConfigError                  the operator's file or environment
    ├── SourceError                  a source of findings
    │   ├── SourceUnreachableError   the network or the server failed; worth a retry later
    │   ├── SourceRefusedError       401, 403, a missing scope, an expired account; not retried
    │   └── SourceChangedError       the answer lost its documented shape
    │       └── QueryRefusedError    it does not understand a filter or a field that it was asked with
    ├── ImportRefusedError           a file that cannot be read as findings
    ├── LabelsError                  a file of labels, to measure ownership by, that cannot be read
    ├── AdvisoryError                what is known about packages
    │   ├── AdvisoryRefusedError     a record, or a file of them, that cannot be read
    │   └── AdvisoryIndexError       the index of advisories is missing, damaged or of another version
    ├── CatalogError                 the software catalog
    │   ├── CatalogUnreachableError
    │   └── CatalogRefusedError
    ├── RepositoryError              source repositories on a forge or in a folder
    │   ├── RepositoryUnreachableError   the network or the forge failed; worth a retry later
    │   ├── RepositoryRefusedError   a token or an app that is not accepted, or may not read this
    │   ├── RepositoryMissingError   the forge knows no such thing, or does not show it to us
    │   ├── FileTooLargeError        larger than what is asked for may be
    │   └── BudgetSpentError         more calls or more waiting than one reading may take
    ├── OutboundError                one outbound HTTP request failed
    │   ├── UnreachableError         no answer, or 5xx after all retries
    │   ├── AnswerTooLargeError      over the size cap
    │   └── AddressRefusedError      an address or redirect that is not allowed
    ├── ChannelError                 a message could not be delivered
    │   ├── ChannelUnreachableError  the network or the receiver failed; it is tried again
    │   └── ChannelRefusedError      the receiver does not take it, and would not later
    ├── StoreError                   the database
    │   ├── NotFoundError
    │   ├── ConflictError            somebody else holds or changed it
    │   ├── SchemaOutOfDateError     older than this program: migrate
    │   └── SchemaTooNewError        written by a newer program
    ├── InvalidQueryError            the caller's filter, sort or cursor
    ├── KeyReusedError               another request came with this idempotency key before
    ├── InvalidPurlError             a package URL that is none
    ├── ManifestError                a lockfile or SBOM that cannot be read: file, line and what was expected
    │   ├── UnknownManifestError     neither name nor content tell a format that Callboard reads
    │   └── MalformedManifestError   it is not what its format asks for, or larger than what is read
    ├── MappingRefusedError          a rule set that cannot be applied, with everything that is wrong
    ├── NotAllowedError              the viewer may not do this
    ├── TooManyError                 the viewer asks too often
    └── IdentityError                nobody can tell who is asking
        ├── SignInRefusedError       what was shown is not good, or no longer
        └── IdentityUnreachableError the portal, the provider or the catalog does not answer just now

A class's docstring is its default message, so it is a sentence a person can use.
`hint` says what the reader can do about it.
"""

from __future__ import annotations

import inspect


class CallboardError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        self.message = message or inspect.getdoc(type(self)) or "Something went wrong."
        self.hint = hint
        super().__init__(self.message)


class ConfigError(CallboardError):
    """The configuration cannot be used."""


class SourceError(CallboardError):
    """A source of findings failed."""


class SourceUnreachableError(SourceError):
    """The source cannot be reached."""


class SourceRefusedError(SourceError):
    """The source refused our credentials."""


class SourceChangedError(SourceError):
    """The source answered in a shape that Callboard does not know."""


class QueryRefusedError(SourceChangedError):
    """The source does not understand what it was asked."""


class ImportRefusedError(CallboardError):
    """The file cannot be read as findings."""


class LabelsError(CallboardError):
    """The labels cannot be read."""


class AdvisoryError(CallboardError):
    """Advisories cannot be used."""


class AdvisoryRefusedError(AdvisoryError):
    """The advisory cannot be read."""


class AdvisoryIndexError(AdvisoryError):
    """The index of advisories cannot be used."""


class CatalogError(CallboardError):
    """The catalog could not be read."""


class CatalogUnreachableError(CatalogError):
    """The catalog cannot be reached."""


class CatalogRefusedError(CatalogError):
    """The catalog refused our credentials."""


class RepositoryError(CallboardError):
    """The repositories could not be read."""


class RepositoryUnreachableError(RepositoryError):
    """The forge cannot be reached."""


class RepositoryRefusedError(RepositoryError):
    """The forge refused our credentials."""


class RepositoryMissingError(RepositoryError):
    """The forge knows no such repository, or does not show it to us."""


class FileTooLargeError(RepositoryError):
    """The file is larger than Callboard reads."""


class BudgetSpentError(RepositoryError):
    """One reading may not take more calls or more waiting than this."""


class OutboundError(CallboardError):
    """An outbound request failed."""


class UnreachableError(OutboundError):
    """The server did not give a usable answer."""


class AnswerTooLargeError(OutboundError):
    """The answer is larger than Callboard accepts."""


class AddressRefusedError(OutboundError):
    """Callboard does not make requests to this address."""


class ChannelError(CallboardError):
    """The message could not be delivered."""


class ChannelUnreachableError(ChannelError):
    """The receiver of messages cannot be reached."""

    def __init__(self, message: str | None = None, *, hint: str | None = None, seconds: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class ChannelRefusedError(ChannelError):
    """The receiver of messages refused it."""


class StoreError(CallboardError):
    """The database could not be used."""


class NotFoundError(StoreError):
    """There is no such thing, or you may not see it."""


class ConflictError(StoreError):
    """Somebody else is working on this right now."""


class SchemaOutOfDateError(StoreError):
    """The database was made by an older Callboard."""


class SchemaTooNewError(StoreError):
    """The database was made by a newer Callboard."""


class InvalidQueryError(CallboardError):
    """The filter, sort or cursor cannot be understood."""

    def __init__(self, message: str | None = None, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class InvalidPurlError(CallboardError):
    """Not a package URL."""


class ManifestError(CallboardError):
    """The manifest cannot be read."""

    def __init__(
        self, message: str | None = None, *, path: str = "", line: int | None = None, hint: str | None = None
    ) -> None:
        place = path if line is None else f"{path}:{line}"
        said = message or inspect.getdoc(type(self)) or ""
        super().__init__(f"{place}: {said}" if place else said, hint=hint)
        self.path = path
        self.line = line
        self.reason = said


class UnknownManifestError(ManifestError):
    """Neither the name nor the content tell a format that Callboard reads."""


class MalformedManifestError(ManifestError):
    """The manifest is not what its format asks for."""


class PortalError(CallboardError):
    """The folder of a portal, or a file in it, cannot be read."""


class KeyReusedError(CallboardError):
    """Another request came with this key before."""


class NotAllowedError(CallboardError):
    """You may not do this."""


class TooManyError(CallboardError):
    """Too many requests."""


class IdentityError(CallboardError):
    """It cannot be told who is asking."""


class SignInRefusedError(IdentityError):
    """What you signed in with is not accepted."""


class IdentityUnreachableError(IdentityError):
    """It cannot be found out just now who is asking."""


class MappingRefusedError(CallboardError):
    """The rule set cannot be applied."""
