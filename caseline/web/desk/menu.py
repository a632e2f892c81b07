"""The main menu, and what the first page offers: each place that somebody may enter, in the order of the day."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caseline.people import rights
from caseline.people.rights import Right, Role
from caseline.web.language import later


class Rank(StrEnum):
    """Where a place stands when not all of them fit beside one another."""

    FIRST = "first"
    """Always in the bar."""
    SECOND = "second"
    """In the bar of a wide window, else under "More"."""
    LAST = "last"
    """Under "More". A phone has one list of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A place."""

    path: str
    label: str
    hint: str
    """What somebody finds there, for the first page."""
    needs: Right
    rank: Rank = Rank.FIRST

    def holds(self, path: str) -> bool:
        """Whether a page lies in it."""
        return path == self.path or path.startswith(f"{self.path}/")


ITEMS: Final = (
    Item(
        path="/requests",
        label=later("Requests"),
        hint=later("The table of requests: views, filters, search; from here each is opened and worked on."),
        needs=Right.SEE_REQUESTS,
    ),
    Item(
        path="/assignments",
        label=later("Assignments"),
        hint=later("Work on requests, for people of the house and outside: mine, given by me, overdue."),
        needs=Right.SEE_REQUESTS,
    ),
    Item(
        path="/companies",
        label=later("Companies"),
        hint=later("Clients with their contacts and requests."),
        needs=Right.SEE_REQUESTS,
        rank=Rank.SECOND,
    ),
    Item(
        path="/contacts",
        label=later("Contacts"),
        hint=later("People of the clients: how they are reached, what they asked for."),
        needs=Right.SEE_REQUESTS,
        rank=Rank.SECOND,
    ),
    Item(
        path="/agreements",
        label=later("Agreements"),
        hint=later("Agreements with clients, and the reviews that were asked for and received."),
        needs=Right.SEE_REQUESTS,
        rank=Rank.SECOND,
    ),
    Item(
        path="/asks",
        label=later("Feedback"),
        hint=later("Whom we have asked for an opinion, what came back, what is stuck where and for how long."),
        needs=Right.SEE_FEEDBACK,
    ),
    Item(
        path="/reports",
        label=later("Reports"),
        hint=later("How long stages take, deadlines, what comes and goes, who has how much to do."),
        needs=Right.SEE_REPORTS,
    ),
    Item(
        path="/keywords",
        label=later("Keywords"),
        hint=later("Which words and phrases give a request its category, with what weight."),
        needs=Right.SEE_KEYWORDS,
        rank=Rank.LAST,
    ),
    Item(
        path="/settings",
        label=later("Settings"),
        hint=later("People, groups, categories, calendars and letters, as they are set up."),
        needs=Right.SEE_SETTINGS,
        rank=Rank.LAST,
    ),
    Item(
        path="/audit",
        label=later("Audit log"),
        hint=later("Who signed in, and who changed what."),
        needs=Right.SEE_AUDIT,
        rank=Rank.LAST,
    ),
)


def of(role: Role) -> list[Item]:
    """What somebody of this role may enter."""
    return [item for item in ITEMS if rights.may(role, item.needs)]
