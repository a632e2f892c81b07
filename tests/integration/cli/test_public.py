"""The command that serves the pages behind links in letters."""

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.factories import feedback_asks, outsiders
from tests.factories.processes import COMMAND, Place, started


def served(place: Place, **environment: str) -> tuple[str, int, str]:
    """(what it says, status of a page of nothing, its text)."""
    with started(place, *COMMAND, "public", "serve", "--port", "0", **environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address is not None, said
        shown = httpx.get(f"{address[0]}a/1.x", headers={"Accept-Language": "ru"}, timeout=60)
        return said, shown.status_code, shown.text


@pytest.mark.usefixtures("home")
def test_it_serves_until_it_is_ended(database_url: str, tmp_path: Path) -> None:
    said, status, text = served(Place(tmp_path, database_url), CASELINE_PUBLIC_URL=outsiders.PUBLIC)

    assert said.startswith("Public pages: http://127.0.0.1:")
    assert status == 404
    assert "Упс. Что-то пошло не так" in text


@pytest.mark.usefixtures("home")
def test_it_logs_no_secret_and_believes_the_proxy_that_is_named(database_url: str, tmp_path: Path) -> None:
    with feedback_asks.opened(database_url, tmp_path) as asking:
        asking.now = datetime.now(UTC)
        one = asking.sent()
        words = ("public", "serve", "--port", "0", "--proxy", "127.0.0.0/8, ::1")
        with started(Place(tmp_path, database_url), *COMMAND, *words) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert address is not None, said
            with httpx.Client(base_url=address[0], headers={"X-Forwarded-For": "203.0.113.77"}, timeout=60) as client:
                told = [
                    client.get(f"{one.path}/4").status_code,
                    client.get(f"{one.path}x").status_code,
                    client.get(one.unsubscribe).status_code,
                    client.get(f"/api/asks{one.path.removeprefix('/f')}").status_code,
                    client.request("BREW", one.path).status_code,
                ]
                with asking.house.engine.begin() as connection:
                    connection.exec_driver_sql("ALTER TABLE feedback.signal RENAME TO hidden")
                told.append(client.get(f"{one.path}/4").status_code)
            process.terminate()
            out, complaints = process.communicate(timeout=60)

        assert told == [200, 404, 200, 401, 404, 500]
        assert asking.rows("SELECT text(net) FROM feedback.hidden") == [("203.0.113.0/24",)]
    assert "UndefinedTable" in complaints
    assert one.secret not in said + out + complaints
