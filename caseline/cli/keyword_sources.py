"""Where commands about keywords take dictionaries and texts from, and where their answers go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.cli import door, screen
from keywords.vocabulary import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keywords.classifier import Classifier
    from keywords.learning.corpus import Example
    from keywords.rules import Rules

_SOME_FAILED: Final = 3


ScoringOption = Annotated[
    Scoring | None,
    typer.Option("--scoring", help="max: the heaviest entry decides; sum: the weights of a category add up."),
]
DictionaryOption = Annotated[
    Path | None,
    typer.Option(
        "--dictionary",
        metavar="FILE.csv",
        help="Use this dictionary (keyword,weight,category) instead of the register's; no database is needed then.",
    ),
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write here instead of stdout.")]
TrainOption = Annotated[
    Path | None, typer.Option("--train", metavar="FILE.csv", help="Texts with their categories: text,category.")
]


def classifier(dictionary: Path | None, scoring: Scoring | None) -> "tuple[Classifier, int]":
    """The classifier of a file or of the register, and how many rows of the file had to be left out."""
    from keywords.classifier import Classifier

    if dictionary is not None:
        from keywords import dictionary_file

        checked = dictionary_file.read(dictionary.read_bytes(), dictionary.name)
        for fault in checked.faults:
            screen.complain(f"{dictionary.name}, {fault.text}")
        return Classifier(checked.entries, rules(scoring)), len(checked.faults)
    from caseline.actions import keywords_at_hand, learn_keywords

    with door.house() as house:
        wanted = learn_keywords.rules(house, scoring)
        return keywords_at_hand.edited(keywords_at_hand.now(house), [], wanted), 0


def rules(scoring: Scoring | None) -> "Rules":
    """The settings for a dictionary of a file."""
    from keywords.rules import Rules

    return Rules(scoring=scoring or Scoring.MAX)


def examples(file: Path) -> "Sequence[Example]":
    """Texts of a file with their categories."""
    from keywords import text_file
    from keywords.learning.corpus import Example

    found = text_file.training(file.read_bytes(), file.name)
    return [Example(f"{each.subject}\n\n{each.text}".strip(), each.category.strip(), each.sender) for each in found]


def write(out: Path | None, text: str) -> None:
    """Write into a file, or on stdout."""
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def end(bad: int) -> None:
    """Say by the exit code that rows had to be left out."""
    if bad:
        raise typer.Exit(_SOME_FAILED)
