"""Keeps autotexts: texts under a name that any template of a letter may name."""

from collections.abc import Mapping

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.outbox import autotext_book, autotexts, tags, template_book
from caseline.outbox.autotexts import Autotext
from caseline.outbox.templates import FIELDS, Template


def every(house: House) -> list[Autotext]:
    """All autotexts by name."""
    with house.engine.connect() as connection:
        return autotext_book.every(connection)


def find(house: House, name: str) -> Autotext:
    """The autotext of a name, in any letter case; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, name)


def plain(one: Autotext) -> Plain:
    """An autotext as plain values."""
    return {"ru": one.ru, "en": one.en}


def uses(house: House) -> dict[str, list[str]]:
    """The templates, as `code (language)`, that name each autotext, by its folded name."""
    with house.engine.connect() as connection:
        return _uses(template_book.every(connection))


def add(house: House, one: Autotext, editor: Editor) -> None:
    """Make an autotext; raises `Faulty` when there is one of that name, and `TemplateFault`."""
    autotexts.check(one)
    with house.engine.begin() as connection:
        autotext_book.hold(connection)
        if autotext_book.find(connection, one.name) is not None:
            raise Faulty(
                Fault(
                    "name",
                    f"there is an autotext {one.name} already: change that one, or take another name",
                    f"автотекст «{one.name}» уже есть: измените его или возьмите другое имя",
                )
            )
        autotext_book.put(connection, one, by=editor.login, now=editor.at)
        editing.note(connection, editor, "autotext.added", one.name, None, plain(one))


def change(house: House, one: Autotext, editor: Editor, *, seen: str | None = None) -> None:
    """Change what an autotext says; raises `TemplateFault`, `Absent` and `Overtaken`."""
    autotexts.check(one)
    with house.engine.begin() as connection:
        autotext_book.hold(connection)
        old = _known(connection, one.name)
        editing.check(seen, plain(old))
        autotext_book.put(connection, Autotext(old.name, one.ru, one.en), by=editor.login, now=editor.at)
        editing.note(connection, editor, "autotext.changed", old.name, plain(old), plain(one))


def remove(house: House, name: str, editor: Editor, *, seen: str | None = None) -> None:
    """Remove an autotext that no template names; raises `Faulty`, `Absent` and `Overtaken`."""
    with house.engine.begin() as connection:
        autotext_book.hold(connection)
        old = _known(connection, name)
        editing.check(seen, plain(old))
        if used := _uses(template_book.every(connection)).get(old.folded):
            named = ", ".join(used)
            raise Faulty(
                Fault(
                    "",
                    f"autotext {old.name}: templates name it ({named}): take %{old.name}% out of them first",
                    f"автотекст «{old.name}» стоит в шаблонах ({named}): сначала уберите из них %{old.name}%",
                )
            )
        autotext_book.drop(connection, old.name)
        editing.note(connection, editor, "autotext.removed", old.name, plain(old), None)


def _known(connection: sa.Connection, name: str) -> Autotext:
    found = autotext_book.find(connection, name)
    if found is None:
        raise Absent(f"autotext {name}")
    return found


def _uses(templates: Mapping[tuple[str, str], tuple[Template, bool]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, _shipped in templates.values():
        for name in set().union(*(tags.names(getattr(one, field)) for field in FIELDS)):
            if tags.meaning(name) is None:
                found.setdefault(name, []).append(f"{one.code} ({one.language})")
    return found
