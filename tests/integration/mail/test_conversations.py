"""A table of conversations, as mailers and people hold them: each mail lands where the table says, for that reason."""

from pathlib import Path

import pytest

from tests.factories import tellings
from tests.factories.tellings import Telling

TOLD = list(tellings.told())


@pytest.mark.parametrize("telling", TOLD, ids=str)
def test_each_mail_lands_where_the_table_says(telling: Telling, database_url: str, tmp_path: Path) -> None:
    stage = tellings.stage(database_url, tmp_path, telling)

    for mail, found, wanted in stage.play(telling):
        assert found == wanted, f"{telling}: mail {mail!r} landed elsewhere"


def test_the_table_is_large_and_names_a_source_for_each_conversation() -> None:
    assert len(TOLD) >= 36
    assert len({str(one) for one in TOLD}) == len(TOLD)
    assert all(one.source for one in TOLD)


@pytest.mark.parametrize("mailer", ["Outlook", "Gmail", "Apple Mail", "Exchange", "Mail.ru", "Yandex", "Thunderbird"])
def test_each_mailer_has_a_conversation(mailer: str) -> None:
    assert [one for one in TOLD if mailer in str(one)]
