"""Lists requests for somebody: a page, a count, all rows of an export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from caseline.actions import setup_at_hand, wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Stage
from caseline.crm.request_fields import RequestField
from caseline.listing import conditions, index_store, kinds, meaning, narrowing, search_store, wanted
from caseline.listing.conditions import Condition
from caseline.listing.hits import Outcome
from caseline.listing.meaning import Fault, Moment
from caseline.listing.row import Row
from caseline.listing.stores import labels, pages, rows
from caseline.listing.wanted import ON_PAGE, Sort, TooBroad, Wanted
from caseline.people.access import Viewer

EXPORT_PATIENCE_MS = 60_000
COUNTED = pages.COUNTED
"""Up to here counts are exact."""
_PORTION = 1_000
_BY = (Sort("created_at", down=True),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks to see."""

    viewer: Viewer
    moment: Moment
    conditions: tuple[Condition, ...] = ()
    fixed: tuple[Condition, ...] = ()
    """Conditions that the page itself sets, and nobody can take away."""
    sorts: tuple[str, ...] = ()
    search: str = ""

    @property
    def mark(self) -> str:
        """Short for the list, so that a place in it is none in another."""
        texts = [condition.text for condition in (*self.fixed, *self.conditions)]
        return wanted.mark([*texts, "", *self.sorts, "", self.search])


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of a list."""

    rows: tuple[Row, ...]
    before: str | None
    """The place of the page before, as an address holds it."""
    after: str | None
    sorts: tuple[Sort, ...]
    faults: tuple[Fault, ...]
    """Conditions that do not apply; the list is without them, and says so."""
    fields: Mapping[str, RequestField]
    stages: Sequence[Stage]
    labels: Mapping[str, Mapping[str, str]]
    """Words for codes and ids that conditions hold, by field."""
    too_broad: bool = False
    searched: Outcome | None = None
    """What became of the search; None where nobody searches."""
    waiting: int = 0
    """Requests that the search could not find yet when somebody last looked; 0 where nobody searches."""


def fields(house: House, connection: sa.Connection) -> dict[str, RequestField]:
    """All fields that lists know, by key."""
    return kinds.known(wiring.intake(house).cards.fields(connection))


def page(house: House, asked: Asked, at: str, columns: Sequence[str], *, most: int = ON_PAGE) -> Listing:
    """A page. One that the database cannot find in a second comes without rows, and says so."""
    with house.engine.connect() as connection:
        sought, faults, stages = _wanted(house, connection, asked)
        labels_found = _labels(house, connection, asked, sought.fields, stages)
        place = wanted.read_place(at, asked.mark)
        empty = Listing(
            rows=(),
            before=None,
            after=None,
            sorts=sought.sorts,
            faults=faults,
            fields=sought.fields,
            stages=stages,
            labels=labels_found,
        )
        try:
            with pages.patience(connection, pages.PATIENCE_MS):
                sought, searched = _searched(connection, asked, sought)
                found = pages.page(connection, sought, place, most)
                shown = _rows(connection, asked.viewer, found.ids, columns)
        except TooBroad:
            return replace(empty, too_broad=True)
        before = None if found.before is None else wanted.write_place(found.before, asked.mark)
        after = None if found.after is None else wanted.write_place(found.after, asked.mark)
        waiting = index_store.state(connection).waiting if searched else 0
        return replace(empty, rows=tuple(shown), before=before, after=after, searched=searched, waiting=waiting)


def count(house: House, asked: Asked) -> int | None:
    """How many there are, one more than `pages.COUNTED` for more; None when that cannot be told in a second."""
    with house.engine.connect() as connection:
        sought, _faults, _stages = _wanted(house, connection, asked)
        try:
            with pages.patience(connection, pages.PATIENCE_MS):
                return pages.count(connection, _searched(connection, asked, sought)[0])
        except TooBroad:
            return None


def all_ids(house: House, asked: Asked, most: int) -> list[int]:
    """The first ids of a list; none of one with a condition that does not apply. Raises `TooBroad`."""
    with house.engine.connect() as connection:
        sought, faults, _stages = _wanted(house, connection, asked)
        if faults:
            return []
        with pages.patience(connection, 10 * pages.PATIENCE_MS):
            return pages.ids(connection, _searched(connection, asked, sought)[0], most)


def everything(house: House, asked: Asked, columns: Sequence[str]) -> Iterator[Sequence[Row]]:
    """All rows, portion by portion, each read in a transaction of its own. Raises `TooBroad`."""
    place = None
    while True:
        with house.engine.connect() as connection:
            sought, _faults, _stages = _wanted(house, connection, asked)
            with pages.patience(connection, EXPORT_PATIENCE_MS):
                sought, _outcome = _searched(connection, asked, sought)
                found = pages.page(connection, sought, place, _PORTION)
                portion = _rows(connection, asked.viewer, found.ids, columns)
        yield portion
        place = found.after
        if place is None:
            return


def _wanted(house: House, connection: sa.Connection, asked: Asked) -> tuple[Wanted, tuple[Fault, ...], Sequence[Stage]]:
    setup = setup_at_hand.of(house, connection)
    there, stages = kinds.known(setup.book.fields.values()), setup.stages
    fixed, broken = meaning.all_of(asked.fixed, there, asked.moment)
    if broken:
        raise ValueError(f"a page sets a condition that means nothing: {broken[0].condition.text}")
    meant, faults = meaning.all_of(asked.conditions, there, asked.moment)
    sought = Wanted(
        meant=(*fixed, *meant),
        sorts=wanted.sorts(list(asked.sorts), there, _BY),
        viewer=asked.viewer,
        moment=asked.moment,
        closed=frozenset(stage.code for stage in stages if stage.closed),
        fields=there,
    )
    return sought, faults, stages


def _searched(connection: sa.Connection, asked: Asked, sought: Wanted) -> tuple[Wanted, Outcome | None]:
    """The list with what its search text finds; while no index of words is there, subjects are looked through."""
    if not asked.search:
        return sought, None
    hits = search_store.find(connection, asked.search, narrowing.narrow(sought.meant))
    if hits.outcome is Outcome.NOT_READY:
        return replace(sought, subject=asked.search), hits.outcome
    return replace(sought, hits=hits), hits.outcome


def _rows(connection: sa.Connection, viewer: Viewer, ids: Sequence[int], columns: Sequence[str]) -> list[Row]:
    extra = [key.removeprefix("extra.") for key in columns if key.startswith("extra.")]
    return rows.rows(connection, viewer, ids, extra=extra, described="description" in columns)


def _labels(
    house: House,
    connection: sa.Connection,
    asked: Asked,
    there: Mapping[str, RequestField],
    stages: Sequence[Stage],
) -> dict[str, dict[str, str]]:
    found = {"stage": {stage.code: stage.label for stage in stages}}
    if any(condition.key == "category" for condition in asked.conditions):
        categories = wiring.intake(house).cards.categories(connection)
        found["category"] = {category.code: category.label for category in categories}
    for condition in asked.conditions:
        field = there.get(condition.key)
        if field is not None and not field.extra and kinds.kind(field) is kinds.Kind.REFERENCE:
            known = labels.names(connection, asked.viewer, field.key, conditions.ids(condition.values))
            found.setdefault(field.key, {}).update({str(number): name for number, name in known.items()})
    return found
