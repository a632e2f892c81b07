"""Lists categories and stages, makes new ones and changes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import editing, find_request, know_calendars, open_request, wiring
from caseline.actions.editing import Editor, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.cards import Category, Stage
from caseline.crm.intake import Intake
from caseline.crm.refusals import Told
from caseline.db import named_locks
from caseline.timing import instants, store
from caseline.timing.faults import CalendarFault, TimingFault
from caseline.timing.vocabulary import Mode

_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a category shall be; None leaves the old value."""

    label: str | None = None
    hours: int | None = None
    group: str | None = None
    """Empty: none again."""
    hours_by_priority: Mapping[str, int | None] = field(default_factory=dict)
    """None: no hours of its own again."""
    calendar: str | None = None
    """Empty: the default one again."""
    mode: Mode | None = None
    active: bool | None = None


def categories(house: House) -> list[Category]:
    """All categories, by label."""
    with house.engine.connect() as connection:
        return wiring.intake(house).cards.categories(connection)


def find(house: House, code: str) -> Category:
    """The category of that code; raises `Absent`."""
    found = next((one for one in categories(house) if one.code == code), None)
    if found is None:
        raise Absent(f"category {code}")
    return found


def plain(category: Category) -> Plain:
    """A category as plain values."""
    return {
        "label": category.label,
        "group": category.group,
        "hours": category.hours,
        "hours_by_priority": dict(category.hours_by_priority),
        "calendar": category.calendar_id,
        "mode": category.mode.value,
        "active": category.active,
    }


def put_category(
    house: House, code: str, wish: Wish, *, by: str | None = None, seen: str | None = None, now: datetime
) -> Category:
    """Make a category, or change it; raises `Refused`, and `Overtaken` when it is not as it was `seen`.

    Deadlines that are set already stay until their request is given a category or priority, or is opened again.
    """
    _check_words("category", code, wish.label)
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        named_locks.hold(connection, [f"category {code}"])
        known = {one.code: one for one in intake.cards.categories(connection)}
        old = known.get(code)
        if old is not None:
            editing.check(seen, plain(old))
        category = _wished(connection, old, code, wish)
        _check(connection, intake, category)
        intake.cards.put_category(connection, category)
        after = next(one for one in intake.cards.categories(connection) if one.code == code)
        what = "category.added" if old is None else "category.changed"
        before = None if old is None else plain(old)
        editing.note(connection, Editor(by, now), what, f"{after.label} ({code})", before, plain(after))
    return category


def _wished(connection: sa.Connection, old: Category | None, code: str, wish: Wish) -> Category:
    if old is None and wish.hours is None:
        raise Told("category %(code)r is new: say its hours, as a rule 24, 48 or 72 (--hours 24)", code=code)
    new = old or Category(code=code, label=code, hours=wish.hours or _DAY)
    changes: dict[str, Any] = {
        "label": wish.label,
        "hours": wish.hours,
        "hours_by_priority": {
            priority: hours
            for priority, hours in {**new.hours_by_priority, **wish.hours_by_priority}.items()
            if hours is not None
        },
        "calendar_id": wish.calendar or None,
        "mode": wish.mode,
        "active": wish.active,
    }
    if wish.group:
        changes |= {"group_id": find_request.group(connection, wish.group), "group": wish.group}
    wished = replace(new, **{name: value for name, value in changes.items() if value is not None})
    if wish.group == "":
        wished = replace(wished, group_id=None, group=None)
    return replace(wished, calendar_id=None) if wish.calendar == "" else wished


def _check_words(what: str, code: str, label: str | None) -> None:
    """Refuse a code that nobody could type again, and a label that nobody could read."""
    if not code.strip() or code != code.strip():
        raise Told(
            "%(what)s %(code)r: a code is a word, without blanks around it: give one, such as it", what=what, code=code
        )
    if label is not None and not label.strip():
        raise Told(
            "%(what)s %(code)r: an empty label says nothing: give one, or leave --label out", what=what, code=code
        )


def _check(connection: sa.Connection, intake: Intake, category: Category) -> None:
    """Refuse hours that no deadline can be counted from."""
    clock = intake.clocks.newest(connection, category.calendar_id, category.mode)
    for name, hours in (("hours", category.hours), *category.hours_by_priority.items()):
        if not 0 < hours <= instants.LONGEST_TARGET_H:
            raise Told(
                "category %(code)r: %(field)s %(hours)s: give 1 to %(most)s hours",
                code=category.code,
                field=name,
                hours=hours,
                most=instants.LONGEST_TARGET_H,
            )
        if category.mode is Mode.WHOLE_DAYS and hours % _DAY:
            raise Told(
                "category %(code)r: %(field)s %(hours)s are no whole days: give a multiple of %(day)s",
                code=category.code,
                field=name,
                hours=hours,
                day=_DAY,
            )
    clock.deadline(instants.moment(0), category.hours * 3600)


def fit(connection: sa.Connection, intake: Intake, calendar_id: str) -> None:
    """Raise `CalendarFault` if a category could not be counted by its calendar, when that is this one."""
    default = store.default(connection)
    for category in intake.cards.categories(connection):
        if (category.calendar_id or default) == calendar_id:
            try:
                _check(connection, intake, category)
            except TimingFault as error:
                raise CalendarFault((calendar_id,), f"category {category.code!r} counts by it: {error}") from error


def make_default(house: House, calendar_id: str, *, by: str | None = None, now: datetime) -> None:
    """Let a calendar count where a category names no other.

    Raises `CalendarFault` when there is none of this id, or when a category could not be counted by it.
    """
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        know_calendars.of(connection, calendar_id)
        before = store.default(connection)
        store.make_default(connection, calendar_id)
        fit(connection, wiring.intake(house), calendar_id)
        told = ({"default": before}, {"default": calendar_id})
        editing.note(connection, Editor(by, now), "calendar.changed", calendar_id, *told)


def stages(house: House) -> list[Stage]:
    """Stages of requests, in their order."""
    with house.engine.connect() as connection:
        return wiring.intake(house).cards.stages(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWish:
    """What a stage shall be; None leaves the old value. Whether it is closed is fixed when it is made."""

    label: str | None = None
    pauses: bool | None = None
    closed: bool | None = None


def put_stage(house: House, code: str, wish: StageWish) -> Stage:
    """Make a stage, or change it; visits that have begun pause the clock, or not, as they began. Raises `Refused`."""
    _check_words("stage", code, wish.label)
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        known = {one.code: one for one in open_request.stages(connection, cards)}
        old = known.get(code)
        if old is not None and wish.closed not in {None, old.closed}:
            raise Told("stage %(code)r: open stays open and closed stays closed: make another stage instead", code=code)
        last = max(one.position for one in known.values())
        stage = old or Stage(code=code, label=code, closed=bool(wish.closed), position=last + 10)
        stage = replace(
            stage, label=wish.label or stage.label, pauses=stage.pauses if wish.pauses is None else wish.pauses
        )
        cards.put_stages(connection, [stage])
    return stage
