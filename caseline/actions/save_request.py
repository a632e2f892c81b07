"""Saves what a person has typed into a request: one way for the page, the API, the command and bulk actions.

Only fields that differ from what the form was drawn with, or from what the request holds, are written; hidden ones keep
what they hold. All or nothing: whatever is wrong is told at once, and nothing is saved then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import keep_upload, know_calendars, obey_rules, seen, typed_request, wiring
from caseline.actions.field_desk import Desk
from caseline.actions.typed_request import Difference, Typed
from caseline.actions.wiring import House
from caseline.crm import connect, field_files, sharing
from caseline.crm.cards import Card, Deed, Refused
from caseline.crm.field_faults import Fault, Unsaved
from caseline.crm.field_values import Given, Reader, Value
from caseline.crm.intake import BY_PERSON, Intake
from caseline.crm.refusals import Told
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Right, Role

_LONGEST_TOLD: Final = 200
"""Characters of a value in the event log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a request shall hold, as somebody has typed it."""

    record_id: int
    values: Mapping[str, Given]
    """By keys of fields. References by id or by their exact name; empty texts empty a field."""
    viewer: Viewer
    version: int | None = None
    """That the form was drawn of; None: whatever it is."""
    base: Mapping[str, Given] | None = None
    """The texts that the form was drawn with, by key: only what differs from them was typed."""
    merge: bool = False
    """Whether what others have changed meanwhile in other fields may stand."""
    reader: Reader = field(default_factory=Reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A request that was saved."""

    card: Card
    changed: frozenset[str]
    """Fields that have another value now, by key."""
    left: tuple[Fault, ...] = ()
    """What was typed into fields that are hidden for such a request, and was not saved."""


class Overtaken(Refused):
    """Somebody else has changed the request meanwhile; nothing was saved."""

    def __init__(self, card: Card, differences: tuple[Difference, ...]) -> None:
        names = ", ".join(one.labels[0] for one in differences)
        super().__init__(f"{card.name} has version {card.version} by now, changed meanwhile: {names}: look, then save")
        self.card: Final = card
        self.differences: Final = differences

    @property
    def mergeable(self) -> bool:
        """Whether no field was changed by both: saved once more with `merge`, both changes stand."""
        return not any(one.conflict for one in self.differences)


def at_command_line(by_id: int | None) -> Viewer:
    """Somebody at the command line, who sees everything."""
    return Viewer(login_id=0, name="command line", role=Role.ADMINISTRATOR, person_id=by_id, scope=Scope.ALL)


def save(house: House, wish: Wish, *, now: datetime) -> Saved:
    """Save; raises `Unsaved` with all faults, `Overtaken`, and `Absent` for what this viewer may not see."""
    intake = wiring.own_intake(house, "changing requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        return save_in(connection, house, intake, wish, now=now)


def save_in(connection: sa.Connection, house: House, intake: Intake, wish: Wish, *, now: datetime) -> Saved:
    """The same in the caller's transaction, which must be rolled back when this raises."""
    fields = connect.fields(house.settings.crm)
    # Whoever sets deadlines holds them before any request: in another order two could wait for one another.
    intake.cards.hold(connection)
    fields.lock(connection, wish.record_id)
    card = seen.request(connection, intake.cards, wish.viewer, wish.record_id)
    if not wish.viewer.may(Right.WORK_REQUESTS):
        raise Told("%(name)s: your role only looks at requests: ask an administrator for another one", name=card.name)
    held = fields.values(connection, card.id)
    desk = Desk(
        connection=connection,
        cards=intake.cards,
        fields=fields,
        book=obey_rules.book_of(connection, fields, card)[0],
        viewer=wish.viewer,
        reader=wish.reader,
    )
    typed = typed_request.read(desk, held, wish.values, base=wish.base, own_id=card.id)
    _not_overtaken(desk, wish, card, typed, held)
    if typed.faults:
        raise Unsaved(card.name, typed.faults)
    deed = Deed(at=now, by_id=wish.viewer.person_id, data=_who(wish.viewer))
    keep_upload.of_fields(house, connection, typed.changes, wish.values, now=now)
    saved = _written(desk, intake, card, typed, held, deed)
    obey_rules.note(connection, fields, desk.book, saved)
    return Saved(card=saved, changed=frozenset(typed.changes), left=typed.left)


def _not_overtaken(desk: Desk, wish: Wish, card: Card, typed: Typed, held: Mapping[str, Value]) -> None:
    if wish.version in {None, card.version}:
        return
    differences = typed.differences
    if wish.base is None:
        differences = typed_request.against(desk, typed, held, wish.values)
    met = [one for one in differences if one.conflict]
    if met or (differences and not wish.merge):
        raise Overtaken(card, differences)


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"login": viewer.name} if viewer.login_id else {}


def _written(desk: Desk, intake: Intake, card: Card, typed: Typed, held: Mapping[str, Value], deed: Deed) -> Card:
    changes = dict(typed.changes)
    category, group = changes.pop("category", None), changes.get("group")
    done: Card | None = card
    if "priority" in changes:
        priority = changes.pop("priority")
        done = intake.prioritise(desk.connection, card, None if priority is None else str(priority), deed)
    if done and changes:
        done = desk.fields.write(desk.connection, done, changes, _told(changes, held, deed))
    if done and group is not None and category is None and "assignee" not in typed.changes:
        done = _shared(desk, intake, done, deed)
    if done and category is not None:
        group_id = group if isinstance(group, int) else None
        done = intake.categorise(desk.connection, done, str(category), deed, group_id=group_id)
    elif done and "category" in typed.named and done.category and done.category_by != BY_PERSON:
        done = intake.confirm(desk.connection, done, deed)
    if done is None:
        raise Told("%(name)s was changed at this very moment: look at it, then save again", name=card.name)
    return done


def _shared(desk: Desk, intake: Intake, card: Card, deed: Deed) -> Card | None:
    """Give a request that nobody has to whoever its new group gives it to."""
    shared = sharing.known(intake, desk.connection, card, deed.at)
    if not shared.values:
        return card
    data = {**deed.data, "fields": sorted(shared.values), **shared.told}
    told = Deed(at=deed.at, by_id=deed.by_id, event="changed", data=data)
    return intake.cards.write(desk.connection, card, shared.values, told)


def _told(changes: Mapping[str, Value], held: Mapping[str, Value], deed: Deed) -> Deed:
    """The line of the event log: what was there, and what is there now."""
    changed = {key: {"old": _short(held.get(key)), "new": _short(value)} for key, value in changes.items()}
    ids = {f"{key}_id": changes[key] for key in ("group", "assignee") if changes.get(key) is not None}
    names = sorted(ids.keys() | changes.keys() - {"group", "assignee"})
    data = {**deed.data, "fields": names, "changes": changed, **ids}
    return Deed(at=deed.at, by_id=deed.by_id, event="changed", data=data)


def _short(value: Value) -> Value:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return field_files.names(value)
    return value[:_LONGEST_TOLD] + "…" if isinstance(value, str) and len(value) > _LONGEST_TOLD else value
