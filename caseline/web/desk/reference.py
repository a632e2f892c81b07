"""Describes a kind of reference data, so that one list and one form serve all of them.

Persons, groups, stages, products: each is a `Reference` in a module of its own, which says how the list looks, which
fields the form has, and which actions it calls. `reference_pages.pages(REFERENCE)` makes its pages (list, form, removal
with a question before it) at `/settings/<code>`; `routes.PAGES` takes them, and the section in `settings_menu.SHELVES`
appears as soon as they are there. Pages of another shape extend `settings/frame.html` and fill its block `setting`.

The frame sees to: rights, required fields, numbers, days and choices, faults at their fields, what somebody else saved
meanwhile, questions before something destructive, phone and keyboard. `settings_people` and `settings_divisions` are
examples; deeds are put into words by `audit_words`.

An area gives functions of a `Visit`:

- `lines(visit)`: what the list shows, a `Line` each, its cells in the order of `columns`;
- `find(visit, key)`: a `Sheet` with the values of the form and with `seen`, the mark of the thing as it is
  (`editing.mark(plain)`); raises `Absent`. The sheet of a new thing is made from the inputs' `initial`;
- `save(visit, edit)`: calls the action with `edit.seen` and the typed values; answers the key. The action raises
  `Faulty` (faults at fields), `Overtaken` (by `editing.check`, in its transaction, on the locked row) and, unless
  `edit.agreed`, `Unsure` with the consequences that have to be agreed to; it writes the audit log by `editing.note`;
- `remove(visit, edit)`, where things can be removed, in the same way.

A small one:

    WORDS = Reference(
        code="words", title=later("Words"), adding=later("Add a word"), hint=later("What we say."),
        empty=later("There are no words yet."),
        columns=(Column(later("Word")), Column(later("Weight"), number=True)),
        inputs=(Input("word", later("Word"), required=True), Input("weight", later("Weight"), Control.NUMBER)),
        lines=_lines, find=_find, save=_save,
    )
    PAGES = reference_pages.pages(WORDS)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from caseline.people.rights import Right
from caseline.web.desk.visit import Visit, whole

Value = str | bool | tuple[str, ...]
"""What a field of a form holds: a text, a tick, or several choices."""
Choices = Sequence[tuple[str, str]]
"""(value, label) in the order of the list."""
LINE_MOST: Final = 300
AREA_MOST: Final = 50_000


class Control(StrEnum):
    """How a field is edited."""

    LINE = "text"
    AREA = "area"
    NUMBER = "number"
    DAY = "date"
    CHECK = "check"
    CHOICE = "choice"
    """One of a list; nothing at all where the field is not required."""
    MANY = "many"
    """Any number of a list."""
    SECRET = "password"  # noqa: S105 - a kind of field
    MAIL = "email"
    PHONE = "tel"


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form."""

    name: str
    label: str
    control: Control = Control.LINE
    hint: str = ""
    required: bool = False
    fixed: bool = False
    """Given when the thing is made, and shown without being editable afterwards."""
    initial: Value | None = None
    """Of a new thing."""
    choices: Callable[[Visit], Choices] | None = None
    nothing: str = ""
    """What the empty choice says."""
    rows: int = 4
    """Height of an area."""
    new_only: bool = False
    """Asked for only when the thing is made."""

    def empty(self) -> Value:
        """What it holds where nothing is said."""
        if self.initial is not None:
            return self.initial
        if self.control is Control.CHECK:
            return False
        return () if self.control is Control.MANY else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list; the first one leads to the form."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than a text."""

    text: str
    tone: str = ""
    """`good`, `bad` or `plain`: shown as a tag."""
    path: str = ""
    """Where it leads."""
    depth: int = 0
    """By how many steps it is indented, where lines form a tree."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list."""

    key: str
    cells: Sequence[str | Cell]
    active: bool = True
    """Others are shown when asked for only, and last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A thing in its form."""

    title: str
    values: Mapping[str, Value]
    seen: str = ""
    """The mark of the thing as it is, by which the action notices that somebody was faster."""
    template: str = ""
    """What stands below the form, with `data`: things that are no fields, such as open sessions."""
    data: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    """What choices are called that the thing has and nobody is offered any more."""
    locked: bool = False
    """Whether it is shown only."""
    removable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody wants a thing to be."""

    key: str | None
    """None: it is new."""
    values: Mapping[str, Value] = field(default_factory=dict)
    seen: str | None = None
    agreed: bool = False
    """Whether the consequences were shown and agreed to."""

    def text(self, name: str) -> str:
        """A text, without blanks around it."""
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def maybe(self, name: str) -> str | None:
        """The same; None when nothing is typed."""
        return self.text(name) or None

    def number(self, name: str) -> int | None:
        """A whole number; None when nothing is typed."""
        text = self.text(name)
        number = whole(text.removeprefix("-"))
        return -number if number is not None and text.startswith("-") else number

    def day(self, name: str) -> date | None:
        """A date; None when nothing is typed."""
        return date.fromisoformat(self.text(name)) if self.text(name) else None

    def flag(self, name: str) -> bool:
        """A tick."""
        return self.values.get(name) is True

    def many(self, name: str) -> tuple[str, ...]:
        """The chosen values."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def numbers(self, name: str) -> tuple[int, ...]:
        """The chosen keys."""
        return tuple(number for value in self.many(name) if (number := whole(value)) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A kind of reference data with its list and its form."""

    code: str
    """The end of its address."""
    title: str
    adding: str = ""
    """What the button says; empty: none can be made."""
    hint: str = ""
    empty: str
    """What the list says when there is nothing, with what to do about it."""
    columns: Sequence[Column]
    inputs: Sequence[Input]
    lines: Callable[[Visit], Sequence[Line]]
    find: Callable[[Visit, str], Sheet]
    save: Callable[[Visit, Edit], str]
    remove: Callable[[Visit, Edit], None] | None = None
    sees: Right = Right.SEE_SETTINGS
    edits: Right = Right.EDIT_SETTINGS
    above: str = ""
    """A template that stands above the list: links and buttons of its own."""

    @property
    def path(self) -> str:
        """Where the list is."""
        return f"/settings/{self.code}"
