"""A house whose clients are asked and answer."""

import pytest

from tests.factories.answered import Feedback, feedback


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url)
