"""The portal's own words in the house: its stages become stages, its sources channels, its list items values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, schema, values
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.values import Item, Words
from caseline.crm.card_port import Cards
from caseline.crm.cards import Stage
from caseline.crm.vocabulary import REQUEST

STAGE: Final = "STATUS_ID"
_WORDED: Final = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.SOURCE, Kind.STAGE})
_CLOSED: Final = frozenset({"S", "F"})
_CHANNELS: Final = {"CALL": "phone", "EMAIL": "mail", "WEB": "web"}
_STEP: Final = 10
Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Meanings:
    """Learns what the portal says and the house has no word for."""

    tools: Tools
    cards: Cards

    def words(self, entity: str, items: Iterable[Item], stages: Collection[str] = ()) -> Words:
        """Words for all that these items of the portal say, and for these codes of stages."""
        places = {place.portal: place for place in self.tools.shapes.of(entity).places if place.kind in _WORDED}
        said: dict[str, set[str]] = {STAGE: set(stages)} if entity == REQUEST else {}
        for item in items:
            for name, place in places.items():
                said.setdefault(name, set()).update(_words_in(place, item))
        with self.tools.mirror.engine.connect() as connection:
            known = book.choices(connection, entity)
        meant = {(name, word) for (name, _value), word in known.items()}
        for name, words in said.items():
            new = {word for word in words if (name, word) not in meant}
            if new:
                self._learn(entity, places[name], new)
        with self.tools.mirror.engine.connect() as connection:
            return Words(book.choices(connection, entity))

    def _learn(self, entity: str, place: Place, words: Collection[str]) -> None:
        """One process at a time, as whoever makes words in the portal."""
        listed = self._listed(entity, place)
        with self.tools.mirror.engine.begin() as connection:
            book.alone(connection, self.tools.portal.key)
            known = {
                value: word for (name, value), word in book.choices(connection, entity).items() if name == place.portal
            }
            new = [word for word in [*listed, *sorted(set(words) - listed.keys())] if word not in known.values()]
            if place.kind is Kind.STAGE:
                found = self._stages(connection, listed, new, known)
            else:
                new = [word for word in new if word in words]
                found = _values(place, listed, new, known)
            book.keep_choices(connection, entity, {(place.portal, value): word for value, word in found.items()})

    def _listed(self, entity: str, place: Place) -> Rows:
        if place.kind in {Kind.STAGE, Kind.SOURCE}:
            rows = schema.statuses(self.tools.portal, schema.STAGES if place.kind is Kind.STAGE else schema.SOURCES)
            return dict(sorted(rows.items(), key=lambda row: int(row[1].get("SORT") or 0)))
        field = schema.fields(self.tools.portal, entity).get(place.portal) or {}
        return {str(item["ID"]): item for item in field.get("LIST") or ()}

    def _stages(
        self, connection: sa.Connection, listed: Rows, new: Sequence[str], known: Mapping[str, str]
    ) -> dict[str, str]:
        """A stage of the house of the same code that has no word yet is meant; otherwise there is a new one."""
        here = {stage.code: stage for stage in self.cards.stages(connection)}
        position = max((stage.position for stage in here.values()), default=0)
        found: dict[str, str] = {}
        for word in new:
            code = word.lower()
            if code in known or code in found:
                code = f"portal_{code}"
            found[code] = word
            if code in here:
                continue
            position += _STEP
            row = listed.get(word, {})
            closed = _semantics(row) in _CLOSED
            stage = Stage(code=code, label=str(row.get("NAME") or word), closed=closed, position=position)
            self.cards.put_stages(connection, [stage])
        return found


def _words_in(place: Place, item: Item) -> list[str]:
    found = values.seen(place, item)
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, tuple) else [str(found)]


def _values(place: Place, listed: Rows, new: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in new:
        if place.kind is Kind.SOURCE:
            value = _CHANNELS.get(word) or word.lower()
        else:
            value = str(listed.get(word, {}).get("VALUE") or word)
        found[word if value in known or value in found else value] = word
    return found


def _semantics(row: Mapping[str, Any]) -> str:
    extra = row.get("EXTRA")
    told = extra.get("SEMANTICS") if isinstance(extra, Mapping) else None
    return {"success": "S", "failure": "F"}.get(str(told), str(row.get("SEMANTICS") or "P"))
