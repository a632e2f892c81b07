"""SQL of templates and autotexts: what somebody has changed goes before what is shipped."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.outbox import autotext_book, templates
from caseline.outbox.faults import TemplateFault
from caseline.outbox.tables import template
from caseline.outbox.templates import Template

_COLUMNS = (template.c.code, template.c.language, template.c.subject, template.c.body, template.c.html)


def every(connection: sa.Connection) -> dict[tuple[str, str], tuple[Template, bool]]:
    """All templates by (code, language), each with whether it is as shipped."""
    changed = {(row[0], row[1]): (Template(*row), False) for row in connection.execute(sa.select(*_COLUMNS))}
    shipped = {key: (one, True) for key, one in templates.shipped().items()}
    return dict(sorted((shipped | changed).items()))


def find(connection: sa.Connection, code: str, language: str) -> Template:
    """A template; raises `TemplateFault` when there is none."""
    query = sa.select(*_COLUMNS).where(template.c.code == code, template.c.language == language)
    row = connection.execute(query).one_or_none()
    if row is not None:
        return Template(*row)
    found = templates.shipped().get((code, language))
    if found is None:
        known = sorted({code for code, _language in every(connection)})
        raise TemplateFault(
            "there is no template %(code)r in %(language)r: there are %(codes)s",
            code=code,
            language=language,
            codes=", ".join(known),
        )
    return found


def ready(connection: sa.Connection, code: str, language: str) -> Template:
    """A template to write a letter by, with its autotexts in it; raises `TemplateFault` when there is none."""
    return templates.expanded(find(connection, code, language), autotext_book.texts(connection, language))


def drop(connection: sa.Connection, code: str, language: str) -> None:
    """Forget what somebody has made of a template: the shipped one counts again, where there is one."""
    connection.execute(sa.delete(template).where(template.c.code == code, template.c.language == language))


def put(connection: sa.Connection, new: Template, *, by: str | None, now: datetime) -> None:
    """Save a template; raises `TemplateFault` for a tag that cannot stand there, and saves nothing.

    No autotext that it names is removed before the transaction ends.
    """
    templates.check(new, autotext_book.held(connection))
    values = {"subject": new.subject, "body": new.text, "html": new.html, "changed_at": now, "changed_by": by}
    made = insert(template).values(code=new.code, language=new.language, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["code", "language"], set_=values))
