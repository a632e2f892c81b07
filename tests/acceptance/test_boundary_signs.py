"""Rules of time are held to the second: a boundary sign that is turned fails an example worked out by hand."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.factories.processes import REPOSITORY
from tests.factories.signs import Sign, turned

RULES: Final = Path("caseline", "timing")
TESTS: Final = Path("tests", "unit", "timing")

COUNTING: Final = {"clock", "counting", "explain", "instants", "line", "working_time", "zones"}
"""Modules in which == and != are boundaries too; elsewhere they compare words."""
DRAWN: Final = "test_properties.py"
"""Draws its examples, so what it finds is luck: each sign must be held without it."""
SLOW: Final = {"test_batches.py", "test_walker.py"}
FIRST: Final = {
    "clock": {"test_clock.py", "test_batches.py"},
    "counting": {"test_clock.py", "test_batches.py"},
    "english": {"test_wording.py", "test_wording_limits.py"},
    "explain": {"test_wording.py"},
    "instants": {"test_clock.py"},
    "russian": {"test_wording.py", "test_wording_limits.py"},
    "trust": {"test_wording.py"},
}
"""Where to look first for what holds a module, if not in the test of its name; it saves time and nothing else."""

WORKERS: Final = 2
FOREVER_S: Final = 20
"""No test here takes two seconds; a sign may turn a search into one without end."""

EQUIVALENT: Final = {
    Sign("clock", "Clock.duration", "begin < until", "begin <= until"): (
        "a pause that begins at the end is cut to no length there, and adds 0"
    ),
    Sign("clock", "Clock._check_target", "0 <= target_s <= _LONGEST", "0 < target_s <= _LONGEST"): (
        "only hands 0 on to instants.target, which has the last word and allows it"
    ),
    Sign("clock", "Clock._check_target", "0 <= target_s <= _LONGEST", "0 <= target_s < _LONGEST"): (
        "only hands the longest target on to instants.target, which has the last word and allows it"
    ),
    Sign("clock", "Clock._longer", "lines.last >= LAST_YEAR", "lines.last > LAST_YEAR"): (
        "looks one year further, where every deadline is refused in the same words"
    ),
    Sign(
        "counting",
        "_rolled_all",
        "np.searchsorted(local.begins, shown, 'right')",
        "np.searchsorted(local.begins, shown, 'left')",
    ): "differs only for an end at the begin of an interval, where work runs, so that it stays and is not moved",
    Sign("explain", "_Term.seconds", "since < until", "since <= until"): "from an instant to itself are 0 seconds",
}
"""Signs that change no answer when they are turned, and why. It names what survives, no more and no less."""

PLACE: Final = '''"""What is tested is this copy, whatever else is installed."""

import sys
from pathlib import Path

import caseline.timing.clock


def test_every_rule_comes_from_the_copy() -> None:
    files = [Path(found.__file__) for name, found in sys.modules.items() if name.startswith("caseline.timing.")]

    assert Path(caseline.timing.clock.__file__) in files
    assert all(file.is_relative_to(Path(__file__).parents[3]) for file in files)
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with the tests of its rules, compiled, and known to pass as it is."""
    place = tmp_path_factory.mktemp("signs") / "unchanged"
    for folder in (Path("caseline"), Path("tests", "factories"), TESTS):
        shutil.copytree(REPOSITORY / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
        shutil.copy2(REPOSITORY / file, place / file)
    (place / TESTS / "test_place.py").write_text(PLACE, encoding="utf-8")
    assert _first_failure(place, [*_examples(place), DRAWN]) is None
    return place


def test_signs_of_every_kind_are_found_and_turned_one_at_a_time() -> None:
    source = "def f(a: Literal['left']): return bisect_left(a, 0 <= a < 1), a.searchsorted(1, 'left' if a else 'right')"
    found = [str(sign) for sign, _ in turned("m", source, equality=False)]

    assert found == [
        "m: f: bisect_left(a, 0 <= a < 1) -> bisect_right(a, 0 <= a < 1)",
        "m: f: 0 <= a < 1 -> 0 < a < 1",
        "m: f: 0 <= a < 1 -> 0 <= a <= 1",
        "m: f: 'left' if a else 'right' -> 'right' if a else 'right'",
        "m: f: 'left' if a else 'right' -> 'left' if a else 'left'",
    ]
    assert [sign.nth for sign, _ in turned("m", "a > b\nc == d\na > b\n", equality=True)] == [1, 1, 2]
    assert [new for _, new in turned("m", "if a > b:\n    c > d", equality=False)] == [
        "if a >= b:\n    c > d",
        "if a > b:\n    c >= d",
    ]


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_boundary_sign_that_is_turned_fails_a_test(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = {
        sign: source
        for module in sorted((copy / RULES).glob("*.py"))
        for sign, source in turned(module.stem, module.read_text(encoding="utf-8"), equality=module.stem in COUNTING)
    }
    begun = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        failures = dict(zip(changes, pool.map(lambda sign: _failure(copy, sign, changes[sign]), changes), strict=True))
    survivors = {sign for sign, failure in failures.items() if failure is None}
    with capsys.disabled():
        for sign, failure in failures.items():
            sys.stdout.write(f"\n  {sign}: {failure or 'survives'}")
        sys.stdout.write(f"\n  {len(changes)} signs, {len(survivors)} survive; {time.monotonic() - begun:.0f} s\n")
    assert sorted(map(str, survivors - EQUIVALENT.keys())) == [], "nothing holds these: add examples to the unit tests"
    assert sorted(map(str, EQUIVALENT.keys() - survivors)) == [], "listed as equivalent, but gone, or held by a test"


def _failure(copy: Path, sign: Sign, source: str) -> str | None:
    """The first test that fails when a sign is turned; what is listed as equivalent must pass drawn examples too."""
    with TemporaryDirectory(dir=copy.parent) as folder:
        place = Path(folder)
        shutil.copytree(copy, place, dirs_exist_ok=True)
        module = place / RULES / f"{sign.module}.py"
        module.write_text(source, encoding="utf-8")
        # What is compiled is known by size and second, and so might be taken for that of the changed source.
        Path(importlib.util.cache_from_source(module)).unlink(missing_ok=True)
        return _first_failure(place, _examples(place, sign.module) + [DRAWN] * (sign in EQUIVALENT))


def _examples(place: Path, module: str = "") -> list[str]:
    """Files of tests in the order in which they are run: what fails first costs least."""
    first = {"test_place.py"}, FIRST.get(module, {f"test_{module}.py"})
    files = {path.name for path in (place / TESTS).glob("test_*.py")} - {DRAWN}
    return sorted(files, key=lambda name: (name not in first[0], name not in first[1], name in SLOW, name))


def _first_failure(place: Path, files: Sequence[str]) -> str | None:
    """Run tests of a copy; answers the first that fails, None when all pass."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile", "ci", "--timeout", str(FOREVER_S)]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(str(TESTS / file) for file in files)],
        cwd=place,
        env=own | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30 * FOREVER_S,
    )
    if done.returncode == 0:
        return None
    found = re.search(rf"^FAILED {TESTS.as_posix()}/(\w+\.py::\w+)", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr  # a test must fail; what cannot even begin proves nothing
    assert not found[1].startswith("test_place"), done.stdout
    return found[1]
