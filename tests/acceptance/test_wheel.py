"""The wheel holds everything an import needs: installed into an environment of its own, used from another folder."""

import json
import os
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories import verdict
from tests.factories.processes import REPOSITORY, Place
from tests.factories.trials import Export

ROOMS = ("caseline", "staging", "flows", "tasks", "keywords")
MADE_OF = (*ROOMS, "pyproject.toml", "README.md", "LICENSE")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_installed_wheel_imports_from_another_folder(
    place: Place, export: Callable[[int], Export], tmp_path: Path
) -> None:
    sample = export(600)
    command = _installed(_wheel(tmp_path), tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {name: value for name, value in place.environment().items() if name != "PYTHONPATH"}
    where = "import caseline, staging; print(caseline.__file__); print(staging.__file__)"
    found = _run([command.with_name("python"), "-c", where], elsewhere, environment)
    assert all(Path(line).is_relative_to(tmp_path / "env") for line in found.stdout.split()), found.stdout
    words: list[str | Path] = ["import", sample.folder, "--mapping", "salesforce-sample", "--json"]
    done = _run([command, *words], elsewhere, environment)
    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1])["entities"]["request"]["new"] == 0
    assert verdict.complaints(place.url or "", sample.expected) == []


def _wheel(folder: Path) -> Path:
    """Build from a copy, so that nothing of an earlier build gets in and nothing is left in the tree."""
    source = folder / "source"
    source.mkdir()
    for name in MADE_OF:
        here = REPOSITORY / name
        if here.is_dir():
            shutil.copytree(here, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif here.exists():
            shutil.copy(here, source / name)
    words: list[str | Path] = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        folder / "dist",
        source,
    ]
    built = _run([sys.executable, "-m", "pip", *words], folder, dict(os.environ))
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def _installed(wheel: Path, folder: Path) -> Path:
    """The command in a fresh environment that borrows the packages of this one, but not its editable caseline."""
    here = folder / "env"
    venv.create(here, symlinks=True)
    python = here / "bin" / "python"
    own = Path(_run([python, "-c", "import site; print(site.getsitepackages()[0])"], folder, {}).stdout.strip())
    borrowed = [path for path in site.getsitepackages() if Path(path).is_dir()]
    # A plain path: .pth files over there, an editable installation among them, are not read.
    (own / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    words: list[str | Path] = ["install", "--no-deps", "--no-index", "--prefix", here, "--ignore-installed", wheel]
    done = _run([sys.executable, "-m", "pip", *words], folder, dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    command = here / "bin" / "caseline"
    # pip wrote the interpreter that it ran under into the command.
    _first, rest = command.read_text(encoding="utf-8").split("\n", 1)
    command.write_text(f"#!{python}\n{rest}", encoding="utf-8")
    return command


def _run(words: list[str | Path], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    done = [str(word) for word in words]
    return subprocess.run(done, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=300)
