"""E4: the click opens a page for a comment and a correction, which are stored, too."""

from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


def test_the_page_of_a_click_takes_a_comment_and_another_value(asking: Asking) -> None:
    one, person = asking.sent(), asking.client()
    asking.later(hours=1)
    page = person.get(f"{one.path}/4")
    person.script(page, f"{one.path}/4")
    assert 'value="4" checked' in page.text

    done = person.save(page, one.path, rating="3", comment="Долго ждал ответа")

    assert done.status_code == 303
    assert (one.counted, one.said) == ({"rating": 3}, {"rating": 3, "comment": "Долго ждал ответа"})
    person.save(person.get(one.path), one.path, rating="5", comment="Разобрались, спасибо")
    assert (one.counted, one.said["comment"]) == ({"rating": 5}, "Разобрались, спасибо")
