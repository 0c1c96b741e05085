"""compose.yaml and the Kubernetes manifests keep the rules they promise."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import Settings, load

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
RUNNING = sorted(SERVICES.keys() - {"owners"})  # that one ends at once
MANIFESTS = [
    document
    for path in sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]
PODS = [one["spec"]["template"]["spec"] for one in MANIFESTS if one["kind"] == "Deployment"]


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_may_do_little(name: str):
    """No root, nothing written beside its volumes, no capability it does not need, limits."""
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]

    assert service["user"] not in {"root", "0", "0:0"}
    assert service["read_only"] is True
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert {"cpus", "memory"} == limits.keys()
    assert service["healthcheck"]["test"]


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod["containers"][0]["name"])
def test_a_pod_may_do_little(pod: dict[str, Any]):
    """What Pod Security calls `restricted`, and nothing written beside its volumes."""
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert "RuntimeDefault" == pod["securityContext"]["seccompProfile"]["type"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert ["ALL"] == container["securityContext"]["capabilities"]["drop"]
    assert pod["enableServiceLinks"] is False  # PREFECT_PORT=tcp://... is no setting of Prefect
    assert container["resources"]["limits"]["memory"]


def test_only_the_proxy_is_seen_from_outside():
    """Prefect's API has no login: it listens for the host alone, the stores for nobody."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert {"proxy", "prefect"} == published.keys()
    assert all(port.startswith("127.0.0.1:") for port in published["prefect"])
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_secrets_are_files():
    """No variable of a container holds a password: those are read from mounted files."""
    named = {k: v for s in SERVICES.values() for k, v in s.get("environment", {}).items()}
    loud = [name for name in named if re.search("PASSWORD|KEY|SECRET|RECORDS|OBJECTS", name)]

    assert [] == [name for name in loud if not name.endswith("_FILE")]


@pytest.mark.parametrize("source", ["compose", "kubernetes"])
def test_every_setting_that_is_named_exists(source: str, tmp_path: Path):
    """An unknown variable would stop the start."""
    maps = [one["data"] for one in MANIFESTS if one["kind"] == "ConfigMap"]
    env = [e for pod in PODS for e in pod["containers"][0].get("env", [])]
    named = {
        "compose": [k for s in SERVICES.values() for k in s.get("environment", {})],
        "kubernetes": [k for data in maps for k in data] + [e["name"] for e in env],
    }[source]
    ours = {name for name in named if name.startswith("GONDOLA_")}
    (tmp_path / "1").write_text("1")
    values = {name: str(tmp_path / "1") if name.endswith("_FILE") else "" for name in ours}
    values |= {name: "1" for name in ours if "WORKER_" in name or "OPEN_SCENES" in name}

    assert "1" == load(values).records_url


def test_what_the_image_is_told_are_settings():
    """The Dockerfile's own variables, too."""
    named = re.findall(r"(GONDOLA_\w+)=", (ROOT / "Dockerfile").read_text())

    assert named
    assert {name.removeprefix("GONDOLA_").lower() for name in named} <= set(
        Settings.__struct_fields__
    )


def test_secrets_are_made_once(tmp_path: Path):
    """The script writes every file compose.yaml names, and changes none that is there."""
    script = tmp_path / "make-secrets.sh"
    script.write_text((ROOT / "deploy/make-secrets.sh").read_text())
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True, env=dict(os.environ))
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    wanted = {Path(one["file"]).name for one in COMPOSE["secrets"].values()}

    assert wanted | {"garage.env"} == made.keys()
    assert made["postgres_password"] in made["records"]
    assert made["postgres_password"] in made["prefect_database"]
    assert 0o700 == (tmp_path / "secrets").stat().st_mode & 0o777


def test_images_are_pinned_by_digest():
    """What holds data, and what our code stands on, is the very image that was chosen."""
    (base,) = re.findall(r"^ARG PYTHON=(.+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    images = [base, *(SERVICES[name]["image"].rstrip("}") for name in ("postgres", "s3"))]

    assert all(re.search(r"@sha256:[0-9a-f]{64}$", image) for image in images)
