"""Houses whose clients are asked and answer."""

from collections.abc import Iterator

import pytest

from tests.factories.answered import Feedback, feedback
from tests.factories.offices import Office, office


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(database_url, monkeypatch) as made:
        yield made
