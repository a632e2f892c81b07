"""The table of a report of feedback: counts lead to their rows, figures have intervals; and the lines of a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from caseline.feedback.intervals import ENOUGH, Interval
from caseline.reports import periods
from caseline.reports.feedback_figures import AskLine, Funnel, Line, Rated
from caseline.reports.feedback_questions import ENDS, FIGURES, STEPS, Axis, Report
from caseline.reports.periods import Bucket
from caseline.web.desk import feedback_report_numbers as numbers
from caseline.web.desk import feedback_report_words as words
from caseline.web.desk.feedback_report_asking import Asked
from caseline.web.desk.report_table import MOST, Cell, TableRow
from caseline.web.language import Texts, later

Cells = Sequence[Cell]
_NAME: Final = "name"
_VALUES: Final = {
    Report.NPS: later("NPS"),
    Report.MEAN: later("Average"),
    Report.CSAT: later("Share"),
    Report.FUNNEL: later("Answered of sent"),
}


@dataclass(frozen=True, slots=True)
class Figure(Cell):
    """A figure with its interval, which stands below it."""

    small: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, and where its table is sorted by it."""

    text: str
    key: str
    href: str
    sorted: str = ""
    """`ascending`, `descending`, or empty: by another one."""


@dataclass(frozen=True, slots=True)
class Table:
    """A report as a table."""

    head: Sequence[Head]
    rows: Sequence[TableRow]
    total: TableRow
    left_out: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, and what stands in it."""

    key: str
    text: str
    cells: Callable[[Line | AskLine, str | None], Cell]
    plain: Sequence[str] = ()
    """Heads of the columns that it takes in a file; none: one of its own head."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells an answer about ratings or asks to somebody."""

    texts: Texts
    asked: Asked
    answer: Rated | Funnel

    @property
    def buckets(self) -> dict[str, Bucket]:
        """Parts of the period by key."""
        question = self.answer.question
        if question.by is not Axis.PERIOD:
            return {}
        return {bucket.key: bucket for bucket in periods.buckets(question.period, question.step)}

    @property
    def digits(self) -> int:
        """How exactly a figure is said."""
        return 0 if self.answer.question.report is Report.NPS else 1 if self._normal else 2

    @property
    def _normal(self) -> bool:
        return isinstance(self.answer, Rated) and self.answer.normal

    def names(self) -> dict[str, str]:
        """What the lines are called, by key, in their order."""
        question, buckets = self.answer.question, self.buckets
        return {
            line.key: words.name(self.texts, question.by, line.key, line.label, buckets, question.step)
            for line in self.answer.lines
        }

    def table(self, most: int | None = MOST) -> Table:
        """The figures as a table, sorted as the address says."""
        columns, names = self.columns(), self.names()
        lines = self._sorted(columns, names)
        rows = [
            TableRow(names[line.key], [column.cells(line, line.key) for column in columns]) for line in lines[:most]
        ]
        total = TableRow(self.texts.say("Total"), [column.cells(self.answer.total, None) for column in columns])
        first = self._head(_NAME, self.texts.say(words.HEADS[self.answer.question.by]))
        heads = [self._head(column.key, self.texts.say(column.text)) for column in columns]
        return Table([first, *heads], rows, total, len(lines) - len(rows))

    def file(self) -> Iterator[list[object]]:
        """Lines of the file, the head first; shares from 0 to 1."""
        columns, names, say = self.columns(), self.names(), self.texts.say
        heads = [say(text) for column in columns for text in (column.plain or (column.text,))]
        yield [say(words.HEADS[self.answer.question.by]), *heads]
        for line in (*self._sorted(columns, names), self.answer.total):
            key = None if line is self.answer.total else line.key
            name = say("Total") if key is None else names[line.key]
            yield [name, *(value for column in columns for value in self._plain(column, line, key))]

    def columns(self) -> list[Column]:
        """The columns beside the names."""
        report = self.answer.question.report
        if report is Report.FUNNEL:
            share = Column("value", _VALUES[report], self._answered, (_VALUES[report], *_ENDS, _ENOUGH))
            steps = [self._counted(figure) for figure in STEPS]
            return [*steps, share, *(self._counted(figure) for figure in ("phone", *ENDS))]
        figures = FIGURES[report]
        value = Column("value", _VALUES[report], self._value, (_VALUES[report], *_ENDS, _ENOUGH))
        return [self._counted("all"), value, *(self._counted(figure) for figure in figures[1:])]

    def interval(self, line: Line | AskLine) -> tuple[float | None, Interval | None, int]:
        """The figure of a line, its interval, and from how many it comes."""
        if isinstance(line, AskLine):
            return line.answered.value, line.answered.interval, line.answered.number
        report, tally = self.answer.question.report, line.tally
        if report is Report.NPS:
            return tally.nps.value, tally.nps.interval, tally.nps.number
        if report is Report.CSAT:
            return tally.best.value, tally.best.interval, tally.best.number
        mean = tally.mean(normal=self._normal)
        return (None, None, 0) if mean is None else (mean.value, mean.interval, mean.number)

    def told(self, line: Line | AskLine) -> str:
        """The figure of a line in full."""
        report = self.answer.question.report
        if isinstance(line, AskLine):
            return numbers.part(self.texts, line.answered)
        if report is Report.NPS:
            return numbers.score(self.texts, line.tally.nps)
        if report is Report.CSAT:
            return numbers.part(self.texts, line.tally.best)
        return numbers.average(self.texts, line.tally.mean(normal=self._normal), self.digits)

    def short(self, line: Line | AskLine) -> str:
        """The figure alone."""
        value, _interval, _number = self.interval(line)
        if value is None:
            return "–"
        report = self.answer.question.report
        if report in {Report.CSAT, Report.FUNNEL}:
            return self.texts.percent(value)
        return numbers.number(self.texts, value, self.digits)

    def count(self, line: Line | AskLine, figure: str) -> int:
        """A count of a line."""
        if isinstance(line, AskLine):
            return line.counts[figure]
        score, best = line.tally.nps, line.tally.best
        counts = {
            "all": line.tally.number,
            "promoters": score.promoters,
            "passives": score.passives,
            "detractors": score.detractors,
            "best": best.hits,
            "other": best.number - best.hits,
            "phone": line.phone,
            "unconfirmed": line.unconfirmed,
        }
        return counts[figure]

    def _counted(self, figure: str) -> Column:
        def cell(line: Line | AskLine, key: str | None) -> Cell:
            number = self.count(line, figure)
            href = self.asked.behind(figure, key) if number else None
            return Cell(self.texts.number(number), number, href)

        return Column(figure, words.FIGURES[figure], cell)

    def _value(self, line: Line | AskLine, key: str | None) -> Cell:
        return self._figure(line, self.asked.behind("all", key))

    def _answered(self, line: Line | AskLine, key: str | None) -> Cell:
        return self._figure(line, self.asked.behind("answered", key))

    def _figure(self, line: Line | AskLine, href: str) -> Figure:
        value, interval, number = self.interval(line)
        if value is None:
            return Figure("–")
        if self.answer.question.report in {Report.CSAT, Report.FUNNEL}:
            told = numbers.percents(self.texts, interval)
        else:
            told = numbers.ranged(self.texts, interval, self.digits)
        few = [self.texts.say(words.TOO_FEW)] if number < ENOUGH else []
        return Figure(self.short(line), round(value, 4), href, [told, *few])

    def _plain(self, column: Column, line: Line | AskLine, key: str | None) -> list[object]:
        cell = column.cells(line, key)
        if not column.plain:
            return [cell.value]
        _value, interval, number = self.interval(line)
        ends = ["", ""] if interval is None else [round(interval.low, 4), round(interval.high, 4)]
        return [cell.value, *ends, self.texts.say(words.TOO_FEW) if number < ENOUGH else ""]

    def _sorted(self, columns: Sequence[Column], names: dict[str, str]) -> list[Line | AskLine]:
        lines: list[Line | AskLine] = list(self.answer.lines)
        key, back = self.asked.sort.removeprefix("-"), self.asked.sort.startswith("-")
        if key == _NAME:
            return sorted(lines, key=lambda line: names[line.key].casefold(), reverse=back)
        known = {column.key for column in columns}
        if key not in known:
            return lines
        some = [line for line in lines if self._weight(line, key) is not None]
        # The greatest first; what has no value stands at the end either way.
        ordered = sorted(some, key=lambda line: self._weight(line, key) or 0.0, reverse=not back)
        return [*ordered, *(line for line in lines if self._weight(line, key) is None)]

    def _weight(self, line: Line | AskLine, key: str) -> float | None:
        return self.interval(line)[0] if key == "value" else float(self.count(line, key))

    def _head(self, key: str, text: str) -> Head:
        back = self.asked.sort == key
        here = self.asked.sort.removeprefix("-") == key
        way = "" if not here else "ascending" if back == (key == _NAME) else "descending"
        return Head(text, key, self.asked.address(sort=f"-{key}" if back else key), way)


_ENDS: Final = (later("95 % from"), later("95 % to"))
_ENOUGH: Final = later("Enough to judge")
