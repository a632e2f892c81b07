"""B1, B2, B6, B11, B13, B17: a review from the agreement that it is about to the reports, seen from outside."""

import csv
import io
from typing import Final

from lxml import html

from caseline.people.rights import Role
from tests.factories.feedback_asks import hidden
from tests.factories.offices import Office, facts, links, typed, words

CLIENTS: Final = {"Д-7/26": "seven@client.example", "Д-8/26": "eight@client.example"}
BUSY: Final = "451 4.3.0 try again later"
MONTH: Final = "from=2026-04-01&to=2026-04-30"


class Agreements:
    """Two agreements of two divisions, about two services, each with a client and a manager of its own."""

    def __init__(self, desk: Office) -> None:
        self.desk, town = desk, desk.town
        desk.colleague("Director", Role.DIRECTOR)
        self.north, self.south = town.division("Сервис"), town.division("Монтаж")
        town.switch_on("review-registry", forms_by_division={str(self.south): "nps"})
        for number, manager, division, label in (
            ("Д-7/26", "Oleg", self.north, "Сопровождение"),
            ("Д-8/26", "Nina", self.south, "Установка окон"),
        ):
            person = desk.colleague(manager, division=division)
            contact = town.contact(f"Клиент {number}", CLIENTS[number])
            made = town.agreement(number, contact, person, division)
            town.query("UPDATE crm.service SET label = :label WHERE id = :id", label=label, id=made)
        town.later(minutes=5)
        town.round()

    def choose(self, manager: str) -> None:
        """Somebody answers the question that waits for him, by the address that his page offers."""
        browser = self.desk.at(manager)
        (link,) = links(browser.get("/addresses").text, "/addresses/")
        page = browser.get(link).text
        assert browser.post(link, **typed(page, link)).status_code == 200

    def states(self) -> dict[str, str]:
        """The state of each ask, as the director's registry names it, by client."""
        page = html.document_fromstring(self.desk.at("Director").get("/asks").text)
        rows = [row for row in page.iter("tr") if row.find("td") is not None]
        found = {}
        for row in rows:
            cells = [cell.text_content() for cell in row.iter("td")]
            found[cells[1].strip().removeprefix("Клиент ")] = cells[2].strip().splitlines()[0]
        return found

    def dates(self) -> tuple[str, str]:
        """When the first agreement was asked about, and when its review was received, as its card says."""
        told = facts(self.desk.at("Director").get("/agreements/1").text)
        return told["Отзыв запрошен"], told["Отзыв получен"]

    def form(self, number: str) -> str:
        (found,) = [one for one in self.desk.town.links(CLIENTS[number]) if one.startswith("/f/")]
        return found


def test_b1_b6_letters_are_filled_from_the_registry_and_lead_each_client_to_the_form_of_his_division(
    desk: Office,
) -> None:
    made, town = Agreements(desk), desk.town
    made.choose("Oleg")
    made.choose("Nina")
    town.round()

    told = {
        number: " ".join(str(town.letters(to)[0].get_body(("plain",)).get_content()).split())  # type: ignore[union-attr]
        for number, to in CLIENTS.items()
    }
    assert "«Сопровождение» по договору Д-7/26" in told["Д-7/26"]
    assert "«Установка окон» по договору Д-8/26" in told["Д-8/26"]
    town.later(minutes=5)
    pages = {number: words(town.client().get(f"{made.form(number)}?language=ru").text) for number in CLIENTS}
    assert pages["Д-7/26"].startswith("Отзыв об услуге ")
    assert pages["Д-8/26"].startswith("Пять вопросов о нашей работе ")


def test_b2_b11_b13_b17_states_move_by_themselves_and_the_review_stands_with_all_that_it_belongs_to(
    desk: Office,
) -> None:
    made, town = Agreements(desk), desk.town
    director = desk.at("Director")

    assert made.states() == dict.fromkeys(CLIENTS, "Ответственному отправлен запрос")
    assert made.dates() == ("ни разу", "–")
    town.post.mailbox.recipient_answers[CLIENTS["Д-7/26"]] = BUSY
    made.choose("Oleg")
    town.round()
    assert made.states()["Д-7/26"] == "Ожидает отправки", "the server has not accepted the letter yet"
    del town.post.mailbox.recipient_answers[CLIENTS["Д-7/26"]]
    town.later(hours=2)
    town.round()
    assert made.states() == {"Д-7/26": "Ссылка отправлена клиенту", "Д-8/26": "Ответственному отправлен запрос"}
    assert made.dates() == ("6 апр. 2026, 14:05", "–")

    path = made.form("Д-7/26")
    town.later(minutes=10)
    person = town.client()
    page = person.get(path)
    assert made.states()["Д-7/26"] == "Ссылка отправлена клиенту", "anything may fetch a page"
    town.later(seconds=3)
    assert person.post(f"{path}/seen", {"page-mark": hidden(page)["page-mark"]}).status_code == 200
    assert made.states()["Д-7/26"] == "Клиент перешёл по ссылке"
    assert person.save(page, path, quality="4", manager="5", comment="Спасибо").status_code == 303
    assert made.states()["Д-7/26"] == "Отзыв получен"
    town.round()

    (ask,) = [one for one in links(director.get("/asks?grade=good").text, "/asks/") if one[6:].isdigit()]
    review = director.get(ask).text
    told = facts(review)
    assert "Д-7/26" in told["Договор"]
    assert told["Услуга"] == "Сопровождение"
    assert (told["Клиент"], told["Ответственный"]) == ("Клиент Д-7/26", "Oleg, Сервис")
    assert (told["Качество услуги"][:6], told["Ваш отзыв"]) == ("4 из 5", "Спасибо")
    assert "Новый 6 апр. 2026, 12:05, автоматически" in words(review)
    (agreement,) = links(review, "/agreements/")
    card = director.get(agreement).text
    told = facts(card)
    assert "Договор Д-7/26" in words(card)
    assert (told["Услуга"], told["Менеджер"], told["Подразделение"]) == ("Сопровождение", "Oleg", "Сервис")
    assert made.dates() == ("6 апр. 2026, 14:05", "6 апр. 2026, 14:15")
    assert _report(desk, "person") == {"Oleg": ["2", "4.5"]}
    assert _report(desk, "division") == {"Сервис": ["2", "4.5"]}


def _report(desk: Office, by: str) -> dict[str, list[str]]:
    """Number and mean of ratings by the lines of the report."""
    file = desk.at("Director").get(f"/reports/feedback-mean/export?{MONTH}&by={by}").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    return {row[0]: row[1:3] for row in rows[1:] if row[0] != "Итого"}
