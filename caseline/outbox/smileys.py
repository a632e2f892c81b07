"""The smileys of a rating letter: a cell with a link for each value, which it says in a picture, a number and words.

Nothing is said by colour or picture alone: without pictures there is the sign of a face, and always the number and the
word. The cells are a table, since Outlook lays out nothing else; the page around them lets them stack on phones.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caseline.outbox.pictures import FACE, FACES, Picture
from caseline.outbox.tags import Block

_SIGNS: Final = ("\U0001f621", "\U0001f61e", "\U0001f610", "\U0001f60a", "\U0001f603")
"""Faces that the oldest fonts with such signs have."""
_COLOURS: Final = ("#a8322a", "#a04f12", "#6b5f1a", "#3f6d2a", "#1d6b4a")
"""Dark enough for white letters, and still the same when a mailer turns light and dark round."""
_CHOSEN: Final[Mapping[int, Sequence[int]]] = {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
"""Which faces stand for how many values."""
WORDS: Final[Mapping[str, Sequence[str]]] = {
    "ru": ("очень плохо", "плохо", "нормально", "хорошо", "отлично"),
    "en": ("very bad", "bad", "all right", "good", "excellent"),
}
"""What the faces are called where a form says nothing else."""


@dataclass(frozen=True, slots=True)
class Smiley:
    """A value that can be chosen."""

    value: int
    word: str
    link: str


def usual(place: int, of: int, language: str) -> str:
    """What the value at a place (from 0) of 2 to 5 is called where nobody has said it."""
    return WORDS[language][_CHOSEN[of][place] - 1]


def block(smileys: Sequence[Smiley], pictures: Mapping[str, Picture]) -> Block:
    """2 to 5 smileys, the worst one first, as a table and as lines; pictures by their names, as far as there are."""
    steps = _CHOSEN[len(smileys)]
    width = 100 // len(smileys)
    cells = "".join(_cell(one, step, width, pictures) for one, step in zip(smileys, steps, strict=True))
    table = (
        '<table role="presentation" class="smileys" width="100%" border="0" cellpadding="0" cellspacing="4">'
        f"<tr>{cells}</tr></table>"
    )
    lines = (
        f"{_SIGNS[step - 1]} {one.value} — {one.word}: {one.link}" for one, step in zip(smileys, steps, strict=True)
    )
    return Block("\n".join(lines), table)


def example(language: str, page: str, pictures: Mapping[str, Picture]) -> Block:
    """Five smileys as a preview shows them."""
    shown = [Smiley(place + 1, usual(place, 5, language), f"{page}/{place + 1}") for place in range(5)]
    return block(shown, pictures)


def _cell(one: Smiley, step: int, width: int, pictures: Mapping[str, Picture]) -> str:
    colour, word = _COLOURS[step - 1], html.escape(one.word)
    return (
        f'<td class="smiley" width="{width}%" align="center" valign="top" bgcolor="{colour}">'
        f'<a href="{html.escape(one.link)}" style="background-color: {colour}">'
        f'{_face(step, pictures)}<br><b>{one.value}</b><br><span class="word">{word}</span></a></td>'
    )


def _face(step: int, pictures: Mapping[str, Picture]) -> str:
    sign, picture = _SIGNS[step - 1], pictures.get(FACES[step - 1])
    if picture is None:
        return f'<span class="sign">{sign}</span>'
    # Without pictures the sign stands in their place; the word is beside it anyway, and would be read twice.
    return f'<img src="cid:{picture.cid}" width="{FACE}" height="{FACE}" border="0" alt="{sign}">'
