"""What a portal should have before an import: fields, lists, stages, sources, and our section on the cards."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, card, places, schema, updates
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.items import value_of
from caseline.crm.bitrix24.labels import SECTION
from caseline.crm.bitrix24.schema import Clash, Lack
from caseline.crm.bitrix24.setting_up import Listed, SettingUp
from caseline.crm.port import Definitions

_CARDS = {1: " (new leads)", 2: " (leads of known clients)"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a mapping says that the portal must know."""

    definitions: Definitions
    listed: Listed


@dataclass(frozen=True, slots=True)
class Diff:
    """What lacks, what stands in the way, and how much is there already."""

    lacks: tuple[Lack, ...]
    clashes: tuple[Clash, ...]
    there: int
    """User fields of ours that stay as they are."""


@dataclass(frozen=True)
class Provisioning:
    """Compares and makes; what exists stays as people have it."""

    setting_up: SettingUp

    def diff(self, connection: sa.Connection, wanted: Wanted) -> Diff:
        """What `provide` would make; nothing is written."""
        self.setting_up.refuse_others(connection)
        plan = self.setting_up.plan(connection, wanted.definitions, wanted.listed)
        sections = tuple(lack for lack, _call in self._sections(connection, wanted.definitions))
        ours = sum(len(places.user_fields(self._placed(connection, entity, wanted))) for entity in places.TYPE_IDS)
        new = sum(lack.kind == "field" for lack in plan.lacks)
        return Diff((*plan.lacks, *sections), plan.clashes, ours - new - len(plan.clashes))

    def provide(self, connection: sa.Connection, wanted: Wanted) -> None:
        """Make what lacks; lost answers are looked up, so that nothing is made twice."""
        self.setting_up.tie(connection)
        book.alone(connection, self.setting_up.portal.key)
        self.setting_up.provide(connection, wanted.definitions, wanted.listed)
        # An arrangement can be written again and again: it is one value.
        found = list(self._sections(connection, wanted.definitions))
        refused = updates.repeated(self.setting_up.portal, {lack.name: call for lack, call in found})
        schema.refuse([(lack, refused[lack.name]) for lack, _call in found if lack.name in refused])

    def _placed(self, connection: sa.Connection, entity: str, wanted: Wanted) -> tuple[places.Place, ...]:
        return tuple(self.setting_up.placed(connection, entity, wanted.definitions))

    def _sections(self, connection: sa.Connection, definitions: Definitions) -> Iterator[tuple[Lack, Call]]:
        portal = self.setting_up.portal
        cards = [(entity, variant) for entity, variants in card.VARIANTS.items() for variant in variants]
        asked = {f"card{n}": card.asking(places.TYPE_IDS[entity], variant) for n, (entity, variant) in enumerate(cards)}
        answers = portal.read_many(asked)
        for n, (entity, variant) in enumerate(cards):
            fields = places.user_fields(self.setting_up.placed(connection, entity, definitions))
            others = schema.fields(portal, entity).keys() - fields.keys()
            sections = card.read(value_of(answers[f"card{n}"]))
            arranged = card.arranged(entity, sections, list(fields), others)
            if arranged is None:
                continue
            new = card.unplaced(sections, list(fields))
            name = f"{SECTION} on the card of a {entity}{_CARDS.get(variant.get('leadCustomerType', 0), '')}"
            detail = "" if sections else "nobody has arranged this card: the usual sections are written with it"
            call = card.setting(places.TYPE_IDS[entity], variant, arranged)
            yield Lack(entity, "section", name, f"{len(new)} fields", detail, call), call
