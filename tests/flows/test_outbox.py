"""The flow `send-outbox` with a mail server on loopback."""

from pathlib import Path

import pytest

from caseline.actions import assign, wiring
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.outbox import store
from caseline.outbox.faults import CannotSend
from caseline.settings import Settings
from flows.send_outbox import send_outbox
from tests.factories.flow_runs import Api
from tests.factories.letters import NOW, OWN, new_letter
from tests.factories.mail_server import Doorkeeper, running

pytestmark = pytest.mark.prefect


@pytest.fixture
def queued(database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a letter that is due."""
    engine = open_engine(database_url)
    house = House(Settings(mail_address=OWN), database_url, engine, connect("embedded", engine))
    with engine.begin() as connection:
        store.queue(connection, new_letter(), wiring.mint(house, connection, now=NOW), now=NOW)
    engine.dispose()
    for name, value in (("HOME", home), ("DATABASE_URL", database_url), ("MAIL_ADDRESS", OWN)):
        monkeypatch.setenv(f"CASELINE_{name}", str(value))


@pytest.mark.usefixtures("queued")
def test_a_run_sends_what_is_due_and_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as server:
        monkeypatch.setenv("CASELINE_SMTP_URL", server.url())

        send_outbox()

    assert len(server.mailbox.taken) == 1
    page = api.artifacts(api.last_run()["id"])["outbox"]
    assert "1 sent, 0 failed, 0 to be tried again" in page
    assert "| sent | 1 |" in page


@pytest.mark.usefixtures("queued")
def test_a_run_fails_where_somebody_has_to_mend_something_and_the_next_one_does_not(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Doorkeeper()
    with running(authenticator=keeper, auth_require_tls=False) as server:
        monkeypatch.setenv("CASELINE_SMTP_URL", server.url(login="someone:hidden-word@"))
        with pytest.raises(CannotSend, match="does not accept user"):
            send_outbox()
        send_outbox()

    assert keeper.tries == 1
    page = api.artifacts(api.last_run()["id"])["outbox"]
    assert "Nothing is sent before" in page
    assert "hidden-word" not in page


@pytest.mark.usefixtures("queued")
def test_letters_leave_though_reminders_fail_and_the_run_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> int:
        message = "the reminders are broken"
        raise RuntimeError(message)

    monkeypatch.setattr(assign, "remind", fail)
    with running() as server:
        monkeypatch.setenv("CASELINE_SMTP_URL", server.url())

        with pytest.raises(RuntimeError, match="the reminders are broken"):
            send_outbox()

    assert len(server.mailbox.taken) == 1
    assert "1 sent" in api.artifacts(api.last_run()["id"])["outbox"]


@pytest.mark.usefixtures("queued")
def test_where_no_server_is_named_there_is_nothing_to_do(api: Api) -> None:
    send_outbox()

    assert api.artifacts(api.last_run()["id"]) == {}
