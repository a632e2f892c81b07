"""The command that serves the pages behind links in letters."""

import re
from pathlib import Path

import httpx
import pytest

from tests.factories import outsiders
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
