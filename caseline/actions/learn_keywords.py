"""Learns entries from texts whose category is known, and keeps them as a draft to be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from caseline.actions import check_keywords, wiring
from caseline.actions.wiring import House
from keywords import drafts
from keywords.drafts import Draft
from keywords.learning import proposing
from keywords.learning.corpus import Example
from keywords.learning.proposing import Learned, Proposal
from keywords.rules import Rules
from keywords.vocabulary import Scoring

MOST: Final = 100_000
"""The newest requests that are learned from; more teach nothing new and cost memory."""
_EXAMPLE_LENGTH: Final = 160


def examples(house: House, most: int = MOST) -> list[Example]:
    """Requests whose category people, or the system they came from, have set; oldest first."""
    with house.engine.connect() as connection:
        found = wiring.intake(house).cards.labelled(connection, most)
    return [Example(f"{each.subject}\n\n{each.description}".strip(), each.category, each.sender) for each in found]


def rules(house: House, scoring: Scoring | None) -> Rules:
    """The rules in force, with another scoring if one is named."""
    with house.engine.connect() as connection:
        present = house.words.now(connection).rules
    return present if scoring is None else replace(present, scoring=scoring)


def propose(house: House, learned: Learned, taught: Sequence[Example], *, by: str, now: datetime) -> int:
    """Keep what was learned as a draft; answers its number. Entries with the same words get the learned weight.

    Of the settings only the scoring is of the learner: the others stay what they are by now, and the draft remembers
    them, so that it takes back nothing that somebody changes before it is saved.
    """
    edits, details = [], []
    present = rules(house, None)
    switches = learned.rules.scoring is not present.scoring
    known = check_keywords.known(house)
    for proposal in learned.proposals:
        edit = check_keywords.over(proposal.entry, known)
        if edit is not None:
            edits.append(edit)
            details.append(detail(proposal, taught))
    draft = Draft(
        login=by,
        source="learned",
        title="",
        edits=tuple(edits),
        settings=replace(present, scoring=learned.rules.scoring) if switches else None,
        seen=present if switches else None,
        details=tuple(details),
        made_at=now,
    )
    with house.engine.begin() as connection:
        return drafts.add(connection, draft)


def take(house: House, number: int, places: Sequence[int], *, by: str, now: datetime) -> int:
    """A draft of some of the proposals of another; answers its number."""
    with house.engine.begin() as connection:
        draft = drafts.get(connection, number)
        if draft is None:
            raise LookupError(f"draft {number}: there is none (any more)")
        chosen = [draft.edits[place] for place in places if 0 <= place < len(draft.edits)]
        part = replace(draft, id=0, login=by, edits=tuple(chosen), details=(), made_at=now, saved_version=None)
        return drafts.add(connection, part)


def detail(proposal: Proposal, taught: Sequence[Example]) -> Mapping[str, Any]:
    """What speaks for a proposal, as it is kept and shown."""
    return {
        "hits": proposal.hits,
        "precision": round(proposal.precision, 3),
        "gained": proposal.gained,
        "lost": proposal.lost,
        "examples": [_short(taught[place].text) for place in proposal.examples],
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXAMPLE_LENGTH else line[:_EXAMPLE_LENGTH] + "…"


def learn(taught: Sequence[Example], wanted: Rules, *, entries_per_category: int, seed: int = 0) -> Learned:
    """Entries with weights for the rules that will be in force; raises `proposing.NothingToLearn`."""
    return proposing.learn(taught, wanted, entries_per_category=entries_per_category, seed=seed)
