"""Which requests somebody may see and change: the one rule, for one request here, for lists in `sees` of the stores."""

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
