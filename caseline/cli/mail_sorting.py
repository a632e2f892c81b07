"""Commands of `caseline mail` by which people sort mail otherwise than the rules: why, split, move, open."""

from typing import Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import ByOption, JsonOption, LanguageOption, RequestArgument, id_argument
from caseline.timing.vocabulary import Language

_Message = Annotated[int, id_argument("MESSAGE", "Its number in the timeline: `caseline request show` has them.")]
_Mail = Annotated[int, id_argument("MAIL", "Its number, as `caseline mail list` has it.")]


def add_to(family: typer.Typer) -> None:
    """Add the commands to the family."""
    for name, command in (("why", why), ("split", split), ("move", move), ("open", open_)):
        family.command(name)(command)


def why(mail: _Mail, language: LanguageOption = Language.ENGLISH, as_json: JsonOption = False) -> None:
    """Say where a mail landed, by what rule, and what was decided before."""
    from caseline.actions import keep_mails
    from caseline.mail import verdicts

    with door.house() as house:
        found = keep_mails.verdict(house, mail)
    if as_json:
        screen.print_json(found.as_dict())
        return
    for said in found.verdicts:
        screen.out().print(verdicts.told(said, language, automatic=found.automatic), soft_wrap=True)
    if found.id_reused:
        screen.out().print(verdicts.reused(language), soft_wrap=True)
    if not found.verdicts:
        screen.out().print(f"Mail {mail} is {found.state}: nothing was decided about it yet")


def split(message: _Message, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Make a request of its own of a message that joined another one."""
    from caseline.actions import sort_mail

    with door.house() as house:
        card = sort_mail.split(house, message, by=by, now=door.now())
    _tell(card.id, card.number, card.subject, as_json=as_json)


def move(
    message: _Message,
    request: RequestArgument,
    assignment: Annotated[
        int | None, typer.Option("--assignment", metavar="ASSIGNMENT", help="The assignment of it to stand on.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a message into the timeline of another request; later mails of its thread follow.

    Where it is moved back to the request that it came from, it stands on its assignment again.
    """
    from caseline.actions import sort_mail

    with door.house() as house:
        card = sort_mail.join(house, message, request, assignment_id=assignment, by=by, now=door.now())
    _tell(card.id, card.number, card.subject, as_json=as_json)


def open_(mail: _Mail, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Make a request of a mail that lies in the tray."""
    from caseline.actions import take_in_mail

    with door.house() as house:
        card = take_in_mail.open_from_tray(house, mail, by=by, now=door.now())
    _tell(card.id, card.number, card.subject, as_json=as_json)


def _tell(record_id: int, number: str | None, subject: str, *, as_json: bool) -> None:
    if as_json:
        screen.print_json({"request": record_id})
    else:
        screen.out().print(f"Request {number} (id {record_id}): {subject}", soft_wrap=True)
