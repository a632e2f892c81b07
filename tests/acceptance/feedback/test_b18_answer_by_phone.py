"""B18: an employee opens the same form in the desk and enters an answer given by phone, which is counted apart."""

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import asked_clients, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff
from tests.factories.served import desk, house

__all__ = ["desk", "house"]


def test_an_answer_given_by_phone_is_entered_in_the_desk_and_kept_as_entered_by_somebody(
    house: House, desk: str
) -> None:
    staff = Staff(house)
    asked_clients.switched_on(house)
    record = asked_clients.closed(house, staff, 1)
    ask_id = asked_clients.asks(house, staff)[record]
    pages.login(house, "petr", Role.AGENT, language="ru")
    browser = Browser(desk)
    browser.sign_in("petr")

    assert "Оцените, как мы помогли" in browser.get(f"/asks/{ask_id}/answer").text
    page = browser.post(f"/asks/{ask_id}/answer", submission="1", **{"q.rating": "5", "q.comment": "Всё хорошо"}).text
    browser.client.close()

    assert "Отзыв получен" in page
    assert "5 по телефону, внёс petr" in page
    entered = staff.query("SELECT entered_by, document FROM feedback.answer")
    assert [tuple(one) for one in entered] == [("petr", {"rating": 5, "comment": "Всё хорошо"})]
    assert [tuple(one) for one in staff.query("SELECT value, superseded_at FROM feedback.rating")] == [(5, None)]
    assert staff.query("SELECT state, grade FROM feedback.ask") == [("answered", "good")]
