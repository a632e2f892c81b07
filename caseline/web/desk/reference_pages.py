"""The list, the form and the removal of any kind of reference data, as its `Reference` describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from caseline.actions.editing import Fault, Faulty, Overtaken, Unsure
from caseline.actions.seen import Absent
from caseline.web.desk import reference_form
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Control, Edit, Line, Reference, Sheet, Value
from caseline.web.desk.visit import Visit

AT_ONCE: Final = 100
"""Lines on a page."""
_CONFLICT: Final = 409
_FAULTY: Final = 422
_MOST_BYTES: Final = 1_000_000


def pages(of: Reference) -> tuple[Page, ...]:
    """The pages of a kind of reference data."""
    found = [
        Page(of.path, partial(listed, of), of.sees),
        Page(f"{of.path}/edit", partial(form, of), of.sees),
        Page(f"{of.path}/edit", partial(saved, of), of.edits, method="POST", most_bytes=_MOST_BYTES),
    ]
    if of.adding:
        found.append(Page(f"{of.path}/new", partial(blank, of), of.edits))
    if of.remove is not None:
        found.append(Page(f"{of.path}/remove", partial(asked, of), of.edits))
        found.append(Page(f"{of.path}/remove", partial(removed, of), of.edits, method="POST"))
    return tuple(found)


def listed(of: Reference, visit: Visit) -> Response:
    """The list; a search looks at the words that stand in it."""
    every = of.lines(visit)
    search, all_of_them = visit.text("q").strip(), visit.text("all") == "1"
    # A search finds what is not in use, too: whoever looks for a name wants to know what became of it.
    chosen = [line for line in every if line.active or all_of_them or search]
    chosen = [line for line in chosen if search.casefold() in _words(line)] if search else chosen
    page = max(1, visit.number("page") or 1)
    pages_of_it = max(1, -(-len(chosen) // AT_ONCE))
    page = min(page, pages_of_it)
    return visit.page(
        "settings/list.html",
        of=of,
        lines=chosen[(page - 1) * AT_ONCE : page * AT_ONCE],
        total=len(chosen),
        every=len(every),
        resting=sum(not line.active for line in every),
        search=search,
        all_of_them=all_of_them,
        number=page,
        pages_of_it=pages_of_it,
        Cell=Cell,
    )


def _words(line: Line) -> str:
    return " ".join(cell.text if isinstance(cell, Cell) else cell for cell in line.cells).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the form says besides its fields."""

    status: int = 200
    values: Mapping[str, Value] | None = None
    """What was typed; None: the thing as it is."""
    faults: Sequence[Fault] = ()
    consequences: Sequence[Fault] = ()
    overtaken: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def form(of: Reference, visit: Visit) -> Response:
    """A thing in its form."""
    key = visit.text("key")
    return _form(of, visit, key, of.find(visit, key), _Said())


def blank(of: Reference, visit: Visit) -> Response:
    """An empty form; what stands in the address is filled in."""
    values = {
        one.name: visit.text(one.name) or one.empty() if isinstance(one.empty(), str) else one.empty()
        for one in of.inputs
    }
    return _form(of, visit, None, Sheet(title="", values=values), _Said())


def saved(of: Reference, visit: Visit) -> Response:
    """Save the form, or say at its fields why it cannot be saved."""
    key = visit.text("key") or None
    if key is None and not of.adding:
        raise Absent(of.code)
    sheet = None if key is None else of.find(visit, key)
    if sheet is not None and sheet.locked:
        raise Absent(of.code)
    values = reference_form.typed(of, visit, sheet)
    seen = None if sheet is None else visit.text("seen")
    edit = Edit(key=key, values=values, seen=seen, agreed=visit.text("agreed") == "yes")
    shown = sheet or Sheet(title="", values={one.name: one.empty() for one in of.inputs})
    try:
        reference_form.check(of, visit, edit, sheet)
        of.save(visit, edit)
    except Faulty as error:
        return _form(of, visit, key, shown, _Said(status=_FAULTY, values=values, faults=error.faults))
    except Overtaken:
        now = of.find(visit, key or "")
        return _form(of, visit, key, now, _Said(status=_CONFLICT, values=values, overtaken=True))
    except Unsure as error:
        return _form(of, visit, key, shown, _Said(status=_CONFLICT, values=values, consequences=error.consequences))
    return visit.go(of.path, notice="saved")


def _form(of: Reference, visit: Visit, key: str | None, sheet: Sheet, said: _Said) -> Response:
    values = sheet.values if said.values is None else said.values
    fields = reference_form.fields(of, visit, sheet if key is not None else None, values, said.faults)
    named = {one.input.name for one in fields}
    # Whoever was overtaken and sends the form again has seen what the other one saved: that counts from then on.
    seen = sheet.seen if said.values is None or said.overtaken else visit.text("seen")
    return visit.page(
        "settings/edit.html",
        status=said.status,
        of=of,
        key=key,
        sheet=sheet,
        seen=seen,
        fields=fields,
        faults=[(one, reference_form.label(of, visit, one.field)) for one in said.faults],
        elsewhere=[one for one in said.faults if one.field not in named],
        consequences=said.consequences,
        others=reference_form.differences(of, visit, sheet, values) if said.overtaken else None,
        edits=visit.may(of.edits) and not sheet.locked,
        Control=Control,
        **sheet.data,
    )


def asked(of: Reference, visit: Visit) -> Response:
    """The question before something is removed."""
    key = visit.text("key")
    sheet = of.find(visit, key)
    if not sheet.removable or sheet.locked:
        raise Absent(of.code)
    return _question(of, visit, key, sheet, ())


def removed(of: Reference, visit: Visit) -> Response:
    """Remove a thing."""
    key = visit.text("key")
    sheet = of.find(visit, key)
    if of.remove is None or not sheet.removable or sheet.locked:
        raise Absent(of.code)
    agreed = visit.text("agreed") == "yes"
    try:
        of.remove(visit, Edit(key=key, seen=visit.text("seen"), agreed=agreed))
    except Faulty as error:
        return _question(of, visit, key, sheet, error.faults, status=_FAULTY)
    except Unsure as error:
        return _question(of, visit, key, sheet, error.consequences, status=_CONFLICT, agree=True)
    except Overtaken:
        return _question(of, visit, key, of.find(visit, key), (), status=_CONFLICT, overtaken=True)
    return visit.go(of.path, notice="removed")


def _question(
    of: Reference,
    visit: Visit,
    key: str,
    sheet: Sheet,
    faults: Sequence[Fault],
    **said: Any,  # noqa: ANN401 - what else the page says
) -> Response:
    status = said.pop("status", 200)
    said = {"agree": False, "overtaken": False} | said
    fields = reference_form.fields(of, visit, sheet, sheet.values, ())
    return visit.page(
        "settings/remove.html", status=status, of=of, key=key, sheet=sheet, faults=faults, fields=fields, **said
    )
