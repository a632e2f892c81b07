"""Groups the errors of FAILED rows for people: how many, where the first ones stand, what to do."""

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


def discreet(group: ErrorGroup) -> ErrorGroup:
    """The group with its sample values shortened (requirement F7)."""
    return replace(group, samples=tuple(discretion.shorten(sample, group.code) for sample in group.samples))
