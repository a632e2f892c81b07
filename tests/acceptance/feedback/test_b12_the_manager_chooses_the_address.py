"""B12: the manager is asked to which of the client's addresses the letter shall go; deadlines, head and deputy."""

from email.message import EmailMessage
from typing import Final

from lxml import html

from caseline.people.rights import Role
from tests.factories.cards import moscow
from tests.factories.offices import Office, links, typed, words

WROTE: Final = "wrote@client.example"
FIRM: Final = "firm@client.example"
ANNA: Final = "anna@client.example"
NEW: Final = "new@client.example"


class Registry:
    """An agreement with a firm; Oleg is its manager, Vera his head, Nina stands in for him."""

    def __init__(self, desk: Office) -> None:
        self.desk, town = desk, desk.town
        town.switch_on("review-registry")
        self.division = town.division("Сервис")
        self.head = desk.colleague("Vera", Role.HEAD)
        self.oleg = desk.colleague("Oleg", division=self.division)
        self.nina = desk.colleague("Nina", division=self.division)
        town.query("UPDATE people.division SET head_id = :id", id=self.head)
        town.query("INSERT INTO crm.company (name, email) VALUES ('ООО «Пример»', :mail)", mail=FIRM)
        anna = town.contact("Анна", ANNA)
        town.query("UPDATE crm.contact SET company_id = 1")
        card = desk.town.desk.open("2026-04-01 10:00", company_id=1)
        town.query(
            "INSERT INTO crm.message (record_id, kind, sender, sender_address, sent_at)"
            " VALUES (:id, 'mail_in', 'Директор', :mail, now())",
            id=card.id,
            mail=WROTE,
        )
        self.agreement = town.agreement("Д-7", anna, self.oleg, self.division)
        town.query("UPDATE crm.agreement SET company_id = 1")

    def at(self, moment: str) -> None:
        """A round at a moment."""
        self.desk.town.now = moscow(moment)
        self.desk.town.round()

    def asked(self, name: str) -> list[str]:
        """The first words of the questions that somebody has got by mail, with where each leads."""
        return [_told(one) for one in self.desk.town.letters(f"{name}@desk.example")]

    def written(self) -> list[str]:
        """Who of the clients has got a letter."""
        return [
            to for one in self.desk.town.post.mailbox.taken for to in one.recipients if to.endswith("client.example")
        ]


def _told(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    (link,) = [one for one in str(body.get_content()).split() if one.startswith("https://desk.example/")]
    return link.removeprefix("https://desk.example")


def test_b12_of_all_known_addresses_or_a_new_one_only_the_chosen_one_is_written_to(desk: Office) -> None:
    made = Registry(desk)
    made.at("2026-04-06 12:05")
    (link,) = made.asked("oleg")

    browser = desk.at("Oleg")
    page = browser.get(link).text
    radios = html.document_fromstring(page).xpath("//input[@type='radio']/@value")
    assert set(radios) == {FIRM, ANNA, WROTE, "other"}
    assert made.written() == []
    answer = browser.post(link, **{**typed(page, link), "pick": "other", "typed": NEW})
    assert "Адрес выбран" in words(answer.text)
    made.at("2026-04-06 12:10")

    assert made.written() == [NEW]
    refused = browser.post(link, pick=FIRM)
    assert refused.status_code == 422
    made.at("2026-04-21 12:05")
    assert (made.asked("oleg"), made.asked("vera")) == ([link], [])


def test_b12_after_two_working_days_a_reminder_after_five_the_head_and_then_nobody_is_asked(desk: Office) -> None:
    made = Registry(desk)

    counts = []
    for moment in ("06 12:05", "08 12:00", "08 12:10", "13 12:00", "13 12:10", "20 12:00", "20 12:10"):
        made.at(f"2026-04-{moment}")
        counts.append((len(made.asked("oleg")), len(made.asked("vera")), desk.town.states()))

    waits, given_up = [("awaiting_address", None)], [("skipped", "no address")]
    assert counts == [
        (1, 0, waits),
        (1, 0, waits),
        (2, 0, waits),
        (2, 0, waits),
        (2, 1, waits),
        (2, 1, waits),
        (2, 1, given_up),
    ]
    assert made.written() == []
    assert "Не спрашивалиадрес никто не указал" in words(desk.at("Vera").get("/asks?state=skipped").text)


def test_b12_a_deputy_is_asked_in_the_place_of_an_absent_manager_and_may_answer(desk: Office) -> None:
    made = Registry(desk)
    desk.town.staff.away(made.oleg, made.nina, "2026-04-10", since="2026-04-01")
    made.at("2026-04-06 12:05")

    (link,) = made.asked("nina")
    assert made.asked("oleg") == []
    browser = desk.at("Nina")
    assert link in links(browser.get("/addresses").text, "/addresses/")
    browser.post(link, **{**typed(browser.get(link).text, link), "pick": ANNA})
    made.at("2026-04-06 12:10")
    assert made.written() == [ANNA]
