"""Pages of the reports: which there are, one of them with charts and table, the rows behind a figure, all as files."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from caseline.actions import read_reports
from caseline.actions.read_reports import NoSuchFigure, Offers, TooMuch
from caseline.actions.seen import Absent
from caseline.people.rights import Right
from caseline.reports.figures import Behind
from caseline.reports.questions import AXES, FIGURES, NOBODY, Axis, Report, Spot
from caseline.web.desk import report_asking, report_charts, report_files, report_tabs, report_words
from caseline.web.desk.page import Handler
from caseline.web.desk.report_asking import FILTERS, Asked
from caseline.web.desk.report_table import Teller
from caseline.web.desk.visit import SEE_OTHER, Visit
from caseline.web.language import later

_BUSY: Final = 503
_HEADS: Final = (
    *(later("Number"), later("Subject"), later("Stage"), later("Category"), later("Group"), later("Person")),
    *(later("Created"), later("Closed"), later("Resolve by"), later("Details")),
    *(later("Elapsed (seconds)"), later("Business time (seconds)")),
)
_WITHOUT_PERIOD: Final = {Report.BACKLOG}


def front(visit: Visit) -> Response:
    """Which reports there are."""
    return visit.page("reports/index.html", parts=report_tabs.PARTS, hints=report_tabs.HINTS)


def _of(report: Report, page: Callable[[Visit, Asked], Response]) -> Handler:
    """The handler of a page of one report."""

    def handle(visit: Visit) -> Response:
        asked = report_asking.read(visit, report)
        # What the form adds for itself does not stay in the address, which people hand on.
        if "was" in visit.request.query_params and asked.fault is None:
            return RedirectResponse(asked.address(), SEE_OTHER)
        try:
            return page(visit, asked)
        except TooMuch:
            return visit.page("reports/too_much.html", status=_BUSY, **_frame(visit, asked))
        except NoSuchFigure as error:
            raise Absent(str(error)) from error

    return handle


def shown(report: Report) -> Handler:
    """A report."""
    return _of(report, _shown)


def rows(report: Report) -> Handler:
    """The rows behind a figure."""
    return _of(report, _rows)


def counted(report: Report) -> Handler:
    """How many rows there are behind a figure."""
    return _of(report, _counted)


def exported(report: Report) -> Handler:
    """A report as a file."""
    return _of(report, _exported)


def rows_exported(report: Report) -> Handler:
    """The rows behind a figure as a file."""
    return _of(report, _rows_exported)


def _frame(visit: Visit, asked: Asked) -> dict[str, Any]:
    """What the head of every page of a report shows."""
    return {
        "asked": asked,
        "report": asked.report,
        "tabs": report_tabs.PARTS,
        "words": report_words,
        "axes": AXES[asked.report],
        "timed": asked.report not in _WITHOUT_PERIOD,
        "said_days": report_words.days(visit.texts, asked.days),
        "stepped": asked.by is Axis.PERIOD,
        "filters": _filters(visit, asked, read_reports.choices(visit.house, visit.viewer)),
        "fault": report_words.fault(visit.texts, asked.fault) if asked.fault else None,
        "files": visit.may(Right.EXPORT),
    }


def _filters(visit: Visit, asked: Asked, offers: Offers) -> list[dict[str, object]]:
    say = visit.texts.say
    channels = {code: report_words.channel(visit.texts, code) for code in offers.channels}
    offered = (offers.categories, offers.groups, offers.persons, channels, offers.stages)
    made: list[dict[str, object]] = []
    for name, each in zip(FILTERS, offered, strict=True):
        if name not in asked.chosen:
            continue
        chosen = asked.chosen[name]
        # What is chosen and is not there any more is shown, so that it can be taken away.
        gone = {value: value for value in chosen if value not in each and value != NOBODY}
        options = {NOBODY: say(report_words.NOTHING[Axis(name)])} | each | gone
        told = options[chosen[0]] if len(chosen) == 1 else visit.texts.number(len(chosen)) if chosen else say("all")
        head = say(report_words.HEADS[Axis(name)])
        made.append({"name": name, "head": head, "told": told, "options": options, "chosen": chosen})
    return made


def _shown(visit: Visit, asked: Asked) -> Response:
    asking = report_asking.asking(visit, asked)
    teller = Teller(visit.texts, asked, read_reports.answer(visit.house, asking))
    return visit.page(
        "reports/report.html",
        status=422 if asked.fault else 200,
        table=teller.table(),
        charts=report_charts.of(teller),
        most=report_charts.MOST,
        cut=asked.by is not Axis.PERIOD and len(teller.answer.lines) > report_charts.MOST,
        answer=teller.answer,
        **_frame(visit, asked),
    )


def _rows(visit: Visit, asked: Asked) -> Response:
    asking, spot = report_asking.asking(visit, asked), report_asking.spot(visit, asked.report)
    part = read_reports.rows(visit.house, asking, spot, report_asking.after(visit))
    last = part.rows[-1].place if part.rows else (0, 0)
    named = {"figure": spot.figure, "line": spot.line}
    return visit.page(
        "reports/rows.html",
        part=part,
        name=_named(visit, asked, spot),
        more=asked.address("rows", **named, after=last[0], beside=last[1]) if part.more else None,
        count=asked.address("rows/count", **named),
        file=asked.address("rows/export", **named),
        table=report_asking.in_table(part),
        columns=_columns(asked.report, spot.figure),
        **_frame(visit, asked),
    )


def _columns(report: Report, figure: str) -> frozenset[str]:
    """What is told of the rows behind a figure beside their requests."""
    if report is Report.STAGES:
        return frozenset({"stage", "times"})
    if report is Report.ENTRIES:
        return frozenset({"entry"})
    if figure.startswith("tasks"):
        return frozenset({"task"})
    return frozenset({"due"} if report is Report.DEADLINES or figure in {"open", "overdue"} else ())


def _named(visit: Visit, asked: Asked, spot: Spot) -> list[str]:
    """Whose rows these are, in words; raises `Absent`."""
    if spot.figure not in (*FIGURES[asked.report], "all"):
        raise Absent(spot.figure)
    figure = visit.texts.say(report_words.FIGURES[spot.figure])
    if spot.line is None:
        return [figure]
    return [figure, _line(visit, asked, spot.line)]


def _line(visit: Visit, asked: Asked, key: str) -> str:
    question = report_asking.asking(visit, asked).question
    if asked.by is Axis.PERIOD:
        return report_words.bucket(visit.texts, question, key)
    if not key:
        return visit.texts.say(report_words.NOTHING[asked.by])
    if asked.by is Axis.CHANNEL:
        return report_words.channel(visit.texts, key)
    return read_reports.label(visit.house, asked.by, key) or key


def _counted(visit: Visit, asked: Asked) -> Response:
    asking, spot = report_asking.asking(visit, asked), report_asking.spot(visit, asked.report)
    number = read_reports.count(visit.house, asking, spot)
    return visit.page("reports/count.html", number=number)


def _exported(visit: Visit, asked: Asked) -> Response:
    asking = report_asking.asking(visit, asked)
    teller = Teller(visit.texts, asked, read_reports.answer(visit.house, asking))
    return report_files.answer(visit, asked.report.value, asked.days, teller.file())


def _rows_exported(visit: Visit, asked: Asked) -> Response:
    asking, spot = report_asking.asking(visit, asked), report_asking.spot(visit, asked.report)
    _named(visit, asked, spot)
    return report_files.answer(visit, f"{asked.report}-{spot.figure}", asked.days, _told(visit, asking, spot))


def _told(visit: Visit, asking: read_reports.Asking, spot: Spot) -> Iterator[list[object]]:
    rows = read_reports.every_row(visit.house, asking, spot)
    begun = list(islice(rows, 1))  # what cannot be answered is found out before anything is told
    yield [visit.texts.say(head) for head in _HEADS]
    for row in chain(begun, rows):
        yield _plain(visit, row)


def _plain(visit: Visit, row: Behind) -> list[object]:
    times = (row.created_at, row.closed_at, row.due_at)
    said = ["" if at is None else visit.texts.local(at).isoformat(timespec="seconds") for at in times]
    words = (row.number, row.subject, row.stage, row.category, row.group, row.person)
    rest = (row.detail, row.elapsed_s, row.business_s)
    return [*(one or "" for one in words), *said, *("" if one is None else one for one in rest)]
