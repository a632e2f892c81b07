"""What the address of a request table says: view, conditions, order, search; and the addresses that lead on from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from caseline.actions import keep_views
from caseline.actions.keep_views import Choice
from caseline.actions.list_requests import Asked
from caseline.crm.request_fields import RequestField
from caseline.listing import conditions, meaning
from caseline.listing.conditions import Condition
from caseline.listing.meaning import Moment
from caseline.listing.presets import View
from caseline.web.desk.visit import Visit

HOME: Final = "/requests"
_OURS: Final = frozenset({"view", "w", "sort", "q", "at"})
_LONGEST_SEARCH: Final = 500
_LONGEST_SORT: Final = 200
_MOST_SORTS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a table shows."""

    path: str = HOME
    """Where the table stands; may hold values of its own."""
    view: View | None = None
    conditions: tuple[Condition, ...] = ()
    sorts: tuple[str, ...] = ()
    search: str = ""
    fixed: tuple[Condition, ...] = ()
    layout: str = ""
    """For which table columns are chosen, where it is no view."""

    @property
    def home(self) -> bool:
        """Whether it is the page of all requests, which has views."""
        return self.path == HOME

    @property
    def changed(self) -> bool:
        """Whether it shows something else than its view."""
        view = self.view
        return view is not None and (self.conditions, self.sorts, self.search) != (
            view.conditions,
            view.sorts,
            view.search,
        )

    @property
    def columns_of(self) -> str:
        """For what columns are chosen."""
        return self.layout or (self.view.key if self.view else "")

    @property
    def values(self) -> list[tuple[str, str]]:
        """The state as values of an address or a form, without the page's own."""
        found = [("view", self.view.key)] if self.view else []
        if self.view and not self.changed:
            return found
        found += [("w", condition.text) for condition in self.conditions] or [("w", "")]
        found += [("sort", sort) for sort in self.sorts]
        return [*found, ("q", self.search)] if self.search else found

    @property
    def form(self) -> list[tuple[str, str]]:
        """The state as hidden values of forms that lead back to it."""
        return [("to", self.path), *(("f", condition.text) for condition in self.fixed), *self.values]

    @property
    def whole(self) -> list[tuple[str, str]]:
        """The same as everything that is asked for, what the page sets included: for lists beside the page."""
        found = [("w", condition.text) for condition in (*self.fixed, *self.conditions)] or [("w", "")]
        found += [("sort", sort) for sort in self.sorts]
        return [*found, ("q", self.search)] if self.search else found

    def address(self, at: str = "") -> str:
        """Where this is shown."""
        mark = "&" if "?" in self.path else "?"
        return f"{self.path}{mark}{urlencode([*self.values, *([('at', at)] if at else [])])}"

    def beside(self, place: str) -> str:
        """A list beside the page, of the same requests: `count`, `export`."""
        return f"{HOME}/{place}?{urlencode(self.whole)}"

    def sorted_by(self, key: str, *, down: bool) -> "State":
        """The same by another order."""
        return replace(self, sorts=(f"-{key}" if down else key,))

    def by(self, sorts: tuple[str, ...]) -> "State":
        """The same by these columns."""
        return replace(self, sorts=sorts)

    def without(self, place: int) -> "State":
        """The same without one condition."""
        return replace(self, conditions=self.conditions[:place] + self.conditions[place + 1 :])

    def asked(self, visit: Visit) -> Asked:
        """What the actions are asked for."""
        return Asked(
            viewer=visit.viewer,
            moment=Moment(visit.now, visit.texts.zone),
            conditions=self.conditions,
            fixed=self.fixed,
            sorts=self.sorts,
            search=self.search,
        )


def read(visit: Visit, choice: Choice | None, *, fixed: Sequence[Condition] = (), path: str = HOME) -> State:
    """What an address, or a form, asks for. `choice`: views that it may name; None where there are none."""
    given = _given(visit)
    sought = next((text for name, text in given if name == "q"), "").strip()[:_LONGEST_SEARCH]
    told = [text for name, text in given if name == "w"]
    named = next((text for name, text in given if name == "view"), None)
    view = None
    if choice is not None:
        if named is None and not told:
            named = "all" if sought else choice.beginning
        view = choice.named(named or "")
    sorts = tuple(text[:_LONGEST_SORT] for name, text in given if name == "sort" and text)[:_MOST_SORTS]
    state = State(path=path, view=view, fixed=tuple(fixed), search=sought, sorts=sorts)
    if not told and view is not None:
        return replace(state, conditions=view.conditions, sorts=sorts or view.sorts, search=sought or view.search)
    found = tuple(one for one in conditions.read_all(told) if one not in state.fixed)
    return replace(state, conditions=found, sorts=sorts or ("-created_at",))


def read_form(visit: Visit) -> State:
    """What a form that began at a table says, with the address of the page that the table stands in."""
    path = own(visit.text("to"))
    fixed = conditions.read_all(text for name, text in _given(visit) if name == "f")
    return read(visit, keep_views.choice(visit.house, visit.viewer) if path == HOME else None, fixed=fixed, path=path)


def own(path: str, otherwise: str = HOME) -> str:
    """A path of ours, without what a table adds to it; `otherwise` for what leads to another host."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return otherwise
    plain = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("//")
    if not plain or "\\" in path or any(ord(sign) <= ord(" ") for sign in path):
        return otherwise
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in _OURS]
    return f"{parts.path}?{urlencode(kept)}" if kept else parts.path


def back(address: str) -> str:
    """An address of ours that a form leads back to; the table for what leads to another host."""
    return address if own(address, "") else HOME


def faults(visit: Visit, state: State, fields: Mapping[str, RequestField]) -> bool:
    """Whether a condition does not apply."""
    found = meaning.all_of(state.conditions, fields, Moment(visit.now, visit.texts.zone))
    return bool(found[1])


def _given(visit: Visit) -> list[tuple[str, str]]:
    form = [(name, value) for name, value in visit.form.multi_items() if isinstance(value, str)]
    found = form or visit.request.query_params.multi_items()
    return [(name, value.replace("\0", "\ufffd")) for name, value in found]
