"""Lists, shows and saves templates of letters."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.db import named_locks
from caseline.outbox import autotext_book, picture_book, smileys, tags, template_book
from caseline.outbox.faults import TemplateFault
from caseline.outbox.tags import Tag
from caseline.outbox.templates import FIELDS, Template, Words, expanded, render, shipped


def templates(house: House) -> dict[tuple[str, str], tuple[Template, bool]]:
    """All templates by (code, language), each with whether it is as shipped."""
    with house.engine.connect() as connection:
        return template_book.every(connection)


def find(house: House, code: str, language: str) -> Template:
    """A template; raises `TemplateFault` when there is none."""
    with house.engine.connect() as connection:
        return template_book.find(connection, code, language)


def plain(template: Template) -> Plain:
    """A template as plain values."""
    return {"subject": template.subject, "text": template.text, "html": template.html}


def is_shipped(code: str, language: str) -> bool:
    """Whether this release ships one of this code."""
    return (code, language) in shipped()


def save(
    house: House,
    template: Template,
    *,
    by: str | None,
    login: str | None = None,
    seen: str | None = None,
    now: datetime,
) -> None:
    """Save a template; raises `TemplateFault` for a tag that does not exist, and saves nothing.

    `seen`: only if it is still so; raises `Overtaken` otherwise.
    """
    with house.engine.begin() as connection:
        old = _held(connection, template.code, template.language)
        if old is not None:
            editing.check(seen, plain(old))
        template_book.put(connection, template, by=by, now=now)
        what = "template.added" if old is None else "template.changed"
        before = None if old is None else plain(old)
        editing.note(connection, Editor(login or by, now), what, _subject(template), before, plain(template))


def make(house: House, template: Template, *, login: str, now: datetime) -> None:
    """Save a template of a new code; raises `Faulty` when there is one, and `TemplateFault`."""
    if (template.code, template.language) in templates(house):
        raise Faulty(
            Fault("code", "there is one of this code: change that one", "шаблон с таким кодом уже есть: измените его")
        )
    save(house, template, by=login, login=login, now=now)


def forget(house: House, code: str, language: str, *, login: str, seen: str | None = None, now: datetime) -> None:
    """Let the shipped words count again, or remove a template of our own; raises `Absent` and `Overtaken`."""
    with house.engine.begin() as connection:
        old = _held(connection, code, language)
        if old is None:
            raise Absent(code)
        editing.check(seen, plain(old))
        template_book.drop(connection, code, language)
        after = shipped().get((code, language))
        what = "template.removed" if after is None else "template.changed"
        after_plain = None if after is None else plain(after)
        editing.note(connection, Editor(login, now), what, _subject(old), plain(old), after_plain)


def check(house: House, template: Template) -> None:
    """Raise `Faulty` for what is wrong with a template, field by field."""
    with house.engine.connect() as connection:
        autotexts = [one.name for one in autotext_book.every(connection)]
    faults = []
    for field in FIELDS:
        for name, near in tags.unknown(getattr(template, field), autotexts):
            english = f"write %{near}%" if near else "choose one of the list below"
            russian = f"напишите %{near}%" if near else "выберите из списка ниже"
            faults.append(
                Fault(field, f"there is no tag %{name}%: {english}", f"метки %{name}% не существует: {russian}")
            )
        faults += (
            []
            if template.rating
            else [_misplaced(template, field, name) for name in tags.misplaced(getattr(template, field))]
        )
    if faults:
        raise Faulty(*faults)


def _misplaced(template: Template, field: str, name: str) -> Fault:
    code = template.code
    return Fault(
        field,
        f"template {code}: %{name}% may stand only in letters that ask for feedback, whose code begins with"
        f" {tags.RATING}: take it out, or save these words under such a code",
        f"шаблон {code}: метка %{name}% допустима только в письмах с запросом оценки, код которых начинается с"
        f" {tags.RATING}: уберите её или сохраните этот текст под таким кодом",
    )


def preview(house: House, template: Template) -> Words:
    """The letter that a template makes of examples; raises `Faulty` and `OutboxFault`."""
    check(house, template)
    language = template.language if template.language in EXAMPLES else "ru"
    with house.engine.connect() as connection:
        texts, pictures = autotext_book.texts(connection, language), picture_book.every(connection)
    shown = EXAMPLES[language]
    if template.rating:
        shown = shown | {Tag.LINK: _PAGE, Tag.SMILEYS: smileys.example(language, _PAGE, pictures)}
    return render(expanded(template, texts), shown, pictures if template.rating else {})


def _held(connection: sa.Connection, code: str, language: str) -> Template | None:
    """The template of now; nobody else changes it until the transaction ends."""
    named_locks.hold(connection, [f"template {code} {language}"])
    try:
        return template_book.find(connection, code, language)
    except TemplateFault:
        return None


def _subject(template: Template) -> str:
    return f"{template.code} ({template.language})"


_PAGE: Final = "https://support.example.org/f/smileys/request/…"
EXAMPLES: Final[dict[str, dict[Tag, str]]] = {
    "ru": {
        Tag.NUMBER: "1024",
        Tag.SUBJECT: "Не включается насос",
        Tag.CLIENT_NAME: "Мария Петрова",
        Tag.DEADLINE: "3 декабря, 18:00",
        Tag.GROUP: "Первая линия",
        Tag.CATEGORY: "Гарантийный ремонт",
        Tag.STAGE: "В работе",
        Tag.RESPONSIBLE: "Иван Смирнов",
        Tag.TEXT: "Проверьте, пожалуйста, подключение.\nМы перезвоним завтра.",
        Tag.DATE: "1 декабря 2026",
        Tag.ASSIGNEE_NAME: "Пётр Сидоров",
        Tag.ASSIGNMENT_DEADLINE: "2 декабря, 12:00",
        Tag.LINK: "https://support.example.org/a/…",
        Tag.SIGNATURE: "Служба поддержки",
        Tag.COMPANY: "ООО «Пример»",
        Tag.REQUEST_NUMBER_DATE: "№ 1024 от 01.12.2026",
        Tag.REQUEST_SUBJECT: "Не включается насос",
        Tag.SERVICE: "Ремонт насосов",
        Tag.AGREEMENT_NUMBER: "П-17/26",
        Tag.LINK_UNTIL: "31.12.2026",
        Tag.UNSUBSCRIBE: "https://support.example.org/u/…",
    },
    "en": {
        Tag.NUMBER: "1024",
        Tag.SUBJECT: "The pump does not start",
        Tag.CLIENT_NAME: "Mary Jones",
        Tag.DEADLINE: "3 December, 18:00",
        Tag.GROUP: "First line",
        Tag.CATEGORY: "Warranty",
        Tag.STAGE: "In work",
        Tag.RESPONSIBLE: "John Smith",
        Tag.TEXT: "Please check how it is connected.\nWe shall call you tomorrow.",
        Tag.DATE: "1 December 2026",
        Tag.ASSIGNEE_NAME: "Peter Brown",
        Tag.ASSIGNMENT_DEADLINE: "2 December, 12:00",
        Tag.LINK: "https://support.example.org/a/…",
        Tag.SIGNATURE: "Support",
        Tag.COMPANY: "Example Ltd",
        Tag.REQUEST_NUMBER_DATE: "No. 1024 of 01 Dec 2026",
        Tag.REQUEST_SUBJECT: "The pump does not start",
        Tag.SERVICE: "repair of pumps",
        Tag.AGREEMENT_NUMBER: "P-17/26",
        Tag.LINK_UNTIL: "31 Dec 2026",
        Tag.UNSUBSCRIBE: "https://support.example.org/u/…",
    },
}
"""What previews put in the place of tags."""
