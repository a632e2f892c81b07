"""The commands of `caseline mail` that read mails: show says what the system sees in one."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from caseline.cli import door, screen

_COULD_NOT: Final = 1
_STDIN: Final = "-"
_FILES: Final = "*.eml"


def show(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…|-|ID",
            help="Mails as they came (.eml), folders of them, - for stdin; or numbers of stored mails.",
        ),
    ],
) -> None:
    """Print what the system sees in mails, one JSON object a line in the order given; files need no database.

    `text` is what a mail says anew, `quoted` what is folded below it; `verdict` of a stored mail says where it landed
    and why. A file that cannot be opened is named on stderr,
    the others are shown all the same, and the exit code is 1. Of a folder all files *.eml are shown.
    """
    from caseline.mail import message, shown

    kept = [int(one) for one in sources if one.isdecimal() and not Path(one).exists()]
    if kept:
        _show_kept(kept)
    sources = [one for one in sources if not (one.isdecimal() and int(one) in kept)]
    failed = False
    for source in sources:
        for name in _expanded(source):
            try:
                raw = sys.stdin.buffer.read() if name == _STDIN else Path(name).read_bytes()
            except OSError as error:
                screen.complain(f"{name}: {error.strerror or error}: name a file with one mail, or - for stdin")
                failed = True
                continue
            screen.print_json(shown.as_object(message.read(raw)))
    if failed:
        raise typer.Exit(_COULD_NOT)


def _show_kept(ids: list[int]) -> None:
    """Stored mails, each with where it landed and why."""
    from caseline.actions import keep_mails
    from caseline.mail import message, shown

    with door.house() as house:
        for number in ids:
            raw = b"".join(keep_mails.raw(house, number))
            said = keep_mails.verdict(house, number).as_dict()
            screen.print_json(shown.as_object(message.read(raw)) | {"mail": number, "verdict": said})


def _expanded(source: str) -> list[str]:
    if source != _STDIN and Path(source).is_dir():
        return [str(path) for path in sorted(Path(source).glob(_FILES))] or [source]
    return [source]
