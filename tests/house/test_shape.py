"""The house rules that a machine can check: sizes, and imports that go one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from mdm_portal.runtime import BASE

ROOMS = ("audit", "mdm_portal", "scim_provisioning")
LONGEST_FUNCTION = 40
LONGEST_FILE = 400


def modules() -> Iterator[Path]:
    """Yield our modules, migrations excepted."""
    for room in ROOMS:
        yield from (file for file in (BASE / room).rglob("*.py") if "migrations" not in file.parts)


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BASE)
    assert lint_imports() == 0


def test_no_function_is_longer_than_forty_lines() -> None:
    too_long = [
        f"{file.relative_to(BASE)}: {node.name}"
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    too_long = [
        str(file.relative_to(BASE))
        for file in modules()
        if len(file.read_text("utf-8").splitlines()) > LONGEST_FILE
    ]
    assert too_long == []
