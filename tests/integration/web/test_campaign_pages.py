"""Campaigns and forms in the settings: read, edited, written as text, tried, switched on; what is wrong is shown."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html as lxml_html

from caseline.actions import keep_campaigns, show_forms
from caseline.actions.wiring import House
from caseline.feedback import campaigns, document_text, presets
from caseline.feedback.books import KeptCampaign
from caseline.feedback.confirming import Mode
from caseline.feedback.document_text import TextUnfit
from caseline.people.rights import Role
from caseline.web.desk import campaign_modes, campaign_words
from tests.factories import asked_clients, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

CAMPAIGNS, FORMS = "/settings/campaigns", "/settings/forms"


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


def fields(text: str, action: str) -> dict[str, Any]:
    """What a browser would send of the form that goes there, without its buttons."""
    (form,) = [one for one in lxml_html.document_fromstring(text).forms if one.action == action and one.method == "POST"]  # fmt: skip
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        if name != "form_token":
            found.setdefault(name, []).append(value.removeprefix("\n"))
    return found


def kept(house: House, code: str) -> KeptCampaign:
    return keep_campaigns.find(house, code, now=datetime.now(UTC))


def test_a_campaign_that_is_saved_as_its_form_shows_it_stays_the_same(house: House, admin: Browser) -> None:
    for code in presets.campaigns():
        assert "cannot be used" not in admin.get(f"{CAMPAIGNS}/show?key={code}").text
        before = kept(house, code).campaign
        sent = fields(admin.get(f"{CAMPAIGNS}/edit?key={code}").text, f"{CAMPAIGNS}/edit")
        answer = admin.post(f"{CAMPAIGNS}/edit", **{**sent, "name.en": "Called otherwise"})
        assert "Saved." in answer.text
        after = kept(house, code).campaign
        assert after.name == {"ru": before.name["ru"], "en": "Called otherwise"}
        for part in before.__slots__:
            if part not in {"name", "document"}:
                assert getattr(after, part) == getattr(before, part), (code, part)


def test_each_mode_of_what_counts_is_explained_chosen_and_kept(house: House, admin: Browser) -> None:
    code = "smileys-on-closure"
    for mode in (Mode.STRICT, Mode.LITERAL, Mode.BALANCED):
        page = html.unescape(admin.get(f"{CAMPAIGNS}/edit?key={code}").text)
        for words in campaign_modes.MODE_HINTS.values():
            assert words in page
        sent = fields(page, f"{CAMPAIGNS}/edit")

        answer = admin.post(f"{CAMPAIGNS}/edit", **{**sent, "mode": mode.value})

        assert "Saved." in answer.text
        assert kept(house, code).campaign.rule.mode is mode
        assert campaign_modes.MODES[mode] in answer.text
        warned = campaign_words.WARNINGS["literal"] in html.unescape(admin.get(f"{CAMPAIGNS}/edit?key={code}").text)
        assert warned is (mode is Mode.LITERAL)


def test_rules_and_variants_are_added_filled_moved_and_taken_out(house: House, admin: Browser) -> None:
    code = "smileys-on-closure"
    sent = fields(admin.get(f"{CAMPAIGNS}/edit?key={code}").text, f"{CAMPAIGNS}/edit")
    drawn = admin.post(f"{CAMPAIGNS}/draw", **{**sent, "draw": "follow:+", "new_do": "assignment"}).text
    sent = fields(drawn, f"{CAMPAIGNS}/edit")
    drawn = admin.post(f"{CAMPAIGNS}/draw", **{**sent, "name.ru": "Typed"}, draw="variants:+").text
    sent = fields(drawn, f"{CAMPAIGNS}/edit")
    assert sent["name.ru"] == ["Typed"]
    assert len(kept(house, code).campaign.follow) == 1

    refused = admin.post(f"{CAMPAIGNS}/edit", **sent)
    assert refused.status_code == 422
    assert "Rule 2, title, RU: it is empty; write something" in html.unescape(refused.text)
    assert 'class="card rule wrong"' in refused.text

    filled = {"f1.title.ru": "Позвонить", "f1.checklist": "Раз | One\nДва", "v0.delay_hours": "24", "base": "30", "hoped": "40"}  # fmt: skip
    admin.post(f"{CAMPAIGNS}/draw", **{**sent, **filled}, draw="follow:1^")
    sent = fields(admin.post(f"{CAMPAIGNS}/draw", **{**sent, **filled}, draw="follow:1^").text, f"{CAMPAIGNS}/edit")
    done = admin.post(f"{CAMPAIGNS}/edit", **sent)
    assert "Saved." in done.text
    assert "each variant needs 356 people" in done.text
    made = kept(house, code).campaign
    assert [rule.do.value for rule in made.follow] == ["assignment", "notice"]
    assert made.follow[0].more["checklist"] == [{"ru": "Раз", "en": "One"}, {"ru": "Два"}]
    assert dict(made.variants[0].changes) == {"delay_hours": 24.0}
    assert made.planned == (0.3, 0.4)


def test_what_is_wrong_is_said_at_its_place_and_stays_typed(house: House, admin: Browser) -> None:
    code = "nps-after-a-stage"
    sent = fields(admin.get(f"{CAMPAIGNS}/edit?key={code}").text, f"{CAMPAIGNS}/edit")
    wrong = admin.post(f"{CAMPAIGNS}/edit", **{**sent, "delay_hours": "soon", "since": "25:99", "name.ru": "<b>x</b>"})
    assert wrong.status_code == 422
    for typed in ('value="soon"', 'value="25:99"', "&lt;b&gt;x&lt;/b&gt;"):
        assert typed in wrong.text
    assert "soon" in html.unescape(re.findall(r'class="fault" role="alert">([^<]+)', wrong.text)[0])
    pages.login(house, "olga", language="ru")
    admin.sign_in("olga")
    admin.get(f"{CAMPAIGNS}/edit?key={code}")
    said = html.unescape(admin.post(f"{CAMPAIGNS}/edit", **{**sent, "delay_hours": "soon"}).text)
    assert "'soon' — не число" in said


def test_whoever_was_overtaken_keeps_what_was_typed(house: House, admin: Browser) -> None:
    code = "nps-after-a-stage"
    sent = fields(admin.get(f"{CAMPAIGNS}/edit?key={code}").text, f"{CAMPAIGNS}/edit")
    admin.post(f"{CAMPAIGNS}/edit", **{**sent, "lasts_days": "20"})
    second = admin.post(f"{CAMPAIGNS}/edit", **{**sent, "lasts_days": "25"})
    assert second.status_code == 409
    assert kept(house, code).document["schedule"]["lasts_days"] == 20
    again = admin.post(f"{CAMPAIGNS}/edit", **fields(second.text, f"{CAMPAIGNS}/edit"))
    assert "Saved." in again.text
    assert kept(house, code).document["schedule"]["lasts_days"] == 25


def test_a_campaign_is_written_as_text(house: House, admin: Browser) -> None:
    code = "chat-rating-with-bonus"
    sent = fields(admin.get(f"{CAMPAIGNS}/text?key={code}").text, f"{CAMPAIGNS}/text")
    (text,) = sent["text"]
    assert document_text.read(text) == kept(house, code).document
    for broken, told in (
        (text + "name: [", "Line "),
        ("a: *b", "Line 1: an alias (*) is not taken: write it out"),
        (text.replace("kind: chat", "kind: chat\nfoo: 1"), "Foo: there is no such part"),
    ):
        refused = admin.post(f"{CAMPAIGNS}/text", **{**sent, "text": broken})
        assert refused.status_code == 422
        assert told in html.unescape(refused.text)
        assert broken.strip() in html.unescape(refused.text)
    admin.post(f"{CAMPAIGNS}/text", **{**sent, "text": text.replace("amount: 500", "amount: 700")})
    assert [rule.more.get("amount") for rule in kept(house, code).campaign.follow] == [None, 700, None]
    assert admin.post(f"{CAMPAIGNS}/text", **sent).status_code == 409


def test_a_new_campaign_is_a_copy_tried_and_switched_on(house: House, admin: Browser) -> None:
    staff = Staff(house)
    asked_clients.letters(house)
    first, second = (asked_clients.closed(house, staff, number, subject=f"Pump {number}") for number in (1, 2))
    staff.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('client2@client.example', now(), 'client')")
    admin.get(f"{CAMPAIGNS}/new")
    start = {"from": "preset:smileys-on-closure", "name": "Мои смайлики"}
    assert admin.post(f"{CAMPAIGNS}/new", **start, code="No code").status_code == 422
    assert admin.post(f"{CAMPAIGNS}/new", **start, code="smileys-on-closure").status_code == 409
    admin.post(f"{CAMPAIGNS}/new", **start, code="mine")
    assert (kept(house, "mine").switched_on_at, kept(house, "mine").campaign.name) == (None, {"ru": "Мои смайлики"})

    tried = admin.get(f"{CAMPAIGNS}/try?key=mine").text
    assert re.search(r"<strong>1</strong> would be asked", tried)
    assert "1 — the client wants no letters" in tried
    assert f'href="/requests/{first}"' in tried
    assert "Pump 2" in admin.get(f"{CAMPAIGNS}/try/export?key=mine").text
    assert "write a day such as" in admin.get(f"{CAMPAIGNS}/try?key=mine&since=2999-01-01").text
    assert staff.query("SELECT count(*) FROM feedback.ask")[0][0] == 0

    question = admin.get(f"{CAMPAIGNS}/switch?key=mine").text
    assert "Nothing is changed by this." in question
    sent = fields(question, f"{CAMPAIGNS}/switch")
    assert admin.post(f"{CAMPAIGNS}/switch", **{**sent, "version": "9"}, to="on").status_code == 409
    done = admin.post(f"{CAMPAIGNS}/switch", **{**sent, "since": "2026-01-01"}, to="on")
    assert "The campaign is on." in done.text
    at = kept(house, "mine").switched_on_at
    assert at is not None
    assert at.isoformat() == "2025-12-31T21:00:00+00:00"
    assert asked_clients.asks(house, staff).keys() == {first, second}
    sent = fields(admin.get(f"{CAMPAIGNS}/switch?key=mine").text, f"{CAMPAIGNS}/switch")
    admin.post(f"{CAMPAIGNS}/switch", **sent, to="off")
    assert kept(house, "mine").switched_on_at is None
    assert "campaign" in admin.get("/audit?subject=mine").text


def test_a_campaign_that_lacks_its_letter_is_not_switched_on(admin: Browser) -> None:
    admin.get(f"{CAMPAIGNS}/new")
    admin.post(f"{CAMPAIGNS}/new", **{"from": "preset:nps-after-a-stage"}, code="mine")
    sent = fields(admin.get(f"{CAMPAIGNS}/edit?key=mine").text, f"{CAMPAIGNS}/edit")
    admin.post(f"{CAMPAIGNS}/edit", **{**sent, "letter": "ask_nobody"})
    sent = fields(admin.get(f"{CAMPAIGNS}/switch?key=mine").text, f"{CAMPAIGNS}/switch")
    refused = admin.post(f"{CAMPAIGNS}/switch", **sent, to="on")
    assert refused.status_code == 422
    assert "there is no template 'ask_nobody'" in html.unescape(refused.text)


# --------------------------------------------------------------------------------------------------------- forms


def test_a_form_that_is_saved_as_its_editor_shows_it_is_no_new_version(house: House, admin: Browser) -> None:
    for code in presets.forms():
        sent = fields(admin.get(f"{FORMS}/edit?key={code}").text, f"{FORMS}/edit")
        assert "Saved." in admin.post(f"{FORMS}/edit", **sent).text
        assert [one.number for one in show_forms.versions(house, code, now=datetime.now(UTC))] == [1]


def test_questions_are_added_moved_and_saved_as_a_new_version(house: House, admin: Browser) -> None:
    editor = admin.get(f"{FORMS}/edit?key=review").text
    assert re.search(r'<option value="subject"[^>]*>\s*Subject', editor)
    sent = fields(editor, f"{FORMS}/edit")
    sent = fields(admin.post(f"{FORMS}/draw", **{**sent, "draw": "+", "new_kind": "choice"}).text, f"{FORMS}/edit")
    assert sent["q.rows"] == ["6"]
    refused = admin.post(f"{FORMS}/edit", **{**sent, "q5.label.ru": "Откуда вы нас знаете?"})
    assert refused.status_code == 422
    assert "Question 6, answers to choose from: two at least are needed to choose from" in refused.text
    assert "Откуда вы нас знаете?" in refused.text
    filled = {"q5.label.ru": "Откуда?", "q5.options": "web: Сайт | Site\nfriend: Друзья", "q5.hint.ru": "Коротко"}
    moved = {**sent, **filled, "q5.when_question": "again", "q5.when_is": "yes, maybe"}
    sent = fields(admin.post(f"{FORMS}/draw", **moved, draw="5^").text, f"{FORMS}/edit")
    assert "Saved." in admin.post(f"{FORMS}/edit", **sent).text

    newest, oldest = show_forms.versions(house, "review", now=datetime.now(UTC))
    assert [one["key"] for one in newest.document["questions"]][-2:] == ["question1", "comment"]
    made = newest.document["questions"][-2]
    assert made["options"] == [{"code": "web", "label": {"ru": "Сайт", "en": "Site"}}, {"code": "friend", "label": {"ru": "Друзья"}}]  # fmt: skip
    assert made["when"] == {"question": "again", "is": ["yes", "maybe"]}
    assert len(oldest.document["questions"]) == 5
    shown = admin.get(f"{FORMS}/show?key=review&version=1").text
    assert "This is version 1; the newest is 2." in shown
    assert "Откуда?" in admin.get(f"{FORMS}/show?key=review").text
    assert admin.get(f"{FORMS}/show?key=nobody").status_code == 404


def test_a_form_is_new_and_written_as_text_and_its_preview_runs_nothing(house: House, admin: Browser) -> None:
    sent = fields(admin.get(f"{FORMS}/new").text, f"{FORMS}/edit")
    evil = "</textarea><x-evil onclick=alert(1)>"
    assert admin.post(f"{FORMS}/edit", **{**sent, "code": "review", "title.ru": evil}).status_code == 422
    admin.post(f"{FORMS}/edit", **{**sent, "code": "mine", "title.ru": evil, "q0.label.ru": evil, "name": evil})
    for page in (f"{FORMS}/show?key=mine", f"{FORMS}/edit?key=mine", f"{FORMS}/text?key=mine", FORMS):
        text = admin.get(page).text
        assert "&lt;x-evil" in text
        assert "<x-evil" not in text
    sent = fields(admin.get(f"{FORMS}/text?key=mine").text, f"{FORMS}/text")
    (text,) = sent["text"]
    assert admin.post(f"{FORMS}/text", **{**sent, "text": text.replace("smileys", "stars")}).status_code == 422
    assert admin.post(f"{FORMS}/text", **{**sent, "text": text + "x: [1"}).status_code == 422
    admin.post(f"{FORMS}/text", **{**sent, "text": text.replace("required: true", "required: false")})
    assert [one.number for one in show_forms.versions(house, "mine", now=datetime.now(UTC))] == [2, 1]
    assert admin.post(f"{FORMS}/text", **sent).status_code == 409


def test_marketers_edit_campaigns_and_administrators_forms(house: House, browser: Browser) -> None:
    pages.login(house, "max", Role.MARKETER)
    browser.sign_in("max")
    assert browser.get(f"{CAMPAIGNS}/edit?key=nps-after-a-stage").status_code == 200
    assert "Switch on" in browser.get(f"{CAMPAIGNS}/show?key=nps-after-a-stage").text
    assert browser.get(f"{FORMS}/edit?key=nps").status_code == 403
    assert f"{FORMS}/edit" not in browser.get(f"{FORMS}/show?key=nps").text
    pages.login(house, "dora", Role.DIRECTOR)
    browser.sign_in("dora")
    assert browser.get(f"{CAMPAIGNS}/edit?key=nps-after-a-stage").status_code == 403
    assert "readonly" in browser.get(f"{CAMPAIGNS}/text?key=nps-after-a-stage").text


# ------------------------------------------------------------------------------------------------------ as text


def test_texts_read_as_they_were_written() -> None:
    for one in presets.campaigns().values():
        assert document_text.read(document_text.written(one.document)) == one.document
        campaigns.read(document_text.read(document_text.written(one.document)))
    assert document_text.read("since: 09:00\nno: no\nday: 2026-01-02\nof: {1: a}") == {
        "since": "09:00",
        "no": "no",
        "day": "2026-01-02",
        "of": {"1": "a"},
    }
    for wrong in ("a: 1\na: 2", "- 1", 'a: "\\0"', 'a: "\\ud800"', "[" * 5000, "a: " + "9" * 5000, "? [a]\n: 1", "a: !!python/name:os x", "x" * 200_001):  # fmt: skip
        with pytest.raises(TextUnfit):
            document_text.read(wrong)
