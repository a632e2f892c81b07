"""The %Tags% of templates: a closed list in English with Russian synonyms, and how a text is filled in."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from caseline.outbox.faults import TemplateFault

EMPTY: Final = "—"
"""Stands where there is no value."""
_SILENT: Final = {"Text", "Signature", "Link"}
"""Where these have no value, nothing stands."""
_GREETED: Final = re.compile(r",? %([^\W\d]\w*)%")
"""A tag as a greeting has it: without a name for it, `Hello, %ClientName%!` is `Hello!`."""
_SIGN: Final = re.compile(r"%%|%([^\W\d]\w*)%")


class Tag(StrEnum):
    """What a template may ask for."""

    NUMBER = "Number"
    SUBJECT = "Subject"
    CLIENT_NAME = "ClientName"
    DEADLINE = "Deadline"
    GROUP = "Group"
    CATEGORY = "Category"
    STAGE = "Stage"
    RESPONSIBLE = "Responsible"
    TEXT = "Text"
    DATE = "Date"
    ASSIGNEE_NAME = "AssigneeName"
    ASSIGNMENT_DEADLINE = "AssignmentDeadline"
    LINK = "Link"
    SIGNATURE = "Signature"
    COMPANY = "Company"


SYNONYMS: Final[Mapping[str, Tag]] = {
    "Номер": Tag.NUMBER,
    "Тема": Tag.SUBJECT,
    "ИмяКлиента": Tag.CLIENT_NAME,
    "Срок": Tag.DEADLINE,
    "Группа": Tag.GROUP,
    "Категория": Tag.CATEGORY,
    "Стадия": Tag.STAGE,
    "Ответственный": Tag.RESPONSIBLE,
    "Текст": Tag.TEXT,
    "Дата": Tag.DATE,
    "ИмяИсполнителя": Tag.ASSIGNEE_NAME,
    "СрокПоручения": Tag.ASSIGNMENT_DEADLINE,
    "Ссылка": Tag.LINK,
    "Подпись": Tag.SIGNATURE,
    "Компания": Tag.COMPANY,
}
_NAMES: Final = {tag.value: tag for tag in Tag} | dict(SYNONYMS)
_NAMES_OF_PEOPLE: Final = frozenset({Tag.CLIENT_NAME, Tag.ASSIGNEE_NAME})
_FOLDED: Final = {name.casefold(): (name, tag) for name, tag in _NAMES.items()}


def check(text: str, place: str) -> None:
    """Raise `TemplateFault` at the first tag that does not exist; `place` is the template and its field."""
    for found in _SIGN.finditer(text):
        name = found[1]
        if name is not None and name.casefold() not in _FOLDED:
            near = _near(name)
            if near:
                raise TemplateFault(
                    "%(place)s: there is no tag %%%(tag)s%%: write %%%(near)s%%, or %%%% for a percent sign",
                    place=place,
                    tag=name,
                    near=near,
                )
            raise TemplateFault(
                "%(place)s: there is no tag %%%(tag)s%%: there are %(tags)s, or %%%% for a percent sign",
                place=place,
                tag=name,
                tags=", ".join(f"%{tag.value}%" for tag in Tag),
            )


def unknown(text: str) -> list[tuple[str, str]]:
    """(tag, the one that was probably meant) of tags that do not exist; the second is empty where nothing is near."""
    names = dict.fromkeys(found[1] for found in _SIGN.finditer(text) if found[1] is not None)
    return [(name, _near(name)) for name in names if name.casefold() not in _FOLDED]


def fill(text: str, values: Mapping[Tag, str], shape: Callable[[str], str] = str) -> str:
    """The text with its tags filled in, once: what a value says is never taken for a tag.

    `shape` makes a value fit for where the text goes, for example escapes it. Letter case of tags does not matter. A
    person without a name is greeted without one; a mail address is no name.
    """
    values = {tag: "" if tag in _NAMES_OF_PEOPLE and "@" in value else value for tag, value in values.items()}

    def greet(found: re.Match[str]) -> str:
        known = _FOLDED.get(found[1].casefold())
        nameless = known is not None and known[1] in _NAMES_OF_PEOPLE and not values.get(known[1], "").strip()
        return "" if nameless else found[0]

    def put(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        known = _FOLDED.get(found[1].casefold())
        if known is None:
            return found[0]
        return shape(values.get(known[1], "").strip() or ("" if known[1] in _SILENT else EMPTY))

    return _SIGN.sub(put, _GREETED.sub(greet, text))


def used(text: str) -> set[Tag]:
    """Tags that a text asks for."""
    names = (found[1] for found in _SIGN.finditer(text) if found[1] is not None)
    return {_FOLDED[name.casefold()][1] for name in names if name.casefold() in _FOLDED}


def _near(name: str) -> str:
    near = get_close_matches(name.casefold(), _FOLDED, n=1, cutoff=0.5)
    return _FOLDED[near[0]][0] if near else ""
