"""B7-B11: which agreements are asked about, and when: by a schedule alone, over months."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import yaml
from prefect.logging import disable_run_logger

from flows import trigger_feedback as deployed
from tasks import feedback as tasks
from tests.factories.cards import moscow
from tests.factories.offices import Office, facts, typed

ROOT: Final = Path(__file__).parents[3]
AGREEMENTS: Final = {
    "new": ("subscription", "new", None),
    "subscription": ("subscription", "work", None),
    "monthly": ("monthly", "work", None),
    "asked 80 days ago": ("subscription", "work", None),
    "once": ("once", "work", None),
    "finished 59 days ago": ("once", "work", "2026-02-06"),
    "finished 61 days ago": ("once", "work", "2026-02-04"),
    "excluded": ("excluded", "work", None),
}
"""Service, status and last day of each."""


class Agreements:
    """One agreement of each sort, each with a client of its own, all asked by the address of the card."""

    def __init__(self, desk: Office) -> None:
        self.desk, town = desk, desk.town
        desk.colleague("Anna")
        audience = {"finished_within_days": 60, "without_services": ["excluded"]}
        town.switch_on(
            "review-registry", address="card", audience=audience, schedule={"reminder_after": None, "lasts_days": 14}
        )
        town.later(minutes=5)
        made = "INSERT INTO crm.service (code, label, kind, every_days) VALUES (:c, :c, :k, :e) RETURNING id"
        kinds = {"subscription": ("subscription", None), "monthly": ("subscription", 30), "once": ("once", None)}
        kinds["excluded"] = ("subscription", None)
        services = {code: town.query(made, c=code, k=kind, e=every)[0][0] for code, (kind, every) in kinds.items()}
        for number, (service, status, finished) in AGREEMENTS.items():
            contact = town.contact(number, f"{number.replace(' ', '-')}@client.example")
            town.query(
                "INSERT INTO crm.agreement (number, contact_id, service_id, status, finished_on)"
                " VALUES (:number, :contact, :service, :status, :finished)",
                number=number,
                contact=contact,
                service=services[service],
                status=status,
                finished=finished and datetime.fromisoformat(finished).date(),
            )
        before = {"at": town.now - timedelta(days=80), "number": "asked 80 days ago"}
        town.query("UPDATE crm.agreement SET asked_at = :at WHERE number = :number", **before)

    def at(self, moment: str) -> Counter[str]:
        """A round at a moment; answers how many letters there are by then to whom."""
        town = self.desk.town
        town.now = moscow(moment)
        town.round()
        return Counter(one.recipients[0].partition("@")[0].replace("-", " ") for one in town.post.mailbox.taken)

    def done(self, number: str) -> None:
        """Somebody says at the desk that the work of an agreement is done."""
        ((key,),) = self.desk.town.query("SELECT id FROM crm.agreement WHERE number = :number", number=number)
        browser, path = self.desk.at("Anna"), f"/agreements/{key}/edit"
        answer = browser.post(path, **{**typed(browser.get(path).text, path), "status": "done"})
        assert facts(answer.text)["Услуга"], answer.text


def test_b8_b9_b10_b11_by_status_service_and_days(desk: Office) -> None:
    made = Agreements(desk)

    assert made.at("2026-04-06 12:05") == {"subscription": 1, "monthly": 1}

    for number in AGREEMENTS:
        if AGREEMENTS[number][0] == "once":
            made.done(number)
    now = {"subscription": 1, "monthly": 1, "once": 1, "finished 59 days ago": 1}
    assert made.at("2026-04-06 12:10") == now
    # Days are counted from when it was asked about: ninety, of the register's own date too; thirty of another service.
    assert made.at("2026-04-16 12:00") == now
    assert made.at("2026-04-16 12:10") == now | {"asked 80 days ago": 1}
    assert made.at("2026-05-06 12:00") == now | {"asked 80 days ago": 1}
    assert made.at("2026-05-06 12:15") == now | {"asked 80 days ago": 1, "monthly": 2}
    assert made.at("2026-07-03 12:00") == now | {"asked 80 days ago": 1, "monthly": 2}
    assert made.at("2026-07-06 12:15") == now | {"asked 80 days ago": 1, "monthly": 3, "subscription": 2}


def test_b7_a_schedule_asks_and_no_employee(desk: Office, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    made = Agreements(desk)
    known = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (plan,) = [one for one in known if one["name"] == "trigger-feedback"]
    assert plan["entrypoint"] == "flows/trigger_feedback.py:trigger_feedback"
    assert (plan["schedules"], plan["parameters"]) == ([{"cron": "*/2 * * * *", "timezone": "UTC"}], {})

    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setattr(tasks, "_now", lambda: made.desk.town.now)
    for step in ("make_asks", "ask_for_addresses", "send_asks"):
        monkeypatch.setattr(deployed, step, getattr(tasks, step).fn)  # without Prefect's server
    with disable_run_logger():
        deployed.trigger_feedback.fn()

    asked = desk.town.query("SELECT state_by FROM feedback.ask WHERE subject = 'agreement' AND state = 'queued'")
    assert [tuple(one) for one in asked] == [("job",), ("job",)]
