"""Asks an index about the newest release of each pinned package: its known faults, and whether it is the one pinned."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx

from checks.licences import LOCKS, ROOT

_AT_ONCE: Final = 8


def pinned() -> dict[str, str]:
    """Version by name of each package in the lock files."""
    lines = (
        line.partition(" ;")[0].strip() for lock in LOCKS for line in (ROOT / lock).read_text("utf-8").splitlines()
    )
    return {name: version for name, equal, version in (line.partition("==") for line in lines) if equal}


def vulnerable(index: str) -> Iterator[str]:
    """A line for each known fault of a pinned package that is its newest release; what was not looked at is printed.

    `index`: address of an index that tells of a package under `/pypi/NAME/json`.
    """
    pins = pinned()
    with httpx.Client(base_url=index, timeout=30, follow_redirects=True) as client:

        def asked(name: str) -> object:
            try:
                answer = client.get(f"/pypi/{name}/json")
                return answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as fault:
                return fault

        with ThreadPoolExecutor(_AT_ONCE) as several:
            answers = dict(zip(pins, several.map(asked, pins), strict=True))
    yield from told(pins, answers)


def told(pins: Mapping[str, str], answers: Mapping[str, object]) -> list[str]:
    """A line for each fault that the answers tell of pinned packages; those that nobody looked at are printed.

    `answers`: by name what the index says of the newest release, or the fault by which it said nothing.
    """
    older, silent, checked, faults = [], [], 0, list[str]()
    for name, version in pins.items():
        try:
            newest, known = _of(answers[name])
        except (KeyError, TypeError, ValueError):
            silent.append(name)
            continue
        if newest != version:
            older.append(f"{name} {version} ({newest})")
            continue
        checked += 1
        faults += [f"{name} {version}: {one['id']}: {one.get('summary') or one.get('link')}" for one in known]
    print(f"newest releases: {checked} of {len(pins)} packages checked for known faults")
    if older:
        print(f"NOT CHECKED for known faults, since there is a newer release: {', '.join(older)}")
    if silent:
        print(f"NOT CHECKED for known faults, the index says nothing: {', '.join(silent)}")
    return faults


def _of(answer: Any) -> tuple[str, list[Any]]:  # noqa: ANN401 - whatever an index has answered
    """The newest release and its known faults; KeyError, TypeError, ValueError: the answer is none."""
    if not isinstance(answer["vulnerabilities"], list):
        raise TypeError(answer)
    return str(answer["info"]["version"]), [one for one in answer["vulnerabilities"] if not one.get("withdrawn")]
