"""Builds the cloud estate: what runs where, for which component, and in which Wiz projects it is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from callboard.demo.company import blueprint
from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.organisation import DAY, rows
from callboard.demo.company.values import (
    ApplicationService,
    Branch,
    CloudAccount,
    Component,
    Environment,
    Project,
    Repository,
    Resource,
)

NATIVE: Final = {
    ("VIRTUAL_MACHINE", "AWS"): "ec2#instance",
    ("VIRTUAL_MACHINE", "Azure"): "Microsoft.Compute/virtualMachines",
    ("VIRTUAL_MACHINE", "GCP"): "compute#instance",
    ("BUCKET", "AWS"): "bucket",
    ("BUCKET", "Azure"): "Microsoft.Storage/storageAccounts",
    ("BUCKET", "GCP"): "storage#bucket",
    ("DB_SERVER", "AWS"): "rds/postgres",
    ("DB_SERVER", "Azure"): "Microsoft.DBforPostgreSQL/flexibleServers",
    ("DB_SERVER", "GCP"): "sqladmin#instance",
    ("SERVERLESS", "AWS"): "lambda#function",
    ("SERVERLESS", "Azure"): "Microsoft.Web/sites",
    ("SERVERLESS", "GCP"): "cloudfunctions#function",
    ("LOAD_BALANCER", "AWS"): "loadbalancerv2/application",
    ("MESSAGING_SERVICE", "AWS"): "sqs#queue",
    ("SECRET_CONTAINER", "Azure"): "Microsoft.KeyVault/vaults",
    ("ACCESS_ROLE", "AWS"): "role",
    ("SERVICE_ACCOUNT", "GCP"): "iam#serviceAccount",
    ("ENCRYPTION_KEY", "AWS"): "kms#key",
}
"""Native type names by entity type and cloud; the others use the entity type in lower case."""

ASSETS: Final = {
    "VIRTUAL_MACHINE": "VirtualMachine",
    "CONTAINER": "Container",
    "CONTAINER_IMAGE": "ContainerImage",
    "SERVERLESS": "Serverless",
    "REPOSITORY_BRANCH": "RepositoryBranch",
}
"""Entity types on which package vulnerabilities are found, and the asset type that tells of them."""

_SUFFIXES: Final = {
    "VIRTUAL_MACHINE": "vm",
    "BUCKET": "files",
    "DB_SERVER": "db",
    "SERVERLESS": "fn",
    "LOAD_BALANCER": "lb",
    "MESSAGING_SERVICE": "queue",
    "SECRET_CONTAINER": "vault",
    "ACCESS_ROLE": "role",
    "SERVICE_ACCOUNT": "runner",
    "ENCRYPTION_KEY": "key",
}
_BASE_ECOSYSTEM: Final = {"go": "apk", "npm": "apk"}

BASES: Final = {"deb": "debian:bookworm-slim", "apk": "alpine:3.18"}
"""The image that images are built on, by the packages that it brings."""

BASE_NAME: Final = "org.opencontainers.image.base.name"
"""The label that tells it (OCI image specification 1.1)."""


@dataclass(kw_only=True)
class Estate:
    """Collects resources while they are thought up."""

    seed: int
    now: int
    accounts: tuple[CloudAccount, ...]
    resources: list[Resource] = field(default_factory=list)
    leaves: dict[str, Project] = field(default_factory=dict)
    services: dict[str, ApplicationService] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    """Component → the image that it runs from."""
    random: Random = field(default_factory=Random)

    def account(self, provider: str, environment: Environment) -> CloudAccount:
        """The account of a cloud for an environment; production where the cloud has no such account."""
        of_cloud = [a for a in self.accounts if a.provider == provider]
        return next((a for a in of_cloud if a.environment == environment), of_cloud[0])

    def add(
        self,
        kind: str,
        name: str,
        *,
        account: CloudAccount | None,
        environment: Environment,
        component: Component | None = None,
        projects: tuple[Project, ...] | None = None,
        ecosystems: tuple[str, ...] = (),
        repository: Repository | None = None,
        branch: Branch | None = None,
        internet: bool = False,
        sensitive: bool = False,
    ) -> Resource:
        """Add one resource; ids, tags and dates follow from its name and place."""
        index = len(self.resources)
        random = self.random
        platform = account.provider if account else "Kubernetes"
        region = (account.region or None) if account else None
        group = f"rg-{component.system}" if component and platform == "Azure" else ""
        external, provider_id, url = self._names(kind, name, account, group)
        cluster = namespace = None
        if kind == "CONTAINER" and component:
            platform = {"AWS": "EKS", "Azure": "AKS", "GCP": "GKE"}[platform]
            cluster, namespace = f"{account.name if account else 'local'}-main", component.system
        if branch and repository:
            external = provider_id = repository.branch_external_id(branch.name)
            name, url, platform = f"{repository.slug}/{branch.name}", branch.url, "GitHub"
        tags: dict[str, str] | None = {}
        if index % 9 == 0:
            tags = None
        elif component:
            tags = {"team": component.team.name, "component": component.name, "environment": environment.lower()}
            if index % 5 == 0:
                tags["contact"] = component.team.members[0].email
        image = ""
        if component and kind == "CONTAINER_IMAGE":
            image = self.images[component.name] = external
            base = next((BASES[each] for each in ecosystems if each in BASES), None)
            # Builders write the label; a team that builds by hand does not.
            if base and tags is not None and component.index % 4:
                tags[BASE_NAME] = f"docker.io/library/{base}"
        elif component and kind == "CONTAINER":
            image = self.images.get(component.name, "")
        if projects is None:
            leaf = self.leaves.get(component.name) if component else None
            projects = (*reversed(leaf.ancestors), leaf) if leaf else ()
        service = self.services.get(component.name) if component else None
        created = self.now - random.randrange(380, 1400) * DAY
        gone = index % 53 == 52
        resource = Resource(
            index=index,
            id=entity_id(self.seed, "resource", kind, external, index),
            external_id=external,
            provider_id="" if index % 61 == 60 else provider_id,
            name=name,
            type=kind,
            native_type="" if index % 23 == 22 else NATIVE.get((kind, platform), kind.lower()),
            asset=ASSETS.get(kind, ""),
            asset_type=kind if kind in ASSETS else "",
            platform=platform,
            region="" if index % 29 == 28 else region,
            account=account,
            resource_group=group,
            environment=environment,
            status="Inactive" if gone else ("Error" if index % 97 == 96 else "Active"),
            tags=tags,
            projects=projects,
            services=(service,) if service else (),
            component=component,
            ecosystems=ecosystems,
            repository=repository,
            branch=branch,
            cluster=cluster,
            namespace=namespace,
            internet=internet,
            sensitive=sensitive,
            created_at=created,
            deleted_at=self.now - random.randrange(1, 90) * DAY if gone else None,
            url=url,
            image=image,
        )
        self.resources.append(resource)
        return resource

    def _names(self, kind: str, name: str, account: CloudAccount | None, group: str) -> tuple[str, str, str | None]:
        """External id, provider's unique id and console address, in the provider's own spelling."""
        if account is None:
            return name, name, None
        mark = hex_name(self.seed, kind, name)
        if kind == "CONTAINER_IMAGE":
            # Every registry calls an image alike: host, repository, digest.
            registry = {
                "AWS": f"{account.external_id}.dkr.ecr.{account.region}.amazonaws.com",
                "Azure": "brightwater.azurecr.io",
                "GCP": f"{account.region}-docker.pkg.dev/{account.external_id}/images",
            }.get(account.provider, "registry.brightwater.example")
            name = f"{registry}/{name}@sha256:{hex_name(self.seed, name, length=64)}"
            return name, name, None
        console = {
            "AWS": "https://console.aws.amazon.com",
            "Azure": "https://portal.azure.com",
            "GCP": "https://console.cloud.google.com",
        }
        url = f"{console[account.provider]}/{kind.lower()}/{name}" if account.provider in console else None
        if account.provider == "AWS":
            place = f"{account.region}:{account.external_id}"
            arn = {
                "VIRTUAL_MACHINE": f"arn:aws:ec2:{place}:instance/i-{mark}",
                "BUCKET": f"arn:aws:s3:::{name}-{mark[:6]}",
                "DB_SERVER": f"arn:aws:rds:{place}:db:{name}",
                "SERVERLESS": f"arn:aws:lambda:{place}:function:{name}",
                "LOAD_BALANCER": f"arn:aws:elasticloadbalancing:{place}:loadbalancer/app/{name}/{mark[:16]}",
                "MESSAGING_SERVICE": f"arn:aws:sqs:{place}:{name}",
                "ACCESS_ROLE": f"arn:aws:iam::{account.external_id}:role/{name}",
                "CONTAINER": f"arn:aws:eks:{place}:cluster/{account.name}-main/pod/{name}-{mark[:5]}",
                "SUBSCRIPTION": account.external_id,
            }.get(kind, f"arn:aws:{kind.lower().replace('_', '-')}:{place}:{name}")
            return (f"i-{mark}" if kind == "VIRTUAL_MACHINE" else arn), arn, url
        if account.provider == "Azure":
            native = NATIVE.get((kind, "Azure"), f"Microsoft.Resources/{kind.lower()}")
            path = (
                f"/subscriptions/{account.external_id}/resourceGroups/{group or 'rg-shared'}/providers/{native}/{name}"
            )
            return path, path, url
        if account.provider == "GCP":
            path = f"//cloudresourcemanager.googleapis.com/projects/{account.external_id}/{kind.lower()}/{name}"
            return path, path, url
        return name, name, url


def _component_resources(estate: Estate, component: Component, cloud: str) -> None:
    """What one component needs: code, an image, something that runs it, and its stores."""
    random = estate.random
    git = next(a for a in estate.accounts if a.provider == "GitHub")
    for branch in component.repository.branches:
        estate.add(
            "REPOSITORY_BRANCH",
            branch.name,
            account=git,
            environment="OTHER",
            component=component,
            ecosystems=(component.ecosystem,),
            repository=component.repository,
            branch=branch,
        )
    if component.type == "library":
        return
    base = _BASE_ECOSYSTEM.get(component.ecosystem, "deb")
    stacks = (component.ecosystem, base)
    production = estate.account(cloud, "PRODUCTION")
    estate.add(
        "CONTAINER_IMAGE",
        component.name,
        account=production,
        environment="PRODUCTION",
        component=component,
        ecosystems=stacks,
        repository=component.repository,
    )
    public = component.type == "website" or "gateway" in component.name or component.name.endswith("-api")
    for environment in ("PRODUCTION", "STAGING", "DEVELOPMENT"):
        if environment != "PRODUCTION" and random.random() < 0.45:
            continue
        account = estate.account(cloud, environment)
        if account.environment != environment:
            continue
        tail = "" if environment == "PRODUCTION" else f"-{environment[:4].lower()}"
        kind = "SERVERLESS" if component.index % 6 == 5 else "CONTAINER"
        live = environment == "PRODUCTION"
        common: dict[str, Any] = {"account": account, "environment": environment, "component": component}
        # A function is a bundle of code: the operating system below it is the provider's.
        runs = stacks if kind == "CONTAINER" else (component.ecosystem,)
        for replica in _REPLICAS if live and kind == "CONTAINER" else _REPLICAS[:1]:
            estate.add(kind, component.name + tail + replica, ecosystems=runs, internet=public and live, **common)
        for store in random.sample(_STORES[cloud], k=3 if live else 1):
            estate.add(
                store,
                f"{component.name}{tail}-{_SUFFIXES[store]}",
                internet=live and (store == "LOAD_BALANCER" or random.random() < 0.06),
                sensitive=component.domain == "payments" or component.system == "accounts",
                **common,
            )


_REPLICAS: Final = ("", "-b", "-c")
"""A service in production runs three times, from one image."""

_STORES: Final = {
    "AWS": ["BUCKET", "DB_SERVER", "LOAD_BALANCER", "MESSAGING_SERVICE", "ACCESS_ROLE", "ENCRYPTION_KEY"],
    "Azure": ["BUCKET", "DB_SERVER", "SECRET_CONTAINER"],
    "GCP": ["BUCKET", "DB_SERVER", "SERVICE_ACCOUNT"],
}
_UNMAPPED_TYPES: Final = ("VIRTUAL_MACHINE", "BUCKET", "USER_ACCOUNT", "ACCESS_KEY", "SECRET", "SERVERLESS")


def make_resources(
    seed: int,
    now: int,
    *,
    accounts: tuple[CloudAccount, ...],
    components: tuple[Component, ...],
    projects: tuple[Project, ...],
    services: tuple[ApplicationService, ...],
    strays: tuple[Repository, ...],
    at_least: int,
) -> tuple[Resource, ...]:
    """The whole estate: components first, then shared and unclaimed things, then replicas until `at_least` are there."""
    estate = Estate(seed=seed, now=now, accounts=accounts, random=Random(f"{seed}:estate"))
    estate.leaves = {p.component: p for p in projects if p.component}
    estate.services = {s.name: s for s in services}
    clouds = {system: cloud for _domain, system, _team, cloud in rows(blueprint.SYSTEMS)}
    for component in components:
        _component_resources(estate, component, clouds[component.system])
    _shared(estate, projects)
    _unclaimed(estate, strays)
    conflicts = _conflicts(estate, components)
    replica = 0
    while len(estate.resources) < at_least:
        component = components[replica % len(components)]
        replica += 1
        cloud = clouds[component.system]
        if component.type == "library":
            continue
        number = replica // len(components)
        kind = ("CONTAINER", "VIRTUAL_MACHINE", "CONTAINER", "SERVERLESS")[number % 4]
        estate.add(
            kind,
            f"{component.name}-{number}",
            account=estate.account(cloud, "PRODUCTION" if number % 3 else "DEVELOPMENT"),
            environment="PRODUCTION" if number % 3 else "DEVELOPMENT",
            component=component,
            ecosystems=_replica_stacks(kind, component),
            internet=number % 25 == 24,
            projects=conflicts if replica % 211 == 0 else None,
        )
    return tuple(estate.resources)


def _replica_stacks(kind: str, component: Component) -> tuple[str, ...]:
    """What is found on a further copy: containers run the same image, functions have no operating system of their own."""
    if kind == "SERVERLESS":
        return (component.ecosystem,)
    return (component.ecosystem, _BASE_ECOSYSTEM.get(component.ecosystem, "deb") if kind == "CONTAINER" else "deb")


def _shared(estate: Estate, projects: tuple[Project, ...]) -> None:
    shared = next(p for p in projects if p.name == "Shared Infrastructure")
    for account in estate.accounts:
        if account.provider == "GitHub":
            continue
        common: dict[str, Any] = {"account": account, "environment": account.environment, "projects": (shared,)}
        for kind, name in (
            ("SUBSCRIPTION", account.name),
            ("SUBNET", f"{account.name}-net"),
            ("FIREWALL", f"{account.name}-edge"),
            ("KUBERNETES_CLUSTER", f"{account.name}-main"),
            ("CONTAINER_REGISTRY", f"{account.name}-images"),
        ):
            estate.add(kind, name, internet=kind == "KUBERNETES_CLUSTER", **common)
        for number in range(2):
            estate.add(
                "VIRTUAL_MACHINE", f"bastion-{number}", ecosystems=("deb", "server"), internet=number == 0, **common
            )


def _unclaimed(estate: Estate, strays: tuple[Repository, ...]) -> None:
    """Things that stand in no project at all: the unmapped share that every real estate has."""
    git = next(a for a in estate.accounts if a.provider == "GitHub")
    for repository in strays:
        for branch in repository.branches:
            estate.add(
                "REPOSITORY_BRANCH",
                branch.name,
                account=git,
                environment="OTHER",
                ecosystems=("npm",),
                repository=repository,
                branch=branch,
            )
    clouds = [a for a in estate.accounts if a.provider != "GitHub"]
    for number in range(30):
        kind = _UNMAPPED_TYPES[number % len(_UNMAPPED_TYPES)]
        account = clouds[number % len(clouds)]
        estate.add(
            kind,
            f"{('legacy', 'tmp', 'test', 'erp', 'unknown')[number % 5]}-{number:02d}",
            account=account,
            environment=account.environment,
            ecosystems=("deb", "server") if kind in ASSETS else (),
            internet=number % 7 == 0,
        )


def _conflicts(estate: Estate, components: tuple[Component, ...]) -> tuple[Project, ...]:
    """Machines that two components share, so that two leaf projects hold them."""
    pairs = [c for c in components if c.name in estate.leaves]
    first, second = estate.leaves[pairs[4].name], estate.leaves[pairs[6].name]
    both = (*reversed(first.ancestors), first, second)
    for number in range(4):
        estate.add(
            "VIRTUAL_MACHINE",
            f"shared-worker-{number}",
            account=estate.account("AWS", "PRODUCTION"),
            environment="PRODUCTION",
            ecosystems=("maven", "deb"),
            projects=both,
        )
    return both
