"""Says deadlines to people, in their language."""

from types import ModuleType
from typing import Final

from caseline.timing import english, russian
from caseline.timing.explain import Explanation
from caseline.timing.vocabulary import Language

WORDS: Final[dict[Language, ModuleType]] = {Language.ENGLISH: english, Language.RUSSIAN: russian}
"""The words of a language; every module has the same functions (a test compares them)."""


def sentence(told: Explanation, language: Language) -> str:
    """One line that shows how the deadline came about; long terms are summed up, not listed.

    `24 h from Fri 30 Oct 2026 18:30 = 5 h 30 min of Friday, Sat 31 and Sun 1 off, 18 h 30 min of Monday: due Mon 2 Nov
    18:30`.
    """
    words = WORDS[language]
    paused = [words.paused(told.paused_s)] if told.paused_s else []
    if told.pieces:
        return f"{words.head(told)} = {', '.join([*words.pieces(told), *paused])}: {words.due(told)}"
    if told.target_s:
        return f"{words.head(told)} {', '.join([words.running(told), *paused])}: {words.due(told)}"
    return f"{words.head(told)}: {words.due(told)}"
