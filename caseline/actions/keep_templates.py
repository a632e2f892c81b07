"""Lists, shows and saves templates of letters."""

from datetime import datetime

from caseline.actions.wiring import House
from caseline.outbox import template_book
from caseline.outbox.templates import Template


def templates(house: House) -> dict[tuple[str, str], tuple[Template, bool]]:
    """All templates by (code, language), each with whether it is as shipped."""
    with house.engine.connect() as connection:
        return template_book.every(connection)


def find(house: House, code: str, language: str) -> Template:
    """A template; raises `TemplateFault` when there is none."""
    with house.engine.connect() as connection:
        return template_book.find(connection, code, language)


def save(house: House, template: Template, *, by: str | None, now: datetime) -> None:
    """Save a template; raises `TemplateFault` for a tag that does not exist, and saves nothing."""
    with house.engine.begin() as connection:
        template_book.put(connection, template, by=by, now=now)
