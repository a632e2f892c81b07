"""B4: a link binds code, id, service and form: altering or dropping any part shows one page and nothing more."""

from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


def test_any_part_altered_or_dropped_is_the_same_page(asking: Asking) -> None:
    one, other = asking.sent("review-registry", "review"), asking.sent("nps-after-a-stage", "nps", service="sales")
    form, service, tail = one.path.split("/")[2:]
    number, secret = tail.split(".")
    altered = [
        f"/f/nps/{service}/{tail}",
        f"/f/{form}/sales/{tail}",
        f"/f/{form}/{service}/{other.ask.public_id}.{secret}",
        f"/f/{form}/{service}/{number}.{other.secret}",
        f"/f/{form}/{service}/{number}.{secret[:-1]}",
        f"/f/{form}/{service}/{number}",
        f"/f/{form}/{tail}",
        f"/f/{service}/{tail}",
    ]
    client = asking.client(**{"Accept-Language": "ru"})
    answers = [client.get(path) for path in altered]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "Упс. Что-то пошло не так" in answers[0].text
    assert client.get(one.path).status_code == 200
