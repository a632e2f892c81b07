"""The port to the fields of requests: what they are, what requests hold in them, which rules they follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.cards import Card, Deed
from caseline.crm.field_rules import Rule
from caseline.crm.field_values import Value
from caseline.crm.request_fields import RequestField, Section

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Book:
    """All fields of requests with their sections and rules, as they are in one transaction."""

    fields: Mapping[str, RequestField]
    """By key, in the order of cards."""
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a reference points at."""

    id: int
    name: str
    group_id: int | None = None
    assignee_id: int | None = None
    """Of a request, by which it is decided who sees it."""


Ways = frozenset[tuple[str, str]]
"""(stage, stage) between which people may move requests; none: between all."""


class Fields(Protocol):
    """Every method works in the caller's transaction."""

    def book(self, connection: "sa.Connection") -> Book:
        """Fields, sections and rules in use."""

    def stamp(self, connection: "sa.Connection") -> tuple[int, ...]:
        """Another one whenever stages, ways, categories, groups, sections, fields or rules have changed."""

    def requires(self, connection: "sa.Connection") -> bool:
        """Whether any rule in use requires a field."""

    def ways(self, connection: "sa.Connection") -> Ways:
        """Where requests may be moved."""

    def lock(self, connection: "sa.Connection", record_id: int) -> None:
        """Nobody else changes the request until the transaction ends."""

    def values(self, connection: "sa.Connection", record_id: int) -> dict[str, Value]:
        """What a request holds, by key; what is not named is empty."""

    def names(self, connection: "sa.Connection", wanted: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], str]:
        """Names of what references point at, by (entity, id); what is gone is left out."""

    def targets(self, connection: "sa.Connection", entity: str, text: str) -> list[Target]:
        """What somebody means who types an id, or a name exactly; people who have left are not meant."""

    def columns(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Values of a new request by key, as columns of its record."""

    def write(self, connection: "sa.Connection", card: Card, values: Mapping[str, Value], deed: Deed) -> Card | None:
        """Change fields of a request by key; None when it has another version by now: nothing is written then."""

    def violate(self, connection: "sa.Connection", record_id: int, keys: Sequence[str]) -> None:
        """Note which obligatory fields a request leaves empty; none: it is complete, or closed."""

    def violated(self, connection: "sa.Connection", record_id: int) -> list[str]:
        """What was noted."""

    def open_ids(self, connection: "sa.Connection", after: int, most: int) -> list[int]:
        """The next open requests by id."""

    def newest_open(self, connection: "sa.Connection", most: int) -> list[int]:
        """The newest open requests."""

    def held(self, connection: "sa.Connection", ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, Value]]:
        """What requests hold in these fields, in a set."""

    def violate_all(self, connection: "sa.Connection", ids: Sequence[int], found: Mapping[int, Sequence[str]]) -> None:
        """Note in a set what these requests leave empty; those that are not `found` are complete."""

    def forget_closed(self, connection: "sa.Connection") -> None:
        """Closed requests violate nothing."""

    def all_rules(self, connection: "sa.Connection") -> tuple[Rule, ...]:
        """Rules in their order, those that are switched off among them."""

    def put_rule(self, connection: "sa.Connection", rule: Rule) -> int:
        """Make a rule (id 0) or change it; answers its id."""

    def drop_rule(self, connection: "sa.Connection", rule_id: int) -> None:
        """Delete a rule."""

    def put_ways(self, connection: "sa.Connection", wanted: Iterable[tuple[str, str]]) -> None:
        """Let people move requests between these stages and no others; none: between all."""

    def put_section(self, connection: "sa.Connection", section: Section) -> None:
        """Make a section or change it."""

    def drop_section(self, connection: "sa.Connection", code: str) -> None:
        """Delete a section; its fields stand in none then."""

    def put_field(self, connection: "sa.Connection", field: RequestField) -> None:
        """Make an extra field or change it; of the register's own keep place, label, choices and use."""

    def drop_field(self, connection: "sa.Connection", name: str) -> None:
        """Delete the definition of an extra field."""

    def uses(self, connection: "sa.Connection", field: RequestField) -> bool:
        """Whether any request holds something in an extra field."""
