"""The %Tags% of templates: a closed list in English with Russian synonyms, and how a text is filled in."""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Self

from caseline.outbox.faults import TemplateFault

EMPTY: Final = "—"
"""Stands where there is no value."""
_SILENT: Final = {"Text", "Signature", "Link", "Smileys", "Unsubscribe"}
"""Where these have no value, nothing stands."""
_GREETED: Final = re.compile(r",? %([^\W\d]\w*)%")
"""A tag as a greeting has it: without a name for it, `Hello, %ClientName%!` is `Hello!`."""
_SIGN: Final = re.compile(r"%%|%([^\W\d]\w*)%")
RATING: Final = "ask_"
"""With what the code of a template begins that asks for feedback: a rating letter."""


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
    REQUEST_NUMBER_DATE = "RequestNumberDate"
    REQUEST_SUBJECT = "RequestSubject"
    SERVICE = "Service"
    AGREEMENT_NUMBER = "AgreementNumber"
    SMILEYS = "Smileys"
    LINK_UNTIL = "LinkUntil"
    UNSUBSCRIBE = "Unsubscribe"
    BONUS = "Bonus"
    BONUS_UNTIL = "BonusUntil"


SERVICE_TAGS: Final = frozenset(
    {
        *(Tag.REQUEST_NUMBER_DATE, Tag.REQUEST_SUBJECT, Tag.SERVICE, Tag.AGREEMENT_NUMBER),
        *(Tag.SMILEYS, Tag.LINK_UNTIL, Tag.UNSUBSCRIBE),
    }
)
"""What only rating letters may ask for, since other letters have no values for it."""
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
    "НомерДатаОбращения": Tag.REQUEST_NUMBER_DATE,
    "ТемаОбращения": Tag.REQUEST_SUBJECT,
    "Услуга": Tag.SERVICE,
    "НомерДоговора": Tag.AGREEMENT_NUMBER,
    "Смайлики": Tag.SMILEYS,
    "СсылкаДействуетДо": Tag.LINK_UNTIL,
    "Отписаться": Tag.UNSUBSCRIBE,
    "Бонус": Tag.BONUS,
    "БонусДо": Tag.BONUS_UNTIL,
}
_NAMES: Final = {tag.value: tag for tag in Tag} | dict(SYNONYMS)
_NAMES_OF_PEOPLE: Final = frozenset({Tag.CLIENT_NAME, Tag.ASSIGNEE_NAME})
_FOLDED: Final = {name.casefold(): (name, tag) for name, tag in _NAMES.items()}


class Block(str):
    """A value that is a piece of HTML of its own where the letter is HTML; as text it is what it says."""

    __slots__ = ("html",)
    html: str

    def __new__(cls, text: str, html: str) -> Self:
        """Made of both; the HTML must be safe to stand in a letter."""
        made = super().__new__(cls, text)
        made.html = html
        return made


def check(text: str, place: str, *, rating: bool = False, autotexts: Collection[str] = ()) -> None:
    """Raise `TemplateFault` at the first tag that cannot stand there; `place` is the template and its field.

    `rating`: it is one of a rating letter. `autotexts`: names of texts that may stand beside tags.
    """
    for name, near in unknown(text, autotexts):
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
            tags=", ".join(f"%{one}%" for one in (*offered(rating=rating), *autotexts)),
        )
    for name in () if rating else misplaced(text):
        raise TemplateFault(
            "%(place)s: %%%(tag)s%% may stand only in letters that ask for feedback, whose code begins with %(begins)s:"
            " take it out, or save these words under such a code",
            place=place,
            tag=name,
            begins=RATING,
        )


def offered(*, rating: bool, russian: bool = False) -> list[str]:
    """The names of the tags that a template may ask for."""
    every = SYNONYMS.items() if russian else ((tag.value, tag) for tag in Tag)
    return [name for name, tag in every if rating or tag not in SERVICE_TAGS]


def unknown(text: str, autotexts: Collection[str] = ()) -> list[tuple[str, str]]:
    """(tag, the one that was probably meant) of tags that do not exist; the second is empty where nothing is near."""
    known = {**{folded: name for folded, (name, _) in _FOLDED.items()}, **{one.casefold(): one for one in autotexts}}
    return [(name, _near(name, known)) for name in _names(text) if name.casefold() not in known]


def misplaced(text: str) -> list[str]:
    """Tags of a text, as they are written, that only rating letters may ask for."""
    return [name for name in _names(text) if (known := _FOLDED.get(name.casefold())) and known[1] in SERVICE_TAGS]


def is_name(word: str) -> bool:
    """Whether a word can stand between percent signs."""
    return (found := _SIGN.fullmatch(f"%{word}%")) is not None and found[1] == word


def meaning(name: str) -> Tag | None:
    """The tag of a name in either language and any letter case."""
    known = _FOLDED.get(name.casefold())
    return None if known is None else known[1]


def expanded(text: str, autotexts: Mapping[str, str], shape: Callable[[str], str] = str) -> str:
    """The text with autotexts, by their folded names, put where they are asked for; once, so none asks for others."""

    def put(found: re.Match[str]) -> str:
        known = None if found[1] is None or meaning(found[1]) else autotexts.get(found[1].casefold())
        return found[0] if known is None else shape(known)

    return _SIGN.sub(put, text) if autotexts else text


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
        value = values.get(known[1], "")
        given = value if isinstance(value, Block) else value.strip()
        return shape(given or ("" if known[1] in _SILENT else EMPTY))

    return _SIGN.sub(put, _GREETED.sub(greet, text))


def used(text: str) -> set[Tag]:
    """Tags that a text asks for."""
    return {tag for name in _names(text) if (tag := meaning(name))}


def names(text: str) -> set[str]:
    """All that stands between percent signs, folded: tags and autotexts."""
    return {name.casefold() for name in _names(text)}


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(found[1] for found in _SIGN.finditer(text) if found[1] is not None))


def _near(name: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    return known[near[0]] if near else ""
