"""What a dialogue says, in the words of its campaign or in ours; a closed list of tags is filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from caseline.feedback.dialogue import Line, Say
from caseline.feedback.forms import LANGUAGES, Question, Words, words

TAGS: Final = ("Sender", "Name", "Number", "Subject")
"""`%Sender%`: our name; `%Name%`: of the contact; `%Number%` and `%Subject%`: of the request."""
BUTTONS: Final = ("always", "again")
"""When a question has buttons: always, or only when it is asked again."""
LONGEST: Final = 2_000
_TAG: Final = re.compile(r"%([A-Za-z]+)%")
_OURS: Final[Mapping[Say, Words]] = {
    Say.GREETING: {
        "ru": "Здравствуйте! Это %Sender%. Мы закончили работу по вашему обращению %Number% и хотим узнать, всё ли"
        " получилось хорошо: ответы помогут нам исправить слабые места. Это займёт минуту. Если не хотите таких"
        " вопросов, напишите «стоп».",
        "en": "Hello! This is %Sender%. We have finished our work on your request %Number% and would like to know whether"
        " it went well: your answers show us what to mend. It takes a minute. If you want no such questions, write"
        " “stop”.",
    },
    Say.THANKS: {"ru": "Спасибо! Ваши оценки записаны.", "en": "Thank you! Your ratings are noted."},
    Say.HUMAN: {
        "ru": "Спасибо, я передал ваш ответ сотруднику: он прочитает его сам.",
        "en": "Thank you, your answer goes to a colleague, who will read it in person.",
    },
    Say.GOODBYE: {
        "ru": "Хорошо, больше не будем спрашивать. Всего доброго!",
        "en": "All right, we will not ask again. All the best!",
    },
}
_SCALE: Final[Words] = {"ru": "От %(lowest)s до %(highest)s.", "en": "From %(lowest)s to %(highest)s."}
_AGAIN: Final[Words] = {
    "ru": "Не получилось понять ответ. Нужно одно число от %(lowest)s до %(highest)s.",
    "en": "Sorry, we could not read that. One number from %(lowest)s to %(highest)s, please.",
}
_KEYS: Final = {"greeting": Say.GREETING, "template": Say.TEMPLATE, "thanks": Say.THANKS, "human": Say.HUMAN}


class WordsUnfit(ValueError):
    """Words of a campaign cannot be used; the message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class Script:
    """The words of a dialogue."""

    said: Mapping[Say, Words]
    buttons: str = BUTTONS[0]

    def has(self, say: Say) -> bool:
        """Whether there are words for it."""
        return say in self.said

    def line(self, line: Line, question: Question | None, language: str, tags: Mapping[str, str]) -> str:
        """The text of a line."""
        if question is None:
            text = words(self.said.get(line.say, {}), language)
            return _TAG.sub(lambda found: tags.get(found[1], ""), text)
        scale = {"lowest": question.lowest, "highest": question.highest}
        parts = [_AGAIN[language] % scale] if line.say is Say.AGAIN else []
        parts += [words(question.label, language), words(question.hint, language) if question.hint else ""]
        parts += [] if line.say is Say.AGAIN else [_SCALE[language] % scale]
        return "\n".join(part for part in parts if part)

    def pressed(self, line: Line) -> bool:
        """Whether a line has buttons."""
        return line.say is Say.AGAIN or (line.say is Say.QUESTION and self.buttons == BUTTONS[0])


def read(part: object) -> Script:
    """The words of the part `chat` of a campaign's document; what it leaves out is in ours. Raises `WordsUnfit`."""
    given: Mapping[Any, Any] = {} if part is None else part if isinstance(part, Mapping) else {"": part}
    if strange := sorted(str(key) for key in given if key not in {*_KEYS, "goodbye", "buttons"}):
        known = ", ".join([*_KEYS, "goodbye", "buttons"])
        raise WordsUnfit(f"chat: {strange[0]!r} is no part of it; it has {known}")
    said = dict(_OURS)
    for key, say in {**_KEYS, "goodbye": Say.GOODBYE}.items():
        if given.get(key) is not None:
            said[say] = _words(given[key], f"chat, {key}")
    buttons = given.get("buttons", BUTTONS[0])
    if buttons not in BUTTONS:
        raise WordsUnfit(f"chat, buttons: {buttons!r} is neither of {' and '.join(BUTTONS)}")
    return Script(said, buttons)


def _words(given: object, where: str) -> Words:
    texts = {LANGUAGES[0]: given} if isinstance(given, str) else given
    if (
        not isinstance(texts, Mapping)
        or not isinstance(texts.get(LANGUAGES[0]), str)
        or not texts[LANGUAGES[0]].strip()
    ):
        raise WordsUnfit(f"{where}, {LANGUAGES[0]}: write what is said")
    for language, text in texts.items():
        if language not in LANGUAGES or not isinstance(text, str) or len(text) > LONGEST:
            raise WordsUnfit(
                f"{where}, {language}: a text of up to {LONGEST} letters in {' or '.join(LANGUAGES)} is expected"
            )
        if strange := next((tag for tag in _TAG.findall(text) if tag not in TAGS), None):
            known = ", ".join(f"%{tag}%" for tag in TAGS)
            raise WordsUnfit(f"{where}, {language}: there is no tag %{strange}% in chats; take one of {known}")
    return dict(texts)
