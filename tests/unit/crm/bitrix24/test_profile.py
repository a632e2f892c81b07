"""Whoever installs the application has to be an administrator: only a plain yes of the portal makes one."""

import pytest

from caseline.crm.bitrix24.profile import administers


@pytest.mark.parametrize("said", [True, 1, "1", "Y", "y", "true"], ids=repr)
def test_a_plain_yes_makes_an_administrator(said: object) -> None:
    assert administers({"ADMIN": said})


@pytest.mark.parametrize("said", [False, 0, "0", "N", "n", "false", "", None, [], ["Y"], {"Y": 1}, "yes?"], ids=repr)
def test_whatever_else_is_said_makes_none(said: object) -> None:
    assert not administers({"ADMIN": said})


def test_nothing_said_makes_none() -> None:
    assert not administers({})
