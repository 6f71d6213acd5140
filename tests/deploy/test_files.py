"""What is handed out to deploy Callboard keeps the rules that a cluster or a machine would hold it to."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from callboard.cli.root import COMMANDS
from callboard.cli.serve import public_place
from callboard.config import load

DEPLOY = Path(__file__).parents[2] / "deploy"
BASE = DEPLOY / "kustomize" / "base"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
WORKLOADS = ("Deployment", "Job")

RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""What the Pod Security Standard "restricted" asks of a container (Kubernetes 1.34, read 2026-08), and a root that is not written."""

HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectControlGroups": "yes", "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes", "LockPersonality": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "",
    "SystemCallArchitectures": "native", "UMask": "0077", "StateDirectoryMode": "0700",
}  # fmt: skip


def documents() -> list[dict[str, Any]]:
    """Everything that the base puts on a cluster."""
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == sorted(each.name for each in BASE.glob("*.yaml") if each.name != "kustomization.yaml"), (
        "every file is listed"
    )
    return [each for name in listed for each in yaml.safe_load_all((BASE / name).read_text())]


def workloads() -> list[Any]:
    """Those that run containers, by name."""
    return [pytest.param(each, id=each["metadata"]["name"]) for each in documents() if each["kind"] in WORKLOADS]


def strings(value: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("found", workloads())
def test_a_workload_is_held_to_the_least(found: dict[str, Any]) -> None:
    """No root, no token, nothing written but its own folders, bounded memory, and an image that an overlay has to name."""
    spec = found["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & spec.keys()
    pod = spec["securityContext"]
    assert (pod["runAsNonRoot"], pod["runAsUser"] > 0, pod["seccompProfile"]["type"]) == (True, True, "RuntimeDefault")
    volumes = {each["name"]: each for each in spec["volumes"]}
    assert all({"configMap", "secret", "emptyDir"} & each.keys() for each in volumes.values())
    assert all("sizeLimit" in each["emptyDir"] for each in volumes.values() if "emptyDir" in each)
    for container in spec["containers"]:
        assert container["securityContext"] == RESTRICTED
        assert "memory" in container["resources"]["limits"]
        assert container["image"] == "callboard"
        assert {each["name"] for each in container["volumeMounts"]} == volumes.keys()
        assert all("valueFrom" not in each for each in container["env"]), "secrets are files, which are not inherited"
        assert container["args"][0] in COMMANDS


def test_whoever_answers_is_asked_how_it_is() -> None:
    """The board has probes, with a Host that the example of the configuration admits, and stops in time."""
    (serve,) = (
        each for each in documents() if each["metadata"]["name"] == "callboard-serve" and each["kind"] == "Deployment"
    )
    (container,) = serve["spec"]["template"]["spec"]["containers"]
    place = public_place(load(BASE / "callboard.toml"))
    assert place is not None
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        (header,) = container[probe]["httpGet"]["httpHeaders"]
        assert (header["name"], header["value"] in place.hosts) == ("Host", True)
    assert serve["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 20


def test_selectors_find_what_they_mean() -> None:
    """Each deployment has its pods, a budget against all of them going at once, and a policy of who may talk to it."""
    found = documents()
    pods = {
        each["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
        for each in found
        if each["kind"] in WORKLOADS
    }
    assert pods == {"callboard-serve", "callboard-worker", "callboard-migrate"}
    for each in found:
        if each["kind"] == "Deployment":
            assert each["spec"]["selector"]["matchLabels"] == each["spec"]["template"]["metadata"]["labels"]
    budgets = {
        each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]
        for each in found
        if each["kind"] == "PodDisruptionBudget"
    }
    assert budgets == {"callboard-serve", "callboard-worker"}
    policies = [each["spec"] for each in found if each["kind"] == "NetworkPolicy"]
    (everything,) = (each for each in policies if "Egress" in each["policyTypes"])
    assert set(everything["podSelector"]["matchExpressions"][0]["values"]) == pods
    assert "ingress" not in everything, "what is not allowed is refused"


def test_there_is_no_secret_in_the_files() -> None:
    """No document is one, and nothing looks like one."""
    assert not [each for each in documents() if each["kind"] == "Secret"]
    for each in documents():
        for text in strings(each):
            assert not re.search(r"(?i)password|BEGIN [A-Z ]*PRIVATE KEY|://[^/@]+:[^/@]+@", text), text


def test_the_image_is_pinned_and_small() -> None:
    """The base is named by a digest that whoever builds gives; packages come with hashes; the last stage runs as a number."""
    lines = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"(?m)^ARG (.*)$", lines) == ["PYTHON_IMAGE", "PYTHON_IMAGE"]
    assert re.findall(r"(?m)^FROM (\S+)", lines) == ["${PYTHON_IMAGE}"] * 2
    (digest,) = re.findall(r"@sha256:(\?+)\)", lines)
    assert len(digest) == 64
    joined = lines.replace("\\\n", " ")
    for command in re.findall(r"pip(?: --python \S+)? install[^&\n]*", joined):
        assert "--require-hashes" in command or "--no-index" in command, command
    last = lines[lines.rindex("FROM ") :]
    assert "\nRUN " not in last
    assert re.search(r"(?m)^USER (\d+):(\d+)$", last)
    for copied in re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", lines):
        for each in copied.split():
            assert (DEPLOY.parent / each).exists(), each


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_a_unit_may_do_nothing_else_to_the_machine(unit: Path) -> None:
    """Every wall is up, and it calls a command that there is."""
    service = settings(unit)["Service"]
    assert {key: service.get(key) for key in HARDENED} == HARDENED
    (command,) = re.findall(r"/opt/callboard/bin/callboard (\w+)", service["ExecStart"])
    assert command in COMMANDS
    assert {"User", "Group"} <= service.keys()


def test_a_timer_has_its_unit() -> None:
    """Each starts what is there."""
    for timer in (DEPLOY / "systemd").glob("*.timer"):
        assert timer.with_suffix(".service") in UNITS
        assert settings(timer)["Timer"]["OnCalendar"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_systemd_thinks_so_too(unit: Path) -> None:
    """Its own judgement of how exposed a unit is: at most 2 of 10."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", str(unit)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def settings(unit: Path) -> configparser.ConfigParser:
    """A unit's sections; of a setting that is given twice the last."""
    found = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(unit.read_text())
    return found
