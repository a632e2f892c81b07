"""SQL of saved views, chosen columns, and the view that somebody begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.listing import conditions, presets, tables
from caseline.listing.presets import Owner, View

_view, _layout, _beginning = tables.view, tables.layout, tables.beginning
_KEPT: Final = sa.text("""
SELECT
  (SELECT coalesce(jsonb_agg(jsonb_build_array(id, name, filter, sort) ORDER BY name, id), '[]') FROM crm.preset)
    AS of_sources,
  (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY place, name, id), '[]') FROM listing.view AS v
    WHERE login_id IS NULL OR login_id = :login_id) AS saved,
  (SELECT view FROM listing.beginning WHERE login_id = :login_id) AS beginning,
  (SELECT coalesce(jsonb_object_agg(view, columns), '{}') FROM listing.layout WHERE login_id = :login_id) AS layouts
""")


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that decides which views somebody may open, and how they look."""

    of_sources: tuple[View, ...]
    """Views that imports have brought, by name."""
    saved: tuple[View, ...]
    """Views of everybody and of this login, as people have put them, else by name."""
    beginning: str | None
    """Key of the view that he begins with."""
    layouts: Mapping[str, Any]
    """The columns that he has chosen, by the keys of their views; JSON."""


def kept(connection: sa.Connection, login_id: int) -> Kept:
    """All of it for a login, with one question: every page of the table asks it."""
    row = connection.execute(_KEPT, {"login_id": login_id}).one()
    return Kept(
        of_sources=tuple(presets.of_source(*preset) for preset in row.of_sources),
        saved=tuple(_read(view) for view in row.saved),
        beginning=row.beginning,
        layouts=row.layouts,
    )


def one(connection: sa.Connection, login_id: int, number: int) -> View | None:
    """The saved view of that number, if it is everybody's or this login's; nobody else changes it meanwhile."""
    query = sa.select(_view).where(_view.c.id == number).with_for_update()
    query = query.where(sa.or_(_view.c.login_id.is_(None), _view.c.login_id == login_id))
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _read(found)


def count(connection: sa.Connection, login_id: int | None) -> int:
    """How many somebody has saved; None: those of everybody."""
    query = sa.select(sa.func.count()).where(_view.c.login_id.is_not_distinct_from(login_id))
    return int(connection.execute(query).scalar_one())


def add(connection: sa.Connection, view: View, login_id: int | None, *, by: str, now: datetime) -> int | None:
    """Save a view; None when one of this name is there already."""
    # Behind the others, where somebody has put them in order.
    last = (
        sa.select(sa.func.max(_view.c.place)).where(_view.c.login_id.is_not_distinct_from(login_id)).scalar_subquery()
    )
    place = sa.case((last > 0, last + 1), else_=0)
    values = {"login_id": login_id, "name": view.name, "made_by": by, "made_at": now, "place": place, **_filter(view)}
    made = insert(_view).values(values).on_conflict_do_nothing().returning(_view.c.id)
    number: int | None = connection.execute(made).scalar_one_or_none()
    return number


def write(connection: sa.Connection, number: int, view: View) -> None:
    """Keep another filter under the name."""
    connection.execute(sa.update(_view).where(_view.c.id == number).values(_filter(view)))


def rename(connection: sa.Connection, number: int, name: str) -> bool:
    """Call it otherwise; False when another is called so."""
    try:
        with connection.begin_nested():
            connection.execute(sa.update(_view).where(_view.c.id == number).values(name=name))
    except sa.exc.IntegrityError:
        return False
    return True


def neighbours(connection: sa.Connection, login_id: int | None) -> list[int]:
    """The saved views of a login in their order, None: those of everybody; nobody else moves them meanwhile."""
    query = sa.select(_view.c.id).where(_view.c.login_id.is_not_distinct_from(login_id))
    return list(connection.execute(query.order_by(_view.c.place, _view.c.name, _view.c.id).with_for_update()).scalars())


def put_in_order(connection: sa.Connection, numbers: Sequence[int]) -> None:
    """Let views stand in this order."""
    places = {number: place for place, number in enumerate(numbers, start=1)}
    ordered = sa.update(_view).where(_view.c.id.in_(places)).values(place=sa.case(places, value=_view.c.id))
    connection.execute(ordered)


def delete(connection: sa.Connection, number: int, key: str) -> None:
    """Forget a view with the columns chosen for it; who began with it begins with the first one."""
    connection.execute(sa.delete(_view).where(_view.c.id == number))
    for table in (_layout, _beginning):
        connection.execute(sa.delete(table).where(table.c.view == key))


def _filter(view: View) -> dict[str, Any]:
    texts = [condition.text for condition in view.conditions]
    return {"conditions": texts, "sorts": list(view.sorts), "search": view.search}


def _read(row: Any) -> View:  # noqa: ANN401 - a mapping of a row
    return View(
        key=f"v{row['id']}",
        name=row["name"],
        owner=Owner.EVERYBODY if row["login_id"] is None else Owner.OWN,
        conditions=conditions.read_all(row["conditions"]),
        sorts=tuple(row["sorts"]),
        search=row["search"],
        id=row["id"],
    )


def layout(connection: sa.Connection, login_id: int, view: str) -> Any:  # noqa: ANN401 - JSON, read with care
    """The columns that somebody has chosen for a view; None when none."""
    query = sa.select(_layout.c.columns).where(_layout.c.login_id == login_id, _layout.c.view == view)
    return connection.execute(query).scalar_one_or_none()


def keep_layout(connection: sa.Connection, login_id: int, view: str, columns: Sequence[Any] | None) -> None:
    """Keep them; None: forget them."""
    if columns is None:
        own = (_layout.c.login_id == login_id, _layout.c.view == view)
        connection.execute(sa.delete(_layout).where(*own))
        return
    values = {"login_id": login_id, "view": view, "columns": list(columns)}
    made = insert(_layout).values(values)
    connection.execute(
        made.on_conflict_do_update(index_elements=["login_id", "view"], set_={"columns": made.excluded.columns})
    )


def keep_beginning(connection: sa.Connection, login_id: int, view: str) -> None:
    """Begin with another."""
    made = insert(_beginning).values(login_id=login_id, view=view)
    connection.execute(made.on_conflict_do_update(index_elements=["login_id"], set_={"view": view}))
