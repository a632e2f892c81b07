"""`caseline import --dry-run`: what the import would do, and nothing done."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from caseline.actions.counted import counted
from caseline.cli import door, importing, progress, screen, summary

if TYPE_CHECKING:
    from rich.console import Console

    from caseline.actions.rehearse_import import Rehearsal
    from caseline.actions.run_import import Order
    from staging.profile import ColumnProfile

_COMMONEST = 5
_OFTEN = 3
"""A value that occurs so often is a word of a list rather than somebody's name."""


def carry_out(order: "Order", *, as_json: bool, columns: bool) -> int:
    """Rehearse and tell; answers the exit code. `columns` shows what each column of the files holds."""
    from caseline.actions import rehearse_import

    say = screen.beside() if as_json else screen.out()
    what = f"Rehearsing the import of {', '.join(map(str, order.paths))} with mapping {order.mapping}"
    say.print(f"{what}: nothing is written to the CRM", soft_wrap=True)
    try:
        with importing.stoppable(), door.house() as house, progress.display(0) as watch:
            found = rehearse_import.rehearse(house, order, clock=door.now, watch=watch)
    except KeyboardInterrupt:
        screen.complain("Stopped. Nothing of the rehearsal stays.")
        return importing.STOPPED
    if as_json:
        screen.print_json(_as_dict(found))
    else:
        _show(found, say, columns=columns)
    return importing.FAILED_ROWS if any(part.failed for part in found.totals.values()) else 0


def _as_dict(found: "Rehearsal") -> dict[str, Any]:
    from caseline.actions.report_errors import by_code

    return {
        "dry_run": True,
        "entities": {name: part.as_dict() for name, part in found.totals.items()},
        "outlook": {name: asdict(part) for name, part in found.outlook.items()},
        "errors": by_code(found.errors),
        "columns": {
            part: [asdict(column) | {"top": _top(column)} for column in columns]
            for part, columns in found.profile.items()
        },
    }


def _show(found: "Rehearsal", console: "Console", *, columns: bool) -> None:
    from caseline.actions.report_errors import discreet

    numbers = ("Read", "To create", "To update", "Unchanged", "FAILED", "Filtered")
    made = screen.table("Part", *numbers, numbers=numbers)
    for name, part in found.totals.items():
        will = found.outlook[name]
        figures = (part.read, will.create, will.update, will.unchanged, part.failed, part.filtered)
        made.add_row(name, *(f"{number:,}" for number in figures))
    console.print()
    console.print(made)
    lacking = {item.file.name: item.lacking for item in found.survey.found if item.lacking}
    summary.show_left_out(found.survey.not_imported, found.survey.unknown, lacking, console)
    if columns:
        for part_name, profile in found.profile.items():
            _show_columns(part_name, profile, console)
    total = sum(group.count for group in found.errors)
    summary.show_commonest([discreet(group) for group in found.errors[:_COMMONEST]], total, console)


def _show_columns(part: str, profile: "list[ColumnProfile]", console: "Console") -> None:
    rows = max((column.rows for column in profile), default=0)
    if not rows:
        return
    numbers = ("Filled", "Different", "Longest")
    made = screen.table("Column", *numbers, "Commonest values", numbers=numbers)
    for column in profile:
        top = ", ".join(f"{value} ({count:,})" for value, count in _top(column))
        made.add_row(column.column, f"{column.filled:.0%}", f"{column.distinct:,}", f"{column.longest:,}", top)
    screen.headed(console, f"\nColumns of {part}, in the first {counted(rows, 'row')}", made)


def _top(column: "ColumnProfile") -> list[tuple[str, int]]:
    from staging.discretion import shorten

    return [(shorten(value, "UNKNOWN_VALUE"), count) for value, count in column.top if count >= _OFTEN]
