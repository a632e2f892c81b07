"""The registry of asks: the list with what is stuck, its file, and one ask with what counts of its answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from caseline.actions import note_deed, repair_ask, show_asks
from caseline.actions.show_asks import Sight
from caseline.feedback import forms
from caseline.feedback.answering import Grade
from caseline.feedback.campaign import Channel
from caseline.feedback.forms import Question
from caseline.feedback.states import State
from caseline.listing.asks import MOST_COUNTED, Mark, Order, Row, Wanted
from caseline.text_files import csv_table
from caseline.web.desk import asking_words, settings_people
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import Texts, later

MOST: Final = 50
ORDERS: Final = {
    Order.NEWEST: later("newest step first"),
    Order.LONGEST: later("stuck longest first"),
    Order.WORST: later("worst rating first"),
}
STILL: Final = (1, 2, 5, 10, 30)
"""Days that the filter offers."""
HEADS: Final = (
    *(later("Number"), later("Subject"), later("Client"), later("Company"), later("Service"), later("Responsible")),
    *(later("Division"), later("Campaign"), later("Channel"), later("State"), later("In this state since")),
    *(later("Why"), later("Grade"), later("Mean rating"), later("Happened")),
)
_FILTERS: Final = ("campaign", "state", "still", "division", "responsible", "grade", "since", "until", "sort")


def listed(visit: Visit) -> Response:
    """The registry."""
    wanted = _wanted(visit)
    wanted = replace(wanted, after=_read_mark(visit.text("after"), wanted.order))
    found = show_asks.listed(visit.house, visit.viewer, wanted)
    kept = {name: text for name in _FILTERS if (text := visit.text(name))}
    further = urlencode({**kept, "after": _mark(found.rows[-1], wanted.order)}) if found.more else ""
    return visit.page(
        "feedback/asks.html",
        found=found,
        wanted=wanted,
        kept=kept,
        further=further,
        address=lambda **more: "/asks?" + urlencode({k: v for k, v in {**kept, **more}.items() if v}),
        begun=wanted.after is not None,
        divisions=settings_people.divisions_to_choose(visit),
        most_counted=MOST_COUNTED,
        still=STILL,
        orders=ORDERS,
        words=asking_words,
        Grade=Grade,
    )


def exported(visit: Visit) -> Response:
    """All asks of the list, as a table for spreadsheets."""
    wanted = _wanted(visit)
    told = {name: text for name in _FILTERS if (text := visit.text(name))}
    note_deed.note(visit.house, visit.login.name, "asks_exported", "", {"filter": urlencode(told)}, now=visit.now)
    portions = show_asks.everything(visit.house, visit.viewer, wanted)
    name = f"asks-{visit.texts.local(visit.now):%Y-%m-%d-%H%M}.csv"
    return StreamingResponse(
        _lines(visit.texts, portions, visit.now),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def shown(visit: Visit) -> Response:
    """One ask."""
    return page(visit)


def page(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    """The page of an ask, with what went wrong."""
    sight = show_asks.show(visit.house, visit.viewer, visit.request.path_params["id"], now=visit.now)
    return visit.page(
        "feedback/ask.html",
        status=status,
        sight=sight,
        row=sight.row,
        problem=problem,
        lines=[_line(visit.texts, sight, one) for one in sight.form.questions],
        repairs=repair_ask.offered(sight.ask),
        stood=repair_ask.stood(sight.ask),
        typed=visit.text("address"),
        words=asking_words,
        Grade=Grade,
    )


def _line(texts: Texts, sight: Sight, question: Question) -> Mapping[str, Any]:
    """A question with what was said on it, and what of that counts."""
    said = [(one.at, one.document[question.key], one.entered_by) for one in sight.given if question.key in one.document]
    judged = sight.judged.get(question.key)
    options = {code: forms.words(label, texts.language) for code, label in question.options}
    return {
        "label": forms.words(question.label, texts.language),
        "said": [(at, options.get(str(value), value), by) for at, value, by in said],
        "rated": question.key in sight.judged,
        "counts": asking_words.counts(texts, judged) if judged else "",
        "effective": judged.effective.value if judged and judged.effective else None,
        "highest": question.highest,
        "ratings": [one for one in sight.ratings if one.question == question.key],
    }


def _wanted(visit: Visit) -> Wanted:
    state, grade, sort = visit.text("state"), visit.text("grade"), visit.text("sort")
    still = visit.number("still")
    until = _day(visit, "until")
    return Wanted(
        campaign_id=visit.number("campaign"),
        states=[State(state)] if state in set(State) else (),
        still_since=visit.now - timedelta(days=still) if still is not None and 0 < still <= 3650 else None,  # noqa: PLR2004 - ten years
        division_id=visit.number("division"),
        responsible_id=visit.number("responsible"),
        grade=grade if grade in set(Grade) else None,
        since=_day(visit, "since"),
        until=until + timedelta(days=1) if until else None,
        order=Order(sort) if sort in set(Order) else Order.NEWEST,
        most=MOST,
    )


def _day(visit: Visit, name: str) -> datetime | None:
    """The beginning of a day on the reader's clock; None for what is none."""
    try:
        found = datetime.fromisoformat(visit.text(name)[:10])
    except ValueError:
        return None
    return found.replace(tzinfo=visit.texts.local(visit.now).tzinfo) if 1900 < found.year < 9000 else None  # noqa: PLR2004 - years that the database and clocks bear


def _mark(last: Row, order: Order) -> str:
    mark = show_asks.mark(last, order)
    key = mark.key.isoformat() if isinstance(mark.key, datetime) else repr(mark.key)
    return f"{order.value}~{mark.id}~{key}"


def _read_mark(text: str, wanted: Order) -> Mark | None:
    """Where a page begins; None for what is no mark of ours, or one of a list in another order."""
    order, _, rest = text.partition("~")
    number, _, key = rest.partition("~")
    found = whole(number)
    if found is None or order != wanted:
        return None
    try:
        at = float(key) if order == Order.WORST else datetime.fromisoformat(key)
    except ValueError:
        return None
    return None if isinstance(at, datetime) and at.tzinfo is None else Mark(key=at, id=found)


def _lines(texts: Texts, portions: Iterable[Sequence[Row]], now: datetime) -> Iterator[str]:
    separator = csv_table.separator(texts.language)
    # Without the mark at its beginning Excel takes UTF-8 for an older encoding.
    yield "\ufeff" + csv_table.line([texts.say(head) for head in HEADS], separator)
    for portion in portions:
        yield "".join(csv_table.line(_cells(texts, row, now), separator) for row in portion)


def _cells(texts: Texts, row: Row, now: datetime) -> list[str]:
    plain = (row.number, row.title, row.contact, row.company, row.service, row.responsible, row.division)
    return [
        *(one or "" for one in plain),
        asking_words.named(texts, row.campaign),
        texts.say(asking_words.CHANNELS[Channel(row.channel)]),
        texts.say(asking_words.STATES[row.state]),
        texts.time(row.state_at),
        asking_words.reason(texts, row.reason, now),
        texts.say(asking_words.GRADES[Grade(row.grade)]) if row.grade else "",
        "" if row.mean is None else texts.number(round(row.mean, 2)),
        texts.time(row.happened_at),
    ]
