"""Pages of the reports of feedback: one with charts and table, the rows behind a figure, all as files."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from caseline.actions import read_feedback
from caseline.actions.read_feedback import Asking, NoSuchFigure, TooMuch
from caseline.actions.seen import Absent
from caseline.people.rights import Right
from caseline.reports.feedback_figures import Answer, Funnel, Trials
from caseline.reports.feedback_questions import AXES, BASES, FILTERS, RATED, Axis, Basis, Report, Source
from caseline.reports.periods import Step
from caseline.reports.questions import NOBODY
from caseline.web.desk import feedback_report_asking, feedback_report_charts, report_files, report_tabs, report_words
from caseline.web.desk import feedback_report_numbers as numbers
from caseline.web.desk import feedback_report_words as words
from caseline.web.desk.feedback_report_asking import Asked
from caseline.web.desk.feedback_report_table import Teller
from caseline.web.desk.feedback_report_trials import of_trials
from caseline.web.desk.page import Handler
from caseline.web.desk.visit import SEE_OTHER, Visit

_BUSY: Final = 503


def of(report: Report, page: Callable[[Visit, Asked], Response]) -> Handler:
    """The handler of a page of one report."""

    def handle(visit: Visit) -> Response:
        asked = feedback_report_asking.read(visit, report)
        # What the form adds for itself does not stay in the address, which people hand on.
        if "was" in visit.request.query_params and asked.fault is None:
            return RedirectResponse(asked.address(), SEE_OTHER)
        try:
            return page(visit, asked)
        except TooMuch:
            return visit.page("reports/too_much.html", status=_BUSY, **frame(visit, asked))
        except NoSuchFigure as error:
            raise Absent(str(error)) from error

    return handle


def shown(report: Report) -> Handler:
    """A report."""
    return of(report, _shown)


def exported(report: Report) -> Handler:
    """A report as a file."""
    return of(report, _exported)


def frame(visit: Visit, asked: Asked) -> dict[str, Any]:
    """What the head of every page of a report shows."""
    asking = feedback_report_asking.asking(visit, asked)
    return {
        "asked": asked,
        "report": asked.report,
        "tabs": report_tabs.PARTS,
        "words": words,
        "numbers": numbers,
        "axes": AXES[asked.report],
        "timed": asked.timed,
        "said_days": report_words.days(visit.texts, asking.question.period),
        "stepped": asked.by is Axis.PERIOD,
        "filters": _filters(visit, asked, read_feedback.choices(visit.house, asking)),
        "choices": _choices(asked),
        "counted_by": _counted_by(visit, asked),
        "fault": report_words.fault(visit.texts, asked.fault) if asked.fault else None,
        "files": visit.may(Right.EXPORT),
    }


def _choices(asked: Asked) -> list[dict[str, object]]:
    """By which clock, and whose entries count: (name, head, options)."""
    made: list[dict[str, object]] = []
    if len(BASES[asked.report]) > 1:
        made.append({"name": "basis", "head": words.BASIS, "options": words.BASES, "chosen": asked.basis})
    if asked.report in RATED:
        made.append({"name": "source", "head": words.SOURCE, "options": words.SOURCES, "chosen": asked.source})
    return made


def _counted_by(visit: Visit, asked: Asked) -> str:
    """By which clock the report counts, said always."""
    zone = visit.texts.say("time zone %(zone)s", zone=visit.login.zone)
    if asked.report is Report.VARIANTS:
        return visit.texts.say("All people whom a campaign has written to since it began, whatever the period.")
    told = visit.texts.say(words.COUNTED[Basis(asked.basis)])
    source = f" {visit.texts.say(words.ENTERED[Source(asked.source)])}" if asked.source else ""
    return f"{told} ({zone}).{source}"


def _filters(visit: Visit, asked: Asked, offers: Mapping[Axis, Mapping[str, str]]) -> list[dict[str, object]]:
    say = visit.texts.say
    made: list[dict[str, object]] = []
    for axis in FILTERS[asked.report]:
        offered = dict(offers[axis])
        if axis is Axis.CHANNEL:
            offered = {code: say(label) for code, label in words.CHANNELS.items()}
        if axis is Axis.SERVICE:
            offered = {words.NO_CATEGORY: words.name(visit.texts, axis, words.NO_CATEGORY, None, {}, _STEP)} | offered
        chosen = asked.chosen[axis.value]
        # What is chosen and is not there any more is shown, so that it can be taken away.
        gone = {value: value for value in chosen if value not in offered and value != NOBODY}
        nothing = {NOBODY: say(words.NOTHING[axis])} if axis in _MAY_BE_NONE else {}
        options = nothing | offered | gone
        told = options.get(chosen[0], chosen[0]) if len(chosen) == 1 else visit.texts.number(len(chosen))
        head = say(words.HEADS[axis])
        made.append(
            {
                "name": axis.value,
                "head": head,
                "told": told if chosen else say("all"),
                "options": options,
                "chosen": chosen,
            }
        )
    return made


_MAY_BE_NONE: Final = {Axis.PERSON, Axis.DIVISION, Axis.VARIANT}
_STEP: Final = Step.DAY


def _shown(visit: Visit, asked: Asked) -> Response:
    answer = read_feedback.answer(visit.house, feedback_report_asking.asking(visit, asked))
    given = frame(visit, asked)
    status = 422 if asked.fault else 200
    if isinstance(answer, Trials):
        charts = [feedback_report_charts.of_trial(visit.texts, asked, one) for one in answer.trials]
        return visit.page("reports/variants.html", status=status, trials=answer.trials, charts=charts, **given)
    teller = Teller(visit.texts, asked, answer)
    return visit.page(
        "reports/feedback.html",
        status=status,
        table=teller.table(),
        charts=feedback_report_charts.of(teller),
        most=feedback_report_charts.MOST,
        cut=asked.by is not Axis.PERIOD and len(answer.lines) > feedback_report_charts.MOST,
        told=teller.told(answer.total),
        answer=answer,
        scale="" if isinstance(answer, Funnel) else numbers.rated_on(visit.texts, answer),
        reasons=answer.reasons if isinstance(answer, Funnel) else (),
        **given,
    )


def _exported(visit: Visit, asked: Asked) -> Response:
    asking = feedback_report_asking.asking(visit, asked)
    return report_files.answer(visit, asked.report, asked.days, _lines(visit, asked, asking))


def _lines(visit: Visit, asked: Asked, asking: Asking) -> Iterator[list[object]]:
    found: Answer = read_feedback.answer(visit.house, asking)
    if isinstance(found, Trials):
        yield from of_trials(visit.texts, found)
        return
    yield from Teller(visit.texts, asked, found).file()
    if isinstance(found, Funnel) and found.reasons:
        yield []
        yield [visit.texts.say(one) for one in (words.STATE, words.REASON, words.NUMBER)]
        for why in found.reasons:
            yield [visit.texts.say(words.FIGURES[why.state]), words.reason(visit.texts, why.reason), why.number]
