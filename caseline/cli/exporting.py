"""Commands that write what the CRM holds: `export`, `backup`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import SourceOption


class Entity(StrEnum):
    """What can be exported."""

    REQUEST = "request"
    CONTACT = "contact"
    COMPANY = "company"
    MESSAGE = "message"
    HISTORY = "history"
    SERVICE = "service"
    AGREEMENT = "agreement"
    PERSON = "person"
    GROUP = "group"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export")(export)
    app.command("backup")(backup)
    app.command("restore")(restore)


def export(
    entity: Annotated[Entity, typer.Argument(help="What to export.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write: .csv or .jsonl.")],
    source: SourceOption = None,
) -> None:
    """Write all records of one kind: origin key, all core fields, all extra fields.

    Meant for programs: values are exact and not made safe for spreadsheets, so formulas in them are not defused.
    CSV is UTF-8 with one column for each extra field (extra.NAME) and cannot tell empty from missing; JSON lines can.
    References are the origin keys of their targets; times are ISO 8601 in UTC.
    """
    from caseline.actions import export_records

    with door.house() as house, screen.busy("Writing"):
        number = export_records.export(house, entity.value, out, source=source)
    screen.out().print(f"{out}: {counted(number, entity.value, _MANY.get(entity))}", soft_wrap=True)


_MANY = {Entity.HISTORY: "lines of history"}


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; an older file there is replaced.")],
) -> None:
    """Save the whole database into one file, in the custom format of pg_dump.

    `caseline restore` reads it, and so does pg_restore. An import into a CRM that is not empty takes a backup of the
    last 24 hours for consent.
    """
    from caseline.actions import back_up

    with door.house() as house, screen.busy("Saving the database"):
        size = back_up.back_up(house, file)
    screen.out().print(f"{file}: {screen.size(size)}", soft_wrap=True)
    words = f"To restore: CASELINE_HOME=FRESH_FOLDER caseline restore {file}"
    screen.out().print(words, style="cyan", soft_wrap=True)


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What `caseline backup` has written.")
    ],
) -> None:
    """Fill an empty database from a backup, all of it or nothing: in a fresh CASELINE_HOME, or an empty database.

    A database that holds anything is refused and stays as it is. A backup of an older version is brought up to this.
    """
    from caseline.actions import restore as action
    from caseline.actions import wiring
    from caseline.db import schema
    from caseline.settings import load

    with screen.busy("Restoring the database"):
        found = action.restore(wiring.database_url(load()), file)
    newest = schema.newest()
    since = "" if found.migration == newest else f", brought up from migration {found.migration} to {newest}"
    screen.out().print(f"{file} is restored{since}", soft_wrap=True)
    for name, count in found.rows.items():
        screen.out().print(f"{count:>12,} {name}")
