"""Ready sentences of one language, expanded once so that a row costs a few draws."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from caseline.sample.chance import Stream
from caseline.sample.phrases import PhraseBook

_SENTENCES: Final = 1_000
_SUBJECTS: Final = 400
_ANSWERS: Final = 1_500
_ASIDE: Final = 0.004
_LENGTHS: Final = (1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 7, 9, 15)
_GLUES: Final = (" ", " ", " ", "\n", "\n\n", "\r\n")
_STRIDES: Final = (1, 17, 19, 23, 29, 31, 37, 41, 43, 47)  # share no factor with any number of templates
_LETTERS: Final = "ABCDEFGHKLMNPRSTVX"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Expanded subjects and sentences of one theme."""

    name: str
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


class Voice:
    """Writes subjects, descriptions, replies and notes in one language."""

    def __init__(self, book: PhraseBook, stream: Stream) -> None:
        self._book = book
        self.chapters = tuple(
            Chapter(
                theme.name,
                _expanded(theme.subjects, book.slots, _SUBJECTS, stream),
                _expanded(theme.sentences, book.slots, _SENTENCES, stream),
            )
            for theme in book.themes
        )
        self._replies = _expanded(book.replies, book.slots, _ANSWERS, stream)
        self._notes = _expanded(book.notes, book.slots, _ANSWERS, stream)
        self._outcomes = _expanded(book.outcomes, book.slots, _SUBJECTS, stream)

    def description(self, chapter: Chapter, name: str, stream: Stream) -> str:
        """What a client wrote: greeting, sentences of the theme, signature; often several lines."""
        lines = _walk(chapter.sentences, stream.pick(_LENGTHS), stream)
        if stream.chance(_ASIDE):
            lines.append("\n" + stream.pick(self._book.asides) + "\n")
        return self._letter(stream.pick(_GLUES).join(lines), name, stream)

    def reply(self, name: str, stream: Stream) -> str:
        """What an agent answered."""
        lines = _walk(self._replies, 2 + stream.below(3), stream)
        return self._letter(stream.pick(_GLUES).join(lines), name, stream)

    def note(self, stream: Stream) -> str:
        """A remark of an agent for colleagues, one to three sentences."""
        return " ".join(_walk(self._notes, 1 + stream.below(3), stream))

    def outcome(self, stream: Stream) -> str:
        """How a case ended, as a scrap of HTML."""
        return stream.pick(self._outcomes)

    def _letter(self, body: str, name: str, stream: Stream) -> str:
        greeting, closing = stream.pick(self._book.greetings), stream.pick(self._book.closings)
        opening = f"{greeting}\n" if greeting else ""
        ending = f"\n\n{closing}\n{name}" if closing else ""
        return opening + body + ending


def _expanded(
    templates: tuple[str, ...], slots: Mapping[str, tuple[str, ...]], count: int, stream: Stream
) -> tuple[str, ...]:
    """At least `count` sentences, the templates taken in turn, all equally often."""
    needs = [
        [name for _text, name, _spec, _conversion in Formatter().parse(template) if name] for template in templates
    ]
    sentences = (
        template.format(**{name: _word(name, slots, stream) for name in names})
        for _ in range(-(-count // len(templates)))
        for template, names in zip(templates, needs, strict=True)
    )
    return tuple(text[:1].upper() + text[1:] for text in sentences)


def _walk(sentences: tuple[str, ...], count: int, stream: Stream) -> list[str]:
    """Some sentences, no two from one template until all templates were used."""
    start, stride = stream.below(len(sentences)), stream.pick(_STRIDES)
    return [sentences[(start + step * stride) % len(sentences)] for step in range(count)]


def _word(slot: str, slots: Mapping[str, tuple[str, ...]], stream: Stream) -> str:
    """A word for the slot: one of the book's, or else a number or code made up on the spot."""
    return stream.pick(slots[slot]) if slot in slots else _CODES[slot](stream)


def _model(stream: Stream) -> str:
    return f"{stream.pick(_LETTERS)}{stream.pick(_LETTERS)}-{10 + stream.below(90)}{stream.pick(_LETTERS)}"


_CODES: Final[Mapping[str, Callable[[Stream], str]]] = {
    "model": _model,
    "order": lambda stream: str(100_000 + stream.below(900_000)),
    "batch": lambda stream: f"{stream.below(10_000):04}-{stream.pick(_LETTERS)}",
    "n": lambda stream: str(5 + stream.below(16)),  # 5 to 20 take one and the same plural in Russian
    "load": lambda stream: f"{1 + stream.below(40)},{stream.below(10)}",
    "volt": lambda stream: str(stream.pick((12, 24, 48, 110, 187, 220, 230, 253, 380, 400))),
    "hour": lambda stream: str(9 + stream.below(10)),
    "amount": lambda stream: f"{1 + stream.below(90)} {stream.below(1000):03}",
}
