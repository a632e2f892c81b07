"""Groups the errors of FAILED rows for people: how many, where the first ones stand, what to do."""

from collections.abc import Iterable
from dataclasses import replace

from caseline.actions.wiring import House
from staging import discretion, report
from staging.report import ErrorGroup


def groups(
    house: House,
    *,
    source: str | None = None,
    part: str | None = None,
    code: str | None = None,
    show_values: bool = False,
) -> list[ErrorGroup]:
    """Error groups, commonest first; sample values that may be personal are shortened unless `show_values`."""
    with house.engine.connect() as connection:
        found = report.error_groups(connection, source, part=part, code=code)
    return found if show_values else [discreet(group) for group in found]


def by_code(found: Iterable[ErrorGroup]) -> dict[str, int]:
    """Errors by code, commonest first; a row with two codes counts under both."""
    counted: dict[str, int] = {}
    for group in found:
        counted[group.code] = counted.get(group.code, 0) + group.count
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def discreet(group: ErrorGroup) -> ErrorGroup:
    """The group with its sample values shortened."""
    return replace(group, samples=tuple(discretion.shorten(sample, group.code) for sample in group.samples))
