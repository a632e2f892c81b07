"""The side menu of the settings: every section that has pages, for those who may see it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from caseline.people.rights import Right
from caseline.web.language import later

if TYPE_CHECKING:
    from caseline.web.desk.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A place in the settings."""

    path: str
    label: str
    hint: str
    needs: Right = Right.SEE_SETTINGS

    def holds(self, path: str) -> bool:
        """Whether a page lies in it."""
        return path == self.path or path.startswith(f"{self.path}/")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Sections that belong together."""

    label: str
    sections: tuple[Section, ...]


SHELVES: Final = (
    Shelf(
        later("Work on requests"),
        (
            Section(
                path="/settings/fields",
                label=later("Fields"),
                hint=later("What requests say, beyond their core fields."),
            ),
            Section(
                path="/settings/rules",
                label=later("Rules of fields"),
                hint=later("When a field is shown, and when it has to be filled in."),
            ),
            Section(
                path="/settings/sections", label=later("Sections of the card"), hint=later("How fields are grouped.")
            ),
            Section(
                path="/settings/stages",
                label=later("Stages"),
                hint=later("The way of a request, and where its clock stands still."),
            ),
            Section(
                path="/settings/transitions",
                label=later("Transitions"),
                hint=later("From which stage a request may go to which."),
            ),
            Section(
                path="/settings/categories",
                label=later("Categories"),
                hint=later("What requests are about, with the group and the hours that it brings."),
            ),
            Section(
                path="/keywords",
                label=later("Keywords"),
                hint=later("Which words and phrases give a request its category, with what weight."),
                needs=Right.SEE_KEYWORDS,
            ),
        ),
    ),
    Shelf(
        later("People"),
        (
            Section(path="/settings/people", label=later("Persons"), hint=later("Who works here, and where.")),
            Section(
                path="/settings/groups",
                label=later("Groups"),
                hint=later("Who works in which group, and how requests are shared out in it."),
            ),
            Section(
                path="/settings/divisions",
                label=later("Divisions"),
                hint=later("Parts of the company and their heads."),
            ),
            Section(path="/settings/absences", label=later("Absences"), hint=later("Who is away, and who stands in.")),
            Section(
                path="/settings/logins",
                label=later("Logins"),
                hint=later("Who may sign in, as what, and what they see."),
                needs=Right.SEE_USERS,
            ),
        ),
    ),
    Shelf(
        later("Time and products"),
        (
            Section(
                path="/settings/calendars",
                label=later("Calendars"),
                hint=later("Which days count for deadlines."),
            ),
            Section(
                path="/settings/catalogue",
                label=later("Product catalogue"),
                hint=later("Products and their groups, to any depth."),
            ),
            Section(
                path="/settings/services",
                label=later("Services"),
                hint=later("What agreements are about, and how often clients are asked about it."),
            ),
        ),
    ),
    Shelf(
        later("Texts and lists"),
        (
            Section(
                path="/settings/templates",
                label=later("Templates of letters"),
                hint=later("The words of what we write."),
            ),
            Section(
                path="/settings/autotexts",
                label=later("Autotexts"),
                hint=later("Texts under a name that any letter may hold."),
            ),
            Section(
                path="/settings/pictures",
                label=later("Pictures in letters"),
                hint=later("Faces and logo of letters that ask for feedback."),
            ),
            Section(
                path="/requests/views",
                label=later("Views for everybody"),
                hint=later("Lists of requests that everybody finds ready."),
            ),
        ),
    ),
    Shelf(
        later("After an answer"),
        (
            Section(
                path="/settings/review-targets",
                label=later("Public reviews"),
                hint=later("Where clients are asked to tell others."),
            ),
            Section(
                path="/settings/review-sites",
                label=later("Sites that may be linked to"),
                hint=later("Our links lead nowhere else."),
            ),
            Section(
                path="/settings/hooks",
                label=later("Webhooks"),
                hint=later("Other systems that are told of answers and bonuses."),
            ),
            Section(path="/settings/bonuses", label=later("Bonuses"), hint=later("Who got what.")),
        ),
    ),
    Shelf(
        later("Feedback"),
        (
            Section(
                path="/settings/campaigns",
                label=later("Campaigns"),
                hint=later("Whom to ask for an opinion, when and how, and what follows from the answer."),
            ),
            Section(
                path="/settings/forms",
                label=later("Forms of questions"),
                hint=later("What clients are asked: questions, scales, their order, in versions."),
            ),
        ),
    ),
    Shelf(
        later("Oversight"),
        (
            Section(
                path="/audit",
                label=later("Audit log"),
                hint=later("Who signed in, and who changed what."),
                needs=Right.SEE_AUDIT,
            ),
        ),
    ),
)


def of(visit: "Visit") -> list[Shelf]:
    """What somebody may open; sections without pages are left out."""
    there = {getattr(route, "path", "") for route in visit.request.app.routes}
    found = []
    for shelf in SHELVES:
        sections = tuple(one for one in shelf.sections if one.path in there and visit.may(one.needs))
        if sections:
            found.append(Shelf(shelf.label, sections))
    return found
