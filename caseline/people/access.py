"""What somebody may see and change: the one rule for requests, and the one for agreements and what is asked about them.

Each stands here for one thing, and in the stores for lists.
"""

from dataclasses import dataclass
from enum import StrEnum

from caseline.people import rights
from caseline.people.rights import Right, Role


class Scope(StrEnum):
    """Which requests a login is about."""

    ALL = "all"
    GROUPS = "groups"
    """Those of the groups that its person is a member of, and those assigned to that person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looks at requests."""

    login_id: int
    name: str
    """Of the login, as the audit log tells it."""
    role: Role
    person_id: int | None = None
    groups: frozenset[int] = frozenset()
    """Groups that the person is a member of."""
    scope: Scope = Scope.ALL

    def may(self, right: Right) -> bool:
        """Whether the role has a right."""
        return rights.may(self.role, right)

    def sees(self, group_id: int | None, assignee_id: int | None) -> bool:
        """Whether a request of this group and assignee is shown; one that is not is answered as one that is absent."""
        if not self.may(Right.SEE_REQUESTS):
            return False
        if self.scope is Scope.ALL:
            return True
        own = assignee_id is not None and assignee_id == self.person_id
        return own or (group_id is not None and group_id in self.groups)


class HeadsSee(StrEnum):
    """What heads of divisions see of agreements and reviews."""

    ALL = "all"
    OWN = "own"
    """Those of the divisions that they lead, and their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which agreements somebody sees, and which questions and answers about them."""

    all: bool = False
    divisions: frozenset[int] = frozenset()
    person_id: int | None = None
    """Whose own ones are seen, too."""

    def holds(self, division_id: int | None, responsible_id: int | None) -> bool:
        """Whether one of this division and responsible person is shown."""
        own = responsible_id is not None and responsible_id == self.person_id
        return self.all or own or (division_id is not None and division_id in self.divisions)


def reach(viewer: Viewer, heads_see: HeadsSee, led: frozenset[int]) -> Reach:
    """What somebody sees who leads these divisions, with all that are parts of them.

    Whoever is limited to his groups sees what he is responsible for, and what belongs to the divisions that he leads.
    """
    if not viewer.may(Right.SEE_REQUESTS):
        return Reach()
    head = viewer.role is Role.HEAD
    if viewer.scope is Scope.ALL and not (head and heads_see is HeadsSee.OWN):
        return Reach(all=True)
    return Reach(divisions=led if head else frozenset(), person_id=viewer.person_id)
