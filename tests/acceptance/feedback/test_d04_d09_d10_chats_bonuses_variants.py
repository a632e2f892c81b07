"""D4, D5, D9, D10: what is rated in a chat is a setting; the bonus on the card of the next visit; variants and their figures."""

import re
from collections import defaultdict
from html import unescape
from typing import Final

from caseline.actions import keep_campaigns
from caseline.actions.editing import Editor
from caseline.feedback import review_store
from caseline.feedback.reviews import Reward, Target
from caseline.people.rights import Role
from tests.factories.offices import Office, field_of, typed, words

CLIENT: Final = "client@example.org"
GOOGLE: Final = "https://g.page/r/primer/review"
FORM: Final = """
name: Чат
title: {ru: Оцените визит, en: Rate}
thanks: {ru: Спасибо за ответы!, en: Thanks!}
questions:
- {key: clean, kind: scale, from: 1, to: 5, required: true, label: {ru: Чистота, en: Cleanness}}
- {key: price, kind: scale, from: 1, to: 5, required: true, label: {ru: Цена, en: Price}}
"""


def visit(desk: Office, contact: int, category: str = "usual") -> int:
    """A visit of a contact that is over; answers its id."""
    card = desk.town.desk.open("2026-04-06 11:10", contact_id=contact, category=category)
    desk.town.move(card, "visit_done")
    return card.id


def said(desk: Office, *replies: str) -> list[str]:
    """The client follows the link of his letter and replies; answers what the chat's page says after each reply."""
    town = desk.town
    path, person, heard = chat(desk), town.client(), []
    for reply in replies:
        town.later(seconds=20)
        page = person.get(path)
        fields = {name: field_of(page.text, name) for name in ("key", "turn")}
        assert person.post(path, {**fields, "text": reply}).status_code == 303
        town.round()
        heard.append(words(person.get(f"{path}?language=ru").text))
    return heard


def test_d5_where_choosing_and_rewarding_reviews_is_forbidden_everybody_is_asked_and_the_answer_is_rewarded(
    desk: Office,
) -> None:
    town = desk.town
    desk.colleague("Anna", Role.ADMINISTRATOR)
    target = Target(code="google", name="Google Карты", address=GOOGLE, reward=Reward.ANSWER)
    with town.house.engine.begin() as connection:
        review_store.put(connection, target)
    show, chosen = "/settings/campaigns/show?key=", "chat-rating-with-bonus"
    warned = "Google запрещает"
    assert warned not in desk.at("Anna").get(f"{show}chat-rating-for-everybody").text
    town.switch_on(chosen, follow=[{"do": "review", "when": {"mean_from": 8}, "targets": ["google"]}])
    assert warned in desk.at("Anna").get(f"{show}{chosen}").text
    keep_campaigns.switch_off(town.house, chosen, Editor("test", town.now))

    town.switch_on("chat-rating-for-everybody")
    contact = town.contact()
    town.query("UPDATE crm.contact SET mobile = '+7 900 123-45-67' WHERE id = :id", id=contact)
    visit(desk, contact)
    town.round()
    said(desk, "1", "2", "1")
    town.round()
    last = words(town.client().get(f"{chat(desk)}?language=ru").text)
    assert "каким бы он ни был" in last
    assert "500" in last
    assert town.query("SELECT clicked_at FROM feedback.review_ask") == [(None,)], "nobody has gone there yet"


def chat(desk: Office) -> str:
    """The path of the client's chat."""
    (path,) = [one for one in desk.town.links(CLIENT) if one.startswith("/c/")]
    return path


def test_d4_names_number_and_scale_of_what_is_rated_are_settings_and_each_value_is_kept_with_the_mean(
    desk: Office,
) -> None:
    town = desk.town
    desk.colleague("Anna", Role.ADMINISTRATOR)
    anna, editor = desk.at("Anna"), "/settings/forms/text"
    sent = typed(anna.get(f"{editor}?key=chat").text, editor)
    assert anna.post(editor, **{**sent, "text": FORM}).status_code == 200
    town.switch_on("chat-rating-with-bonus")
    contact = town.contact()
    town.query("UPDATE crm.contact SET mobile = '+7 900 123-45-67' WHERE id = :id", id=contact)
    visit(desk, contact)
    town.round()

    heard = said(desk, "7", "5", "4")

    assert "от 1 до 5" in heard[0]
    assert "Цена" not in heard[0], "seven is on no scale of five: asked again"
    assert "Цена" in heard[1]
    assert "Спасибо! Ваши оценки записаны." in heard[2]
    kept = town.query("SELECT question, value, highest FROM feedback.rating ORDER BY question")
    assert [tuple(one) for one in kept] == [("clean", 5, 5), ("price", 4, 5)]
    assert town.query("SELECT mean FROM feedback.ask") == [(4.5,)]


def test_d9_the_card_of_the_next_visit_in_a_listed_category_shows_the_bonus_and_others_do_not(desk: Office) -> None:
    town = desk.town
    desk.colleague("Agent")
    bonus = {"do": "bonus", "amount": 300, "given_for": "answer", "services": ["usual"], "lasts_days": 30}
    town.switch_on("smileys-on-closure", follow=[bonus])
    contact = town.contact()
    before = town.desk.open("2026-04-06 11:00", contact_id=contact, category="usual")
    town.move(before, "closed")
    town.round()
    desk.answer(CLIENT, "smileys", rating="5")
    town.round()

    town.later(minutes=5)
    cards = {
        category: town.desk.open(f"{town.now:%Y-%m-%d %H:%M}", contact_id=contact, category=category).id
        for category in ("usual", "long")
    }
    cards["another"] = town.desk.open(f"{town.now:%Y-%m-%d %H:%M}", contact_id=town.contact("Другой", None)).id
    town.round()
    shown = {name: words(desk.at("Agent").get(f"/requests/{one}").text) for name, one in cards.items()}
    assert "Бонус контакта 300 первая часть сгорает 6 мая 2026" in shown["usual"]
    assert "Бонус" not in shown["another"]
    assert "Из них" not in shown["usual"]
    assert "Из них для этого обращения: 0; остальное — для других категорий." in shown["long"]


def test_d10_a_contact_keeps_his_variant_and_the_report_tells_them_apart_with_their_scores(desk: Office) -> None:
    town = desk.town
    desk.colleague("Director", Role.DIRECTOR)
    variants = [
        {"code": "at-once", "share": 50, "changes": {"delay_hours": 0}},
        {"code": "links", "share": 50, "changes": {"delay_hours": 3, "channel": "mail_link", "letter": "ask_review"}},
    ]
    town.switch_on("smileys-on-closure", variants=variants, planned={"base": 0.3, "hoped": 0.4})
    people = {town.contact(f"Клиент {one}", f"c{one}@example.org"): f"c{one}@example.org" for one in range(6)}
    for contact in people:
        for _ in range(2):
            town.move(town.desk.open("2026-04-06 11:00", contact_id=contact), "closed")
    town.round()
    first = {to: len(town.letters(to)) for to in people.values()}
    assert set(first.values()) == {0, 2}, "a variant waits three hours, and whoever has it has it twice"
    town.later(hours=3)
    town.round()

    found = defaultdict(set)
    for contact, to in people.items():
        subjects = {str(one["Subject"]).split()[0] for one in town.letters(to)}
        assert len(town.letters(to)) == 2
        assert len(subjects) == 1
        code = "at-once" if first[to] else "links"
        faces = [one for one in town.links(to) if one.rpartition("/")[2] in set("12345")]
        assert len(faces) == (5 if code == "at-once" else 0), "each has the letter of his variant"
        found[code].add(contact)
    rows = town.query("SELECT v.code, a.contact_id FROM feedback.ask a JOIN feedback.variant v ON v.id = a.variant_id")
    kept = defaultdict(set)
    for code, contact in rows:
        kept[code].add(contact)
    assert kept == found
    for value, code in (("5", "at-once"), ("2", "links")):
        desk.answer(people[min(found[code])], "smileys", rating=value)

    page = unescape(desk.at("Director").get("/reports/feedback-variants?from=2026-04-01&to=2026-04-30").text)
    lines = {
        cells[0]: cells
        for row in re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
        if (
            cells := [
                " ".join(re.sub(r"<[^>]+>", " ", one).split())
                for one in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            ]
        )
    }
    told = {code: (cells[1], cells[3], cells[5].partition(" ")[0]) for code, cells in lines.items()}
    assert told == {code: (str(len(found[code])), "1", mean) for code, mean in (("at-once", "5"), ("links", "2"))}
    assert "Ещё идёт" in page
