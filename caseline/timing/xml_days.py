"""Reads days from XML files in the layout of xmlcalendar.ru, one year a file."""

import re
from datetime import date
from typing import Final
from xml.parsers import expat

from caseline.text_files.faults import FileFault
from caseline.timing.day_list import DayList
from caseline.timing.vocabulary import Kind

_DAY: Final = re.compile(r"([0-9]{2})\.([0-9]{2})")
_YEAR: Final = re.compile(r"[0-9]{4}")
_TYPES: Final = {"1": Kind.OFF, "2": Kind.SHORT, "3": Kind.WORKING}
_HOUR: Final = 60


def read(text: str, name: str, weekend: frozenset[int] = frozenset({6, 7})) -> DayList:
    """Days of such a file: type 1 is off, 2 short, 3 a day of the week-end that works; raises `FileFault`.

    A short day of the `weekend` is a working one. Days off by special decree cannot be told from others.
    """
    return _Reader(name, weekend).read(text)


class _Reader:
    def __init__(self, name: str, weekend: frozenset[int]) -> None:
        self._name, self._weekend = name, weekend
        # expat itself and not ElementTree: it knows the line, and lets document types be refused
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._year: int | None = None
        self._titles: dict[str, str] = {}
        self._kinds: dict[date, tuple[Kind, str]] = {}

    def read(self, text: str) -> DayList:
        try:
            self._parser.Parse(text, True)  # noqa: FBT003 - expat's own way to say that this is all
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "") or expat.ErrorString(error.code)
            raise FileFault(self._name, error.lineno, f"{reason}: give an XML file as it was published") from error
        if self._year is None or not self._kinds:
            raise FileFault(self._name, 1, 'no days found: give a file with <calendar year="…"> and <day d="…" t="…"/>')
        off = {day: title for day, (kind, title) in self._kinds.items() if kind is Kind.OFF}
        works = {day: title for day, (kind, title) in self._kinds.items() if kind is not Kind.OFF}
        return DayList(
            source=self._name,
            years=frozenset({self._year}),
            says=frozenset({Kind.OFF, Kind.WORKING, Kind.SHORT}),
            off=off,
            working={day: title for day, title in works.items() if day.isoweekday() in self._weekend},
            short={day: _HOUR for day, (kind, _) in self._kinds.items() if kind is Kind.SHORT},
        )

    def _element(self, tag: str, fields: dict[str, str]) -> None:
        if tag == "calendar":
            if not _YEAR.fullmatch(fields.get("year", "")):
                raise self._fault('<calendar> has no year: add year="2026"')
            self._year = int(fields["year"])
        elif tag == "holiday":
            self._titles[fields.get("id", "")] = fields.get("title", "")
        elif tag == "day":
            self._day(fields)

    def _day(self, fields: dict[str, str]) -> None:
        found, kind = _DAY.fullmatch(fields.get("d", "")), _TYPES.get(fields.get("t", ""))
        if not found or self._year is None:
            raise self._fault(f'd={fields.get("d")!r} is no day: write d="MM.DD" inside <calendar year="…">')
        if kind is None:
            raise self._fault(f"t={fields.get('t')!r} is unknown: use 1 (off), 2 (short) or 3 (working)")
        try:
            day = date(self._year, int(found[1]), int(found[2]))
        except ValueError as error:
            raise self._fault(f"{found[0]} is no day of {self._year}: write MM.DD") from error
        if day in self._kinds:
            raise self._fault(f"{found[0]} stands twice: remove one")
        moved = f"перенос с {fields['f'][3:]}.{fields['f'][:2]}" if _DAY.fullmatch(fields.get("f", "")) else ""
        self._kinds[day] = (kind, self._titles.get(fields.get("h", ""), moved))

    def _doctype(self, *_: object) -> None:
        raise self._fault("a document type is not read: remove <!DOCTYPE …>")

    def _fault(self, text: str) -> FileFault:
        return FileFault(self._name, self._parser.CurrentLineNumber, text)
