"""Who sees which agreements and reviews, by role, scope and the setting for heads."""

from typing import Final

import pytest

from caseline.people.access import HeadsSee, Scope, Viewer, reach
from caseline.people.rights import Role

ME, OTHER = 7, 8
LED: Final = frozenset({3})
CASES: Final = {"own": (1, ME), "led": (3, OTHER), "foreign": (1, OTHER), "nobody's": (None, None)}
"""Division and responsible person."""
EVERYTHING: Final = set(CASES)
MATRIX: Final = {
    **{(role, Scope.ALL, setting): EVERYTHING for role in Role for setting in HeadsSee},
    **{(role, Scope.GROUPS, setting): {"own"} for role in Role for setting in HeadsSee},
    (Role.HEAD, Scope.ALL, HeadsSee.OWN): {"own", "led"},
    (Role.HEAD, Scope.GROUPS, HeadsSee.OWN): {"own", "led"},
    (Role.HEAD, Scope.GROUPS, HeadsSee.ALL): {"own", "led"},
}


@pytest.mark.parametrize(("role", "scope", "setting"), MATRIX, ids="-".join)
def test_who_sees_what(role: Role, scope: Scope, setting: HeadsSee) -> None:
    viewer = Viewer(login_id=1, name="me", role=role, person_id=ME, scope=scope)

    found = reach(viewer, setting, LED)

    assert {case for case, of in CASES.items() if found.holds(*of)} == MATRIX[role, scope, setting]


def test_a_limited_login_without_a_person_sees_nothing() -> None:
    found = reach(Viewer(login_id=1, name="me", role=Role.AGENT, scope=Scope.GROUPS), HeadsSee.ALL, frozenset())

    assert not any(found.holds(*of) for of in CASES.values())
