"""Asks that were sent and answered, by campaigns as they ship, on a service desk with people."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from caseline.actions import follow_up, judge_ask
from caseline.actions.follow_up import Done
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Deed, NewCard
from caseline.feedback import answers, ask_links, asks, books, confirming, links, presets, signals
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask, Draft
from caseline.feedback.forms import RATED
from caseline.feedback.links import Link
from caseline.feedback.signals import Came
from caseline.feedback.states import State
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.colleagues import Staff
from tests.factories.feedback_asks import Asking, Program

MONDAY: Final = moscow("2026-04-06 12:00")
_LOOKS: Final = 10
"""Seconds for which a client looks at a page before he presses Save."""
SETTINGS: Final = {"mail_address": "support@example.org", "public_url": "https://rate.example.org"}


@dataclass
class Feedback:
    """A house whose clients are asked and answer; its clock stands still unless a test moves it."""

    desk: ServiceDesk
    now: datetime = MONDAY
    secrets: dict[int, str] = field(default_factory=dict)
    """Of the links of asks."""

    @property
    def house(self) -> House:
        return self.desk.house

    @property
    def staff(self) -> Staff:
        return Staff(self.house)

    def query(self, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - whatever a test names
        return self.desk.query(statement, **values)

    def contact(self, name: str = "Пример Примеров", email: str | None = "client@example.org") -> int:
        made = "INSERT INTO crm.contact (name, email) VALUES (:name, :email) RETURNING id"
        return int(self.query(made, name=name, email=email)[0][0])

    def agreement(self, number: str, contact: int, manager: int, division: int) -> int:
        """An agreement that is in work, about a service of its own."""
        service = "INSERT INTO crm.service (code, label, kind) VALUES (:code, :code, 'subscription') RETURNING id"
        code = f"service-{len(self.query('SELECT FROM crm.service')) + 1}"
        made = (
            "INSERT INTO crm.agreement (number, contact_id, service_id, division_id, manager_id, status)"
            " VALUES (:number, :contact, :service, :division, :manager, 'work') RETURNING id"
        )
        values = {"number": number, "contact": contact, "manager": manager, "division": division}
        return int(self.query(made, service=self.query(service, code=code)[0][0], **values)[0][0])

    def division(self, name: str, head: int | None = None, parent: int | None = None) -> int:
        made = "INSERT INTO people.division (name, head_id, parent_id) VALUES (:name, :head, :parent) RETURNING id"
        return int(self.query(made, name=name, head=head, parent=parent)[0][0])

    def belongs(self, person: int, division: int) -> None:
        self.query("UPDATE people.person SET division_id = :d WHERE id = :p", d=division, p=person)

    def campaign(self, name: str, **changes: Any) -> int:  # noqa: ANN401 - whatever a test names
        """A campaign as it ships, but for some parts; answers its id."""
        preset = presets.campaigns()[name]
        document = {**preset.document, **changes}
        for place, one in enumerate(preset.stages):
            self.stage(one.record, one.code, one.label, closed=one.closed, position=100 + place)
        with self.house.engine.begin() as connection:
            form = dict(presets.forms()[document["form"]])
            books.save_form(connection, document["form"], form, by="test", now=self.now)
            count = len(books.every(connection))
            number = books.add(connection, f"{name}-{count}", document, by="test", now=self.now)
        assert number is not None
        return number

    def stage(self, kind: str, code: str, label: str, *, closed: bool = False, position: int = 0) -> None:
        self.query("INSERT INTO crm.kind (code, label) VALUES (:kind, :kind) ON CONFLICT DO NOTHING", kind=kind)
        self.query(
            "INSERT INTO crm.stage (kind, code, label, closed, position)"
            " VALUES (:kind, :code, :label, :closed, :position) ON CONFLICT DO NOTHING",
            kind=kind,
            code=code,
            label=label,
            closed=closed,
            position=position,
        )

    def record(self, **fields: Any) -> Card:  # noqa: ANN401 - whatever a test names
        """A record of any kind, which starts no intake."""
        new = NewCard(**{"subject": "Печь не греет", "stage": "new"} | fields)
        with self.house.engine.begin() as connection:
            return self.desk.intake.cards.create(connection, new, Deed(at=self.now))

    def ask(self, campaign: int, card: Card | None = None, **fields: Any) -> Ask:  # noqa: ANN401 - whatever a test names
        """An ask whose letter was sent an hour ago."""
        with self.house.engine.begin() as connection:
            kept = books.campaign(connection, campaign)
            assert kept is not None
            form = books.newest(connection, kept.campaign.form)
            assert form is not None
            given: dict[str, Any] = {
                "public_id": links.mint_id(),
                "campaign_id": campaign,
                "form_version_id": form.version_id,
                "subject": "request",
                "subject_id": card.id if card else 0,
                "period": "once",
                "service": "support",
                "channel": kept.campaign.channel.value,
                "language": "ru",
                "happened_at": self.now - timedelta(hours=2),
                "contact_id": card.contact_id if card else None,
                "responsible_id": card.assignee_id if card else None,
                "address": "client@example.org",
            }
            draft = Draft(**given | fields)
            (number,) = asks.add(connection, [draft], by="test", now=self.now - timedelta(hours=2))
            sent = {"sent_at": self.now - timedelta(hours=1), "expires_at": self.now + timedelta(days=30)}
            for then, changes in ((State.QUEUED, {}), (State.SENT, sent)):
                ask = asks.one(connection, number)
                assert ask is not None
                asks.move(connection, ask, then, by="job", now=self.now - timedelta(hours=1), changes=changes)
            self.secrets[number] = links.mint_secret()
            ask_links.keep_secret(connection, number, links.digest(self.secrets[number]), now=self.now)
        return self.read(number)

    def say(self, ask: Ask, **values: Any) -> None:  # noqa: ANN401 - whatever a test names
        """What a client sends by hand is kept, as the public pages keep it; nothing is made of it yet."""
        with self.house.engine.begin() as connection:
            form = books.version(connection, ask.form_version_id)
            for question in form.questions:
                if question.kind in RATED and question.key in values:
                    came = Came(
                        ask_id=ask.id,
                        at=self.now,
                        kind=confirming.Kind.GESTURE,
                        question=question.key,
                        value=values[question.key],
                    )
                    signals.add(connection, came)
            given = Given(ask_id=ask.id, submission=links.mint_id(), at=self.now, document=values, language="ru")
            answers.add(connection, given)
            asks.judge_at(connection, ask.id, self.now)

    def judge(self, ask: Ask) -> None:
        with self.house.engine.begin() as connection:
            judge_ask.judge(self.house, connection, ask.id, now=self.now)

    def follow(self) -> Done:
        return follow_up.run(self.house, now=self.now)

    def later(self, **spans: float) -> None:
        """Let time pass."""
        self.now += timedelta(**spans)

    def client(self) -> Program:
        """A browser in front of the public pages, which moves the clock of the house."""
        return Program(_Clock(self.house, feedback=self), "192.0.2.7", {})

    def answer(self, ask: Ask, **values: Any) -> Done:  # noqa: ANN401 - whatever a test names
        """A client has opened the page of his link a while ago, presses Save now, and all that follows is done."""
        with self.house.engine.connect() as connection:
            form = books.form_code(connection, ask.form_version_id)
        path = Link(form, ask.service, ask.public_id, self.secrets[ask.id]).path
        person = self.client()
        self.later(seconds=-_LOOKS)
        page = person.get(path)
        done = person.save(page, path, looks=_LOOKS, **{name: str(value) for name, value in values.items()})
        assert done.status_code == HTTPStatus.SEE_OTHER, done.text
        return self.follow()

    def read(self, ask_id: int) -> Ask:
        with self.house.engine.connect() as connection:
            found = asks.one(connection, ask_id)
        assert found is not None
        return found

    def card(self, record_id: int) -> Card:
        with self.house.engine.connect() as connection:
            found = self.desk.intake.cards.get(connection, record_id)
        assert found is not None
        return found

    def results(self, ask: Ask) -> dict[str, str]:
        """What came of all that follows from an ask, by kind and key."""
        rows = self.query("SELECT kind, key, done_at, result FROM feedback.effect WHERE ask_id = :id", id=ask.id)
        return {f"{kind}:{key}": result if done_at else f"open: {result}" for kind, key, done_at, result in rows}


class _Clock(Asking):
    """The clock of the house for the programs of `feedback_asks`."""

    def __init__(self, house: House, *, feedback: Feedback) -> None:
        super().__init__(house)
        self._feedback = feedback

    def clock(self) -> datetime:
        return self._feedback.now

    def later(self, **spans: float) -> None:
        self._feedback.later(**spans)


def feedback(url: str, **settings: Any) -> Feedback:  # noqa: ANN401 - whatever a test names
    """Such a house."""
    return Feedback(service_desk(url, **{**SETTINGS, **settings}))
