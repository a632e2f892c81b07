"""Furnishes the desk of a sample: names, categories, words, a catalogue, a login; each where there is none yet."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from caseline.actions import (
    catalogue_at_hand,
    edit_keywords,
    import_catalogue,
    keep_categories,
    keep_fields,
    keep_groups,
    keep_people,
    keep_stages,
    keep_users,
)
from caseline.actions.edit_keywords import Consent
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.crm.catalogue_file import Row, Sheet
from caseline.people.rights import Role
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry

LOGIN: Final = "demo"
REASON: Final = "the sample"
"""Why the dictionary was saved; pages say it in their language."""

Names = Sequence[tuple[str, str, str]]
"""(code, what a source calls it, what people are to call it)"""


@dataclass(frozen=True, slots=True)
class Category:
    """A category to make, with its keywords and their weights."""

    code: str
    label: str
    hours: int
    words: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Furnished:
    """What was made."""

    categories: int = 0
    entries: int = 0
    products: int = 0
    password: str | None = None
    """Of the login `demo`, kept nowhere; None where there was a login already."""


def furnish(
    house: House, wanted: Sequence[Category], catalogue: Sequence[tuple[str, ...]] = (), *, now: datetime
) -> Furnished:
    """Make what is missing; what people have set up stays as it is. `catalogue`: products by their paths."""
    categories = _categories(house, wanted, now) if not keep_categories.categories(house) else 0
    entries = _entries(house, wanted, now) if categories and not _any_entries(house) else 0
    products = _products(house, catalogue, now) if catalogue and not len(catalogue_at_hand.tree(house)) else 0
    password = _login(house, now) if not keep_users.users(house) else None
    return Furnished(categories, entries, products, password)


def call(house: House, stages: Names, fields: Names, *, now: datetime) -> int:
    """Let stages and fields be called as people call them, and answer how many; what has another name keeps it."""
    editor = Editor(None, now)
    called = {one.code: one for one in keep_stages.stages(house)}
    number = 0
    for code, old, new in stages:
        if code in called and called[code].label == old:
            keep_stages.change(house, replace(called[code], label=new), editor)
            number += 1
    shown = {one.key: one for one in keep_fields.fields(house)}
    for key, old, new in fields:
        if key in shown and shown[key].label == old:
            one = shown[key]
            wish = keep_fields.Wish(
                label=new,
                type=one.type,
                to=one.to,
                choices=one.choices,
                section=one.section,
                position=one.position,
                active=one.active,
            )
            keep_fields.change(house, key, wish, editor)
            number += 1
    return number


def _products(house: House, catalogue: Sequence[tuple[str, ...]], now: datetime) -> int:
    rows = tuple(Row(line, path[-1], path=path) for line, path in enumerate(catalogue, start=1))
    sheet = Sheet(rows, faults=(), by_ids=False)
    return len(import_catalogue.bring(house, sheet, None, retire=False, now=now).steps)


def _login(house: House, now: datetime) -> str:
    """A login of somebody who came with the sample, now a member of every group; answers its password."""
    password, editor = secrets.token_urlsafe(12), Editor(None, now)
    # Nobody is made: a record that does not come from the sample would ask for a backup before the next import.
    person = next((one.id for one in keep_people.people(house) if one.active and one.email), None)
    if person is not None:
        for group in keep_groups.with_members(house):
            keep_groups.change(house, group.id, keep_groups.Wish(members=(*group.members, person)), editor)
    wish = keep_users.Wish(role=Role.ADMINISTRATOR, password=password, person=None if person is None else str(person))
    keep_users.add(house, LOGIN, wish, by=None, now=now)
    return password


def _categories(house: House, wanted: Sequence[Category], now: datetime) -> int:
    groups = keep_groups.groups(house)
    for place, one in enumerate(wanted):
        group = str(groups[place % len(groups)].id) if groups else None
        wish = keep_categories.Wish(label=one.label, hours=one.hours, group=group)
        keep_categories.put_category(house, one.code, wish, now=now)
    return len(wanted)


def _any_entries(house: House) -> bool:
    with house.engine.connect() as connection:
        return bool(house.words.now(connection).kept)


def _entries(house: House, wanted: Sequence[Category], now: datetime) -> int:
    entries = [Entry(word, weight, one.code) for one in wanted for word, weight in one.words]
    draft = Draft(login=LOGIN, source="edit", title="", edits=tuple(map(Edit, entries)), made_at=now)
    number = edit_keywords.propose(house, draft)
    edit_keywords.save(house, number, Consent(by=LOGIN, reason=REASON, effect={}), now=now)
    return len(entries)
