"""A dry run comes to what the campaign itself does; asking by hand; why nobody was asked."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from caseline.actions import campaign_ground, foresee_asks, keep_campaigns, move_request, trigger_asks
from caseline.actions.editing import Editor
from caseline.actions.move_request import Move
from caseline.crm.refusals import Told
from caseline.feedback import bad_addresses, books, request_facts
from caseline.feedback.audience import Skip
from caseline.feedback.campaign import On
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.states import State
from caseline.web.desk import asking_words, feedback_faults
from caseline.web.language import Texts
from tests.factories.cards import ServiceDesk, moscow
from tests.integration.feedback.test_trigger import MONDAY, asked, closed, contact, desk, switched_on

__all__ = ["desk"]
NOW = moscow("2026-04-06 12:05")


def test_a_dry_run_says_what_the_campaign_then_does_and_changes_nothing(desk: ServiceDesk) -> None:
    switched_on(desk)
    chance = random.Random(20_261_201)
    people = [contact(desk, mail) for mail in ("a@example.org", "b@example.org", None, "no@example.org")]
    desk.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('no@example.org', now(), 'client')")
    for _ in range(25):
        fields = {"category": "long", "category_by": "person"} if chance.random() < 0.2 else {}
        card = desk.open("2026-04-06 11:00", contact_id=chance.choice(people), **fields)
        if chance.random() < 0.8:
            desk.move(card, "closed", "2026-04-06 12:00")

    before = foresee_asks.foresee(desk.house, "nps", now=NOW)
    assert asked(desk) == []
    done = trigger_asks.run(desk.house, now=NOW)
    after = foresee_asks.foresee(desk.house, "nps", now=NOW)

    assert (before.asked + before.no_address, before.skipped) == (done.asked, done.skipped)
    assert before.skipped.total() > 3
    assert (after.asked, after.already) == (0, before.asked + before.no_address + before.skipped.total())
    told = {line.found.record_id: line.decided.skip for line in before.lines}
    assert told == {
        number: None if state in {"queued", "needs_data"} else told[number] for number, state, _ in asked(desk)
    }


def test_a_campaign_that_is_off_is_tried_over_the_last_days(desk: ServiceDesk) -> None:
    switched_on(desk)
    with desk.house.engine.begin() as connection:
        kept = books.by_code(connection, "nps")
        assert kept is not None
        books.switch(connection, kept, None)
    closed(desk, contact_id=contact(desk))

    assert foresee_asks.foresee(desk.house, "nps", now=NOW).asked == 1
    late = foresee_asks.foresee(desk.house, "nps", now=NOW, since=NOW)
    assert (late.asked, dict(late.skipped)) == (0, {"imported": 1})


def test_somebody_asks_by_hand_once_a_day_and_never_who_wants_no_questions(desk: ServiceDesk) -> None:
    switched_on(desk)
    card = desk.open("2026-04-06 11:00", contact_id=contact(desk))
    refuses = desk.open("2026-04-06 11:00", contact_id=contact(desk, "no@example.org"))
    desk.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('no@example.org', now(), 'client')")
    editor = Editor("anna", NOW)

    made = foresee_asks.ask_by_hand(desk.house, "nps", card.id, editor)
    assert (made.state, made.address) == (State.QUEUED, "client@example.org")
    with pytest.raises(Told, match="has asked about it today"):
        foresee_asks.ask_by_hand(desk.house, "nps", card.id, editor)
    tomorrow = Editor("anna", moscow("2026-04-07 09:00"))
    assert foresee_asks.ask_by_hand(desk.house, "nps", card.id, tomorrow).id != made.id
    with pytest.raises(Told, match="opted out"):
        foresee_asks.ask_by_hand(desk.house, "nps", refuses.id, editor)


def test_of_an_address_that_is_typed_it_matters_whether_letters_reach_that_one(desk: ServiceDesk) -> None:
    switched_on(desk)
    cards = [desk.open("2026-04-06 11:00", contact_id=contact(desk, f"c{one}@example.org")) for one in range(3)]
    spoken(desk, "c0@example.org", 0, "bounced: 5.1.1")
    spoken(desk, "other@example.org", 1, "bounced: 5.1.1")
    desk.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('no@example.org', now(), 'client')")

    for card, typed, why in (
        (cards[0], None, "bad address"),
        (cards[1], "other@example.org", "bad address"),
        (cards[2], "No@example.org", "opted out"),
    ):
        with pytest.raises(Told, match=why):
            foresee_asks.ask_by_hand(desk.house, "nps", card.id, Editor("anna", NOW), address=typed)
    made = foresee_asks.ask_by_hand(desk.house, "nps", cards[0].id, Editor("anna", NOW), address="new@example.org")
    assert (made.state, made.address) == (State.QUEUED, "new@example.org")


def test_every_record_says_why_it_was_not_asked_about(desk: ServiceDesk) -> None:
    switched_on(desk)
    there = closed(desk, contact_id=contact(desk))
    still = desk.open("2026-04-06 11:00", contact_id=contact(desk, "b@example.org"))
    trigger_asks.run(desk.house, now=NOW)

    (one,) = foresee_asks.why_not(desk.house, there.id, now=NOW)
    (other,) = foresee_asks.why_not(desk.house, still.id, now=NOW)

    assert one.ask is not None
    assert one.ask.state is State.QUEUED
    assert other.ask is None
    assert other.decided is not None
    assert str(other.decided.skip) == "reopened"


def test_presets_are_there_switched_off_and_make_their_stages_when_they_are_switched_on(desk: ServiceDesk) -> None:
    found = keep_campaigns.campaigns(desk.house, now=NOW)
    assert [one.code for one in found] == [
        "chat-rating-for-everybody",
        "chat-rating-with-bonus",
        "nps-after-a-stage",
        "review-registry",
        "smileys-on-closure",
    ]
    assert {one.switched_on_at for one in found} == {None}

    on = keep_campaigns.switch_on(desk.house, "nps-after-a-stage", Editor("olga", NOW))

    assert on.switched_on_at == NOW
    ((label, is_closed),) = desk.query("SELECT label, closed FROM crm.stage WHERE code = 'review_requested'")
    assert (label, is_closed) == ("Отзыв запрошен у клиента", True)
    assert keep_campaigns.switch_off(desk.house, "nps-after-a-stage", Editor("olga", NOW)).switched_on_at is None
    actions = [action for (action,) in desk.query("SELECT action FROM people.audit ORDER BY id")]
    assert actions == ["campaign.changed", "campaign.changed"]


def test_a_copy_of_a_preset_brings_its_stages_once_and_then_asks_by_them(desk: ServiceDesk) -> None:
    document = keep_campaigns.find(desk.house, "nps-after-a-stage", now=NOW).document
    for code in ("copy", "another"):
        keep_campaigns.add(desk.house, code, document, Editor("olga", NOW))
        keep_campaigns.switch_on(desk.house, code, Editor("olga", NOW), since=moscow(MONDAY))
    stage = "SELECT label, closed FROM crm.stage WHERE code = 'review_requested'"
    assert desk.query(stage) == [("Отзыв запрошен у клиента", True)]
    card = desk.open("2026-04-06 11:00", contact_id=contact(desk))
    move_request.move(desk.house, Move(key=f"id:{card.id}", stage="review_requested"), now=moscow("2026-04-06 12:00"))

    assert foresee_asks.foresee(desk.house, "copy", now=NOW).asked == 1
    assert trigger_asks.run(desk.house, now=NOW).asked == 1, "its person rests from the other"


def test_a_campaign_whose_stage_is_nowhere_is_not_switched_on_and_says_which(desk: ServiceDesk) -> None:
    document = dict(keep_campaigns.find(desk.house, "nps-after-a-stage", now=NOW).document)
    document["trigger"] = {**document["trigger"], "stages": ["closed", "nowhere"]}
    keep_campaigns.add(desk.house, "copy", document, Editor("olga", NOW))

    with pytest.raises(CampaignUnfit, match="there is no stage 'nowhere'; make it, or name another one") as told:
        keep_campaigns.switch_on(desk.house, "copy", Editor("olga", NOW))

    assert "нет стадии" in feedback_faults.said(Texts("ru"), told.value)
    assert keep_campaigns.find(desk.house, "copy", now=NOW).switched_on_at is None
    document["trigger"] = {**document["trigger"], "stages": ["closed"]}
    keep_campaigns.change(desk.house, "copy", document, Editor("olga", NOW))
    assert keep_campaigns.switch_on(desk.house, "copy", Editor("olga", NOW)).switched_on_at == NOW
    assert desk.query("SELECT count(*) FROM crm.stage WHERE code = 'review_requested'") == [(0,)]


def test_a_campaign_that_names_what_is_not_there_is_not_switched_on(desk: ServiceDesk) -> None:
    switched_on(desk)
    document = {**keep_campaigns.find(desk.house, "nps", now=NOW).document, "form": "gone"}
    keep_campaigns.add(desk.house, "other", document, Editor("olga", moscow(MONDAY)))

    with pytest.raises(CampaignUnfit, match="there is no form 'gone'; make it, or name another one"):
        keep_campaigns.switch_on(desk.house, "other", Editor("olga", NOW))


def test_a_campaign_whose_form_no_chat_can_ask_is_not_switched_on(desk: ServiceDesk) -> None:
    document = {**keep_campaigns.find(desk.house, "chat-rating-with-bonus", now=NOW).document, "form": "nps"}
    keep_campaigns.add(desk.house, "other", document, Editor("olga", NOW))

    with pytest.raises(CampaignUnfit, match="campaign other, form: the form requires 'decision'") as told:
        keep_campaigns.switch_on(desk.house, "other", Editor("olga", NOW))
    assert "обязателен вопрос 'decision'" in feedback_faults.said(Texts("ru", "UTC"), told.value)


def test_a_campaign_that_needs_a_register_is_refused_where_the_crm_is_a_portal(desk: ServiceDesk) -> None:
    keep_campaigns.find(desk.house, "nps-after-a-stage", now=NOW)
    portal = replace(desk.house, settings=desk.house.settings.model_copy(update={"crm": "bitrix24"}))

    with pytest.raises(CampaignUnfit, match="kept in a register of our own, and the CRM here is bitrix24"):
        keep_campaigns.switch_on(portal, "nps-after-a-stage", Editor("olga", NOW))


def test_who_has_no_address_is_counted_apart_and_is_what_then_waits(desk: ServiceDesk) -> None:
    switched_on(desk)
    for mail in (None, None, "a@example.org"):
        closed(desk, contact_id=contact(desk, mail))

    found = foresee_asks.foresee(desk.house, "nps", now=NOW)

    assert (found.asked, found.no_address, found.skipped.total()) == (1, 2, 0)
    assert [line.waits for line in found.lines] == [True, True, False]
    trigger_asks.run(desk.house, now=NOW)
    assert sorted(state for _id, state, _reason in asked(desk)) == ["needs_data", "needs_data", "queued"]


def test_a_campaign_by_age_says_from_when_on_it_would_ask_and_then_does(desk: ServiceDesk) -> None:
    switched_on(desk, trigger={"by": "age", "closed": True, "age_days": 5})
    card = closed(desk, contact_id=contact(desk))
    ripe = moscow("2026-04-11 12:00")
    almost = ripe - timedelta(seconds=1)

    (said,) = foresee_asks.why_not(desk.house, card.id, now=almost)
    found = foresee_asks.foresee(desk.house, "nps", now=almost)
    trigger_asks.run(desk.house, now=almost)

    assert said.decided is not None
    assert (said.decided.skip, said.decided.free_at) == (Skip.NOT_YET, ripe)
    assert (found.asked, dict(found.skipped)) == (0, {"not yet": 1})
    told = asking_words.decided(Texts("ru"), said.decided, almost)
    assert told == f"слишком недавно в этой стадии; спросим с {Texts('ru').time(ripe)}"
    assert asked(desk) == [], "nothing was decided for good"
    assert foresee_asks.foresee(desk.house, "nps", now=ripe).asked == 1
    trigger_asks.run(desk.house, now=ripe)
    assert asked(desk) == [(card.id, "queued", None)]


SAID = ("sent", "bounced: 5.1.1", "550 5.1.1 unknown", "connection refused", "waiting")


def test_everybody_calls_the_same_addresses_bad(desk: ServiceDesk) -> None:
    """The trigger, the page of a manager and agreements, whatever servers have said of letters, in any order."""
    switched_on(desk)
    records: dict[str, tuple[int, bool]] = {}
    for number, history in enumerate(itertools.product(SAID, repeat=2)):
        mail = f"Client{number}@example.org"
        person = contact(desk, mail)
        record = closed(desk, contact_id=person).id
        for place, said in enumerate(history):
            spoken(desk, mail, place, said)
        telling = [said for said in history if said == "sent" or said.startswith(("bounced", "550"))]
        records[mail] = (record, bool(telling) and telling[-1] != "sent")

    with desk.house.engine.connect() as connection:
        among = bad_addresses.among(connection, records)
        every = set(connection.execute(sa.text(bad_addresses.BAD)).scalars())
        one = next(campaign_ground.running(desk.house, connection, On.STAGE, faults={}))
        ids = [record for record, _bad in records.values()]
        found = {
            (line.email or "").lower(): line.bad_address
            for line in request_facts.of_records(connection, one.wanted, ids)
        }
    expected = {mail.lower() for mail, (_record, bad) in records.items() if bad}
    assert among == every == expected
    assert found == {mail.lower(): bad for mail, (_record, bad) in records.items()}


def spoken(desk: ServiceDesk, mail: str, place: int, said: str) -> None:
    """What a server has said of a letter to an address."""
    state = said if said in {"sent", "waiting"} else "failed"
    desk.query(
        "WITH made AS (INSERT INTO outbox.letter (record_id, nature, message_id, sender, reply_to, mark, subject, body,"
        " thread_index, queued_at, due_at) VALUES (1, 'personal', :key, 'a', 'b', 'c', 's', 't', '', now(), now())"
        " RETURNING id) INSERT INTO outbox.recipient (letter_id, position, address, folded, state, answer)"
        " SELECT id, 0, :mail, lower(:mail), :state, :said FROM made",
        key=f"{mail} {place}",
        mail=mail,
        state=state,
        said=said,
    )
