"""The lock files are complete for every Python that we support, and say nothing about where packages come from."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
RUN: Final = ROOT / "requirements.lock"
DEV: Final = ROOT / "requirements-dev.lock"
BENCH: Final = ROOT / "requirements-bench.lock"
AUDIT: Final = ROOT / "requirements-audit.lock"

PIN: Final = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+( ; python(_full)?_version [<>=]+ \"[0-9.]+\")?")
PYTHONS: Final = ("3.11.2", "3.11.14", "3.12.0", "3.13.0")


def pins(*locks: Path) -> dict[str, Requirement]:
    lines = [line for lock in locks for line in lock.read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(pin.name): pin for pin in found}


def house_wants(extra: str) -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield from map(Requirement, project["dependencies"])
    yield from map(Requirement, project["optional-dependencies"].get(extra, []))


def package_wants(package: Requirement, environment: dict[str, str]) -> Iterator[Requirement]:
    for line in distribution(package.name).requires or []:
        wanted = Requirement(line)
        if wanted.marker is None or any(
            wanted.marker.evaluate(environment | {"extra": extra}) for extra in {"", *package.extras}
        ):
            yield wanted


def fits(pin: Requirement, wanted: Requirement, environment: dict[str, str]) -> bool:
    version = str(pin.specifier).removeprefix("==")
    here = pin.marker is None or pin.marker.evaluate(environment)
    return here and wanted.specifier.contains(version, prereleases=True)


@pytest.mark.parametrize("lock", [RUN, DEV, BENCH, AUDIT], ids=lambda lock: lock.name)
def test_a_lock_file_holds_exact_pins_only(lock: Path) -> None:
    odd = [line for line in lock.read_text(encoding="utf-8").splitlines() if not PIN.fullmatch(line)]

    assert odd == []


def test_no_package_is_pinned_twice() -> None:
    lines = sum(len(lock.read_text(encoding="utf-8").splitlines()) for lock in (RUN, DEV, BENCH))

    assert len(pins(RUN, DEV, BENCH)) == lines


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("extra", "locks"), [("", (RUN,)), ("dev", (RUN, DEV))], ids=["run", "dev"])
def test_every_supported_python_finds_pinned_what_it_asks_for(python: str, extra: str, locks: tuple[Path, ...]) -> None:
    environment = {str(name): str(value) for name, value in default_environment().items()}
    environment |= {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    pinned = pins(*locks)

    missing, asked = set(), set()
    waiting = list(house_wants(extra))
    while waiting:
        wanted = waiting.pop()
        pin = pinned.get(canonicalize_name(wanted.name))
        if pin is None or not fits(pin, wanted, environment):
            missing.add(f"{wanted} (pinned: {pin})")
        elif pin.marker is None and str(wanted) not in asked:  # one with a marker may not be installed here
            asked.add(str(wanted))
            waiting += package_wants(wanted, environment)

    assert missing == set()
