"""B14: heads and the director see every review, sort and filter by state, and see at once what is stuck for how long."""

import re
from datetime import timedelta

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import asked_clients, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff
from tests.factories.served import desk, house

__all__ = ["desk", "house"]


def test_heads_and_the_director_see_at_once_what_is_stuck_and_for_how_long(house: House, desk: str) -> None:
    staff = Staff(house)
    asked_clients.switched_on(house)
    records = [asked_clients.closed(house, staff, number, subject=f"Обращение {number}") for number in (1, 2, 3)]
    made = asked_clients.asks(house, staff)
    for record, days in zip(records, (12, 3, 1), strict=True):
        asked_clients.sent(staff, made[record], ago=timedelta(days=days))
    staff.query("UPDATE feedback.ask SET state = 'visited' WHERE id = :id", id=made[records[2]])

    for name, role in (("head", Role.HEAD), ("director", Role.DIRECTOR)):
        pages.login(house, name, role, language="ru")
        browser = Browser(desk)
        browser.sign_in(name)
        text = browser.get("/asks").text
        assert all(f"Обращение {number}" in text for number in (1, 2, 3))
        heaps = re.findall(r"<strong>(\d+)</strong>\s*<span>([^<]+)</span>\s*<span class=\"soft\">([^<]+)", text)
        assert heaps == [
            ("2", "Ссылка отправлена клиенту", "самый старый: 12 дней"),
            ("1", "Клиент перешёл по ссылке", "самый старый: 1 день"),
        ]
        stuck = browser.get("/asks?state=sent&still=5&sort=longest").text
        assert "Обращение 1" in stuck
        assert "Обращение 2" not in stuck
        order = re.findall(r"Обращение (\d)", browser.get("/asks?sort=longest").text)
        assert list(dict.fromkeys(order)) == ["1", "2", "3"]
        browser.client.close()
