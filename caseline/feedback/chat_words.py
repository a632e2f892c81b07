"""What a dialogue says: the words of its campaign, and ours where it has none; tags of letters are filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from caseline.feedback.dialogue import Line, Say
from caseline.feedback.forms import Question, Words, words
from caseline.outbox import tags
from caseline.outbox.tags import Tag

FIRST_WITH_BUTTONS: Final = "first_buttons"
TEMPLATE: Final = "template"
_PLACES: Final[Mapping[Say, str]] = {
    Say.GREETING: "first",
    Say.TEMPLATE: TEMPLATE,
    Say.THANKS: "thanks",
    Say.HUMAN: "human",
    Say.GOODBYE: "goodbye",
}
PLACES: Final = (*_PLACES.values(), FIRST_WITH_BUTTONS)
"""Under which names a campaign has words for a chat."""
_OURS: Final[Mapping[Say, Words]] = {
    Say.GREETING: {
        "ru": "Здравствуйте, %ClientName%! Это служба заботы о клиентах. Мы закончили работу по вашему обращению и"
        " хотим узнать, всё ли получилось: ответы помогут нам исправить слабые места. Это займёт минуту. Если не хотите"
        " таких вопросов, напишите «стоп».",
        "en": "Hello, %ClientName%! This is customer care. We have finished our work on your request and would like to"
        " know whether it went well: your answers show us what to mend. It takes a minute. If you want no such"
        " questions, write “stop”.",
    },
    Say.THANKS: {"ru": "Спасибо! Ваши оценки записаны.", "en": "Thank you! Your ratings are noted."},
    Say.HUMAN: {
        "ru": "Спасибо! Ваш ответ прочитает сотрудник.",
        "en": "Thank you! One of us will read your answer.",
    },
    Say.GOODBYE: {
        "ru": "Хорошо, больше не будем спрашивать. Всего доброго!",
        "en": "All right, we will not ask again. All the best!",
    },
}
_SCALE: Final[Words] = {"ru": "Число от %(lowest)s до %(highest)s.", "en": "A number from %(lowest)s to %(highest)s."}
_AGAIN: Final[Words] = {
    "ru": "Не получилось понять ответ. Нужно одно число от %(lowest)s до %(highest)s.",
    "en": "Sorry, that could not be read. One number from %(lowest)s to %(highest)s, please.",
}


@dataclass(frozen=True, slots=True)
class Script:
    """The words of a dialogue. Raises `TemplateFault` for a tag that there is not, when it is made by `of`."""

    texts: Mapping[str, Words]
    buttons: bool

    @property
    def by_template(self) -> bool:
        """Whether there are words that a messenger has approved."""
        return bool(self.texts.get(TEMPLATE))

    def said(self, line: Line, question: Question | None, language: str, values: Mapping[Tag, str]) -> str:
        """The text of a line."""
        if question is None:
            return tags.fill(words(self._words(line.say), language), values)
        scale = {"lowest": question.lowest, "highest": question.highest}
        ends = {"lowest": str(question.lowest), "highest": str(question.highest)}
        hint = words(question.hint, language) if question.hint else ""
        # A hint that names both ends says what the scale is.
        told = all(end in hint for end in ends.values())
        before = [_AGAIN[language] % scale] if line.say is Say.AGAIN else []
        after = [] if told or line.say is Say.AGAIN else [_SCALE[language] % scale]
        return "\n".join(part for part in (*before, words(question.label, language), hint, *after) if part)

    def pressed(self, line: Line) -> bool:
        """Whether a line has buttons: a question where the campaign wants them, one that is asked again always."""
        return line.say is Say.AGAIN or (line.say is Say.QUESTION and self.buttons)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a dialogue that has begun."""
        return {"texts": {name: dict(text) for name, text in self.texts.items()}, "buttons": self.buttons}

    def _words(self, say: Say) -> Words:
        place = _PLACES[say]
        if say is Say.GREETING and self.buttons and self.texts.get(FIRST_WITH_BUTTONS):
            place = FIRST_WITH_BUTTONS
        return self.texts.get(place) or _OURS.get(say, {})


def of(texts: Mapping[str, Words], *, buttons: bool) -> Script:
    """The script of a campaign's texts; those for other places are left out. Raises `TemplateFault`."""
    own = {name: text for name, text in texts.items() if name in PLACES and text}
    for name, text in own.items():
        for language, said in text.items():
            tags.check(said, f"texts, {name}, {language}")
    return Script(own, buttons)


def kept(document: Mapping[str, Any]) -> Script:
    """The script of a dialogue that has begun."""
    return Script(document["texts"], document["buttons"])
