"""Tells a person who presses the button on the way to a public review from a machine that presses whatever there is.

The rule is that of ratings (`confirming`), with two differences: a press alone counts nowhere but here, so no quiet
period is waited for; and as a bonus may hang on it, what speaks against it is no matter of how often it is pressed, but
passes with the time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from caseline.feedback import confirming
from caseline.feedback.confirming import Doubt, Mode, Rule, Signal

_QUESTION: Final = "review:"
"""Keys of questions have no colon."""


def key(offer_id: int) -> str:
    """As what the signals of a link are kept."""
    return f"{_QUESTION}{offer_id}"


def doubts(
    rule: Rule, letters: Sequence[datetime] | None, came: Mapping[str, Sequence[Signal]], press: Signal, offer_id: int
) -> frozenset[Doubt]:
    """What speaks against a press; nothing: it is a person's.

    `letters`: when the letter of the link left, none where it has not yet; None where the link was said in a chat, for
    nothing looks into chats but what fetches previews, and that presses nothing. `came`: by key, all that came for the
    ask, with the press itself. Mail that never leaves the house (`Mode.LITERAL`) is looked into by nobody.
    """
    if rule.mode is Mode.LITERAL:
        return frozenset()
    near = {link: [one for one in found if abs(press.at - one.at) <= rule.burst] for link, found in came.items()}
    mine = near.get(key(offer_id), [])
    others = [link for link, found in near.items() if found and link.startswith(_QUESTION) and link != key(offer_id)]
    found = {
        Doubt.EARLY: letters is not None and confirming.early(rule, letters, press.at),
        Doubt.PREFETCH: press.prefetch,
        Doubt.BURST: bool(others),
        Doubt.CROWD: any(one.crowd for one in mine),
    }
    return frozenset(doubt for doubt, there in found.items() if there)
