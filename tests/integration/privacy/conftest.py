"""A house with one marked person everywhere, on a copy of a database that is filled once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from caseline.actions.wiring import House, open_house
from caseline.settings import load
from tests.factories import databases, marked_person
from tests.factories.marked_person import Marked

if TYPE_CHECKING:
    from caseline.db.embedded import Server


@pytest.fixture(scope="session")
def _filled(server: "Server", template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Marked]]:
    with databases.copied(server.url, template) as url:
        with pytest.MonkeyPatch.context() as patch, _opened(url, patch) as house:
            found = marked_person.fill(house, tmp_path_factory.mktemp("marked") / "export")
        yield databases.name_of(url), found


@pytest.fixture
def house(server: "Server", _filled: tuple[str, Marked], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with databases.copied(server.url, _filled[0]) as url, _opened(url, monkeypatch) as opened:
        yield opened


@pytest.fixture
def marked(_filled: tuple[str, Marked]) -> Marked:
    return _filled[1]


def _opened(url: str, patch: pytest.MonkeyPatch) -> AbstractContextManager[House]:
    patch.setenv("CASELINE_DATABASE_URL", url)
    patch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    return open_house(load())
