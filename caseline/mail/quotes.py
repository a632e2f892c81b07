"""Folds what a mail does not say anew: quotes, signatures, disclaimers; nothing of the text is lost."""

from dataclasses import dataclass

from keywords import new_text


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the text, folded or not; all passages in order are the text."""

    text: str
    folded: bool


def passages(text: str) -> tuple[Passage, ...]:
    """The text in passages; one that only quotes (a letter forwarded without a word) is not folded at all.

    What is new is told by the room of the dictionary, so that category and timeline rest on the same words.
    """
    found: list[Passage] = []
    done = 0
    for start, end in new_text.ranges(text):
        if start > done:
            found.append(Passage(text[done:start], folded=True))
        if end > start:
            found.append(Passage(text[start:end], folded=False))
        done = max(done, end)
    if done < len(text):
        found.append(Passage(text[done:], folded=True))
    return tuple(found)
