"""What reports, their axes and figures are called, and how durations, days and shares are said."""

from typing import Final

from babel.dates import format_date

from caseline.reports import periods
from caseline.reports.figures import Line
from caseline.reports.periods import Bucket, Period, PeriodFault, Step
from caseline.reports.questions import Axis, Question, Report
from caseline.web.language import Texts, later

TITLES: Final = {
    Report.STAGES: later("Time per stage"),
    Report.DEADLINES: later("Deadlines"),
    Report.FLOW: later("Inflow and outflow"),
    Report.BACKLOG: later("Backlog by age"),
    Report.CATEGORIES: later("Categories"),
    Report.ENTRIES: later("Dictionary entries"),
    Report.WORKLOAD: later("Workload"),
}
HINTS: Final = {
    Report.STAGES: later(
        "How long requests stay on each stage: elapsed and business time of visits that ended in the period."
    ),
    Report.DEADLINES: later("How many of the deadlines that fell into the period were met, and how many were missed."),
    Report.FLOW: later(
        "How many requests came and were closed, and how many were open at the end of each day, week or month."
    ),
    Report.BACKLOG: later("How old the requests are that are open now."),
    Report.CATEGORIES: later(
        "By whom the requests that came in the period got their category, and how often the dictionary was corrected."
    ),
    Report.ENTRIES: later("Which entries of the dictionary were found in the requests that came in the period."),
    Report.WORKLOAD: later("What is open now, and what was closed and done in the period, by person or group."),
}
AXES: Final = {
    Axis.STAGE: later("by stage"),
    Axis.CATEGORY: later("by category"),
    Axis.GROUP: later("by group"),
    Axis.PERSON: later("by person"),
    Axis.CHANNEL: later("by channel"),
    Axis.PERIOD: later("by time"),
    Axis.ENTRY: later("by entry"),
}
HEADS: Final = {
    Axis.STAGE: later("Stage"),
    Axis.CATEGORY: later("Category"),
    Axis.GROUP: later("Group"),
    Axis.PERSON: later("Person"),
    Axis.CHANNEL: later("Channel"),
    Axis.PERIOD: later("Time"),
    Axis.ENTRY: later("Entry"),
}
STEPS: Final = {Step.DAY: later("days"), Step.WEEK: later("weeks"), Step.MONTH: later("months")}
PERIODS: Final = {
    "today": later("today"),
    "7d": later("7 days"),
    "30d": later("30 days"),
    "this_month": later("this month"),
    "last_month": later("last month"),
    "this_quarter": later("this quarter"),
    "last_quarter": later("last quarter"),
    "365d": later("365 days"),
    "this_year": later("this year"),
    "last_year": later("last year"),
}
FIGURES: Final = {
    "visits": later("Visits"),
    "met": later("Met"),
    "missed": later("Missed"),
    "running": later("Still running"),
    "created": later("Created"),
    "closed": later("Closed"),
    "backlog": later("Open at the end"),
    "age_0": later("up to 1 day"),
    "age_1": later("1 to 3 days"),
    "age_3": later("3 to 7 days"),
    "age_7": later("7 to 14 days"),
    "age_14": later("14 to 30 days"),
    "age_30": later("30 to 90 days"),
    "age_90": later("over 90 days"),
    "keywords": later("By the dictionary"),
    "corrected": later("Corrected by a person"),
    "person": later("By a person"),
    "import": later("By an import"),
    "none": later("No category"),
    "found": later("Found in"),
    "decided": later("Decided"),
    "agreed": later("Category agrees"),
    "open": later("Open now"),
    "overdue": later("Overdue now"),
    "tasks_open": later("Assignments open"),
    "tasks_done": later("Assignments done"),
    "all": later("All"),
}
NOTHING: Final = {
    Axis.STAGE: later("(before the history)"),
    Axis.CATEGORY: later("(no category)"),
    Axis.GROUP: later("(no group)"),
    Axis.PERSON: later("(nobody)"),
    Axis.CHANNEL: later("(not said)"),
    Axis.PERIOD: "",
    Axis.ENTRY: later("(deleted entry)"),
}
CHANNELS: Final = {
    "mail": later("Mail"),
    "phone": later("Phone"),
    "web": later("Web form"),
    "chat": later("Chat"),
    "api": later("API"),
    "import": later("Import"),
}
_FAULTS: Final = {
    "date": later("write a day as YYYY-MM-DD, from 1900 to 2200"),
    "order": later("the last day lies before the first one: change one of them"),
    "preset": later("there is no such period: choose one of those above, or two days"),
}
_FIELDS: Final = {"from": later("From day"), "to": later("To day"), "period": later("Period")}
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def fault(texts: Texts, error: PeriodFault) -> str:
    """Why something is no period."""
    return f"{texts.say(_FIELDS[error.field])}: {error.given}: {texts.say(_FAULTS[error.code])}"


def channel(texts: Texts, code: str) -> str:
    """A channel in words; one of a source's own as it is."""
    return texts.say(CHANNELS[code]) if code in CHANNELS else code


def name(texts: Texts, by: Axis, line: Line, buckets: dict[str, Bucket], step: Step) -> str:
    """What a line is called."""
    if by is Axis.PERIOD:
        return days(texts, buckets[line.key], step)
    if by is Axis.CHANNEL and line.key:
        return channel(texts, line.key)
    return line.label or (line.key if line.key and by is not Axis.ENTRY else texts.say(NOTHING[by]))


def days(texts: Texts, part: Bucket | Period, step: Step | None = None) -> str:
    """Days in words: one, a month, or from one to another."""
    if step is Step.MONTH:
        return format_date(part.first, "LLLL y", locale=texts.language)
    first, last = (format_date(day, "d MMM y", locale=texts.language) for day in (part.first, part.last))
    return first if part.first == part.last else f"{first} – {last}"


def bucket(texts: Texts, question: Question, key: str) -> str:
    """A bucket of a question in words; its key where there is no such one."""
    found = [one for one in periods.buckets(question.period, question.step) if one.key == key]
    return days(texts, found[0], question.step) if found else key


def short(texts: Texts, bucket: Bucket, step: Step) -> str:
    """Where a bucket begins, for the foot of a chart."""
    return format_date(bucket.first, "LLL yy" if step is Step.MONTH else "d MMM", locale=texts.language)


def elapsed(texts: Texts, seconds: float) -> str:
    """A duration by its two greatest units: 3 d 4 h, 12 min, 5 s."""
    whole = round(seconds)
    if whole >= _DAY:
        return _two(texts.say("%(num)s d", num=texts.number(whole // _DAY)), whole % _DAY // _HOUR, texts.say("h"))
    if whole >= _HOUR:
        return _two(
            texts.say("%(num)s h", num=texts.number(whole // _HOUR)), whole % _HOUR // _MINUTE, texts.say("min")
        )
    if whole >= _MINUTE:
        return _two(texts.say("%(num)s min", num=texts.number(whole // _MINUTE)), whole % _MINUTE, texts.say("s"))
    return f"{texts.number(whole)} {texts.say('s')}"


def business(texts: Texts, seconds: float) -> str:
    """Business time by hours and minutes: a working day has as many hours as its calendar says."""
    whole = round(seconds)
    if whole < _HOUR:
        return elapsed(texts, whole)
    return _two(texts.say("%(num)s h", num=texts.number(whole // _HOUR)), whole % _HOUR // _MINUTE, texts.say("min"))


def _two(first: str, number: int, unit: str) -> str:
    return f"{first} {number} {unit}" if number else first
