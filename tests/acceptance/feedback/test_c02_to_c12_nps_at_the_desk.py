"""C2-C4, C6, C10, C12, C13: NPS after a stage as those at the desk set it up, meet it and read it."""

import csv
import io
import re
from html import unescape
from typing import Final

from caseline.crm.cards import Card
from caseline.people.rights import Role
from tests.factories.offices import Office, alerts, links, typed, words

CLIENT: Final = "client@example.org"
CAMPAIGN: Final = "/settings/campaigns/edit"
TEMPLATE: Final = "/settings/templates/edit"
SAID: Final = {"decision": "yes", "quality": "5"}
MONTH: Final = "from=2026-04-01&to=2026-04-30"


def asked(desk: Office, agent: int, *, contact: int | None = None, number: str = "K-17") -> Card:
    """A request whose stage somebody changes to the one that asks."""
    town = desk.town
    contact = town.contact() if contact is None else contact
    card = town.desk.open("2026-04-06 11:10", contact_id=contact, assignee_id=agent, number=number, category="usual")
    return town.move(card, "review_requested", by=agent)


def test_c2_c3_a_missing_address_is_an_error_on_the_card_and_the_filled_one_sends_the_letter_once(desk: Office) -> None:
    town = desk.town
    town.switch_on("nps-after-a-stage")
    agent = desk.colleague("Agent")
    contact = town.contact(email=None)
    card = asked(desk, agent, contact=contact)
    town.round()

    browser, form = desk.at("Agent"), f"/contacts/{contact}/edit"
    page = browser.get(f"/requests/{card.id}").text
    (said,) = alerts(page)
    assert said.startswith("У клиента нет адреса: найдите его и заполните.")
    assert form in links(page, "/contacts/")
    assert town.post.mailbox.taken == []
    browser.post(form, **{**typed(browser.get(form).text, form), "email": CLIENT})
    town.later(minutes=10)
    town.round()
    town.round()

    (letter,) = town.letters(CLIENT)
    (path,) = [one for one in town.links(CLIENT) if one.startswith("/f/nps/")]
    assert town.client().get(path).status_code == 200
    page = desk.at("Agent").get(f"/requests/{card.id}").text
    assert alerts(page) == []
    assert str(letter["Subject"]) in words(page)
    assert path.rpartition(".")[2] not in page, "nobody answers in the place of a client"


def test_c4_administrators_edit_the_texts_of_letter_notice_and_assignment_and_who_gets_it_from_whom(
    desk: Office,
) -> None:
    town = desk.town
    desk.colleague("Boss", Role.ADMINISTRATOR)
    head, agent = desk.colleague("Head", Role.HEAD), desk.colleague("Agent", division=town.division("Печи"))
    town.query("UPDATE people.division SET head_id = :id", id=head)
    desk.colleague("Director", Role.DIRECTOR)
    boss = desk.at("Boss")
    changes = {
        "f1.text.ru": "Клиент ответил {на все} вопросы",
        "f2.title.ru": "Позвонить клиенту",
        "f2.text.ru": "Поблагодарить и записать.",
        "f2.to": "head",
        "f2.author": "director",
        "f2.starts_days": "1",
        "f2.due_days": "3",
        "f2.checklist": "Позвонить | Call\nЗаписать",
    }
    sent = typed(boss.get(f"{CAMPAIGN}?key=nps-after-a-stage").text, CAMPAIGN)
    assert boss.post(CAMPAIGN, **{**sent, **changes}).status_code == 200
    sent = typed(boss.get(f"{TEMPLATE}?key=ask_nps.ru").text, TEMPLATE)
    boss.post(TEMPLATE, **{**sent, "subject": "Пять вопросов", "text": "Ответьте: %Ссылка%", "html": ""})
    town.switch_on("nps-after-a-stage")

    asked(desk, agent)
    town.round()
    (letter,) = town.letters(CLIENT)
    body = letter.get_body(("plain",))
    assert body is not None
    assert (letter["Subject"], str(body.get_content())[:32]) == ("Пять вопросов", "Ответьте: https://feedback.examp")
    desk.answer(CLIENT, **SAID, recommend="9")
    town.round()

    assert "Клиент ответил {на все} вопросы" in words(desk.at("Agent").get("/notices").text)
    (one,) = [link for link in links(desk.at("Head").get("/assignments").text, "/assignments/") if link[13:].isdigit()]
    page = desk.at("Head").get(one).text
    told = words(page)
    for part in (
        *("Позвонить клиенту в работе", "Поблагодарить и записать.", "Чек-лист 0/2 Позвонить × Записать ×"),
        *("ИсполнительHead", "Начало7 апр. 2026, 12:05", "Срок10 апр. 2026, 12:05", "Кто поручилDirector"),
    ):
        assert part in told, part


def test_c6_c12_three_answers_make_three_records_and_a_chart_and_a_table_that_lead_to_them(desk: Office) -> None:
    town = desk.town
    town.switch_on("nps-after-a-stage")
    agent = desk.colleague("Agent")
    desk.colleague("Director", Role.DIRECTOR)
    given = {"a@example.org": ("K-1", "10"), "b@example.org": ("K-2", "7"), "c@example.org": ("K-3", "6")}
    for mail, (number, _) in given.items():
        asked(desk, agent, contact=town.contact(email=mail), number=number)
    town.round()
    for mail, (_, value) in given.items():
        desk.answer(mail, **SAID, recommend=value)
    town.round()

    made = town.query("SELECT subject, extra ->> 'nps_value' FROM crm.record WHERE kind = 'nps' ORDER BY subject")
    assert [tuple(one) for one in made] == [("NPS K-1: +100", "100"), ("NPS K-2: 0", "0"), ("NPS K-3: −100", "-100")]

    browser = desk.at("Director")
    page = browser.get(f"/reports/feedback-nps?{MONTH}&by=person").text
    shown = page.partition("<main")[2]
    assert '<svg class="chart' in shown
    bars = {unescape(one) for one in re.findall(r'<a href="(/reports/[^"]+)" tabindex="-1"', shown)}
    cells = {unescape(one) for one in re.findall(r'<td class="number"><a href="([^"]+)">', shown)}
    opened = {link: _rows(browser.get(link).text) for link in bars | cells}
    whole = {("K-1", "10"), ("K-2", "7"), ("K-3", "6")}
    assert bars
    assert cells
    assert whole in list(opened.values())
    assert all(found <= whole for found in opened.values())
    every = min(link for link, found in opened.items() if found == whole and link in cells)
    for order, numbers in (("value", ["K-1", "K-2", "K-3"]), ("-value", ["K-3", "K-2", "K-1"])):
        assert _order(browser.get(f"{every}&sort={order}").text) == numbers, order
    file = browser.get(every.replace("/rows?", "/rows/export?")).text.lstrip("\ufeff")
    assert len(list(csv.reader(io.StringIO(file), delimiter=";"))) == 4
    before = browser.get("/reports/feedback-nps?from=2026-03-01&to=2026-03-31&by=person").text
    assert not re.findall(r'<td class="number"><a href="([^"]+)">', before)


def _rows(page: str) -> set[tuple[str, str]]:
    return set(zip(_order(page), re.findall(r'data-label="Оценка">(\d+) ', page), strict=True))


def _order(page: str) -> list[str]:
    return re.findall(r'<td class="nowrap"><a href="/requests/\d+">(K-\d)</a>', page)
