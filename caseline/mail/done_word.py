"""Tells whether an answer says that the work is done, and nothing else: then it ends the assignment by itself.

Whatever leaves a doubt is for people: a question, a denial, a time to come, a word that is not on the list.
"""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 100
_DONE: Final = {
    *("готово", "сделано", "выполнено", "исполнено", "завершено", "закончено"),
    *("сделал", "сделала", "сделали", "выполнил", "выполнила", "выполнили"),
    *("done", "ready", "completed", "complete", "finished"),
}
_BESIDE: Final = {"спасибо", "благодарю", "благодарим", "все", "уже", "all", "thanks", "thank", "you"}
"""Words that change nothing about it."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SIGNS: Final = frozenset("👍👌🙏🙂😊✅☑✔\ufe0f\u200d🏻🏼🏽🏾🏿")
"""Pictures that say the same; any other makes it a doubt."""


def says_done(new_text: str) -> bool:
    """Whether the first line of what an answer says anew is only a word such as «готово» or “done”."""
    line = next((one for one in map(_plain, new_text.splitlines()) if one), "")
    if not line or len(line) > _LONGEST:
        return False
    words = _WORD.findall(line)
    rest = _WORD.sub("", line)
    return (
        any(word in _DONE for word in words)
        and all(word in _DONE or word in _BESIDE for word in words)
        and all(map(_harmless, rest))
    )


def _plain(line: str) -> str:
    """In small letters, without what cannot be seen."""
    folded = unicodedata.normalize("NFKC", line).casefold().replace("ё", "е")
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf" or sign in _SIGNS).strip()


def _harmless(sign: str) -> bool:
    """Punctuation, but nothing that asks."""
    return sign.isspace() or sign in _SIGNS or (unicodedata.category(sign).startswith("P") and sign not in "?¿؟⁈⁉‽%")
