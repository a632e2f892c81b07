"""Words and tables about deadlines and calendars for the Prefect UI; knows neither Prefect nor the clock."""

from typing import Any, Final

from caseline.actions.counted import counted
from caseline.actions.edit_calendar import Proposal
from caseline.actions.recount_deadlines import Recount
from caseline.actions.watch_deadlines import Watched
from caseline.timing.vocabulary import Language

_MOST: Final = 100
"""Lines of a difference that are shown."""


def watched(found: Watched) -> str:
    """The line of a look at the clocks."""
    near = counted(found.near, "request has", "requests have")
    return (
        f"{near} used three quarters of their time since the last look, {found.passed:,} all;"
        f" {len(found.overdue):,} overdue ones are listed"
    )


def overdue_rows(found: Watched) -> list[dict[str, Any]]:
    """A line for each overdue request; one that says so when there is none."""
    rows = [
        {
            "request": card.number or str(card.id),
            "due (UTC)": f"{card.deadline.due_at:%Y-%m-%d %H:%M}" if card.deadline else "",
            "stage": card.stage.label,
            "category": card.category or "",
            "group": card.group or "",
            "assignee": card.assignee or "",
        }
        for card in found.overdue
    ]
    return rows or [{"request": "none is overdue"}]


def difference(proposal: Proposal, applied: str | None) -> str:
    """What a file would change, or has changed, as a page."""
    new = proposal.new
    lines = [f"## Calendar {new.id}, version {new.version}", ""]
    if proposal.empty:
        return "\n".join([*lines, "The file says what the calendar says already."])
    changes = [f"- {change.text(Language.ENGLISH)}" for change in proposal.changes]
    lines += [f"- {name}: {old} → {now}" for name, old, now in proposal.settings]
    lines += changes[:_MOST]
    if len(changes) > _MOST:
        lines.append(f"- and {counted(len(changes) - _MOST, 'day')} more: `caseline calendar import` shows all")
    if not (changes or proposal.settings):
        lines.append("No day counts differently.")
    todo = "**Nothing is changed yet.** To make it count, run again with *Apply*."
    return "\n".join([*lines, "", applied or todo])


def recounted(found: Recount) -> str:
    """What became of deadlines."""
    anew = counted(found.open, "open request was", "open requests were")
    return f"**It counts.** {anew} counted anew, {counted(found.moved, 'deadline')} moved."
