"""The table of a report: every figure a link to the rows behind it; and the same as lines of a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from caseline.reports import periods
from caseline.reports.figures import Answer, Line, Spread
from caseline.reports.periods import Bucket
from caseline.reports.questions import FIGURES, Axis, Report
from caseline.web.desk import report_words
from caseline.web.desk.report_asking import Asked
from caseline.web.language import Texts, later

MOST: Final = 200
"""Lines that a page shows; the file has all of them."""
_WITH_ALL: Final = {Report.BACKLOG, Report.CATEGORIES}
_SPREADS: Final[tuple[tuple[str, str, Callable[[Spread], float]], ...]] = (
    ("elapsed", later("Elapsed: median"), lambda one: one.median),
    ("elapsed", later("90 % within"), lambda one: one.p90),
    ("elapsed", later("In all"), lambda one: one.total),
    ("business", later("Business: median"), lambda one: one.median),
    ("business", later("Business: 90 % within"), lambda one: one.p90),
    ("business", later("Business: in all"), lambda one: one.total),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure."""

    text: str
    value: float | str = ""
    """For a file; durations in seconds, shares from 0 to 1."""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line with its name."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A report as a table."""

    head: Sequence[str]
    rows: Sequence[TableRow]
    total: TableRow
    left_out: int
    """Lines that only the file has."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells an answer to somebody."""

    texts: Texts
    asked: Asked
    answer: Answer

    @property
    def buckets(self) -> dict[str, Bucket]:
        """Buckets of the period by key."""
        question = self.answer.question
        if question.by is not Axis.PERIOD:
            return {}
        return {bucket.key: bucket for bucket in periods.buckets(question.period, question.step)}

    def names(self) -> list[str]:
        """What the lines are called."""
        question, buckets = self.answer.question, self.buckets
        return [report_words.name(self.texts, question.by, line, buckets, question.step) for line in self.answer.lines]

    def table(self, most: int | None = MOST) -> Table:
        """The figures as a table."""
        say = self.texts.say
        heads = [say(text) for text, _cell in self._columns()]
        cells = [cell for _text, cell in self._columns()]
        lines = list(zip(self.names(), self.answer.lines, strict=True))
        rows = [TableRow(name, [cell(line, line.key) for cell in cells]) for name, line in lines[:most]]
        total = TableRow(say("Total"), [cell(self.answer.total, None) for cell in cells])
        head = say(report_words.HEADS[self.answer.question.by])
        return Table([head, *heads], rows, total, len(lines) - len(rows))

    def file(self) -> Iterator[list[object]]:
        """Lines of the file, the head first."""
        table = self.table(None)
        spread = {text for _kind, text, _of in _SPREADS}
        said = {
            self.texts.say(text): self.texts.say("%(name)s (seconds)", name=self.texts.say(text)) for text in spread
        }
        yield [said.get(text, text) for text in table.head]
        for row in (*table.rows, table.total):
            yield [row.name, *(cell.value for cell in row.cells)]

    def _columns(self) -> list[tuple[str, Callable[[Line, str | None], Cell]]]:
        report = self.answer.question.report
        made = [(report_words.FIGURES[figure], self._counted(figure)) for figure in FIGURES[report]]
        if report in _WITH_ALL:
            made.append((report_words.FIGURES["all"], self._all))
        if report is Report.DEADLINES:
            made.append((later("Share met"), self._share(("met",), ("met", "missed"))))
        if report is Report.ENTRIES:
            made.append((later("Share that agrees"), self._share(("agreed",), ("found",))))
        if report is Report.STAGES:
            made += [(text, self._lasting(kind, of)) for kind, text, of in _SPREADS]
        return made

    def _counted(self, figure: str) -> Callable[[Line, str | None], Cell]:
        def cell(line: Line, key: str | None) -> Cell:
            number = line.counts[figure]
            href = self.asked.behind(figure, key) if number else None
            return Cell(self.texts.number(number), number, href)

        return cell

    def _all(self, line: Line, key: str | None) -> Cell:
        number = sum(line.counts.values())
        return Cell(self.texts.number(number), number, self.asked.behind("all", key) if number else None)

    def _share(self, some: Sequence[str], of: Sequence[str]) -> Callable[[Line, str | None], Cell]:
        def cell(line: Line, _key: str | None) -> Cell:
            part, whole = (sum(line.counts[name] for name in names) for names in (some, of))
            if not whole:
                return Cell("–")
            told = self.texts.say(
                "%(share)s of %(num)s", share=self.texts.percent(part / whole), num=self.texts.number(whole)
            )
            return Cell(told, round(part / whole, 4))

        return cell

    def _lasting(self, kind: str, of: Callable[[Spread], float]) -> Callable[[Line, str | None], Cell]:
        tell = report_words.elapsed if kind == "elapsed" else report_words.business

        def cell(line: Line, key: str | None) -> Cell:
            spread: Spread | None = getattr(line, kind)
            if spread is None:
                return Cell("–")
            return Cell(tell(self.texts, of(spread)), round(of(spread)), self.asked.behind("visits", key))

        return cell
