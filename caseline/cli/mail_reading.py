"""The commands of `caseline mail` that read mails: show says what the system sees in one."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from caseline.cli import door, screen

if TYPE_CHECKING:
    from caseline.actions.wiring import House

_COULD_NOT: Final = 1
_STDIN: Final = "-"
_FILES: Final = "*.eml"


def show(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…|-|MAIL",
            help="Mails as they came (.eml), folders of them, - for stdin; or numbers of stored mails.",
        ),
    ],
) -> None:
    """Print what the system sees in mails, one JSON object a line in the order given; files need no database.

    `text` is what a mail says anew, `quoted` what is folded below it; `verdict` of a stored mail says where it landed
    and why, and is null for a file. A file that cannot be opened and a number that no mail has are named on stderr, the
    others are shown all the same, and the exit code is 1. Of a folder all files *.eml are shown.
    """
    from caseline.crm.cards import Refused

    failed = False
    with ExitStack() as stack:
        house: House | None = None
        for source in sources:
            for name in _expanded(source):
                try:
                    if name.isdecimal() and not Path(name).exists():
                        house = house or stack.enter_context(door.house())
                        told = _kept(house, int(name))
                    else:
                        told = _file(name)
                except OSError as error:
                    screen.complain(f"{name}: {_why(error)}")
                    failed = True
                except Refused as error:
                    screen.complain(str(error))
                    failed = True
                else:
                    screen.print_json(told)
    if failed:
        raise typer.Exit(_COULD_NOT)


def _why(error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return f"no file {_FILES} lies in this folder: name the files, or the folder in which they lie"
    return f"{error.strerror or error}: name a file with one mail, or - for stdin"


def _file(name: str) -> dict[str, Any]:
    from caseline.mail import message, shown

    raw = sys.stdin.buffer.read() if name == _STDIN else Path(name).read_bytes()
    return shown.as_object(message.read(raw)) | {"verdict": None}


def _kept(house: "House", number: int) -> dict[str, Any]:
    """A stored mail, with where it landed and why."""
    from caseline.actions import keep_mails
    from caseline.mail import message, shown

    raw = b"".join(keep_mails.raw(house, number))
    said = keep_mails.verdict(house, number).as_dict()
    return shown.as_object(message.read(raw)) | {"mail": number, "verdict": said}


def _expanded(source: str) -> list[str]:
    if source != _STDIN and Path(source).is_dir():
        return [str(path) for path in sorted(Path(source).glob(_FILES))] or [source]
    return [source]
