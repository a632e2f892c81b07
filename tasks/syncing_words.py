"""Words about a sync with a portal for the Prefect UI; knows neither Prefect nor the clock."""

from typing import Final

from caseline.actions.counted import counted
from caseline.actions.sync_portal import Synced

MOST: Final = 50
"""Records that could not be read or written, of which each has a line."""


def line(found: Synced) -> str:
    """The line of a sync."""
    if found.busy:
        return "Another sync is under way: this one has done nothing"
    came, went = found.followed, found.pushed
    return (
        f"From the portal: {came.created:,} new, {came.changed:,} changed, {came.deleted:,} deleted, {came.same:,} the"
        f" same, {len(came.failed):,} failed; to the portal: {counted(went.written, 'lead')} written,"
        f" {len(went.failed):,} failed"
    )


def page(found: Synced) -> str:
    """What came, what was written, and what could not be."""
    if found.busy:
        return line(found)
    came, went = found.followed, found.pushed
    rows = (
        ("Records read", came.read),
        ("New in the register", came.created),
        ("Changed in the register", came.changed),
        ("Deleted in the portal", came.deleted),
        ("The register had them so", came.same),
        ("Left to the import that brings them", came.later),
        ("Still to be read", found.waiting),
        ("Leads written", went.written),
        ("Leads that had it already", went.same),
        ("Set in the portal meanwhile, read first", went.contested),
    )
    table = "\n".join(f"| {name} | {number:,} |" for name, number in rows)
    told = [f"- {text}" for text in found.failed[:MOST]]
    more = [f"- … and {len(found.failed) - MOST:,} more"] if len(found.failed) > MOST else []
    failed = "\n".join(["", "**Could not be done; the next sync tries again:**", "", *told, *more]) if told else ""
    return f"At {found.at:%Y-%m-%d %H:%M} UTC\n\n| | |\n|---|---:|\n{table}\n{failed}"
