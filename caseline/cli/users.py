"""The family `caseline user`: who may sign in to the desk."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption
from caseline.people.access import Scope
from caseline.people.rights import Role
from caseline.timing.vocabulary import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.people.logins import Login


_Name = Annotated[str, typer.Argument(metavar="NAME", help="What is typed to sign in; a mail address, or one word.")]
_PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="Read the password from here (- is stdin) and do not ask."),
]
_Language = Annotated[Language | None, typer.Option("--lang", help="Language of the pages.")]
_Scope = Annotated[
    Scope | None, typer.Option("--scope", help="all requests, or those of the groups that the person is a member of.")
]
_Person = Annotated[
    str | None,
    typer.Option("--person", metavar="NAME|MAIL|ID", help="Who uses it; empty: nobody again. See `caseline person`."),
]
_Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Zone of times on pages: Europe/Moscow.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Logins of the desk: add, list, change.", no_args_is_help=True)
    for name, command in (("add", add), ("list", listed), ("set", change)):
        family.command(name)(command)
    app.add_typer(family, name="user")


def add(
    name: _Name,
    role: Annotated[Role, typer.Option("--role", help="What the login is for.")],
    person: _Person = None,
    scope: _Scope = None,
    password_file: _PasswordFile = None,
    language: _Language = None,
    zone: _Zone = None,
    as_json: JsonOption = False,
) -> None:
    """Make a login. The password is asked for, and never stands in the command."""
    from caseline.actions import keep_users

    wish = keep_users.Wish(
        role=role, password=_password(password_file), person=person, scope=scope, language=language, zone=zone
    )
    with door.house() as house:
        made = keep_users.add(house, name, wish, by=None, now=door.now())
    _show([made], as_json=as_json)


def change(
    name: _Name,
    role: Annotated[Role | None, typer.Option("--role", help="What the login is for.")] = None,
    new_password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    password_file: _PasswordFile = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it may sign in.")] = None,
    person: _Person = None,
    scope: _Scope = None,
    no_second_step: Annotated[
        bool, typer.Option("--no-second-step", help="Take the second step of signing in away.")
    ] = False,
    language: _Language = None,
    zone: _Zone = None,
    as_json: JsonOption = False,
) -> None:
    """Change a login. With another role or password it is signed out everywhere; one administrator always stays.

    With another password, or out of use, it loses its tokens of the API, too.
    """
    from caseline.actions import keep_users

    password = _password(password_file) if new_password or password_file else None
    wish = keep_users.Wish(
        role=role,
        password=password,
        active=active,
        person=person,
        scope=scope,
        language=language,
        zone=zone,
        second_step=False if no_second_step else None,
    )
    with door.house() as house:
        changed = keep_users.change(house, name, wish, by=None, now=door.now())
    _show([changed], as_json=as_json)


def listed(as_json: JsonOption = False) -> None:
    """List all logins."""
    from caseline.actions import keep_users

    with door.house() as house:
        found = keep_users.users(house)
    if as_json:
        screen.print_json({"users": [_plain(login) for login in found]})
    elif not found:
        screen.out().print("No login yet. `caseline user add NAME --role administrator` makes the first one.")
    else:
        _show(found, as_json=False)


def _password(file: Path | None) -> str:
    if file is None:
        word: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return word
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    return text.strip("\r\n")


def _show(found: "Sequence[Login]", *, as_json: bool) -> None:
    if as_json:
        screen.print_json(_plain(found[0]))
        return
    table = screen.table("name", "role", "sees", "person", "signs in", "language", "zone")
    for login in found:
        person, active = str(login.person_id or ""), "yes" if login.active else "no"
        table.add_row(login.name, login.role.value, login.scope.value, person, active, login.language, login.zone)
    screen.out().print(table)


def _plain(login: "Login") -> dict[str, object]:
    return {
        "name": login.name,
        "role": login.role.value,
        "scope": login.scope.value,
        "person": login.person_id,
        "active": login.active,
        "language": login.language,
        "zone": login.zone,
    }
