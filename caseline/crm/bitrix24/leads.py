"""Requests of the register follow the leads of a portal: fields, category, group, stages with the portal's times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import mirrored, parties, sync_book, values, written
from caseline.crm.bitrix24.meanings import STAGE, Meanings
from caseline.crm.bitrix24.parties import Importing
from caseline.crm.bitrix24.polling import Polling
from caseline.crm.bitrix24.sync_book import Step
from caseline.crm.bitrix24.taking import Taking, columns, moment
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.values import Item, Words
from caseline.crm.bitrix24.written import Written
from caseline.crm.cards import Card, Deed, NewCard
from caseline.crm.intake import BY_PERSON, Intake
from caseline.crm.refusals import Told
from caseline.crm.vocabulary import REQUEST

if TYPE_CHECKING:
    from caseline.crm.bitrix24.following import Follow

_OF_CARD: Final = ("subject", "description", "priority", "channel", "assignee_id", "company_id", "contact_id", "number")
_UNNAMED: Final = "Request {}"


@dataclass(frozen=True, slots=True)
class _Said:
    """A lead as the portal has it, and how its words are read."""

    number: int
    item: Item
    taking: Taking
    life: Sequence[Step]
    """The whole history of a lead that is new to the register."""

    def value(self, field: str) -> Any:  # noqa: ANN401 - whatever the field holds
        """What it says in a core field."""
        return values.back(self.taking.place(field), self.item, self.taking.words)

    def stage(self, word: str) -> str:
        """The stage of the house for a code of the portal."""
        return self.taking.words.meant(self.taking.place("stage"), word)

    @property
    def at(self) -> datetime:
        """When it was changed, by the portal's clock."""
        return moment(self.item, "DATE_MODIFY", "DATE_CREATE")


@dataclass(frozen=True, slots=True)
class Leads:
    """See `following.Follower`."""

    tools: Tools
    meanings: Meanings
    intake: Intake
    polling: Polling
    importing: Importing
    now: datetime

    def prepare(self, entity: str, found: Mapping[int, Item]) -> "Follow":
        """See there. The history is read after the items, so it tells of every stage that they are in."""
        self.polling.keep_steps()
        known = self.tools.mirror.records(entity, list(found))
        lives = self.polling.life([number for number in found if number not in known])
        with self.tools.mirror.engine.connect() as connection:
            steps = sync_book.steps(connection, list(found))
        stages = {one.word for several in (*lives.values(), *steps.values()) for one in several}
        words = parties.all_words(self.tools, self.meanings, entity, found, stages)
        return partial(self._follow, words, lives)

    def _follow(
        self,
        words: Words,
        lives: Mapping[int, Sequence[Step]],
        connection: sa.Connection,
        *,
        number: int,
        item: Item | None,
    ) -> str:
        if item is not None and parties.on_its_way(connection, REQUEST, item):
            return "later"
        record = mirrored.locked(connection, REQUEST, number)
        if item is None:
            return self._gone(connection, number, known=record is not None)
        taking = Taking(REQUEST, self.tools.shapes.of(REQUEST).places, words, partial(parties.find, connection))
        said = _Said(number, item, taking, lives.get(number, ()))
        if record is None:
            self._make(connection, said)
            return "created"
        if self.importing.holds(connection, REQUEST, record):
            return "later"
        return "changed" if self._change(connection, said, record) else "same"

    def _gone(self, connection: sa.Connection, number: int, *, known: bool) -> str:
        what = parties.gone(connection, REQUEST, number, known=known, now=self.now)
        if what == "deleted":
            mirrored.end(connection, number, at=self.now)
        return what

    def _make(self, connection: sa.Connection, said: _Said) -> None:
        """A new request, completed by the dictionary where the portal names no category."""
        found = columns(said.taking.all(said.item), {})
        first = said.life[0].word if said.life else str(said.item[STAGE])
        own: dict[str, Any] = {name: found.pop(name) for name in _OF_CARD if name in found}
        own.setdefault("subject", _UNNAMED.format(said.number))
        new = NewCard(
            **own,
            id=said.number,
            stage=said.stage(first),
            category=self._category(connection, said),
            group_id=self._group(connection, said),
        )
        card = self.intake.create(connection, new, Deed(at=moment(said.item, "DATE_CREATE")))
        closed = {"closed_at": moment(said.item, "MOVED_TIME", "DATE_CREATE")} if card.stage.closed else {}
        if found or closed:
            mirrored.fill(connection, REQUEST, said.number, found | closed)
        self._move(connection, self._card(connection, said.number), said, said.life[1:])

    def _change(self, connection: sa.Connection, said: _Said, record: Mapping[str, Any]) -> bool:
        before = mirrored.last_event(connection)
        card = self._card(connection, said.number)
        if sync_book.is_gone(connection, REQUEST, said.number):
            card = self._back(connection, card)
        kept = written.read(connection, said.number)
        card = self._fields(connection, card, said, record, kept)
        card = self._categorised(connection, card, said, kept)
        steps = sync_book.steps(connection, [said.number]).get(said.number, [])
        self._move(connection, card, said, steps)
        if kept and written.touched(kept, said.item):
            written.forget(connection, said.number)
        changed = mirrored.last_event(connection) > before
        if changed and self.importing.writes(record):
            mirrored.hush(connection, REQUEST, said.number, before, now=self.now)
        return changed

    def _fields(
        self, connection: sa.Connection, card: Card, said: _Said, record: Mapping[str, Any], kept: Written | None
    ) -> Card:
        """Everything from which no deadline follows in one event, then the priority."""
        changes = said.taking.changes(record, said.item)
        priority = next((one.value for one in changes if one.place.field == "priority" and one.value), None)
        plain = [one for one in changes if one.place.field != "priority" or not one.value]
        found, names = columns(plain, record["extra"]), [one.place.field for one in plain]
        group = self._group(connection, said)
        if group not in (None, card.group_id, kept.group_id if kept else None):
            found["group_id"] = group
            names.append("group")
        deed = Deed(at=said.at, event="changed", data={"fields": sorted(names), "via": parties.VIA})
        if found:
            card = _done(self.intake.cards.write(connection, card, found, deed))
        if priority:
            card = _done(self.intake.prioritise(connection, card, priority, replace(deed, data={})))
        if card.group_id and group is None:
            written.forget(connection, said.number)
        return card

    def _categorised(self, connection: sa.Connection, card: Card, said: _Said, kept: Written | None) -> Card:
        """A category that somebody has set in the portal; over none, or an unknown one, ours is written again."""
        found, stale = self._category(connection, said), kept.category if kept else None
        if found is None and card.category is not None:
            written.forget(connection, said.number)
        if found in (None, card.category, stale):
            return card
        deed = Deed(at=said.at, data={"set_by": BY_PERSON})
        group = self._group(connection, said)
        chosen = group if group not in (None, kept.group_id if kept else None) else None
        return _done(self.intake.categorise(connection, card, found, deed, group_id=chosen))

    def _category(self, connection: sa.Connection, said: _Said) -> str | None:
        """The category that a lead names, by code or label, if it is in use."""
        named = said.value("category")
        listed = [one for one in self.intake.cards.categories(connection) if one.active] if named else []
        return next((one.code for one in listed if named in {one.code, one.label}), None)

    def _group(self, connection: sa.Connection, said: _Said) -> int | None:
        named = said.value("group")
        return mirrored.named(connection, "group", str(named)) if named else None

    def _move(self, connection: sa.Connection, card: Card, said: _Said, steps: Sequence[Step]) -> None:
        """Every step of the history with its time; without any, the stage of now since it was entered."""
        moves = [(said.stage(one.word), one.at) for one in steps]
        moves.append((said.stage(str(said.item[STAGE])), moment(said.item, "MOVED_TIME", "DATE_MODIFY", "DATE_CREATE")))
        stages = {stage.code: stage for stage in self.intake.cards.stages(connection)}
        for code, at in moves:
            if code != card.stage.code and self._lies_ahead(connection, card, at):
                card = _done(self.intake.move(connection, card, stages[code], Deed(at=at)))
        sync_book.drop_steps(connection, sync_book.steps(connection, [said.number]).get(said.number, []))

    def _lies_ahead(self, connection: sa.Connection, card: Card, at: datetime) -> bool:
        """Whether a step is not of the past: a history that comes late tells what was taken from the lead already."""
        rows = self.intake.cards.rows(connection, card.id)
        return not rows or rows[-1].imported or at >= (rows[-1].left_at or rows[-1].entered_at)

    def _back(self, connection: sa.Connection, card: Card) -> Card:
        """A lead that was deleted is there again."""
        sync_book.mark_back(connection, REQUEST, card.id)
        mirrored.resume(connection, card.id, stops=card.stage.stops, closed=card.stage.closed, at=self.now)
        mirrored.tell(connection, REQUEST, card.id, "restored", {"via": parties.VIA}, at=self.now)
        return self._card(connection, card.id)

    def _card(self, connection: sa.Connection, number: int) -> Card:
        return _done(self.intake.cards.get(connection, number))


def _done(card: Card | None) -> Card:
    """The record is held by us, so nobody can be first."""
    if card is None:
        raise Told("the record has changed under our hands: it is read again by the next sync")
    return card
