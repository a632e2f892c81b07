"""Shows requests on the screen or as JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from caseline.cli import screen, time_shown, timeline_shown
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.actions.show_request import Sight
    from caseline.cli.given_fields import Held
    from caseline.crm.cards import Card


def sight(found: "Sight", language: str, *, held: "Held", as_json: bool, now: datetime, done: bool = True) -> None:
    """One request with its deadline explained, its stages and what its extra fields hold."""
    if as_json:
        screen.print_json({"done": done, **as_dict(found, now), "fields": held.fields, "files": list(held.files)})
        return
    console = screen.out()
    card = found.card
    console.print(f"Request {card.number} (id {card.id}): {card.subject}", style="bold", soft_wrap=True)
    for name, value in _facts(found, language):
        if value:
            console.print(f"{name + ':':<10} {value}", soft_wrap=True)
    for line in held.lines:
        console.print(line, soft_wrap=True)
    if found.words:
        said = ", ".join(
            f"{one.keyword} ({one.weight}, {one.category}{', decided' if one.decisive else ''})" for one in found.words
        )
        console.print(f"{'Words:':<10} {said}", soft_wrap=True)
    for line in _deadline(found, language, now):
        console.print(line, soft_wrap=True)
    console.print()
    console.print(stages(found))
    timeline_shown.timeline(found, language)


def _facts(found: "Sight", language: str) -> list[tuple[str, str | None]]:
    card, zone = found.card, found.zone
    return [
        ("Stage", card.stage.label + (" (closed)" if card.stage.closed else "")),
        ("Merged", f"goes on in request {found.merged_into}" if found.merged_into else None),
        ("Category", card.category and card.category + (", set by keywords" if card.category_by == "keywords" else "")),
        ("Priority", card.priority),
        ("Group", card.group),
        ("Assignee", card.assignee),
        ("Company", card.company),
        ("Contact", _contact(found, language)),
        ("Channel", card.channel),
        ("Source", f"{card.source}, key {card.origin}" if card.source else None),
        ("Created", f"{time_shown.moment(card.created_at, zone)} ({zone})"),
        ("Closed", time_shown.moment(card.closed_at, zone) if card.closed_at else None),
        ("Version", str(card.version)),
    ]


def _contact(found: "Sight", language: str) -> str | None:
    """Whose request it is, as far as the mail that has opened it can be believed."""
    opening = next((one for one in found.timeline if one.kind == "mail_in"), None)
    doubt = timeline_shown.unproven(opening, language) if opening else ""
    return f"{found.card.contact} ({doubt})" if found.card.contact and doubt else found.card.contact


def _deadline(found: "Sight", language: str, now: datetime) -> list[str]:
    from caseline.actions import show_request
    from caseline.timing import wording
    from caseline.timing.vocabulary import Language

    deadline = found.card.deadline
    if deadline is None:
        return [f"Due:       no deadline{_without(found)}"]
    state = "overdue" if show_request.overdue(found.card, now=now) else ""
    if deadline.stopped_at is not None and not found.card.stage.closed:
        state = f"the clock stands still since {time_shown.moment(deadline.stopped_at, found.zone)}"
    told = found.told
    due = time_shown.due(deadline.due_at, found.zone, end_of_day=told is not None and told.end_of_day)
    how = (
        wording.sentence(told, Language(language)) if told else "its visits to stages have changed since it was counted"
    )
    lines = [
        f"Due:       {due}" + (f", {state}" if state else ""),
        f"           {how}",
        f"           calendar {deadline.calendar_id}, version {deadline.calendar_version}, mode {deadline.mode}",
    ]
    if found.doubt:
        lines.append(f"           {found.doubt.text(Language(language))}")
    for move in found.moves[1:]:
        at, new = time_shown.moment(move.at, found.zone), time_shown.moment(move.new_due_at, found.zone)
        lines.append(f"           moved {at} to {new}: {move.reason}")
    return lines


def _without(found: "Sight") -> str:
    if found.card.category is None:
        return ", as long as it has no category"
    if found.uncountable is None:
        return ""
    return f": no calendar reaches {found.uncountable.date().isoformat()}; correct that date in its source"


def stages(found: "Sight") -> Any:  # noqa: ANN401 - a table
    """A line for each visit to a stage."""
    columns = ("Stage", f"Entered ({found.zone})", "Left", "Elapsed", "Business", "Paused", "By")
    made = screen.table(*columns, numbers=("Elapsed", "Business", "Paused"))
    for row in found.rows:
        spent = [row.elapsed_s, row.business_s, row.paused_s]
        if row.left_at is None and found.present is not None:
            spent = [found.present.elapsed_s, found.present.business_s, found.present.paused_s]
        left = "now" if row.left_at is None else time_shown.moment(row.left_at, found.zone)
        entered = time_shown.moment(row.entered_at, found.zone)
        made.add_row(row.stage or "(no history)", entered, left, *map(time_shown.span, spent), row.by or "")
    return made


def as_dict(found: "Sight", now: datetime) -> dict[str, Any]:
    """The request as an object."""
    from caseline.actions import show_request
    from caseline.timing import wording
    from caseline.timing.vocabulary import Language

    request = plain(found.card)
    told = found.told
    if found.card.deadline is not None:
        request["deadline"] |= {
            "overdue": show_request.overdue(found.card, now=now),
            "told": plain(told) | {str(word): wording.sentence(told, word) for word in Language} if told else None,
            "doubt": {str(word): found.doubt.text(word) for word in Language} if found.doubt else None,
        }
    return {
        "request": request,
        "uncountable": plain(found.uncountable),
        "deadline_moves": plain(found.moves),
        "stages": plain(found.rows),
        "totals": plain(found.totals),
        "present": plain(found.present),
        "timeline": [timeline_shown.as_dict(one, found.letters.get(one.id)) for one in found.timeline],
        "assignments": plain(found.assignments),
        "words": plain(found.words),
        "merged_into": found.merged_into,
        "links": [{"request": one, "other": other, "kind": kind} for one, other, kind in found.links],
        "zone": found.zone,
    }


def cards(found: "Sequence[Card]", *, as_json: bool, now: datetime, zone: str) -> None:
    """A line for each request; times on the clock of a zone."""
    from caseline.actions import show_request

    if as_json:
        overdue = [show_request.overdue(card, now=now) for card in found]
        cards_told = [plain(card) | {"overdue": late} for card, late in zip(found, overdue, strict=True)]
        screen.print_json({"requests": cards_told})
        return
    console = screen.out()
    if not found:
        console.print("No requests of this kind")
        return
    made = screen.table(
        "Number", f"Due ({zone})", "", "Stage", "Category", "Group", "Assignee", "Subject", numbers=("Number",)
    )
    for card in found:
        due = time_shown.moment(card.deadline.due_at if card.deadline else None, zone)
        mark = "overdue" if show_request.overdue(card, now=now) else ""
        texts = (card.stage.label, card.category or "-", card.group or "-", card.assignee or "-", card.subject)
        made.add_row(card.number or str(card.id), due, mark, *texts)
    console.print(made)
