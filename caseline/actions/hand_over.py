"""Gives a request to a person or a group at the desk, takes it, or leaves it to nobody."""

from dataclasses import dataclass, replace
from typing import Any

from caseline.actions import find_request, obey_rules, work_request
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker, Faulty, Work
from caseline.crm import sharing
from caseline.crm.cards import Card, Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """Who is to work on a request; what is not named stays."""

    version: int
    """That it had when somebody decided."""
    assignee_id: int | None = None
    group_id: int | None = None
    nobody: bool = False
    """It is nobody's: the group decides who takes it."""


def hand_over(house: House, asker: Asker, record_id: int, wanted: Handing) -> Answer:
    """Give it; when somebody else has changed it meanwhile nothing is done.

    Raises `Refused`, among them `Unsaved` where the request lacks what rules ask for, and `Absent`.
    """
    with work_request.on(house, asker, record_id) as work:
        if wanted.version != work.card.version:
            return Answer(work.card, done=False)
        values = _values(work, wanted)
        if not values:
            return Answer(work.card, done=True)
        deed = _deed(work, values)
        if "group_id" in values and "assignee_id" not in values:
            routed = replace(work.card, group_id=values["group_id"])
            shared = sharing.known(work.intake, work.connection, routed, asker.now)
            values = {**values, **shared.values}
            deed = replace(_deed(work, values), data={**_deed(work, values).data, **shared.told})
        changed = work.intake.cards.write(work.connection, work.card, values, deed)
        if changed is not None:
            obey_rules.keep_to(work.connection, house, changed)
        return Answer(changed or work.card, done=changed is not None)


def take(house: House, asker: Asker, record_id: int, version: int) -> Answer:
    """Give it to whoever asks. Raises as `hand_over` does."""
    if asker.viewer.person_id is None:
        raise Faulty(
            "no_person", "your login belongs to no person of the house: an administrator can name one in the settings"
        )
    return hand_over(house, asker, record_id, Handing(version=version, assignee_id=asker.viewer.person_id))


def _values(work: Work, wanted: Handing) -> dict[str, Any]:
    """Columns that change."""
    card: Card = work.card
    values: dict[str, Any] = {}
    if wanted.nobody and card.assignee_id is not None:
        values["assignee_id"] = None
    elif wanted.assignee_id is not None and wanted.assignee_id != card.assignee_id:
        values["assignee_id"] = find_request.person(work.connection, find_request.by_id(wanted.assignee_id))
    if wanted.group_id is not None and wanted.group_id != card.group_id:
        values["group_id"] = find_request.group(work.connection, find_request.by_id(wanted.group_id))
    return values


def _deed(work: Work, values: dict[str, Any]) -> Deed:
    names = {"assignee_id": work.card.assignee, "group_id": work.card.group}
    told = {"fields": sorted(values), **values, "old": {name: names[name] for name in values}}
    return replace(work.deed, event="changed", data={**work.deed.data, **told})
