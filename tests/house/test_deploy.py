"""What deploy/ holds fits the code: settings, paths, commands; and each setting is documented."""

import ast
import configparser
import json
import logging.config
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from granian.cli import cli as granian

from mdm_portal.runtime import BASE

DEPLOY = BASE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ELSEWHERE = {"MDM_DATA", "PROMETHEUS_MULTIPROC_DIR"}
"""Read before the settings are, or by a library."""
NOT_OURS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def settings_read() -> set[str]:
    """Return the names that the settings look up in the environment."""
    tree = ast.parse((BASE / "mdm_portal" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    found = set()
    for call in calls:
        name = call.args[0]
        if ast.unparse(call.func).split(".")[0] in {"env", "required"} and isinstance(
            name, ast.Constant
        ):
            found.add(str(name.value))
    return found | ELSEWHERE


def unit(file: Path) -> dict[str, list[str]]:
    """Return the settings of a unit's sections, each with all its values."""
    text = file.read_text().replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def compose() -> dict[str, Any]:
    """Return the compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def named() -> set[str]:
    """Return every variable that a file of deploy/ sets for the portal."""
    names = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "environment.example").read_text(), re.M))
    for file in UNITS:
        names |= {value.partition("=")[0] for value in unit(file).get("Environment", [])}
    names |= set(compose()["x-portal"]["environment"])
    docker = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    for line in re.findall(r"^ENV (.*)$", docker, re.M):
        names |= set(re.findall(r"(\w+)=", line))
    return names - NOT_OURS


def test_each_setting_is_documented_and_no_other() -> None:
    text = (BASE / "docs" / "operations.md").read_text()
    table = text.split("## Settings")[1].split("\n## ")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(first))) == settings_read()


def test_what_is_set_for_a_deployment_is_a_setting() -> None:
    assert named() <= settings_read()


@pytest.mark.parametrize("file", UNITS, ids=lambda file: str(file.stem))
def test_a_unit_starts_what_exists(file: Path) -> None:
    configparser.RawConfigParser(strict=False, allow_no_value=True).read(file)
    found = unit(file)
    command = shlex.split(found["ExecStart"][0])
    assert Path(command[0]).name in {"granian", "celery"}
    assert found["User"] == ["mdm-portal"]
    assert found["ProtectSystem"] == ["strict"]
    assert found["NoNewPrivileges"] == ["yes"]


def docker_command() -> list[str]:
    """Return the command of the image."""
    last = re.findall(r"^CMD (.*)$", (DEPLOY / "Dockerfile").read_text(), re.M)[-1]
    words: list[str] = json.loads(last)
    return words


def test_image_and_unit_serve_alike() -> None:
    served = shlex.split(unit(DEPLOY / "systemd" / "mdm-portal.service")["ExecStart"][0])[1:]
    image = docker_command()[1:]
    assert [word for word in served if word != "660"] == [word for word in image if word != "666"]


def test_granian_knows_each_option() -> None:
    known = {option for parameter in granian.params for option in parameter.opts}
    known |= {option for parameter in granian.params for option in parameter.secondary_opts}
    assert {word for word in docker_command() if word.startswith("--")} <= known


def copied() -> list[tuple[str, str]]:
    """Return what the image copies from here, and where to."""
    text = (DEPLOY / "Dockerfile").read_text()
    lines = [words.split() for words in re.findall(r"^COPY (?!--from)(.*)$", text, re.M)]
    return [(path, words[-1]) for words in lines for path in words[:-1]]


def test_what_the_image_copies_is_not_ignored() -> None:
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert {f"!{path}" for path, _place in copied()} == {x for x in kept if x.startswith("!")}


def test_what_the_image_holds_is_enough(tmp_path: Path) -> None:
    """Its files in a folder of their own: the site starts, and the worker knows its tasks."""
    for path, place in copied():
        if not place.startswith("/"):
            target = tmp_path / (path if place == "./" else place)
            target.parent.mkdir(parents=True, exist_ok=True)
            whole = shutil.copytree if (BASE / path).is_dir() else shutil.copy
            whole(BASE / path, target)
    code = "import mdm_portal.wsgi; from mdm_portal.celery import app\n"
    code += "app.loader.import_default_modules(); print(*app.tasks)"
    for command in (["manage.py", "check"], ["manage.py", "housekeeping", "--help"], ["-c", code]):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "mdm_portal.tasks.housekeep" in done.stdout


def test_the_compose_file_is_whole() -> None:
    found = compose()
    for name, service in found["services"].items():
        assert set(service.get("depends_on", {})) <= set(found["services"]), name
        for volume in service["volumes"] if "volumes" in service else []:
            source = volume.split(":")[0]
            assert (
                source.startswith("$") or source in found["volumes"] or (DEPLOY / source).exists()
            )
    assert (DEPLOY / found["x-portal"]["build"]["context"]).resolve() == BASE
    assert (BASE / found["x-portal"]["build"]["dockerfile"]).exists()


def test_nginx_speaks_to_the_socket_that_the_portal_listens_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    socket = docker_command()[docker_command().index("--uds") + 1]
    assert set(re.findall(r"server unix:(\S+)", text)) == {socket}
    assert text.count("{") == text.count("}")


def test_the_logging_of_granian_can_be_configured() -> None:
    found = json.loads((DEPLOY / "granian-logging.json").read_text())
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False, **found})
    logging.getLogger("_granian").handlers.clear()
    logging.getLogger("_granian").propagate = True
