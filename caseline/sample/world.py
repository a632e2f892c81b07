"""What all files of one export agree on: sizes, people, bad rows, who belongs to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from caseline.sample import books, chance, layouts
from caseline.sample.decks import DECKS
from caseline.sample.kinship import Employment, Family
from caseline.sample.moments import Timeline
from caseline.sample.names import Names
from caseline.sample.plan import Faults, Planner, Target
from caseline.sample.voices import Voice

USERS: Final = 75
ACTIVE_USERS: Final = 60
QUEUES: Final = 12
MOST_COMMENTS: Final = 3
MOST_MAILS: Final = 4
_CHANGES: Final = 2
"""Lines of history for each case, old ones without any among them; no more than about."""
_DELETED_ONE_IN: Final = 333
_POINTED_AT: Final = 200  # deleted cases that bad rows may name


@dataclass(frozen=True, slots=True)
class Deletions:
    """Which cases are deleted in the source."""

    seasoning: int

    def includes(self, case: int) -> bool:
        """Whether the case with this index is deleted."""
        return chance.mixed(case, self.seasoning) % _DELETED_ONE_IN == 0

    def spares(self, case: int) -> bool:
        """Whether it is not."""
        return not self.includes(case)


@dataclass(frozen=True, slots=True)
class World:
    """One export before it is written; a row is named by its index in its file."""

    seed: int
    cases: int
    accounts: int
    contacts: int
    names: Names
    english: Voice
    russian: Voice
    case_times: Timeline
    faults: Mapping[str, Faults]
    """By object name."""
    agents: tuple[str, ...]
    """Ids of active users whose rows are good."""
    staff: tuple[str, ...]
    """Ids of all users whose rows are good."""
    queues: tuple[str, ...]
    """Ids of the queues whose rows are good."""
    account_family: Family
    case_family: Family
    employment: Employment
    deletions: Deletions

    def stream(self, name: str) -> chance.Stream:
        """The draws of one file."""
        return chance.stream(self.seed, name)

    def moment(self, index: int, rows: int) -> int:
        """When row `index` of `rows` was created, if its file grew as fast as the cases."""
        return self.case_times.at(index * self.cases // rows)


def build(*, cases: int, seed: int, bad_share: float, messages: bool) -> World:
    """The world of an export of this many cases; messages change nothing about the other files."""
    deletions = Deletions(chance.salt(seed, "deletions"))
    rows = {"User": USERS, "Group": QUEUES, "Account": max(10, cases // 24), "Contact": max(20, cases // 6)}
    rows |= {"Case": cases, "CaseHistory": cases * _CHANGES}
    if messages:
        rows |= {"CaseComment": cases * MOST_COMMENTS, "EmailMessage": cases * MOST_MAILS}
    faults = _faults(rows, seed, bad_share, deletions)
    users = [index for index in range(USERS) if index not in faults["User"]]
    bad_accounts, bad_cases = faults["Account"], faults["Case"]
    return World(
        seed=seed,
        cases=cases,
        accounts=rows["Account"],
        contacts=rows["Contact"],
        names=Names(seed),
        english=Voice(books.ENGLISH, chance.stream(seed, "english")),
        russian=Voice(books.RUSSIAN, chance.stream(seed, "russian")),
        case_times=Timeline(cases),
        faults=faults,
        agents=tuple(layouts.USER.ids.at(index) for index in users if index < ACTIVE_USERS),
        staff=tuple(layouts.USER.ids.at(index) for index in users),
        queues=tuple(layouts.GROUP.ids.at(index) for index in range(QUEUES) if index not in faults["Group"]),
        account_family=Family(
            seed, "Account", rows=rows["Account"], one_in=25, usable=lambda account: account not in bad_accounts
        ),
        case_family=Family(
            seed,
            "Case",
            rows=cases,
            one_in=50,
            usable=lambda case: case not in bad_cases and deletions.spares(case),
        ),
        employment=Employment(seed, contacts=rows["Contact"], accounts=rows["Account"], bad_accounts=bad_accounts),
        deletions=deletions,
    )


def _faults(rows: Mapping[str, int], seed: int, bad_share: float, deletions: Deletions) -> dict[str, Faults]:
    """The bad rows of every file, in the order in which the files point at one another."""
    known = {layout.name: Target(layout.ids) for layout in layouts.ALL}
    deleted = (case for case in range(rows["Case"]) if deletions.includes(case))
    known["Case"] = replace(known["Case"], filtered=tuple(islice(deleted, _POINTED_AT)))
    faults: dict[str, Faults] = {}
    for name, count in rows.items():
        planner = Planner(name, DECKS[name], chance.stream(seed, f"faults/{name}"), known)
        if name == "Case":
            planner = replace(planner, good=deletions.spares)
        faults[name] = planner.plan(count, bad_share)
        known[name] = replace(
            known[name], failed=tuple(i for i, fault in faults[name].items() if fault.recipe.keeps_id)
        )
    return faults
