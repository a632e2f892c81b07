"""Whom a comment calls: by the longest name that fits, never by a mail address."""

import pytest

from caseline.notices import mentions
from caseline.people.access import Viewer
from caseline.people.rights import Role

PEOPLE = {
    1: ["Анна Ёлкина", "anna", "anna@desk.example"],
    2: ["Annabel", "annabel"],
    3: ["Boris", "boris.k"],
    4: ["Boris", "b"],
}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@anna", {1}),
        ("Посмотри, @Анна Елкина, пожалуйста", {1}),
        ("(@ANNA)", {1}),
        ("@anna.", {1}),
        ("@anna: look", {1}),
        ("@anna@desk.example, look", {1}),
        ("@annabel", {2}),
        ("@annabelle", set()),
        ("@anna-maria", set()),
        ("write to x@anna or me@boris", set()),
        ("@boris", {3, 4}),
        ("@boris.k and @b", {3, 4}),
        ("@boris.k.", {3}),
        ("@@anna", {1}),
        ("@ anna", set()),
        ("@nobody", set()),
        ("", set()),
        ("@", set()),
        ("@anna@anna", set()),
    ],
)
def test_who_is_called(text: str, called: set[int]) -> None:
    assert mentions.found(text, PEOPLE) == called


def test_names_are_the_persons_his_logins_his_address_and_what_stands_before_their_at() -> None:
    viewer = Viewer(login_id=1, name="a.smith@desk.example", role=Role.AGENT)
    names = mentions.names("Anna Smith", "anna@desk.example", [viewer])
    assert names == ["Anna Smith", "anna@desk.example", "a.smith@desk.example", "anna", "a.smith"]
