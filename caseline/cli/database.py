"""The family `caseline db`: the database behind the house."""

import typer

from caseline.cli import screen

_OUTSIDE = "CASELINE_DATABASE_URL names a server outside: start and stop it with its own tools"


def register(app: typer.Typer) -> None:
    """Add the family."""
    family = typer.Typer(help="The database: its address, start and stop, its state.", no_args_is_help=True)
    for command in (url, start, stop, status):
        family.command()(command)
    family.command("check-migrations")(check_migrations)
    app.add_typer(family, name="db")


def url() -> None:
    """Print the address of the database; starts the embedded server."""
    screen.out().print(_url(), soft_wrap=True)


def start() -> None:
    """Start the embedded server; it outlives the command."""
    _only_embedded()
    screen.out().print(f"PostgreSQL runs: {_url()}", soft_wrap=True)


def stop() -> None:
    """Stop the embedded server."""
    from caseline.db import embedded
    from caseline.settings import load

    _only_embedded()
    with screen.busy("Stopping the database"):
        stopped = embedded.stop(load().home)
    screen.out().print("PostgreSQL is stopped" if stopped else "PostgreSQL did not run")


def status() -> None:
    """Whether the embedded server runs, and how much room its data takes; starts nothing."""
    from caseline.db import embedded
    from caseline.settings import load

    _only_embedded()
    home = load().home
    found = embedded.status(home)
    if found.data is None:
        screen.out().print(f"There is no database in {home} yet", soft_wrap=True)
        return
    state = f"runs (process {found.pid})" if found.running else "is stopped"
    words = f"PostgreSQL {found.version} {state}; data: {screen.size(found.data_bytes)} in {found.data}"
    screen.out().print(words, soft_wrap=True)


def check_migrations() -> None:
    """Check that migrations and the tables in the code agree, on a database made for this and removed again."""
    from caseline.actions import check_migrations as action

    with screen.busy("Checking the migrations"):
        faults = action.check(_url())
    for fault in faults:
        screen.complain(fault)
    if faults:
        raise typer.Exit(1)
    screen.out().print("Migrations and tables agree, and migrations can be undone")


def _url() -> str:
    from caseline.actions.wiring import database_url
    from caseline.settings import load

    with screen.busy("Starting the database"):
        return database_url(load())


def _only_embedded() -> None:
    from caseline.settings import load

    if load().database() is not None:
        screen.complain(_OUTSIDE)
        raise typer.Exit(1)
