"""The same invalid save by the page, the API, the command and for many at once: the same refusal in the same words."""

import html
import re
from typing import Final

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.cli import main
from caseline.crm.field_faults import RUSSIAN
from caseline.people.rights import Role
from tests.factories import fields, pages, programs
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

_NOWHERE: Final = "nowhere"


@pytest.fixture
def number(house: House) -> int:
    """A request that lacks a field which it needs."""
    pages.category(house, "repair")
    city = fields.field(house, "City")
    made = pages.request(house, "The pump is loud")
    fields.require(house, city)
    return made


def by_page(house: House, desk: str, number: int, language: str) -> list[str]:
    """Faults at the fields of the form, in their order."""
    pages.login(house, "anna", Role.AGENT, language=language)
    browser = Browser(desk)
    browser.client.headers["Accept-Language"] = language
    browser.sign_in("anna")
    form = browser.get(f"/requests/{number}/fields").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    answer = browser.post(f"/requests/{number}/fields", version=version[1], **{"f:category": _NOWHERE})
    assert answer.status_code == 422
    return [
        html.unescape(re.sub(r"<[^>]+>", "", one)).strip()
        for one in re.findall(r'class="fault-words"[^>]*>(.*?)</', answer.text)
    ]


def by_api(caller: httpx.Client, number: int, language: str) -> tuple[list[str], list[str]]:
    """(faults by themselves, faults with the names of their fields)."""
    answer = caller.patch(
        f"/requests/{number}",
        json={"version": 1, "values": {"category": _NOWHERE}},
        headers={"Accept-Language": language},
    )
    assert answer.status_code == 422
    return [one["message"] for one in answer.json()["errors"]], answer.json()["detail"].split("; ")


def by_bulk(caller: httpx.Client, number: int, language: str) -> list[str]:
    """Reasons with the names of their fields."""
    sent = {"requests": [number], "category": _NOWHERE}
    (one,) = caller.post("/requests/bulk", json=sent, headers={"Accept-Language": language}).json()["results"]
    assert one["result"] == "refused"
    reasons: list[str] = one["reasons"]
    return reasons


def by_command(number: int, language: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines with the names of their fields."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["request", "set", f"id:{number}", "--category", _NOWHERE, "--lang", language])
    assert ended.value.code == 1
    return capsys.readouterr().err.strip().splitlines()[1:]


@pytest.mark.parametrize("language", ["en", RUSSIAN])
def test_the_same_refusal_in_the_same_words_whichever_way_it_is_asked_for(
    house: House, desk: str, number: int, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    caller = programs.program(house, desk, Role.AGENT)

    plain, named = by_api(caller, number, language)

    assert len(plain) == len(named) == 2
    assert all(one.endswith(words) for one, words in zip(named, plain, strict=True))
    assert by_bulk(caller, number, language) == named
    assert by_command(number, language, capsys) == named
    assert sorted(by_page(house, desk, number, language)) == sorted(plain)
    assert Staff(house).version(number) == 1
