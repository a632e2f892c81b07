"""The same invalid save by the page, the API, the command and for many at once: the same refusal in the same words."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from caseline.actions import keep_rules, sort_mail
from caseline.actions.wiring import House
from caseline.cli import main
from caseline.crm import catalogue_tables
from caseline.crm.field_faults import RUSSIAN
from caseline.crm.vocabulary import Type
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


@pytest.fixture(params=["en", RUSSIAN])
def language(request: pytest.FixtureRequest) -> str:
    """In which everybody reads."""
    found: str = request.param
    return found


@pytest.fixture
def browser(house: House, desk: str, language: str) -> Iterator[Browser]:
    """Somebody at the desk."""
    pages.login(house, "anna", Role.AGENT, language=language)
    made = Browser(desk)
    made.client.headers["Accept-Language"] = language
    made.sign_in("anna")
    yield made
    made.client.close()


@pytest.fixture
def caller(house: House, desk: str) -> Iterator[httpx.Client]:
    """A program of somebody who works on requests."""
    with programs.program(house, desk, Role.AGENT) as made:
        yield made


def by_page(browser: Browser, number: int, values: dict[str, str]) -> list[str]:
    """Faults at the fields of the form, in their order."""
    form = browser.get(f"/requests/{number}/fields").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    typed = {f"f:{key}": value for key, value in values.items()}
    answer = browser.post(f"/requests/{number}/fields", version=version[1], **typed)
    assert answer.status_code == 422
    found = re.findall(r'class="fault-words"[^>]*>(.*?)</', answer.text, re.DOTALL)
    # What belongs to no field that is shown stands above them, with its name.
    for notice in re.findall(r'role="alert"><ul>(.*?)</ul>', answer.text, re.DOTALL):
        found += re.findall(r"<li>(.*?)</li>", notice, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def by_api(caller: httpx.Client, number: int, language: str, values: dict[str, str]) -> tuple[list[str], list[str]]:
    """(faults by themselves, faults with the names of their fields)."""
    answer = caller.patch(
        f"/requests/{number}", json={"version": 1, "values": values}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 422
    return [one["message"] for one in answer.json()["errors"]], answer.json()["detail"].split("; ")


def by_bulk(caller: httpx.Client, number: int, language: str, **wish: object) -> list[str]:
    """Reasons with the names of their fields."""
    sent = {"requests": [number], **wish}
    (one,) = caller.post("/requests/bulk", json=sent, headers={"Accept-Language": language}).json()["results"]
    assert one["result"] == "refused"
    reasons: list[str] = one["reasons"]
    return reasons


def by_command(words: Sequence[str], language: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines with the names of their fields."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["request", *words, "--lang", language])
    assert ended.value.code == 1
    return capsys.readouterr().err.strip().splitlines()[1:]


def test_the_same_refusal_in_the_same_words_whichever_way_it_is_asked_for(
    house: House, number: int, browser: Browser, caller: httpx.Client, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {"category": _NOWHERE}

    plain, named = by_api(caller, number, language, values)

    assert len(plain) == len(named) == 2
    assert all(one.endswith(words) for one, words in zip(named, plain, strict=True))
    assert by_bulk(caller, number, language, category=_NOWHERE) == named
    assert by_command(["set", f"id:{number}", "--category", _NOWHERE], language, capsys) == named
    assert sorted(by_page(browser, number, values)) == sorted(plain)
    assert Staff(house).version(number) == 1


# ------------------------------------------------------------------------------------------- other kinds of refusals


@dataclass(frozen=True)
class Wrong:
    """A value that cannot be saved."""

    values: dict[str, str]
    said: tuple[str, str]
    """A part of the refusal in English and Russian."""
    command: tuple[str, ...] = ()
    """Options of its own; else the values are given as fields."""
    bulk: dict[str, Any] = field(default_factory=dict)
    """Empty: this field is not changed in many requests."""


WRONG: Final = {
    "out of a list": Wrong(
        {"extra.Colour": "blue"}, ("'blue' is not among its values: choose one of red, green", "«blue» нет в списке")
    ),
    "no number": Wrong({"extra.Sum": "much"}, ("'much' is no number", "«much» — не число")),
    "no whole number": Wrong({"extra.Count": "1.5"}, ("'1.5' is no whole number", "«1.5» — не целое число")),
    "too small a part": Wrong({"extra.Sum": "1.005"}, ("parts of a hundredth", "мельче копейки")),
    "no date": Wrong({"extra.Day": "31.02.2026"}, ("'31.02.2026' is no date", "«31.02.2026» — не дата")),
    "no time": Wrong({"extra.Visit": "soon"}, ("'soon' is no date with a time", "«soon» — не дата со временем")),
    "neither yes nor no": Wrong({"escalated": "perhaps"}, ("neither yes nor no", "не да и не нет")),
    "too long": Wrong(
        {"subject": "x" * 5_000}, ("has 5000 characters", "5000 знаков"), command=("--subject", "x" * 5_000)
    ),
    "empty": Wrong({"subject": " "}, ("is empty", "пусто"), command=("--subject", " ")),
    "a company that is gone": Wrong({"company": "77777"}, ("'77777' is not there", "«77777» нет (или уже нет)")),
    "a product out of use": Wrong({"extra.Part": "Old pump"}, ("'Old pump' is not there", "«Old pump» нет")),
    "a field out of use": Wrong({"extra.Gone": "x"}, ("no longer in use", "больше не используется")),
    "no such field": Wrong({"extra.Nobody": "x"}, ("there is no such field", "такого поля нет")),
    "the request itself": Wrong({"parent": "1"}, ("cannot be above itself", "не может быть главным")),
    "a person who has left": Wrong(
        {"assignee": "1"}, ("'1' is not there", "«1» нет"), command=("--assignee", "1"), bulk={"assignee": 1}
    ),
    "a group that is gone": Wrong(
        {"group": "77777"}, ("'77777' is not there", "«77777» нет"), command=("--group", "77777"), bulk={"group": 77777}
    ),
    "namesakes": Wrong(
        {"assignee": "Ivan"}, ("several are called 'Ivan'", "«Ivan» несколько"), command=("--assignee", "Ivan")
    ),
}


@pytest.fixture
def plain(house: House) -> int:
    """A request of a house with fields of all kinds, people who have left, and namesakes."""
    fields.field(house, "Colour", Type.LIST, choices=("red", "green"))
    fields.field(house, "Count", Type.INTEGER)
    fields.field(house, "Sum", Type.MONEY)
    fields.field(house, "Day", Type.DATE)
    fields.field(house, "Visit", Type.DATETIME)
    fields.field(house, "Part", Type.REFERENCE, to="product")
    fields.field(house, "Gone", active=False)
    fields.row(house, catalogue_tables.product, name="Old pump", active=False)
    assert fields.person(house, "Left", active=False) == 1
    for _ in range(2):
        fields.person(house, "Ivan")
    pages.category(house, "repair")
    made = pages.request(house, "The pump is loud")
    assert made == 1
    return made


def test_every_wrong_value_is_refused_in_the_same_words_whichever_way_it_is_sent(
    house: House, plain: int, browser: Browser, caller: httpx.Client, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Staff(house).events(plain)

    for name, wrong in WRONG.items():
        faults, named = by_api(caller, plain, language, wrong.values)

        assert len(faults) == 1, name
        assert wrong.said[language == RUSSIAN] in faults[0], name
        told = [f"--field={key}={value}" for key, value in wrong.values.items()]
        assert by_command(["set", f"id:{plain}", *(wrong.command or told)], language, capsys) == named, name
        if wrong.bulk:
            assert by_bulk(caller, plain, language, **wrong.bulk) == named, name
        if name != "no such field":  # no page has a control for it
            shown = named if name == "a field out of use" else faults
            assert by_page(browser, plain, wrong.values) == shown, name

    assert (Staff(house).version(plain), Staff(house).events(plain)) == (1, before)


def test_a_stage_to_which_no_way_leads_or_that_there_is_not_is_refused_in_the_same_words(
    house: House, plain: int, browser: Browser, caller: httpx.Client, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_rules.put_ways(house, [("new", "working")], fields.ADMIN)
    before = Staff(house).events(plain)

    for stage, said in (
        ("closed", ("no way leads to", "нельзя перейти в")),
        ("odd", ("'odd' is not among its values: choose one of new, working", "«odd» нет в списке")),
    ):
        asked = {"version": 1, "stage": stage}
        answer = caller.post(f"/requests/{plain}/stage", json=asked, headers={"Accept-Language": language})

        assert answer.status_code == 422
        words: str = answer.json()["detail"]
        assert said[language == RUSSIAN] in words
        assert by_bulk(caller, plain, language, stage=stage) == [words]
        assert by_command(["stage", f"id:{plain}", stage], language, capsys) == [words]
        browser.get(f"/requests/{plain}")
        page = browser.post(f"/requests/{plain}/stage", stage=stage, version=1)
        assert page.status_code == 422
        assert words in html.unescape(page.text)

    assert (Staff(house).version(plain), Staff(house).events(plain)) == (1, before)


def test_a_merged_request_is_opened_by_nobody_and_each_way_says_where_it_goes_on(
    house: House, plain: int, browser: Browser, caller: httpx.Client, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    into = pages.request(house, "Another one")
    sort_mail.merge(house, f"id:{plain}", f"id:{into}", by=None, now=datetime.now(UTC))
    version = Staff(house).version(plain)

    asked = {"version": version, "stage": "working"}
    answer = caller.post(f"/requests/{plain}/stage", json=asked, headers={"Accept-Language": language})

    words: str = answer.json()["detail"]
    assert answer.status_code == 422
    assert f"обращении {into}" in words if language == RUSSIAN else f"goes on in request {into}" in words
    assert by_bulk(caller, plain, language, stage="working") == [words]
    browser.get(f"/requests/{plain}")
    page = browser.post(f"/requests/{plain}/stage", stage="working", version=version)
    assert page.status_code == 422
    assert words in html.unescape(page.text)
    many = browser.post("/requests/change/apply", ids=str(plain), stage="working", back="")
    assert words in html.unescape(many.text)
    with pytest.raises(SystemExit):
        main(["request", "reopen", f"id:{plain}"])
    assert f"merged into request {into}" in capsys.readouterr().err
    assert Staff(house).version(plain) == version
