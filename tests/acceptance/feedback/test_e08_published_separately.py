"""E8: the feedback service is published by itself, at an address that is a setting, and serves nothing of the desk."""

from pathlib import Path

from tests.factories import feedback_asks


def test_it_serves_below_its_own_address_and_nothing_of_the_desk(database_url: str, tmp_path: Path) -> None:
    with feedback_asks.opened(database_url, tmp_path, public_url="https://desk.example/out") as asking:
        one, client = asking.sent(), asking.client()
        page = client.get(one.path)

        assert f'action="/out{one.path}?language=en"' in page.text
        assert 'src="/out/static/feedback.js' in page.text
        done = client.save(page, one.path, rating="4")
        assert done.headers["location"] == f"/out{one.path}?saved=1"
        for path in ("/", "/sign-in", "/requests", "/reports", "/api/v1/requests", "/settings"):
            assert client.get(path).status_code == 404
        assert client.get("/api/openapi.json").json()["info"]["title"] == "caseline: feedback"
