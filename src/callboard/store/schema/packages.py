"""What components consist of: manifests, the packages in them, and who used which package from when to when."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

package = Table(
    "package",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("purl", Text, nullable=False, unique=True),
    Column("ecosystem", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("key_name", Text, nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("judged", Text),
    Column("runs_code", SmallInteger),
)
"""Each version of a package once. `key_name` is the name by which its ecosystem compares; `judged` names the state of the
advisories that it was last matched with; `runs_code` is whether it does when it is installed, NULL where no manifest tells."""

package_file = Table(
    "package_file",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("package_id", ForeignKey("package.id"), nullable=False),
    Column("hashes", Text, nullable=False),
    Column("is_handed_out", SmallInteger, nullable=False),
    Index(None, "package_id"),
)
"""The files that versions of packages come as: `hashes` in their one spelling, sorted, with spaces between. Nearly every
version has one row; a second one is an alarm where a registry hands them out."""

package_match = Table(
    "package_match",
    metadata,
    Column("package_id", ForeignKey("package.id"), primary_key=True),
    Column("advisory", Text, primary_key=True),
    Column("since_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Index(None, "advisory"),
)
"""What advisories say about packages in use. One that says so no more has ended, and stays for those who were told."""

manifest = Table(
    "manifest",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("origin", Text, nullable=False),
    Column("repository_id", BigInteger, index=True),
    Column("path", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger),
    Column("problem", Text),
    Column("problem_at", BigInteger),
)
"""A place that manifests come from. `part` is the folder whose share of the manifest this is; `inputs` tells what was last
read. What cannot be read leaves a `problem` and all the rest as it was."""

manifest_version = Table(
    "manifest_version",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("manifest_id", ForeignKey("manifest.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("format", Text, nullable=False),
    Column("packages", Integer, nullable=False),
    Column("direct", Integer),
    Column("edges", Integer, nullable=False),
    Column("unknown", Text, nullable=False),
    Column("workspaces", Text, nullable=False),
    Column("body", LargeBinary),
    Column("parts", Integer),
    Column("suppliers", Integer),
    Column("licences", Integer),
    Index(None, "manifest_id", "at", "revision", "id"),
)
"""What a manifest said, the newest `at` last. Only that one has a `body`: the whole lock, packed. `parts` counts what a bill
names of other people's, and of these those with a supplier and with a licence; NULL of other manifests, which tell neither, and
of bills that were taken in before this was counted."""

manifest_holder = Table(
    "manifest_holder",
    metadata,
    Column("manifest_id", ForeignKey("manifest.id"), primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), primary_key=True, index=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("until_at", BigInteger, nullable=False),
)
"""Which components a manifest is about."""

package_place = Table(
    "package_place",
    metadata,
    Column("manifest_id", ForeignKey("manifest.id"), primary_key=True),
    Column("package_id", ForeignKey("package.id"), primary_key=True, index=True),
    Column("found_in", Text, nullable=False),
)
"""Where a bill that was handed in says that a package stands: the file, with its line where that is told. As it is now."""

registry_answer = Table(
    "registry_answer",
    metadata,
    Column("ecosystem", Text, primary_key=True),
    Column("key_name", Text, primary_key=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("etag", Text),
    Column("body", LargeBinary, nullable=False),
)
"""What registries said when they were last asked about a name: release dates of the versions in question, and whether and by
whom it is published."""

package_use = Table(
    "package_use",
    metadata,
    Column("package_id", ForeignKey("package.id"), primary_key=True),
    Column("manifest_id", ForeignKey("manifest.id"), primary_key=True, index=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("until_at", BigInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("direct", SmallInteger),
    Column("need", SmallInteger),
    Column("parent_id", BigInteger),
    Column("root_id", BigInteger),
    Column("depth", SmallInteger, nullable=False),
    Column("file_id", BigInteger),
    sqlite_with_rowid=False,
)
"""Kept in the order of its key where SQLite can: the uses of one package lie together. `parent_id` is the package before it
on a shortest way from the project, `root_id` the one that the project asks for, `file_id` what it comes as."""
