"""Asks an index of packages about known faults of each pinned one, or at least of those that are the newest release."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx

from checks.licences import LOCKS, ROOT

FAULTY: Final = ("pycrypto", "2.6.1")
"""A package whose newest release has known faults that nobody mends: an index that knows none of them knows nothing."""
_AT_ONCE: Final = 8


def pinned() -> dict[str, str]:
    """Version by name of each package in the lock files."""
    lines = (
        line.partition(" ;")[0].strip() for lock in LOCKS for line in (ROOT / lock).read_text("utf-8").splitlines()
    )
    return {name: version for name, equal, version in (line.partition("==") for line in lines) if equal}


def vulnerable(index: str) -> Iterator[str]:
    """A line for each known fault of a pinned package; what was not looked at is printed.

    `index`: address of an index that tells of a release under `/pypi/NAME/VERSION/json`, or at least of the newest one
    under `/pypi/NAME/json`.
    """
    pins = pinned()
    with httpx.Client(base_url=index, timeout=10, follow_redirects=True) as client:

        def asked(name: str, version: str) -> object:
            try:
                answer = client.get(f"/pypi/{name}/{version}/json")
                if answer.status_code == httpx.codes.NOT_FOUND:
                    answer = client.get(f"/pypi/{name}/json")
                return answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as fault:
                return fault

        try:
            knows = bool(_of(asked(*FAULTY))[1])
        except (KeyError, TypeError):
            knows = False
        if not knows:
            print(f"NOT CHECKED for known faults: {index} knows none of {' '.join(FAULTY)}, which has some")
            return
        with ThreadPoolExecutor(_AT_ONCE) as several:
            answers = dict(zip(pins, several.map(asked, pins, pins.values()), strict=True))
    yield from told(pins, answers)


def told(pins: Mapping[str, str], answers: Mapping[str, object]) -> list[str]:
    """A line for each fault that the answers tell of pinned packages; those that nobody looked at are printed.

    `answers`: by name what the index says of a release, or the fault by which it said nothing.
    """
    older, silent, checked, faults = [], [], 0, list[str]()
    for name, version in pins.items():
        try:
            release, known = _of(answers[name])
        except (KeyError, TypeError):
            silent.append(name)
            continue
        if release != version:
            older.append(f"{name} {version} ({release})")
            continue
        checked += 1
        faults += [f"{name} {version}: {one['id']}: {one.get('summary') or one.get('link')}" for one in known]
    print(f"index: {checked} of {len(pins)} packages checked for known faults")
    if older:
        print(f"NOT CHECKED for known faults, since the index tells of the newest release alone: {', '.join(older)}")
    if silent:
        print(f"NOT CHECKED for known faults, the index says nothing: {', '.join(silent)}")
    return faults


def _of(answer: Any) -> tuple[str, list[dict[str, Any]]]:  # noqa: ANN401 - whatever an index has answered
    """A release and its known faults; KeyError, TypeError: the answer is none."""
    if not isinstance(answer, dict) or not isinstance(answer["info"], dict):
        raise TypeError(answer)
    known = answer["vulnerabilities"]
    if not isinstance(known, list) or not all(isinstance(one, dict) and "id" in one for one in known):
        raise TypeError(answer)
    return str(answer["info"]["version"]), [one for one in known if not one.get("withdrawn")]
