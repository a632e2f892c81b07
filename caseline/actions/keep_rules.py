"""Lists and keeps the rules of fields and the ways between stages, as administrators edit them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing, obey_rules, open_request, wiring
from caseline.actions.editing import Editor, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect, rule_words
from caseline.crm.cards import Stage
from caseline.crm.field_port import Book, Fields, Ways
from caseline.crm.field_rules import Rule
from caseline.crm.request_fields import RequestField
from caseline.crm.rule_words import BadSetting
from caseline.listing.stores import access
from caseline.people.access import Viewer

NEWEST: Final = 200
"""Open requests on which a rule is tried."""
_MOST_CONDITIONS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would do to the newest open requests."""

    looked_at: int
    affected: tuple[int, ...]
    """Those that would lack something that they do not lack now, newest first, by id."""
    held: int
    """For how many its conditions hold."""


def rules(house: House) -> tuple[Rule, ...]:
    """All rules in their order."""
    fields = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return fields.all_rules(connection)


def book(house: House) -> Book:
    """Fields, sections and rules in use."""
    fields = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return fields.book(connection)


def find(house: House, rule_id: int) -> Rule:
    """The rule of that id; raises `Absent`."""
    fields = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return _old(connection, fields, rule_id)


def plain(rule: Rule) -> Plain:
    """A rule as plain values."""
    told = asdict(rule)
    del told["id"]
    return told


def put_rule(house: House, rule: Rule, editor: Editor, *, seen: str | None = None) -> int:
    """Make a rule (id 0) or change it, and note anew what open requests lack.

    Raises `BadSetting`, `Absent` and `Overtaken`.
    """
    fields = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _old(connection, fields, rule.id) if rule.id else None
        if old is not None:
            editing.check(seen, plain(old))
        kept = _checked(connection, fields, rule)
        number = fields.put_rule(connection, kept)
        deed, before = ("changed", _told(house, connection, old)) if old else ("added", None)
        after = _told(house, connection, kept)
        editing.note(connection, editor, f"field_rule.{deed}", str(number), before, after)
    obey_rules.recount(house)
    return number


def drop_rule(house: House, rule_id: int, editor: Editor, *, seen: str | None = None) -> None:
    """Delete a rule; raises `Absent` and `Overtaken`."""
    fields = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _old(connection, fields, rule_id)
        editing.check(seen, plain(old))
        before = _told(house, connection, old)
        fields.drop_rule(connection, rule_id)
        editing.note(connection, editor, "field_rule.removed", str(rule_id), before, None)
    obey_rules.recount(house)


def attempt(house: House, viewer: Viewer, rule: Rule) -> Trial:
    """Try a rule, kept or not, on those of the newest open requests that somebody sees; nothing is changed.

    Raises `BadSetting`.
    """
    fields = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        kept, now = _checked(connection, fields, rule), fields.book(connection)
        others = tuple(one for one in now.rules if one.id != rule.id or not rule.id)
        then = Book(now.fields, now.sections, (*others, kept))
        newest = fields.newest_open(connection, NEWEST)
        known = access.among(connection, viewer, newest)
        ids = [one for one in newest if one in known]
        before = obey_rules.incomplete(connection, fields, now, ids)
        after = obey_rules.incomplete(connection, fields, then, ids)
        held = obey_rules.held_by(connection, fields, then, kept, ids)
    new = tuple(one for one in ids if set(after.get(one, ())) - set(before.get(one, ())))
    return Trial(looked_at=len(ids), affected=new, held=held)


def ways(house: House) -> tuple[list[Stage], Ways]:
    """Stages in their order, and between which people may move requests; none: between all."""
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        return open_request.stages(connection, cards), fields.ways(connection)


def put_ways(house: House, wanted: Iterable[tuple[str, str]], editor: Editor, *, seen: str | None = None) -> None:
    """Let people move requests between these stages and no others; raises `BadSetting` and `Overtaken`."""
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    kept = {(one, other) for one, other in wanted if one != other}
    with house.engine.begin() as connection:
        known = open_request.stages(connection, cards)
        codes = {one.code for one in known}
        if any({*pair} - codes for pair in kept):
            raise BadSetting(
                "a stage is gone meanwhile: look at the table again", "одной из стадий уже нет: откройте таблицу заново"
            )
        every = {(one, other) for one in codes for other in codes if one != other}
        before = fields.ways(connection)
        editing.check(seen, plain_ways(before))
        # Whoever allows all of them means stages to come as well.
        fields.put_ways(connection, () if kept == every else kept)
        labels = {one.code: one.label for one in known}
        told = [
            {"ways": [f"{labels.get(one, one)} → {labels.get(other, other)}" for one, other in sorted(some)]}
            for some in (before, fields.ways(connection))
        ]
        editing.note(connection, editor, "transitions.changed", "request", *told)


def plain_ways(ways: Ways) -> Plain:
    """Ways as plain values."""
    return {"ways": sorted(map(list, ways))}


def _checked(connection: sa.Connection, fields: Fields, rule: Rule) -> Rule:
    if len(rule.conditions) > _MOST_CONDITIONS:
        raise BadSetting(
            f"a rule has {_MOST_CONDITIONS} conditions at most: make two of it",
            f"в правиле не больше {_MOST_CONDITIONS} условий: сделайте два правила",
        )
    return rule_words.checked(rule, fields.book(connection).fields)


def _old(connection: sa.Connection, fields: Fields, rule_id: int) -> Rule:
    for one in fields.all_rules(connection):
        if one.id == rule_id:
            return one
    raise Absent(f"rule {rule_id}")


def _told(house: House, connection: sa.Connection, rule: Rule) -> Plain:
    """As the log tells it: in a sentence of every language, with values as they were called at that time."""
    known, cards = connect.fields(house.settings.crm).book(connection).fields, wiring.intake(house).cards
    labels = {
        "category": {one.code: one.label for one in cards.categories(connection)},
        "stage": {one.code: one.label for one in cards.stages(connection)},
    }

    def called(field: RequestField, value: str) -> str:
        return labels.get(field.key, {}).get(value, value)

    words = {language: rule_words.sentence(rule, known, language, called) for language in ("en", "ru")}
    return {"rule": words, "position": rule.position, "active": rule.active}
