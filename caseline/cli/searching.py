"""The commands `request search` and `search index`: full-text search, and what makes requests searchable."""

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from caseline.cli import door, screen
from caseline.cli.choices import LARGEST_ID, JsonOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.search_requests import Found

_BUSY: Final = 1
_LINE_EVERY_S: Final = 10.0


def register(app: typer.Typer) -> None:
    """Add the family of the index; `add_to` adds the search to the family of requests."""
    family = typer.Typer(help="What makes requests searchable.", no_args_is_help=True)
    family.command("index")(index)
    family.command("state")(state)
    app.add_typer(family, name="search")


def add_to(family: typer.Typer) -> None:
    """Add `request search`."""
    family.command("search")(search)


def search(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help='Words, "words in a row", -without, begin*, codes, a number.')
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=LARGEST_ID, help="At most so many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Search subjects and descriptions in Russian and English, the newest first.

    Words are found in all their forms, codes in any spelling (ВА47-29, ва 47-29, Latin look-alikes); a number or an old
    key of a request finds that request. OR (ИЛИ) between words asks for one of them.
    """
    from caseline.actions import search_requests

    with door.house() as house:
        found = search_requests.search(house, text, limit=limit)
    if as_json:
        screen.print_json(_as_dict(found))
    else:
        _show(found)


def index(as_json: JsonOption = False) -> None:
    """Make all requests searchable that are not yet: imported, opened or changed since the last time.

    The deployment index-requests does this every minute. Stopped at any point and started again, it goes on.
    """
    from caseline.actions import index_texts

    said = _Progress()
    with door.house() as house:
        done = index_texts.index(house, now=door.now(), watch=said.see)
    if as_json:
        screen.print_json(plain(done))
    elif done.busy:
        screen.complain("Nothing was done: somebody is indexing at this moment. Look with `caseline search state`")
    elif not done.found:
        screen.out().print("Every request is searchable already")
    else:
        screen.out().print(f"{done.indexed:,} of {done.found:,} requests have become searchable")
    if done.busy:
        raise typer.Exit(_BUSY)


def state(as_json: JsonOption = False) -> None:
    """Say how many requests were not searchable yet when somebody last looked."""
    from caseline.actions import index_texts

    with door.house() as house:
        found = index_texts.state(house)
    if as_json:
        screen.print_json(plain(found))
        return
    if found.looked_at is None:
        screen.out().print("Nobody has looked yet: `caseline search index`")
        return
    screen.out().print(f"{found.waiting:,} requests not yet searchable at {found.looked_at:%Y-%m-%d %H:%M} UTC")
    if not found.ready:
        screen.out().print("The first index is being built: only numbers are found meanwhile")


class _Progress:
    """A line on stderr now and then."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def see(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._at >= _LINE_EVERY_S:
            self._at = now
            screen.beside().print(f"{done:,} of {total:,} requests ({done / total:.0%})")


def _show(found: "Found") -> None:
    console = screen.out()
    if found.cut:
        screen.beside().print("Only the beginning of the text was searched for: it is too long", soft_wrap=True)
    if not found.cards:
        console.print(_nothing(found), soft_wrap=True)
    for card, shown in found.cards:
        number = "" if card.number == str(card.id) else f" (id {card.id})"
        console.print(f"{card.number or card.id}{number}  {card.created_at:%Y-%m-%d}  {card.stage.label}", style="bold")
        for passage in (shown.subject, *shown.passages):
            console.print("  ", end="")
            for piece in passage:
                console.print(" ".join(piece.text.splitlines()), style="yellow" if piece.hit else None, end="")
            console.print()
    if found.cards and (found.hits is None or found.hits > len(found.cards)):
        of = "very many" if found.hits is None else f"{found.hits:,}"
        console.print(f"The newest {len(found.cards):,} of {of}; --limit shows more")
    if found.waiting:
        screen.beside().print(f"{found.waiting:,} requests are not searchable yet: `caseline search index`")


def _nothing(found: "Found") -> str:
    from caseline.actions.search_requests import Outcome

    return {
        Outcome.NOTHING: "Nothing to search for: name a word that does not stand everywhere, a code or a number",
        Outcome.NOT_READY: "The first index is being built: only numbers are found meanwhile. `caseline search state`",
    }.get(found.outcome, "No request was found: try fewer words, or the beginning of a word with * after it")


def _as_dict(found: "Found") -> dict[str, Any]:
    return {
        "outcome": str(found.outcome),
        "hits": found.hits,
        "waiting": found.waiting,
        "cut": found.cut,
        "requests": [
            {
                "id": card.id,
                "number": card.number,
                "subject": card.subject,
                "stage": card.stage.code,
                "created_at": card.created_at.isoformat(),
                "closed_at": card.closed_at.isoformat() if card.closed_at else None,
                "passages": [[plain(piece) for piece in passage] for passage in shown.passages],
            }
            for card, shown in found.cards
        ],
    }
