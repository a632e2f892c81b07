"""The pages of the dictionary: what is typed, tried, checked, saved, overtaken and brought back."""

import codecs
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.actions import edit_keywords, furnish_desk
from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.web.desk import draft_pages
from keywords import scored
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry
from keywords.vocabulary import Kind
from tests.factories import pages
from tests.factories.pages import Browser


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    for code in ("returns", "repair"):
        pages.category(house, code)
    browser.sign_in("anna")
    return browser


def entries(house: House) -> list[tuple[str, int, str, bool]]:
    with house.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT keyword, weight, category, enabled FROM keywords.entry ORDER BY id"))
        return [tuple(row) for row in found]


def typed(browser: Browser, path: str = "/keywords") -> dict[str, str]:
    """What the form of the list would send as it is."""
    text = browser.get(path).text
    seen = re.findall(r'name="(seen-\d+)" value="(\d+)"', text)
    weights = re.findall(r'name="(weight-\d+)" min="1" max="100" value="(\d*)"', text)
    boxes = re.findall(r'name="(enabled-\d+)" checked', text)
    selects = re.findall(r'<select name="(category-\d+)".*?<option value="(\w+)" selected', text, re.DOTALL)
    return dict([*seen, *weights, *selects, *((name, "on") for name in boxes)])


def save(browser: Browser, page: str, reason: str = "because") -> str:
    """Save the draft that a page shows; answers the text of the page after it."""
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)/save", page))
    return browser.post(f"/keywords/drafts/{number}/save", reason=reason).text


def test_an_entry_is_added_checked_and_saved(house: House, admin: Browser) -> None:
    pages.request(house, "Прошу оформить возвраты")

    checked = admin.post(
        "/keywords/new", keyword="возврат", weight="60", category="returns", kind="forms", enabled="on", note="first"
    )
    assert "Of the newest request, 1 would change." in checked.text
    assert entries(house) == []
    shown = save(admin, checked.text)

    assert entries(house) == [("возврат", 60, "returns", True)]
    assert "Saved." in shown


def test_the_test_box_counts_what_is_typed_and_not_saved(house: House, admin: Browser) -> None:
    returns, repair = pages.dictionary(house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    form = typed(admin) | {"text": "Возврат после ремонта <b>&amp;</b>"}

    before = admin.post("/keywords/try", **form)
    after = admin.post("/keywords/try", **form | {f"weight-{returns}": "90"})

    assert re.search(r'tag good">repair<', before.text)
    assert re.search(r'tag good">returns<', after.text)
    assert "With 1 change that is not saved yet." in after.text
    assert "<mark" in after.text
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in after.text, "the letter is shown as it was pasted"
    assert f'name="weight-{returns}" min="1" max="100" value="90"' in after.text, "nothing typed is lost"
    assert entries(house)[0][1] == 60
    assert repair != returns


def test_the_test_box_asks_the_database_once_about_all_rows_that_others_have_changed(
    house: House, admin: Browser
) -> None:
    numbers = pages.dictionary(house, *(Entry(f"слово{n}", 10, "returns") for n in range(12)))
    old = typed(admin)
    save(
        admin,
        admin.post("/keywords/propose", **typed(admin), bulk="weight", tick=numbers, **{"bulk-weight": "20"}).text,
    )
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    sa.event.listen(house.engine, "before_cursor_execute", note)
    answer = admin.post("/keywords/try", **old | {f"weight-{numbers[0]}": "30"}, text="слово0")
    sa.event.remove(house.engine, "before_cursor_execute", note)

    assert "With 1 change that is not saved yet." in answer.text
    assert len([statement for statement in asked if "keywords.change" in statement]) == 1


def words(browser: Browser, path: str) -> list[str]:
    """Keywords as the list shows them."""
    return re.findall(r'<a href="/keywords/\d+">(.*?)</a>', browser.get(path).text)


def test_the_list_is_sorted_by_any_column_and_shows_the_state_that_is_asked_for(house: House, admin: Browser) -> None:
    pages.dictionary(
        house,
        Entry("щиток", 10, "returns", Kind.PREFIX),
        Entry("возврат", 90, "repair", enabled=False),
        Entry("ёлка", 0, "repair", blocking=True),
        Entry("замена", 50, "returns", Kind.EXACT),
    )
    pages.request(house, "замена, замена")

    assert words(admin, "/keywords") == ["возврат", "ёлка", "замена", "щиток"], "ё stands where е does"
    assert words(admin, "/keywords?down=1") == ["щиток", "замена", "ёлка", "возврат"]
    assert words(admin, "/keywords?sort=weight") == ["ёлка", "щиток", "замена", "возврат"]
    assert words(admin, "/keywords?sort=category&down=1")[:2] == ["щиток", "замена"]
    assert words(admin, "/keywords?sort=kind") == ["замена", "возврат", "ёлка", "щиток"]
    assert words(admin, "/keywords?sort=hits&down=1")[0] == "замена"
    assert words(admin, "/keywords?sort=nothing") == words(admin, "/keywords")
    assert words(admin, "/keywords?state=disabled") == ["возврат"]
    assert words(admin, "/keywords?state=enabled") == ["ёлка", "замена", "щиток"]
    assert words(admin, "/keywords?state=blocking") == ["ёлка"]
    assert words(admin, "/keywords?state=enabled&category=returns&sort=weight&down=1") == ["замена", "щиток"]
    assert words(admin, "/keywords?q=ЕЛКА") == ["ёлка"]
    page = admin.get("/keywords?sort=weight&state=enabled").text
    assert 'aria-sort="ascending"' in page
    assert "/keywords?state=enabled&amp;sort=weight&amp;down=1" in page, "the head of the column turns it round"


def test_rows_are_changed_in_the_list_and_in_bulk(house: House, admin: Browser) -> None:
    first, second, third = pages.dictionary(
        house, Entry("один", 10, "returns"), Entry("два", 20, "returns"), Entry("три", 30, "returns")
    )
    form = typed(admin) | {f"weight-{first}": "11"}
    del form[f"enabled-{first}"]

    page = admin.post("/keywords/propose", **form, bulk="category", tick=[second, third], **{"bulk-category": "repair"})
    save(admin, page.text)

    assert entries(house) == [("один", 11, "returns", False), ("два", 20, "repair", True), ("три", 30, "repair", True)]
    page = admin.post("/keywords/propose", **typed(admin), bulk="delete", tick=[first])
    save(admin, page.text)
    assert [row[0] for row in entries(house)] == ["два", "три"]


def test_of_two_administrators_the_second_sees_what_the_first_did_and_saves_nothing(
    house: House, admin: Browser, desk: str
) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    pages.login(house, "boris")
    other = Browser(desk)
    other.sign_in("boris")
    mine, theirs = typed(admin), typed(other)
    first = admin.post("/keywords/propose", **mine | {f"weight-{entry}": "70"})
    second = other.post("/keywords/propose", **theirs | {f"weight-{entry}": "80"})

    save(admin, first.text)
    refused = save(other, second.text)

    assert entries(house)[0][1] == 70
    assert "Somebody else has changed" in refused
    assert "changed by anna meanwhile" in refused
    assert "<ins>80</ins>" in refused, "what was typed is still there"
    other.client.close()


def test_rows_that_somebody_else_changed_and_nobody_touched_here_are_no_conflict(house: House, admin: Browser) -> None:
    first, second = pages.dictionary(house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    before = typed(admin)
    save(admin, admin.post("/keywords/propose", **typed(admin) | {f"weight-{first}": "65"}).text)

    shown = save(admin, admin.post("/keywords/propose", **before | {f"weight-{second}": "75"}).text)

    assert "Saved." in shown
    assert [row[1] for row in entries(house)] == [65, 75]


def test_a_page_that_is_shown_again_takes_back_nothing_that_somebody_saved_meanwhile(
    house: House, admin: Browser
) -> None:
    first, second = pages.dictionary(house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    before = typed(admin)
    changed = {f"weight-{first}": "65", f"weight-{second}": "75"}
    save(admin, admin.post("/keywords/propose", **before | changed).text)

    for path in ("/keywords/try", "/keywords/propose"):
        shown = admin.post(path, **before | {"text": "возврат"}).text
        assert f'name="weight-{first}" min="1" max="100" value="65"' in shown, "what nobody typed over is as it is now"
    shown = admin.post("/keywords/try", **before | {f"weight-{second}": "80"}).text
    assert f'name="weight-{second}" min="1" max="100" value="80"' in shown
    assert f'name="seen-{second}" value="{before[f"seen-{second}"]}"' in shown, "typed over what stood there then"


def test_an_entry_or_settings_that_are_refused_are_still_typed_over_what_was_seen(house: House, admin: Browser) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    wanted = {"scoring": "max", "nested": "longest", "min_score": "5", "min_margin": "0", "subject_factor": "1"}
    (seen,) = re.findall(r'name="seen" value="(\d+)"', admin.get("/keywords/settings").text)
    save(admin, admin.post("/keywords/settings", **wanted, seen=seen).text)
    save(admin, admin.post("/keywords/propose", **typed(admin) | {f"weight-{entry}": "65"}).text)

    refused = admin.post("/keywords/settings", **wanted | {"min_score": "x", "seen": seen}).text
    faulty = admin.post(f"/keywords/{entry}", keyword="!", weight="60", category="returns", seen="1").text

    assert f'name="seen" value="{seen}"' in refused
    assert 'name="seen" value="1"' in faulty.partition("/restore")[0]


def test_a_save_is_restored_and_a_deleted_entry_comes_back_under_its_id(house: House, admin: Browser) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    save(admin, admin.post("/keywords/propose", **typed(admin), bulk="delete", tick=[entry]).text)
    assert entries(house) == []

    admin.get("/keywords/history/2")
    shown = admin.post("/keywords/history/2/restore", before="1")

    assert entries(house) == [("возврат", 60, "returns", True)]
    assert "back to version 1" in shown.text
    assert admin.get(f"/keywords/{entry}").status_code == 200


def test_the_dictionary_of_the_sample_says_so_in_the_language_of_the_page(house: House, browser: Browser) -> None:
    wanted = [furnish_desk.Category("pump", "Насосы", 24, [("насос", 60)])]
    furnish_desk.furnish(house, wanted, now=datetime.now(UTC))
    with house.engine.connect() as connection:
        (entry,) = (one.id for one in house.words.now(connection).kept)
    pages.login(house, "olga", language="ru")
    browser.sign_in("olga")

    for path in ("/keywords/history", "/keywords/history/1", f"/keywords/{entry}"):
        page = browser.get(path).text
        assert "словарь из примера" in page, path
        assert "the sample" not in page, path


def test_one_entry_is_restored_and_the_others_stay(house: House, admin: Browser) -> None:
    first, second = pages.dictionary(house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    save(
        admin,
        admin.post("/keywords/propose", **typed(admin) | {f"weight-{first}": "61", f"weight-{second}": "71"}).text,
    )

    page = admin.get(f"/keywords/{first}").text
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page.partition("/restore")[2])
    shown = admin.post("/keywords/history/1/restore", entry=first, seen=seen)

    assert "Restored." in shown.text
    assert [row[1] for row in entries(house)] == [60, 71]
    late = admin.post("/keywords/history/2/restore", entry=first, seen=seen)
    assert (late.status_code, [row[1] for row in entries(house)]) == (409, [60, 71])
    assert "Somebody was first" in late.text


def test_an_entry_whose_words_another_one_has_by_now_is_not_doubled(house: House, admin: Browser) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    save(admin, admin.post("/keywords/propose", **typed(admin), bulk="delete", tick=[entry]).text)
    pages.dictionary(house, Entry("возвраты", 70, "returns"))

    refused = admin.post("/keywords/history/1/restore", entry=entry)

    assert refused.status_code == 409
    assert "There is such an entry already" in refused.text
    assert entries(house) == [("возвраты", 70, "returns", True)]


def test_settings_go_through_the_dry_run_and_a_switch_of_scoring_must_be_agreed_to(
    house: House, admin: Browser
) -> None:
    pages.dictionary(
        house, Entry("возврат", 50, "returns"), Entry("деньги", 40, "returns"), Entry("ремонт", 60, "repair")
    )
    pages.request(house, "возврат деньги ремонт")
    wanted = {"scoring": "sum", "nested": "longest", "min_score": "0", "min_margin": "0", "subject_factor": "1"}
    admin.get("/keywords/settings")

    checked = admin.post("/keywords/settings", **wanted)
    assert "1 would change" in checked.text
    refused = save(admin, checked.text)
    assert "The weights were made for the other way of comparing" in refused
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)/save", refused))
    admin.post(f"/keywords/drafts/{number}/save", reason="because", switch="on")

    with house.engine.connect() as connection:
        assert house.words.now(connection).rules.scoring == "sum"


def test_of_two_who_change_settings_the_second_loses_nothing_of_the_first(house: House, admin: Browser) -> None:
    wanted = {"scoring": "max", "nested": "longest", "min_score": "0", "min_margin": "0", "subject_factor": "1"}
    (seen,) = re.findall(r'name="seen" value="(\d+)"', admin.get("/keywords/settings").text)
    first = admin.post("/keywords/settings", **wanted | {"min_score": "5", "seen": seen})
    second = admin.post("/keywords/settings", **wanted | {"min_margin": "3", "seen": seen})

    save(admin, first.text)
    refused = save(admin, second.text)
    third = admin.post("/keywords/settings", **wanted | {"min_margin": "3", "seen": seen})

    assert "Somebody else has changed" in refused
    assert "Somebody else has changed" in third.text, "typed before, sent after the save of the first"
    with house.engine.connect() as connection:
        rules = house.words.now(connection).rules
        assert (rules.min_score, rules.min_margin) == (5, 0)


def test_the_order_of_categories_decides_a_tie_once_it_is_set(house: House, admin: Browser) -> None:
    pages.dictionary(house, Entry("возврат", 50, "returns"), Entry("ремонт", 50, "repair"))
    pages.request(house, "возврат ремонт")
    wanted = {"scoring": "max", "nested": "longest", "min_score": "0", "min_margin": "0", "subject_factor": "1"}
    admin.get("/keywords/settings")

    refused = admin.post("/keywords/settings", **wanted, category_order="repair\r\nrepare")
    pages.category(house, "repair", "Ремонт")
    checked = admin.post("/keywords/settings", **wanted, category_order="ремонт\r\nReturns\r\nrepair\r\n")
    save(admin, checked.text)

    assert refused.status_code == 422
    assert "There is no category repare" in refused.text
    assert "repair\nrepare</textarea>" in refused.text.replace("\r", ""), "what was typed is there to be mended"
    assert "1 would change" in checked.text
    assert "repair\nreturns</textarea>" in admin.get("/keywords/settings").text
    tried = admin.post("/keywords/try", **typed(admin), text="возврат ремонт").text
    assert "score 50, lead 0; equal in everything, the order of categories decides" in tried
    with house.engine.connect() as connection:
        assert house.words.now(connection).classifier.decide("возврат ремонт").category == "repair"


def test_a_long_order_of_categories_is_checked_by_one_look_at_them(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"scoring": "max", "nested": "longest", "min_score": "0", "min_margin": "0", "subject_factor": "1"}
    admin.get("/keywords/settings")
    looks: list[House] = []
    labels = edit_keywords.labels

    def look(asked: House) -> dict[str, str]:
        looks.append(asked)
        return labels(asked)

    monkeypatch.setattr(edit_keywords, "labels", look)

    admin.post("/keywords/settings", **wanted, category_order="\n".join(f"none{n}" for n in range(50)))

    assert len(looks) == 2, "one to check, one to show the page again"


@pytest.mark.parametrize("value", ["", "abc", "-1", "nan", "inf", "1e9"])
def test_settings_that_are_no_numbers_are_refused(house: House, admin: Browser, value: str) -> None:
    wanted = {"scoring": "max", "nested": "longest", "min_score": value, "min_margin": "0", "subject_factor": "1"}
    admin.get("/keywords/settings")

    answer = admin.post("/keywords/settings", **wanted)

    assert answer.status_code == 422
    assert "nothing was changed" in answer.text
    assert house


def test_a_save_in_one_process_counts_for_the_next_text_in_another(house: House, admin: Browser) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    with house.engine.connect() as connection:
        assert house.words.now(connection).classifier.decide("возврат").category == "returns"

    save(admin, admin.post("/keywords/propose", **typed(admin) | {f"category-{entry}": "repair"}).text)

    with house.engine.connect() as connection:
        assert house.words.now(connection).classifier.decide("возврат").category == "repair"


def test_a_dry_run_goes_over_as_many_requests_as_are_asked_for(house: House, admin: Browser) -> None:
    pages.request(house, "возврат")
    page = admin.post("/keywords/new", keyword="возврат", weight="60", category="returns", enabled="on")
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)/save", page.text))

    fewer = admin.get(f"/keywords/drafts/{number}?last=1000")

    assert "<strong>10,000</strong>" in page.text
    assert "<strong>1,000</strong>" in fewer.text
    assert 'name="last" value="1000"' in fewer.text
    assert "last=1000" in fewer.text.split("/samples?")[1]


def test_a_save_needs_a_reason_and_happens_once(house: House, admin: Browser) -> None:
    checked = admin.post("/keywords/new", keyword="возврат", weight="60", category="returns", enabled="on").text

    assert "Say in a few words why" in save(admin, checked, reason="   ")
    save(admin, checked)
    again = save(admin, checked)

    assert len(entries(house)) == 1
    assert "saved as version 1" in again


def test_ten_megabytes_are_answered(house: House, admin: Browser) -> None:
    pages.dictionary(house, Entry("возврат", 60, "returns"))

    answer = admin.post("/keywords/try", **typed(admin), text="возврат " + "x" * 5_000_000 + " я" * 2_000_000)

    assert answer.status_code == 200
    assert "were not read" in answer.text


def test_markup_in_entries_and_texts_is_shown_as_text(house: House, admin: Browser) -> None:
    evil = "<script>alert(1)</script>"
    pages.dictionary(house, Entry("возврат", 60, "returns", note=evil))

    page = admin.post("/keywords/try", **typed(admin), text=f"возврат {evil}", subject=evil)

    assert evil not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") >= 2


def test_a_viewer_sees_and_tries_but_cannot_change(house: House, admin: Browser, desk: str) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns"))
    pages.login(house, "vera", Role.VIEWER)
    viewer = Browser(desk)
    viewer.sign_in("vera")

    assert '<input class="weight"' not in viewer.get("/keywords").text
    assert "tag good" in viewer.post("/keywords/try", text="возврат").text
    assert viewer.post("/keywords/propose", **typed(admin)).status_code == 403
    assert viewer.post(f"/keywords/{entry}", keyword="x", weight="1", category="returns").status_code == 403
    viewer.client.close()


def test_a_file_is_compared_first_and_its_faults_are_named(house: House, admin: Browser) -> None:
    pages.dictionary(house, Entry("возврат", 60, "returns"))
    content = "keyword;weight;category\nвозвраты;70;returns\nщиток;700;repair\nмастер;40;repair\n".encode("cp1251")
    admin.get("/keywords/import")

    answer = admin.client.post(
        "/keywords/import",
        data={"form_token": admin.token},
        files={"file": ("words.csv", content, "text/csv")},
        headers={"Origin": admin.base},
    )

    assert "1 new entry" in answer.text
    assert "1 changed entry" in answer.text
    assert "line 3, weight: 700 is out of range" in answer.text
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)", answer.text))
    save(admin, admin.get(f"/keywords/drafts/{number}").text)
    assert entries(house) == [("возвраты", 70, "returns", True), ("мастер", 40, "repair", True)]


def test_pasted_lines_without_faults_lead_straight_to_the_draft(house: House, admin: Browser) -> None:
    admin.get("/keywords/import")

    answer = admin.post("/keywords/import", pasted="keyword,weight,category\nвозврат,60,returns\n")

    assert "/keywords/drafts/" in str(answer.url)
    assert entries(house) == []
    assert (
        "name:1: " in admin.post("/keywords/import", pasted="name,weight").text
        or admin.post("/keywords/import", pasted="name,weight").status_code == 422
    )


def test_what_is_exported_is_a_file_and_noted(house: House, admin: Browser) -> None:
    pages.dictionary(house, Entry("=возврат", 60, "returns"))

    answer = admin.get("/keywords/export")

    assert answer.headers["content-disposition"].startswith('attachment; filename="keywords-')
    assert answer.content.startswith(codecs.BOM_UTF8), "without it Excel reads another encoding"
    assert "=возврат" in answer.text
    assert not any(line.startswith("=") for line in answer.text.splitlines())
    assert "keywords exported" in admin.get("/audit").text


def test_the_language_is_chosen_on_answers_to_forms_as_well(admin: Browser) -> None:
    page = admin.post("/keywords/new", keyword="возврат", weight="60", category="returns", enabled="on").text
    (number,) = set(re.findall(r"/keywords/drafts/(\d+)/save", page))
    for sent, opened in (
        ("/keywords/try", "/keywords"),
        (f"/keywords/drafts/{number}/save", f"/keywords/drafts/{number}"),
    ):
        shown = admin.post(sent, reason="")
        assert f'name="next" value="{sent}"' in shown.text

        answer = admin.post("/language", language="ru", next=sent)

        assert (answer.status_code, answer.url.path) == (200, opened)


def test_russian_pages_say_words_where_there_are_codes(house: House, admin: Browser) -> None:
    pages.category(house, "old", "Былое")
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "old"))
    with house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE crm.category SET active = false WHERE code = 'old'"))
    admin.get("/keywords")
    admin.post("/language", language="ru", next="/")
    form = {"keyword": "возврат", "weight": "60", "category": "returns", "kind": "exact"}
    checked = admin.post(f"/keywords/{entry}", **form, seen="1")
    save(admin, checked.text)
    wanted = {"scoring": "sum", "nested": "all", "min_score": "0", "min_margin": "0", "subject_factor": "1"}
    settings = admin.post("/keywords/settings", **wanted).text

    for text in (checked.text, admin.get("/keywords/history/2").text):
        assert "<del>все формы</del> → <ins>точно</ins>" in text
        assert "<del>Былое</del> → <ins>returns</ins>" in text, "a category out of use has its label"
        assert "<del>да</del> → <ins>нет</ins>" in text
    assert "все формы → точно" in admin.get(f"/keywords/{entry}").text
    assert "<ins>веса складываются</ins>" in settings


def test_a_note_of_several_lines_is_kept_as_it_is(house: House, admin: Browser) -> None:
    (entry,) = pages.dictionary(house, Entry("возврат", 60, "returns", note="one\ntwo"))
    form = {"keyword": "возврат", "weight": "60", "category": "returns", "enabled": "on", "seen": "1"}

    page = admin.get(f"/keywords/{entry}").text
    answer = admin.post(f"/keywords/{entry}", **form, note="one\r\ntwo")

    assert ">one\ntwo</textarea>" in page
    assert "Nothing was changed." in answer.text


def test_a_draft_with_the_same_words_twice_names_them(house: House, admin: Browser) -> None:
    edits = (Edit(Entry("возврат", 60, "returns")), Edit(Entry("возвраты", 70, "returns")))
    draft = Draft(login="anna", source="edit", title="", edits=edits, made_at=datetime.now(UTC))
    number = edit_keywords.propose(house, draft)

    shown = admin.get(f"/keywords/drafts/{number}").text

    assert "the same words and category as the entry &#39;возврат&#39;" in shown
    assert "row 0" not in shown


def test_of_many_categories_there_is_a_table_without_a_picture(house: House, admin: Browser) -> None:
    names = [f"c{n}" for n in range(45)] + [""]
    parts = dict.fromkeys(("accuracy", "coverage", "precision_when_answered", "macro_f1"), 0.5)
    data = parts | {"texts": 1, "names": names, "categories": [], "confused": [], "ceiling": None}
    with house.engine.begin() as connection:
        cells = {"confusion": [[77] * 46] * 46}
        scored.keep_evaluation(connection, 1, data | cells, at=datetime.now(UTC))

    shown = admin.get("/keywords/evaluation").text

    assert "<svg" not in shown.partition("<main")[2]
    assert "For a picture there are too many categories." in shown
    assert shown.count('<td class="number">77</td>') == 45 * 46


def test_proposals_are_taken_one_by_one(house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        pages.labelled(house, f"прошу возврат денег {number}", "returns")
        pages.labelled(house, f"нужен ремонт щитка {number}", "repair")
    draft = pages.learned(house)

    page = admin.get(f"/keywords/drafts/{draft}")
    assert "100%" in page.text
    assert "more</p>" not in page.text
    monkeypatch.setattr(draft_pages, "_PROPOSALS", 1)
    assert re.search(r"… and \d more</p>", admin.get(f"/keywords/drafts/{draft}").text), "what is not shown is said"
    none = admin.post(f"/keywords/drafts/{draft}/choose")
    assert none.status_code == 422
    taken = admin.post(f"/keywords/drafts/{draft}/choose", tick=["0"])
    save(admin, taken.text)

    assert len(entries(house)) == 1


def test_quality_and_report_show_what_there_is(house: House, admin: Browser) -> None:
    assert "was not judged yet" in admin.get("/keywords/evaluation").text
    assert admin.post("/keywords/evaluation").status_code == 422
    pages.dictionary(house, Entry("возврат", 60, "returns"), Entry("возвраты", 50, "repair"))
    for number in range(4):
        pages.labelled(house, f"возврат {number}", "repair")
    pages.request(house, "возврат")

    shown = admin.post("/keywords/evaluation")

    assert shown.status_code == 200
    assert "<svg" in shown.text.partition("<main")[2]
    table = shown.text.partition("Columns have the numbers of the rows.")[2].partition("</table>")[0]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in table.split("<tr>")[1:]]
    assert rows[0][2:] == ["1", "2", "3"]
    assert [row[2:] for row in rows[1:3]] == [["·", "1", "·"], ["·", "·", "·"]]
    assert "Commonest mistakes" in shown.text
    report = admin.get("/keywords/report").text
    assert "возвраты" in report
    assert "Counted over 1 request" in report
