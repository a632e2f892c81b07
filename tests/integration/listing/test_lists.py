"""Lists against a plain telling of what each condition and order means, over requests with every kind of gap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from operator import ge, le, lt
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseline.actions import list_requests
from caseline.actions.list_requests import Asked
from caseline.actions.wiring import House
from caseline.listing import conditions, presets
from caseline.listing.conditions import Condition
from caseline.listing.meaning import Moment
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from tests.factories import fields, requests_in_lists
from tests.factories.requests_in_lists import NOW, Record
from tests.factories.served import house

__all__ = ["house"]

ME: Final = Viewer(login_id=1, name="a", role=Role.ADMINISTRATOR, person_id=2, groups=frozenset({1, 3}))
_EXAMPLES: Final = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Archive:
    house: House
    records: Sequence[Record]

    def ask(self, *texts: str, sorts: Sequence[str] = (), search: str = "", viewer: Viewer = ME) -> Asked:
        return Asked(
            viewer=viewer,
            moment=Moment(NOW, "Europe/Moscow"),
            conditions=conditions.read_all(texts),
            sorts=tuple(sorts),
            search=search,
        )

    def ids(self, asked: Asked, *, most: int = 1_000) -> list[int]:
        found = list_requests.page(self.house, asked, "", [], most=most)
        assert found.faults == ()
        return [row.id for row in found.rows]


@pytest.fixture
def archive(house: House) -> Archive:
    return Archive(house, requests_in_lists.fill(house, 250))


# ------------------------------------------------------------------------------- the plain telling of conditions

_TO: Final = ("company", "contact", "assignee", "group")


def held(record: Record, key: str) -> Any:  # noqa: ANN401 - whatever a field holds
    """A value of a request; None for what is empty, or no value of its field."""
    if key == "due_at":
        return record.due_at
    if not key.startswith("extra."):
        value = record.values[f"{key}_id" if key in _TO else key]
        return None if value == "" else value
    name = key.removeprefix("extra.")
    value = record.extra.get(name)
    kind = requests_in_lists.FIELDS[name]
    if kind == "money":
        return Decimal(str(value)) if isinstance(value, int | float) else None
    if kind == "datetime":
        return None if value is None else datetime.fromisoformat(value)
    if kind == "date":
        return None if value is None else date.fromisoformat(value)
    return value or None if kind in {"text", "list", "multi_list"} else value


def is_open(record: Record) -> bool:
    return record.values["closed_at"] is None and record.values["stage"] != "closed"


SPECIAL: Final[dict[str, Callable[[Record], bool]]] = {
    "open": is_open,
    "closed": lambda one: not is_open(one),
    "overdue": lambda one: is_open(one) and one.stopped_at is None and one.due_at is not None and one.due_at <= NOW,
    "mine": lambda one: one.values["assignee_id"] == ME.person_id,
    "my_groups": lambda one: one.values["group_id"] in ME.groups,
    "unassigned": lambda one: one.values["assignee_id"] is None,
    "uncategorised": lambda one: one.values["category"] is None,
}


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def fits(record: Record, key: str, op: str, values: Sequence[Any]) -> bool:
    value = held(record, key)
    if op in {"empty", "filled"}:
        return (value is None) == (op == "empty")
    if op in {"in", "not_in"}:
        among = bool(set(value) & set(values)) if isinstance(value, list) else value in values
        return (value is not None and among) == (op == "in")
    if value is None:
        return False
    (bound,) = values
    if op == "has":
        return folded(bound) in folded(value)
    return bool({"from": ge, "to": le, "before": lt}[op](value, bound))


_IDS: Final = st.integers(1, 5)
_INSTANTS: Final = st.integers(-100_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
_DAYS: Final = _INSTANTS.map(datetime.date)
_NOTES: Final = st.sampled_from(
    ["насос", "ёлка", "ЕЛ", "0%", "_", "%", "'; DROP TABLE x; --", "<b>", "нет такого", "\\"]
)
_CITIES: Final = st.sampled_from(["Пермь", "Уфа", "a,b", "50%", "x" * 250, "x" * 200, "Town"])
_VALUES: Final[dict[str, tuple[st.SearchStrategy[Any], tuple[str, ...]]]] = {
    **dict.fromkeys(_TO, (_IDS, ("in", "not_in", "empty", "filled"))),
    "stage": (st.sampled_from(["new", "waiting", "closed", "x"]), ("in", "not_in")),
    "priority": (st.sampled_from(["low", "high", "none"]), ("in", "not_in", "empty", "filled")),
    "category": (st.sampled_from(["r", "b", "'"]), ("in", "not_in", "empty", "filled")),
    "subject": (_NOTES, ("has",)),
    "number": (st.sampled_from(["R-1", "r-", "2"]), ("has", "in", "not_in", "empty", "filled")),
    "escalated": (st.booleans(), ("in", "not_in")),
    "created_at": (_INSTANTS, ("from", "before")),
    "closed_at": (_INSTANTS, ("from", "before", "empty", "filled")),
    "due_at": (_INSTANTS, ("from", "before", "empty", "filled")),
    "extra.City": (_CITIES, ("in", "not_in", "empty", "filled")),
    "extra.Note": (_NOTES, ("has", "in", "not_in", "empty", "filled")),
    "extra.Amount": (
        st.sampled_from([0, -5, 7, "12.5", 3]).map(str).map(Decimal),
        ("from", "to", "in", "not_in", "empty"),
    ),
    "extra.Urgent": (st.booleans(), ("in", "not_in", "empty", "filled")),
    "extra.Visit": (_DAYS, ("from", "to", "before", "empty", "filled")),
    "extra.Seen": (_INSTANTS, ("from", "before", "empty", "filled")),
    "extra.Tags": (st.sampled_from(["red", "blue", "a,b", "none"]), ("in", "not_in", "empty", "filled")),
}


def said(value: Any) -> str:  # noqa: ANN401 - any value
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


@st.composite
def compared(draw: st.DrawFn) -> tuple[str, str, tuple[Any, ...]]:
    key = draw(st.sampled_from(sorted(_VALUES)))
    values, ops = _VALUES[key]
    op = draw(st.sampled_from(ops))
    if op in {"empty", "filled"}:
        return key, op, ()
    several = op in {"in", "not_in"}
    return key, op, tuple(draw(st.lists(values, min_size=1, max_size=3 if several else 1, unique=True)))


def test_every_condition_leaves_what_it_says(archive: Archive) -> None:
    @_EXAMPLES
    @given(st.lists(compared(), min_size=1, max_size=2), st.sets(st.sampled_from(sorted(SPECIAL)), max_size=1))
    def check(tests: list[tuple[str, str, tuple[Any, ...]]], special: set[str]) -> None:
        texts = [Condition(key, op, tuple(map(said, values))).text for key, op, values in tests]
        asked = archive.ask(*texts, *special)
        expected = {
            one.id
            for one in archive.records
            if all(fits(one, *each) for each in tests) and all(SPECIAL[key](one) for key in special)
        }

        assert set(archive.ids(asked)) == expected
        assert list_requests.count(archive.house, asked) == len(expected)

    check()


_LABELS: Final = {"r": "Repair", "b": "Бухгалтерия"}
_POSITIONS: Final = {code: at for at, (code, _closed, _pauses) in enumerate(requests_in_lists.STAGES)}
SORTS: Final = ("created_at", "closed_at", "due_at", "subject", "number", "priority", "stage", "category", "escalated")
SORTS_MORE: Final = (*_TO, "extra.City", "extra.Amount", "extra.Urgent", "extra.Visit", "extra.Seen")


def rank(record: Record, key: str) -> Any:  # noqa: ANN401 - whatever is sorted by
    """What a request is sorted by; None for what is empty."""
    value = held(record, key)
    if key in _TO:
        return folded(record.names[key]) if key in record.names else None
    if key == "category":
        return None if value is None else folded(_LABELS[value])
    if key == "stage":
        return _POSITIONS[value]
    if key in {"number", "priority"}:
        return record.values[key]
    return value[:200] if isinstance(value, str) else value


def in_order(records: Sequence[Record], sorts: Sequence[str]) -> list[int]:
    """By the last key first, what is empty last in both directions; equal ones as the first key goes, by id."""
    found = sorted(records, key=lambda one: one.id, reverse=sorts[0].startswith("-"))
    for sort in reversed(sorts):
        key, down = sort.removeprefix("-"), sort.startswith("-")
        filled = [one for one in found if rank(one, key) is not None]
        empty = [one for one in found if rank(one, key) is None]
        ranked = sorted(filled, key=partial(rank, key=key), reverse=down)  # equal ones stay as they were
        if key == "due_at" and sort is sorts[0]:
            ranked.sort(key=lambda one: one.stopped_at is not None)
        found = ranked + empty
    return [one.id for one in found]


@pytest.mark.parametrize("key", [*SORTS, *SORTS_MORE])
def test_pages_forwards_and_back_show_each_row_once_in_order(archive: Archive, key: str) -> None:
    for sorts in ([key], [f"-{key}"], [key, "-due_at"], [f"-{key}", "priority"], ["-priority", key]):
        if len({sort.removeprefix("-") for sort in sorts}) < len(sorts):
            continue
        asked = archive.ask("open", sorts=sorts)
        expected = in_order([one for one in archive.records if is_open(one)], sorts)
        walked, at, last = [], "", None
        while True:
            page = list_requests.page(archive.house, asked, at, [], most=40)
            walked += [row.id for row in page.rows]
            if page.after is None:
                last = page
                break
            at = page.after
        assert walked == expected
        back = [row.id for row in last.rows]
        while last.before is not None:
            last = list_requests.page(archive.house, asked, last.before, [], most=40)
            back = [*(row.id for row in last.rows), *back]
            if last.before is None:
                assert len(last.rows) == 40
        assert back[-len(expected) :] == expected


def test_a_list_shows_what_its_viewer_sees(archive: Archive) -> None:
    for role in Role:
        for scope in Scope:
            for person in (None, 1, 2):
                for groups in (frozenset[int](), frozenset({1}), frozenset({2, 3})):
                    viewer = Viewer(login_id=1, name="a", role=role, person_id=person, groups=groups, scope=scope)
                    seen = {
                        one.id
                        for one in archive.records
                        if viewer.sees(one.values["group_id"], one.values["assignee_id"])
                    }

                    asked = archive.ask(viewer=viewer)

                    assert set(archive.ids(asked)) == seen
                    assert list_requests.count(archive.house, asked) == len(seen)


def test_the_views_of_the_house_show_what_they_are_called(archive: Archive) -> None:
    month = NOW.replace(hour=0) - timedelta(days=30, hours=3)
    expected: dict[str, Callable[[Record], bool]] = {
        "open": is_open,
        "mine": lambda one: is_open(one) and SPECIAL["mine"](one),
        "my_groups": lambda one: is_open(one) and SPECIAL["my_groups"](one),
        "overdue": SPECIAL["overdue"],
        "unassigned": lambda one: is_open(one) and SPECIAL["unassigned"](one) and SPECIAL["my_groups"](one),
        "uncategorised": lambda one: is_open(one) and SPECIAL["uncategorised"](one),
        "closed": lambda one: one.values["closed_at"] is not None and one.values["closed_at"] >= month,
        "all": lambda _one: True,
        "incomplete": lambda one: is_open(one) and SPECIAL["uncategorised"](one),
    }
    fields.require(archive.house, "category")
    for view in presets.HOUSE:
        asked = archive.ask(*(condition.text for condition in view.conditions), sorts=view.sorts)
        assert set(archive.ids(asked)) == {one.id for one in archive.records if expected[view.key](one)}, view.key


def test_a_place_that_fits_no_order_is_the_first_page(archive: Archive) -> None:
    asked = archive.ask(sorts=["created_at"])
    other = archive.ask(sorts=["subject"])
    first = list_requests.page(archive.house, asked, "", [], most=10)
    assert first.after is not None

    for at in (first.after[:-3], "x", "e30", list_requests.page(archive.house, other, "", [], most=10).after or ""):
        assert list_requests.page(archive.house, asked, at, [], most=10).rows == first.rows


def test_a_condition_over_a_field_that_is_gone_is_named_and_left_out(archive: Archive) -> None:
    asked = archive.ask("extra.Gone:in:x", "stage:in:new")

    found = list_requests.page(archive.house, asked, "", [])

    assert [fault.condition.key for fault in found.faults] == ["extra.Gone"]
    assert {row.values["stage"] for row in found.rows} == {"New"}
    assert list_requests.all_ids(archive.house, asked, 10) == []
