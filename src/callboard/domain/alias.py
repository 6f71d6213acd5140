"""Forms of names: the same thing is called differently by Wiz, its cloud, its repository and its cluster.

A name is a pair (form, value). A resource carries its names as aliases; an annotation in the catalog claims one.
"""

from __future__ import annotations

WIZ_ASSET = "wiz.asset"
"""Wiz's own id of a resource."""

WIZ_EXTERNAL = "wiz.external"
"""The id that Wiz knows the resource by at its cloud: an ARN, an Azure path, a Google URL."""

WIZ_REPOSITORY = "wiz.repository"
"""Wiz's external id of a repository: `<host>##<org>/<repo>`."""

REPOSITORY = "repo"
"""A repository as `<host>/<org>/<repo>`."""

REPOSITORY_PATH = "repo.path"
"""Where in a repository something lies: `<host>/<org>/<repo>//<folder>/<file>`. Two slashes, since an `<org>` may have
several names. It is claimed by nobody: it tells which of the claims on the repository mean this place."""

IMAGE_SOURCE = "image.source"
"""The repository that an image says it was built from, as `<host>/<org>/<repo>`: its label
`org.opencontainers.image.source`. Claims on that repository mean it as well."""

CATALOG_ENTITY = "catalog.entity"
"""The full reference of the catalog entity that something is part of, as Callboard itself knows from where it was read. It
is claimed by nobody: the entity is named already."""

IMAGE = "image"
"""A container image."""

IMAGE_BASE = "image.base"
"""The image that an image says it was built on, without tag and digest: its label `org.opencontainers.image.base.name`. No
name of the image itself: nothing is claimed by it, and it tells whose what came with it may be."""

KUBERNETES_NAMESPACE = "kubernetes.namespace"
"""The name of a Kubernetes namespace."""

KUBERNETES_CLUSTER = "kubernetes.cluster"
"""The name of a Kubernetes cluster."""

KUBERNETES_ID = "kubernetes.id"
"""The value of the label `backstage.io/kubernetes-id` on a Kubernetes object."""

WIZ_PROJECT = "wiz.project"
"""Wiz's id of a project."""
