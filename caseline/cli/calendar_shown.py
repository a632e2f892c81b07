"""Shows calendars, their versions and proposals on the screen or as JSON."""

from typing import TYPE_CHECKING

from caseline.actions.counted import counted
from caseline.cli import screen
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.actions.edit_calendar import Proposal
    from caseline.actions.recount_deadlines import Recount
    from caseline.timing.store import Version
    from caseline.timing.trust import Notice
    from caseline.timing.years import Year


def versions(found: "Sequence[Version]", notices: "Sequence[Notice]", *, as_json: bool) -> None:
    """A line for each version, and what should be done about next year."""
    from caseline.timing.vocabulary import Language

    said = [notice.text(Language.ENGLISH) for notice in notices]
    if as_json:
        screen.print_json({"calendars": plain(found), "notices": said})
        return
    made = screen.table("Calendar", "Version", "Made (UTC)", "By", "Reason", "Zone", "Not exact", numbers=("Version",))
    for one in found:
        name = f"{one.calendar} (default)" if one.is_default else one.calendar
        years = ", ".join(map(str, one.provisional)) or "-"
        words = (one.note.by, one.note.reason, one.zone, years)
        made.add_row(name, str(one.version), f"{one.note.at:%Y-%m-%d %H:%M}", *words)
    screen.out().print(made)
    for line in said:
        screen.out().print(line, style="yellow", soft_wrap=True)


def year(found: "Year", language: str, *, as_json: bool) -> None:
    """A year by months, and its days that are not as the week says."""
    from caseline.timing.vocabulary import Language
    from caseline.timing.wording import WORDS

    if as_json:
        screen.print_json(plain(found))
        return
    words, console = WORDS[Language(language)], screen.out()
    console.print(f"Calendar {found.calendar}, version {found.version}: {found.year}, {found.standing}", style="bold")
    made = screen.table("Month", "Working", "Off", "Hours", numbers=("Working", "Off", "Hours"))
    for month in (*found.months, found.whole):
        hours = f"{month.minutes / 60:g}" if month.minutes else "-"
        made.add_row(f"{month.month:02}" if month.month else "Year", str(month.working), str(month.off), hours)
    console.print(made)
    for day in found.days:
        kind = words.kind(day.kind, day.minutes_short, day.hours)
        console.print(f"{words.full_day(day.day)}: {kind}" + (f" ({day.reason})" if day.reason else ""), soft_wrap=True)


def proposal(found: "Proposal", applied: "Recount | None", language: str, *, as_json: bool) -> None:
    """What changes, and what became of it."""
    from caseline.timing.vocabulary import Language

    tongue = Language(language)
    lines = [change.text(tongue) for change in found.changes]
    if as_json:
        screen.print_json(
            {
                "calendar": found.new.id,
                "old_version": found.old.version if found.old else None,
                "new_version": found.new.version,
                "changes": plain(found.changes),
                "lines": lines,
                "settings": plain(found.settings),
                "years": plain(found.years),
                "applied": applied is not None,
                "recounted": plain(applied),
            }
        )
        return
    console = screen.out()
    if found.empty:
        console.print(f"Calendar {found.new.id} says all this already: nothing to do")
        return
    before = f"{found.old.version} → {found.new.version}" if found.old else f"{found.new.version}, new"
    console.print(f"Calendar {found.new.id}, version {before}", style="bold")
    for name, old, new in found.settings:
        console.print(f"{name}: {old} → {new}", soft_wrap=True)
    for line in lines:
        console.print(line, soft_wrap=True)
    if found.years:
        console.print(f"Known exactly from now on: {', '.join(map(str, found.years))}", soft_wrap=True)
    if not (lines or found.settings):
        console.print("No day counts differently")
    _say_applied(applied)


def _say_applied(applied: "Recount | None") -> None:
    console = screen.out()
    if applied is None:
        console.print("Nothing is changed yet. To make it count, say it again with --apply", style="cyan")
        return
    anew, moved = counted(applied.open, "open request"), counted(applied.moved, "deadline")
    console.print(f"It counts from now on. {anew} counted anew, {moved} moved", style="green")
