"""E1, E2, E5-E7: letters with smileys: by hand and by any condition, their texts and pictures, days, the card, the report."""

import re
from typing import Final

from caseline.outbox import faces
from caseline.people.rights import Role
from tests.factories.cards import moscow
from tests.factories.offices import Office, alerts, typed, words

CLIENT: Final = "client@example.org"
TEMPLATE: Final = "/settings/templates/edit"


def rated(desk: Office, value: str, *, comment: str = "") -> None:
    """The client clicks a smiley of his letter, and presses Save."""
    person = desk.town.client()
    path = next(one for one in desk.town.links(CLIENT) if one.rpartition("/")[2] == value)
    page = person.get(path)
    assert person.save(page, path.rpartition("/")[0], rating=value, comment=comment).status_code == 303


def test_e1_somebody_asks_by_hand_and_a_campaign_asks_by_any_condition(desk: Office) -> None:
    town = desk.town
    desk.colleague("Agent")
    town.switch_on("smileys-on-closure", trigger={"by": "age", "stages": ["waiting"], "age_days": 2})
    first = town.desk.open("2026-04-06 12:00", contact_id=town.contact())
    second = town.desk.open("2026-04-06 12:00", contact_id=town.contact("Другой", "other@example.org"))
    town.later(minutes=5)
    town.move(second, "waiting")
    town.round()
    assert town.post.mailbox.taken == []

    answer = desk.at("Agent").post(f"/requests/{first.id}/feedback", campaign="smileys-on-closure")
    assert answer.url.path.startswith("/asks/"), alerts(answer.text)
    town.round()
    assert (len(town.letters(CLIENT)), len(town.letters("other@example.org"))) == (1, 0)
    town.later(minutes=5)
    rated(desk, "4")
    town.now = moscow("2026-04-08 12:00")
    town.round()
    assert town.letters("other@example.org") == []
    town.later(minutes=10)
    town.round()
    assert (len(town.letters(CLIENT)), len(town.letters("other@example.org"))) == (1, 1)


def test_e2_heading_text_tags_autotexts_and_pictures_are_edited_and_service_tags_belong_to_rating_letters(
    desk: Office,
) -> None:
    town = desk.town
    desk.colleague("Anna", Role.ADMINISTRATOR)
    anna = desk.at("Anna")
    shipped = typed(anna.get(f"{TEMPLATE}?key=ask_smileys.ru").text, TEMPLATE)
    assert "<h1>Как мы справились?</h1>" in shipped["html"][0]

    anna.get("/settings/autotexts/new")
    made = anna.post("/settings/autotexts/edit", name="Часы", ru="Работаем с 9 до 18.", en="")
    assert alerts(made.text) == []
    for name in ("НомерДатаОбращения", "ТемаОбращения"):
        anna.get("/settings/autotexts/new")
        refused = anna.post("/settings/autotexts/edit", name=name, ru="x", en="")
        assert (refused.status_code, "так называется метка" in refused.text) == (422, True), name
    changes = {"subject": "О заявке %НомерДатаОбращения%", "text": "«%ТемаОбращения%»: %Смайлики%\n%Часы%"}
    assert alerts(anna.post(TEMPLATE, **{**shipped, **changes}).text) == []
    other = typed(anna.get(f"{TEMPLATE}?key=request_received.ru").text, TEMPLATE)
    for tag in ("%НомерДатаОбращения%", "%ТемаОбращения%"):
        refused = anna.post(TEMPLATE, **{**other, "text": f"О {tag}"})
        assert refused.status_code == 422
        assert f"метка {tag} допустима только в письмах с запросом оценки" in refused.text
    assert alerts(anna.post(TEMPLATE, **{**other, "text": "Приняли. %Часы%"}).text) == []
    own = bytes(faces.face(1))
    anna.get("/settings/pictures")
    anna.client.post(
        "/settings/pictures/replace",
        data={"form_token": anna.token, "name": "smiley-5"},
        files={"file": ("mine.png", own, "image/png")},
        headers={"Origin": anna.base},
    )

    town.switch_on("smileys-on-closure")
    card = town.desk.open("2026-04-06 12:00", contact_id=town.contact(), subject="Насос гудит", number="N-5")
    town.move(card, "closed")
    town.round()
    (letter,) = town.letters(CLIENT)
    plain = letter.get_body(("plain",))
    assert plain is not None
    text = str(plain.get_content())
    assert letter["Subject"] == "О заявке № N-5 от 06.04.2026"
    assert text.startswith("«Насос гудит»:")
    assert "Работаем с 9 до 18." in text
    assert text.count("https://feedback.example/f/smileys/") == 5
    pictures = {
        part["Content-ID"]: part.get_content() for part in letter.walk() if part.get_content_type() == "image/png"
    }
    assert own in [content for name, content in pictures.items() if "smiley-5" in str(name)]
    assert len(pictures) >= 5


def test_e5_e6_e7_days_keep_their_last_rating_which_stands_on_the_card_and_in_the_average(desk: Office) -> None:
    town = desk.town
    desk.colleague("Director", Role.DIRECTOR)
    town.query("INSERT INTO crm.kind (code, label) VALUES ('visit', 'Визит')")
    town.stage("visit", "over", "Окончен", closed=True, position=1)
    trigger = {"by": "stage", "record": "visit", "closed": True}
    town.switch_on("smileys-on-closure", trigger=trigger)
    card = town.record(kind="visit", stage="over", contact_id=town.contact())
    town.round()
    for moment, value in (("06 15:00", "2"), ("06 23:50", "3"), ("07 00:10", "5")):
        town.now = moscow(f"2026-04-{moment}")
        rated(desk, value, comment=f"сказал {value}")

    kept = town.query("SELECT day::text, value, superseded_at IS NULL FROM feedback.rating ORDER BY at")
    assert [tuple(one) for one in kept] == [("2026-04-06", 2, False), ("2026-04-06", 3, True), ("2026-04-07", 5, True)]
    shown = words(desk.at("Director").get(f"/requests/{card.id}").text)
    assert "Ваша оценка 5 из 5, 7 апр. 2026, 00:10 2 прежние оценки 3 из 5" in shown
    assert "2 из 5, 6 апр. 2026, 15:00 (заменена в тот же день)" in shown
    averages = {}
    for period in ("from=2026-04-06&to=2026-04-06", "from=2026-04-07&to=2026-04-07", "from=2026-04-01&to=2026-04-30"):
        page = words(desk.at("Director").get(f"/reports/feedback-mean?{period}&by=time").text)
        found = re.search(r"Средняя оценка(\d(?:,\d)?) \(.*?n = (\d)", page)
        averages[period[5:15]] = found and found.groups()
    assert averages == {"2026-04-06": ("3", "1"), "2026-04-07": ("5", "1"), "2026-04-01": ("4", "2")}
