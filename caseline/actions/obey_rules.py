"""Holds requests against the rules of their fields and the ways between stages, whoever changes them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from caseline.actions import typed_request
from caseline.actions.wiring import House
from caseline.crm import connect, field_rules
from caseline.crm.cards import Card, Stage
from caseline.crm.field_faults import Code, Unsaved
from caseline.crm.field_port import Book, Fields, Ways
from caseline.crm.field_rules import Effect, Rule
from caseline.crm.vocabulary import REQUEST

BATCH: Final = 5_000
"""Requests that are looked at together."""


def book_of(connection: sa.Connection, fields: Fields, card: Card) -> tuple[Book, Ways]:
    """The fields of a record with their rules, and the ways between its stages; both are made for requests alone."""
    book = fields.book(connection)
    if card.kind != REQUEST:
        return replace(book, rules=()), frozenset()
    return book, fields.ways(connection)


def note(connection: sa.Connection, fields: Fields, book: Book, card: Card) -> None:
    """Note which obligatory fields a request leaves empty; closed ones leave nothing to do."""
    if card.kind != REQUEST:
        return
    keys: Sequence[str] = ()
    if card.open:
        values = fields.values(connection, card.id)
        keys = field_rules.judge(book.rules, book.fields, values).missing(values)
    fields.violate(connection, card.id, keys)


def note_new(connection: sa.Connection, house: House, card: Card) -> None:
    """The same for a request that no person has opened: it is taken as it is."""
    fields = connect.fields(house.settings.crm)
    if fields.requires(connection):
        note(connection, fields, fields.book(connection), card)


def keep_to(connection: sa.Connection, house: House, card: Card) -> None:
    """Raise `Unsaved` where a request that a person has just changed lacks something; otherwise note that it is whole.

    The caller's transaction must be rolled back then.
    """
    fields = connect.fields(house.settings.crm)
    if card.kind == REQUEST and fields.requires(connection):
        entering(connection, fields, fields.book(connection), card, card.stage)
        fields.violate(connection, card.id, ())


def way(book: Book, ways: Ways, stages: Sequence[Stage], card: Card, stage: Stage) -> None:
    """Raise `Unsaved` where no way leads from the stage of a request to another."""
    if not ways or stage.code == card.stage.code or (card.stage.code, stage.code) in ways:
        return
    known = ", ".join(one.label for one in reachable(ways, stages, card)) or "—"
    told = typed_request.fault(book, "stage", Code.NO_WAY, old=card.stage.label, new=stage.label, known=known)
    raise Unsaved(card.name, (told,))


def reachable(ways: Ways, stages: Sequence[Stage], card: Card) -> list[Stage]:
    """Stages to which people may move a request, in their order."""
    here = card.stage.code
    return [one for one in stages if one.code != here and (not ways or (here, one.code) in ways)]


def entering(connection: sa.Connection, fields: Fields, book: Book, card: Card, stage: Stage) -> None:
    """Raise `Unsaved` where a request lacks what it needs in a stage that it is to enter."""
    values = fields.values(connection, card.id) | {"stage": stage.code}
    missing = field_rules.judge(book.rules, book.fields, values).missing(values)
    if missing:
        raise Unsaved(card.name, tuple(typed_request.fault(book, key, Code.REQUIRED) for key in missing))


def recount(house: House) -> int:
    """Note anew what all open requests leave empty; answers how many are incomplete.

    It goes in sets through the open ones only and commits each: stopped anywhere and started again it does no harm.
    """
    fields, after, number = connect.fields(house.settings.crm), 0, 0
    with house.engine.begin() as connection:
        fields.forget_closed(connection)
    while True:
        with house.engine.begin() as connection:
            ids = fields.open_ids(connection, after, BATCH)
            if not ids:
                return number
            found = incomplete(connection, fields, fields.book(connection), ids)
            fields.violate_all(connection, ids, found)
        after, number = ids[-1], number + len(found)


def incomplete(connection: sa.Connection, fields: Fields, book: Book, ids: Sequence[int]) -> dict[int, list[str]]:
    """Which of these requests leave which obligatory fields empty."""
    required = [rule.field for rule in book.rules if rule.effect is Effect.REQUIRE and rule.field in book.fields]
    asked = {one.field for rule in book.rules for one in rule.conditions if one.field in book.fields}
    keys = sorted({*required, *asked, *field_rules.ALWAYS})
    found = {}
    for number, values in fields.held(connection, ids, keys).items():
        if missing := field_rules.judge(book.rules, book.fields, values).missing(values):
            found[number] = missing
    return found


def recount_if_ruled(house: House) -> None:
    """Note them anew where there are rules at all: what came in sets obeys none."""
    fields = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        ruled = fields.requires(connection)
    if ruled:
        recount(house)


def held_by(connection: sa.Connection, fields: Fields, book: Book, rule: Rule, ids: Sequence[int]) -> int:
    """For how many of these requests the conditions of a rule hold."""
    keys = sorted({one.field for one in rule.conditions if one.field in book.fields})
    if not keys:
        return len(ids)
    found = fields.held(connection, ids, keys)
    return sum(field_rules.holds(rule, book.fields, values) for values in found.values())
