"""The family `caseline request`: open, show, change, move, close, reopen, list, search."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import corresponding, door, field_faults, given_fields, request_shown, screen, searching
from caseline.cli.choices import LARGEST_ID, ByOption, JsonOption, LanguageOption, RequestArgument, VersionOption
from caseline.timing.vocabulary import Language

if TYPE_CHECKING:
    from caseline.actions.find_request import Answer
    from caseline.actions.move_request import Move

_Priority = Annotated[str | None, typer.Option("--priority", metavar="CODE", help="Its priority.")]
_Category = Annotated[
    str | None, typer.Option("--category", metavar="CODE", help="Its category, which brings group and deadline.")
]
_Group = Annotated[str | None, typer.Option("--group", metavar="NAME|ID", help="Another group than the category's.")]
_Assignee = Annotated[
    str | None, typer.Option("--assignee", metavar="MAIL|NAME|ID", help="The person who works on it.")
]
_Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        "-f",
        metavar="KEY=VALUE",
        help="Another field by its key; several times for several. KEY=@PATH attaches a file.",
    ),
]
_Description = Annotated[str | None, typer.Option("--description", metavar="TEXT", help="The matter in full.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Requests: open, show, change, move, close, list, search.", no_args_is_help=True)
    for name, command in (
        ("new", new),
        ("show", show),
        ("set", change),
        ("stage", stage),
        ("close", close),
        ("reopen", reopen),
        ("list", listed),
    ):
        family.command(name)(command)
    searching.add_to(family)
    corresponding.add_to(family)
    app.add_typer(family, name="request")


def new(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="What it is about, in a few words.")],
    description: _Description = None,
    category: _Category = None,
    priority: _Priority = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="CODE", help="Its first stage, unless the first of all.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="CODE", help="How it came: mail, phone, chat, …")
    ] = None,
    group: _Group = None,
    assignee: _Assignee = None,
    number: Annotated[str | None, typer.Option("--number", metavar="TEXT", help="Its number, unless its id.")] = None,
    field: _Fields = None,
    by: ByOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Open a request. With a category it has its deadline at once."""
    from caseline.actions import find_request, open_request, show_request

    told = given_fields.pairs(field)
    order = open_request.Order(
        subject=subject,
        description=description,
        category=category,
        stage=stage,
        priority=priority,
        channel=channel,
        group=group,
        assignee=assignee,
        number=number,
        by=by,
    )
    with door.house() as house, field_faults.told(language):
        order = replace(order, fields=given_fields.values(house, told))
        card = open_request.open_request(house, order, now=door.now())
        sight = show_request.show(house, find_request.by_id(card.id), now=door.now())
        held = given_fields.held(house, card.id, language)
    request_shown.sight(sight, language, as_json=as_json, now=door.now(), held=held)


def show(request: RequestArgument, language: LanguageOption = Language.ENGLISH, as_json: JsonOption = False) -> None:
    """Show a request with its deadline explained, and the time it has spent on every stage."""
    from caseline.actions import show_request

    with door.house() as house:
        sight = show_request.show(house, request, now=door.now())
        held = given_fields.held(house, sight.card.id, language)
    request_shown.sight(sight, language, as_json=as_json, now=door.now(), held=held)


def change(
    request: RequestArgument,
    category: _Category = None,
    priority: _Priority = None,
    group: _Group = None,
    assignee: _Assignee = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="What it is about.")] = None,
    description: _Description = None,
    field: _Fields = None,
    by: ByOption = None,
    version: VersionOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Change a request. Category and priority take the deadline of an open one with them; closed ones keep theirs."""
    from caseline.actions import change_request

    told = given_fields.pairs(field)
    changes = change_request.Changes(
        category=category,
        priority=priority,
        group=group,
        assignee=assignee,
        subject=subject,
        description=description,
        by=by,
        version=version,
    )
    with door.house() as house, field_faults.told(language):
        changes = replace(changes, fields=given_fields.values(house, told))
        answer = change_request.change(house, request, changes, now=door.now())
    _answer(answer, language, as_json=as_json)


def stage(
    request: RequestArgument,
    code: Annotated[str, typer.Argument(metavar="STAGE", help="Code or label of the stage it goes to.")],
    by: ByOption = None,
    version: VersionOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Move a request to another stage; the time spent on the stage left is stored."""
    from caseline.actions import move_request

    wanted = move_request.Move(key=request, stage=code, by=by, version=version)
    with door.house() as house, field_faults.told(language):
        answer = move_request.move(house, wanted, now=door.now())
    _answer(answer, language, as_json=as_json)


_Other = Annotated[
    str | None, typer.Option("--stage", metavar="CODE", help="Another stage than the one that is chosen by itself.")
]


def close(
    request: RequestArgument,
    stage: _Other = None,
    by: ByOption = None,
    version: VersionOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Close a request, in the first closed stage unless another is named. Its deadline stays as it is."""
    from caseline.actions import move_request

    with door.house() as house, field_faults.told(language):
        answer = move_request.close(house, _move(request, stage, by, version), now=door.now())
    _answer(answer, language, as_json=as_json)


def reopen(
    request: RequestArgument,
    stage: _Other = None,
    by: ByOption = None,
    version: VersionOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Open a closed request again, in the stage it was in before. The time it was closed does not count."""
    from caseline.actions import move_request

    with door.house() as house, field_faults.told(language):
        answer = move_request.reopen(house, _move(request, stage, by, version), now=door.now())
    _answer(answer, language, as_json=as_json)


def listed(
    only_open: Annotated[bool, typer.Option("--open", help="Only open ones.")] = False,
    only_closed: Annotated[bool, typer.Option("--closed", help="Only closed ones.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose deadline is past.")] = False,
    stage: Annotated[str | None, typer.Option("--stage", metavar="CODE", help="Only of this stage.")] = None,
    category: Annotated[str | None, typer.Option("--category", metavar="CODE", help="Only of this one.")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="NAME", help="Only of this group.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=LARGEST_ID, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List requests, the next deadline first, those without one last."""
    from caseline.actions import show_request
    from caseline.crm.cards import Wanted

    if only_open and only_closed:
        raise typer.BadParameter("--open and --closed contradict each other: give one of them")
    wanted = Wanted(
        open=True if only_open else False if only_closed else None,
        stage=stage,
        category=category,
        group=group,
        overdue_at=door.now() if overdue else None,
        limit=limit,
    )
    with door.house() as house:
        found, zone = show_request.listed(house, wanted), show_request.zone(house)
    request_shown.cards(found, as_json=as_json, now=door.now(), zone=zone)


def _move(request: str, stage: str | None, by: str | None, version: int | None) -> "Move":
    from caseline.actions import move_request

    return move_request.Move(key=request, stage=stage, by=by, version=version)


def _answer(answer: "Answer", language: str, *, as_json: bool) -> None:
    """Show the request as it is now; when somebody else was first, say so and exit with 1."""
    from caseline.actions import find_request, show_request

    with door.house() as house:
        sight = show_request.show(house, find_request.by_id(answer.card.id), now=door.now())
        held = given_fields.held(house, answer.card.id, language)
    request_shown.sight(sight, language, as_json=as_json, now=door.now(), done=answer.done, held=held)
    for one in answer.left:
        screen.complain(one.said(language))
    if not answer.done:
        screen.complain(
            f"Nothing was done: {answer.card.name} has version {answer.card.version} by now. Look at it, then try again"
        )
        raise typer.Exit(1)
