"""The rules of the house that a machine can keep: who imports whom, how long things are, what they are called."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("flows", "tasks", "staging", "keywords", "caseline")

LINTED: Final = (*PACKAGES, "soak")
"""With what runs the whole house to try it, which is no part of it."""

LONGEST_MODULE: Final = 250
LONGEST_FUNCTION: Final = 45
MIGRATIONS: Final = ROOT / "caseline" / "migrations" / "versions"
VAGUE_NAMES: Final = {"utils", "util", "helpers", "helper", "common", "misc"}
NAMES_OF_LIBRARIES: Final = {"requests", "calendar", "email", "threading"}

OUTSIDE_THE_LADDER: Final = {
    "__init__",
    "__main__",
    "__pycache__",
    "mail_sandbox",  # as the last one
    "portal_sandbox",  # as the next one
    "sample",  # has contracts of its own: it must not know the house that it tests
}

WITNESSES: Final = ("sample", "mail-sandbox", "portal-sandbox")
"""Contracts of what tests the house and therefore is written without it."""
KNOWN_TO_THE_AUDIT: Final = {"staging.discretion", "staging.faults", "staging.mapping", "staging.tables"}

# One forbidden import for each contract: (contract, module that breaks it, what it imports).
BREACHES: Final = (
    ("ladder", "staging", "caseline.actions"),
    ("prefect", "caseline.actions", "prefect"),
    ("sql", "flows", "sqlalchemy"),
    ("pure", "caseline.crm.vocabulary", "httpx"),
    ("settings", "caseline.people", "caseline.settings"),
    ("adapter", "caseline.actions", "caseline.crm.embedded"),
    ("portal-adapter", "staging", "caseline.crm.bitrix24"),
    ("audit", "staging.audit", "staging.values"),
    ("sample", "caseline.sample", "keywords"),
    ("sample-importers", "keywords", "caseline.sample"),
    ("mail-sandbox", "caseline.mail_sandbox", "keywords"),
    ("mail-sandbox-importers", "keywords", "caseline.mail_sandbox"),
    ("portal-sandbox", "caseline.portal_sandbox", "keywords"),
    ("portal-sandbox-importers", "keywords", "caseline.portal_sandbox"),
    ("soak-checker", "soak.checker", "keywords"),
)


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_bytes())


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def contracts() -> list[dict[str, Any]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = configuration["tool"]["importlinter"]["contracts"]
    return found


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the packages below a folder, in a process of its own so that it finds no others."""
    program = Path(sys.executable).with_name("lint-imports")
    wide = os.environ | {"COLUMNS": "200"}
    return subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=tree, env=wide, capture_output=True, text=True, check=False
    )


def broken(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {c["id"] for c in contracts() if f"{c['name']} BROKEN" in done.stdout}


def module_file(tree: Path, module: str) -> Path:
    path = tree.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_the_house_keeps_its_import_contracts() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_import_contract_fails_when_it_is_broken(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in LINTED:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for _contract, module, imported in BREACHES:
        with module_file(tmp_path, module).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")

    done = lint(tmp_path)

    every = {contract["id"] for contract in contracts()}
    assert {contract for contract, _module, _imported in BREACHES} == every
    assert broken(done) == every, done.stdout + done.stderr


def test_every_room_has_its_place_on_the_ladder() -> None:
    ladder = next(contract for contract in contracts() if contract["id"] == "ladder")
    placed = {name.strip(" ()") for layer in ladder["layers"] for name in layer.split("|")}

    rooms = {f"caseline.{path.stem}" for path in (ROOT / "caseline").iterdir() if path.stem not in OUTSIDE_THE_LADDER}

    assert rooms | set(PACKAGES) - {"caseline"} <= placed


@pytest.mark.parametrize("witness", sorted(WITNESSES))
def test_what_tests_the_house_knows_no_room_of_it(witness: str) -> None:
    (contract,) = (contract for contract in contracts() if contract["id"] == witness)
    rooms = {f"caseline.{path.name}" for path in (ROOT / "caseline").iterdir() if (path / "__init__.py").is_file()}

    assert rooms - set(contract["forbidden_modules"]) == set(contract["source_modules"])
    assert set(PACKAGES) - {"caseline"} <= set(contract["forbidden_modules"])


def test_the_check_of_an_import_knows_the_model_and_the_tables_alone() -> None:
    (contract,) = (contract for contract in contracts() if contract["id"] == "audit")
    rooms = {f"staging.{path.stem}" for path in (ROOT / "staging").iterdir() if path.suffix == ".py"}

    assert rooms - {"staging.__init__"} - set(contract["forbidden_modules"]) == KNOWN_TO_THE_AUDIT


def test_modules_and_functions_stay_short() -> None:
    offenders = []
    for module in modules(*LINTED, "benchmarks"):
        if module.parent == MIGRATIONS:  # a list of tables, written once and not changed again
            continue
        place = module.relative_to(ROOT)
        length = len(module.read_text(encoding="utf-8").splitlines())
        if length > LONGEST_MODULE:
            offenders.append(f"{place}: {length} lines")
        for function in functions(module):
            length = lines_without_docstring(function)
            if length > LONGEST_FUNCTION:
                offenders.append(f"{place}:{function.lineno} {function.name}: {length} lines")

    assert offenders == []


def test_every_module_opens_with_a_sentence() -> None:
    silent = []
    for module in modules(*PACKAGES, "benchmarks", "tests"):
        tree = parsed(module)
        first_line = (ast.get_docstring(tree) or "").partition("\n")[0]
        if tree.body and not first_line.endswith((".", "?", ":", ",")):
            silent.append(str(module.relative_to(ROOT)))

    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [str(path) for path in modules(*PACKAGES, "benchmarks", "tests") if path.stem in VAGUE_NAMES]

    assert vague == []


def test_no_folder_is_called_like_a_library() -> None:
    folders = {path.parent for path in modules(*PACKAGES)}

    assert [str(folder) for folder in folders if folder.name in NAMES_OF_LIBRARIES | VAGUE_NAMES] == []


def test_no_flow_file_has_the_name_of_a_room() -> None:
    """Prefect puts flows/ first on the path, where such a file would hide the room."""
    rooms = {*PACKAGES, *(path.stem for path in (ROOT / "caseline").iterdir())} - {"__init__"}

    assert {path.stem for path in modules("flows")} & rooms == set()


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches `(...)*+` wrongly (gh-106052), and Debian 12 has 3.11.2."""
    possessive = re.compile(r"\)(?:[*+?]|\{[0-9,]+\})\+")
    for module in modules(*PACKAGES):
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                assert not possessive.search(text), f"{module.relative_to(ROOT)}:{node.lineno}"
    assert not re.search(r"[\])}][*+]\+", (ROOT / "keywords" / "words.py").read_text(encoding="utf-8"))
