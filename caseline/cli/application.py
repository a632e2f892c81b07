"""Puts the families of commands together; each imports what it needs when it runs, so that help comes at once."""

from functools import cache
from typing import Any

import typer

from caseline.cli import (
    assigning,
    bitrix24,
    calendars,
    cataloguing,
    categories,
    chatting,
    database,
    desk,
    doctor,
    exporting,
    feedback,
    fields,
    filing,
    groups,
    imports,
    keywords,
    living,
    mailing,
    mappings,
    noticing,
    outbox,
    people,
    personal,
    public,
    rejecting,
    release,
    reporting,
    reports,
    requesting,
    retrying,
    sampling,
    searching,
    undoing,
    up,
    users,
    verify,
)

_ABOUT = """Import legacy requests through a staging table, restartable at any point; handle requests with deadlines.

Exit codes: 0 all good, 3 finished with FAILED rows, 1 could not run, 2 wrong usage, 130 stopped with Ctrl-C.

All state lives in CASELINE_HOME; CASELINE_DATABASE_URL names a PostgreSQL to use instead of the embedded one."""

_FAMILIES = (
    *(imports, retrying, undoing, reporting, rejecting, verify),
    *(exporting, mappings, sampling, up, doctor, database, release),
    *(requesting, searching, categories, fields, cataloguing, calendars, living),
    *(reports, desk, public, users, people, keywords, groups, bitrix24, mailing, assigning, noticing, outbox, filing),
    *(feedback, chatting, personal),
)
_PANELS = {
    "Import": ("import", "retry", "rollback"),
    "See how it went": ("status", "errors", "rejects", "verify"),
    "Handle requests": (
        *(
            "request",
            "search",
            "stages",
            "category",
            "field",
            "catalogue",
            "stage",
            "calendar",
            "watch",
            "golive",
            "keywords",
            "report",
        ),
    ),
    "People": ("person", "group", "division", "absence", "user", "personal"),
    "Mail": ("mail", "assignment", "notices", "outbox", "files"),
    "Feedback": ("feedback", "chat"),
    "Portals": ("bitrix24",),
    "Take along": ("export", "backup", "restore"),
    "Prepare and try": ("mappings", "mapping", "sample", "demo"),
    "Run": ("up", "down", "doctor", "desk", "public", "db", "version"),
}


@cache
def command() -> Any:  # noqa: ANN401 - typer names no type that it makes
    """The whole command, ready to be called; a process that calls it again (a test) does not make it again."""
    return typer.main.get_command(build())


def build() -> typer.Typer:
    """The whole command."""
    app = typer.Typer(
        help=_ABOUT,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for family in _FAMILIES:
        family.register(app)
    panels = {name: panel for panel, names in _PANELS.items() for name in names}
    for command in app.registered_commands:
        command.rich_help_panel = panels[str(command.name)]
    for group in app.registered_groups:
        group.rich_help_panel = panels[str(group.name)]
    return app


def explain(error: Exception) -> str | None:
    """A message with the remedy for a fault that is to be expected; None for any other."""
    from caseline.actions import explain_fault
    from caseline.settings import SettingsError

    return str(error) if isinstance(error, SettingsError) else explain_fault.explain(error)
