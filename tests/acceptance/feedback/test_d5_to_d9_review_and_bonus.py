"""From a good answer to the public review, the bonus and the next visit: what a client and other systems see of it."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from caseline.actions import send_hooks, use_bonus
from caseline.crm.cards import Card
from caseline.feedback import bonus_store, hooks, review_store
from caseline.feedback.asks import Ask
from caseline.feedback.reviews import Reward, Target
from caseline.outbox.store import get
from caseline.web.public.application import build
from tests.factories.answered import Feedback
from tests.factories.pages import listening_at

YANDEX: Final = "https://yandex.ru/maps/org/primer/1"
GOOGLE: Final = "https://g.page/r/primer/review"
GOOD: Final = {"quality": 8, "speed": 8, "courtesy": 8}
NOW: Final = datetime(2026, 4, 6, tzinfo=UTC)
PRESS_AFTER_S: Final = 0.75


class Visits:
    """A client whose visits are rated."""

    def __init__(self, asked: Feedback) -> None:
        self.asked = asked
        self.manager = asked.staff.person("Manager")
        self.contact = asked.contact()
        with asked.house.engine.begin() as connection:
            for code, address, reward in (("yandex", YANDEX, Reward.CLICK), ("google", GOOGLE, Reward.ANSWER)):
                name = f"{code.title()} Карты"
                review_store.put(connection, Target(code=code, name=name, address=address, reward=reward))
        self.campaigns = 0

    def rated(self, *follow: dict[str, Any], **values: int) -> Ask:
        """A visit that was rated, by a campaign as it ships or with other rules."""
        campaign = self.asked.campaign("chat-rating-with-bonus", **({"follow": list(follow)} if follow else {}))
        card = self.visit(stage="closed")
        ask = self.asked.ask(campaign, card, channel="chat", address="+79000000000")
        self.asked.answer(ask, **(values or GOOD))
        return ask

    def visit(self, price: float | None = None, **fields: Any) -> Card:  # noqa: ANN401 - of a new card
        more = {"extra": {"price": price}} if price is not None else {}
        given = {"contact_id": self.contact, "assignee_id": self.manager, "category": "usual", "more": more}
        return self.asked.record(**{**given, **fields})

    def letters(self) -> list[str]:
        """What the client was written, the oldest first."""
        with self.asked.house.engine.connect() as connection:
            ids = [one for (one,) in self.asked.query("SELECT id FROM outbox.letter ORDER BY id")]
            return [found.text for one in ids if (found := get(connection, one)) is not None]

    def links(self) -> list[str]:
        """What leads to public reviews in letters that left some minutes ago."""
        self.asked.query("UPDATE outbox.letter SET state = 'sent', done_at = now() - interval '5 minutes'")
        found = re.findall(r"https://rate\.example\.org(/go/\S+)", "\n".join(self.letters()))
        return [str(one) for one in found]

    def clicked(self) -> int:
        ((count,),) = self.asked.query("SELECT count(*) FROM feedback.review_ask WHERE clicked_at IS NOT NULL")
        return int(count)

    def balance(self) -> int:
        with self.asked.house.engine.connect() as connection:
            return bonus_store.balance(connection, [self.contact])

    def price(self, card: Card) -> Any:  # noqa: ANN401 - as it stands there
        ((extra,),) = self.asked.query("SELECT extra FROM crm.record WHERE id = :id", id=card.id)
        return extra.get("price")

    def look(self) -> None:
        use_bonus.run(self.asked.house, now=self.asked.now)


@pytest.fixture
def visits(asked: Feedback) -> Visits:
    return Visits(asked)


@pytest.fixture
def client(visits: Visits) -> Iterator[httpx.Client]:
    with (
        listening_at(build(visits.asked.house)) as address,
        httpx.Client(base_url=address, headers={"Accept-Language": "ru"}, timeout=30) as client,
    ):
        yield client


def press(client: httpx.Client, link: str, after_s: float = PRESS_AFTER_S) -> httpx.Response:
    """What a person does: look at the page, then press its button."""
    page = client.get(link)
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert seen is not None
    time.sleep(after_s)
    return client.post(link, data={"seen": seen[1]})


def test_d5_a_mean_of_eight_is_asked_for_a_public_review_and_one_below_is_not(visits: Visits) -> None:
    ask = visits.rated(**GOOD)
    (link,) = visits.links()
    assert "Yandex Карты:\n" in visits.letters()[0]

    visits.rated(quality=8, speed=8, courtesy=7)  # 7.67, which is not rounded

    assert visits.links() == [link]
    assert visits.asked.read(ask.id).state == "closed"


def test_d6_only_a_person_who_presses_is_counted(visits: Visits, client: httpx.Client) -> None:
    visits.rated()
    (link,) = visits.links()

    for _ in range(3):
        assert client.get(link, headers={"User-Agent": "TelegramBot", "Sec-Purpose": "prefetch"}).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link).status_code == 200  # a program that sends forms without their pages
    press(client, link, after_s=0)  # or sooner than anybody could
    assert client.post(link, headers={"Origin": "https://elsewhere.example"}).status_code == 404
    assert client.post(link[:-1] + ("A" if link[-1] != "A" else "B"), data={"seen": "1.x"}).status_code == 404
    assert visits.clicked() == 0

    answer = press(client, link)

    assert (answer.status_code, visits.clicked()) == (200, 1)
    assert f'content="0; url={YANDEX}"' in answer.text
    assert f'<a href="{YANDEX}"' in answer.text
    assert "Location" not in answer.headers


def test_d6_a_site_that_is_no_longer_allowed_is_linked_to_no_more(visits: Visits, client: httpx.Client) -> None:
    visits.rated()
    (link,) = visits.links()

    with visits.asked.house.engine.begin() as connection:
        review_store.drop_host(connection, "yandex.ru")

    assert client.get(link).status_code == 404


def test_d7_a_click_is_rewarded_once_and_the_client_is_told_amount_end_and_use(
    visits: Visits, client: httpx.Client
) -> None:
    ask = visits.rated()
    assert visits.balance() == 0
    (link,) = visits.links()

    for _ in range(3):
        press(client, link)

    assert visits.balance() == 500
    until = datetime.now(UTC) + timedelta(days=180)
    told = visits.letters()[-1]
    assert "500" in told
    assert f"{until.astimezone(visits.asked.now.tzinfo):%d.%m.%Y}" in told
    assert "при следующем обращении" in told
    assert len(visits.letters()) == 2
    assert visits.asked.read(ask.id).state == "closed"


def test_d7_where_rewards_for_reviews_are_forbidden_a_click_is_not_rewarded_but_the_answer_may_be(
    visits: Visits, client: httpx.Client
) -> None:
    review = {"do": "review", "targets": ["google"]}
    bonus = {"do": "bonus", "amount": 300}
    visits.rated(review, {**bonus, "key": "click", "given_for": "click"})
    press(client, visits.links()[0])
    assert (visits.clicked(), visits.balance()) == (1, 0)

    visits.rated(review, {**bonus, "given_for": "answer", "most": 1})
    assert visits.balance() == 300


def test_d7_nobody_gets_more_than_the_rule_allows(visits: Visits) -> None:
    campaign = visits.asked.campaign(
        "chat-rating-with-bonus", follow=[{"do": "bonus", "amount": 100, "given_for": "answer", "most": 2}]
    )
    for _ in range(3):
        visits.asked.answer(visits.asked.ask(campaign, visits.visit(stage="closed")), **GOOD)

    assert visits.balance() == 200


def test_d8_the_bonus_reaches_another_system_signed_and_once_though_it_was_down_for_a_day(visits: Visits) -> None:
    came: list[tuple[dict[str, str], bytes]] = []
    up = False

    async def take(request: Request) -> Response:
        if not up:
            return Response(status_code=503)
        came.append((dict(request.headers), await request.body()))
        return Response(status_code=204)

    secret = b"x" * 32
    settings = visits.asked.house.settings.model_copy(update={"hooks_near": True})
    with listening_at(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as address:
        house = visits.asked.house
        made = {"code": "accounting", "url": f"{address}/hook", "bonuses": True, "made_by": "t", "made_at": NOW}
        with house.engine.begin() as connection:
            hooks.make(connection, made, secret)
        visits.rated({"do": "bonus", "amount": 300, "given_for": "answer"}, {"do": "webhook", "hook": "accounting"})

        near = type(house)(settings, house.url, house.engine, house.crm, house.words)
        for hours in (0, 1, 5, 12, 18, 23):
            clock = visits.asked.now + timedelta(hours=hours)
            send_hooks.run(near, clock=partial(_same, clock))
        assert came == []
        up = True
        for hours in (30, 37, 44):
            clock = visits.asked.now + timedelta(hours=hours)
            send_hooks.run(near, clock=partial(_same, clock))

    bodies = {json.loads(body)["event"]: (headers, body) for headers, body in came}
    assert len(came) == 2
    assert json.loads(bodies["bonus"][1])["amount"] == 300
    assert json.loads(bodies["feedback"][1])["answers"] == GOOD
    for headers, body in came:
        signed = headers["x-caseline-timestamp"].encode() + b"." + body
        assert headers["x-caseline-signature"] == "sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
        assert headers["idempotency-key"] == json.loads(body)["id"]


def _same(clock: datetime) -> datetime:
    return clock


def test_d9_the_price_of_the_next_visit_is_lower_by_itself_and_rises_again_when_it_is_cancelled(
    visits: Visits,
) -> None:
    visits.asked.stage("request", "cancelled", "Отменён", closed=True, position=90)
    visits.rated({"do": "bonus", "amount": 300, "given_for": "answer", "apply": True, "services": ["usual"]})
    visits.asked.now += timedelta(days=1)
    other = visits.visit(price=1000, category="short")
    mine = visits.visit(price=1000)
    third = visits.visit(price=1000)

    visits.look()

    assert [visits.price(one) for one in (other, mine, third)] == [1000, 700, 1000]
    assert visits.balance() == 0

    visits.asked.query("UPDATE crm.record SET stage = 'cancelled', closed_at = now() WHERE id = :id", id=mine.id)
    event = "INSERT INTO crm.event (entity, record_id, type) VALUES ('request', :id, 'stage_changed')"
    visits.asked.query(event, id=mine.id)
    visits.look()
    visits.look()

    assert (visits.price(mine), visits.balance()) == (1000, 300)


def test_d9_without_the_switch_the_bonus_is_only_shown(visits: Visits) -> None:
    visits.rated({"do": "bonus", "amount": 300, "given_for": "answer"})
    visits.asked.now += timedelta(days=1)
    card = visits.visit(price=1000)

    visits.look()

    assert (visits.price(card), visits.balance()) == (1000, 300)
