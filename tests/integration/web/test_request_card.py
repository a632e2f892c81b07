"""The card of a request: who sees it, what it shows, what is done from it, and what happens when two do it at once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from caseline.actions import change_request, keep_templates
from caseline.actions.change_request import Changes
from caseline.actions.wiring import House
from caseline.outbox.templates import Template
from caseline.people.rights import Role
from tests.factories import fields, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import CLIENT, Staff, mail


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


@pytest.fixture
def anna(staff: Staff, browser: Browser) -> int:
    """An agent who is signed in."""
    number = staff.person("Anna Agent", staff.group("Support"), login="anna")
    browser.sign_in("anna")
    return number


@pytest.fixture
def another(desk: str) -> Iterator[Browser]:
    made = Browser(desk)
    yield made
    made.client.close()


def once(page: str, place: str) -> str:
    """The mark of a form of a page."""
    found = re.search(rf'name="once" value="([^"]+-{place})"', page)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("anna")
def test_a_card_shows_who_wrote_what_and_what_happened_the_oldest_first(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail("It does not start.\n", number=1))

    page = browser.get(f"/requests/{number}").text

    assert "It does not start." in page
    assert "ivan@client.example" in page
    assert page.index("The request was opened") < page.index('class="line mail_in')
    assert 'aria-current="step">Новое' in page


@pytest.mark.usefixtures("anna")
def test_a_stage_is_changed_by_its_button_and_the_one_who_comes_second_is_told(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    version = staff.version(number)

    page = browser.post(f"/requests/{number}/stage", stage="working", version=version)
    late = browser.post(f"/requests/{number}/stage", stage="closed", version=version)

    assert 'aria-current="step">В работе' in page.text
    assert late.status_code == 409
    assert "Somebody has changed this request meanwhile" in late.text
    assert staff.query("SELECT stage FROM crm.record WHERE id = :id", id=number) == [("working",)]
    assert staff.events(number)[-1][1]["by"] is not None


def test_a_request_is_taken_handed_over_and_left_to_nobody(staff: Staff, browser: Browser, anna: int) -> None:
    number, other = staff.opened(mail()), staff.group("Repairs")
    browser.get(f"/requests/{number}")

    taken = browser.post(f"/requests/{number}/take", version=staff.version(number))
    handed = browser.post(
        f"/requests/{number}/people", version=staff.version(number), assignee="nobody", group=str(other)
    )

    assert "Assigned to Anna Agent" in taken.text
    assert "Repairs" in handed.text
    found = staff.query("SELECT assignee_id, group_id FROM crm.record WHERE id = :id", id=number)
    assert found == [(None, other)]
    told = [data for kind, data in staff.events(number) if kind == "changed"]
    assert told[0]["assignee_id"] == told[0]["by"] == anna
    assert told[1]["old"] == {"assignee_id": "Anna Agent", "group_id": None}


def test_what_somebody_may_not_see_is_absent_with_all_that_belongs_to_it(staff: Staff, browser: Browser) -> None:
    mine, theirs = staff.group("Mine"), staff.group("Theirs")
    staff.person("Boris", mine, login="boris", scope="groups")
    number = staff.opened(mail(files=(("a.txt", "text/plain", b"secret"),)))
    staff.give(number, theirs)
    file = staff.files(number)["a.txt"]
    message = staff.query("SELECT id FROM crm.message WHERE record_id = :id", id=number)[0][0]
    browser.sign_in("boris")
    browser.get("/")

    seen = [
        browser.get(f"/requests/{number}{path}").status_code
        for path in ("", "/timeline?before=9", f"/messages/{message}", f"/files/{file}", "/beginnings")
    ]
    done = [
        browser.post(f"/requests/{number}/{path}", text="x", stage="working", version=1, into="1").status_code
        for path in ("comment", "reply", "stage", "take", "people", "category", "merging", "merge", "unmerge", "split")
    ]

    assert set(seen + done) == {404}
    assert staff.texts(number) == ["The pump does not start.\n"]
    staff.give(number, mine)
    assert browser.get(f"/requests/{number}/files/{file}").content == b"secret"


def test_a_file_of_another_request_is_absent_in_this_one(staff: Staff, browser: Browser, anna: int) -> None:
    one = staff.opened(mail(number=1))
    other = staff.opened(
        mail(subject="Other", sender="b@else.example", number=2, files=(("a.txt", "text/plain", b"x"),))
    )
    assert one != other
    file = staff.files(other)["a.txt"]

    assert browser.get(f"/requests/{other}/files/{file}").status_code == 200
    assert browser.get(f"/requests/{one}/files/{file}").status_code == 404
    assert anna


@pytest.mark.usefixtures("anna")
def test_whoever_only_looks_changes_nothing(staff: Staff, another: Browser) -> None:
    number = staff.opened(mail())
    staff.person("Vera", login="vera", role=Role.QUALITY)
    another.sign_in("vera")

    page = another.get(f"/requests/{number}")

    assert page.status_code == 200
    assert "Reply to the client" not in page.text
    assert another.post(f"/requests/{number}/comment", text="no").status_code == 403
    assert staff.texts(number) == ["The pump does not start.\n"]


@pytest.mark.usefixtures("anna")
def test_a_letter_that_is_sent_twice_is_written_once_and_another_text_again(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    mark = once(browser.get(f"/requests/{number}").text, "reply")

    for text in ("On its way.", "On its way.", "Something else."):
        answer = browser.post(f"/requests/{number}/reply", text=text, once=mark)
        assert answer.status_code == 200

    letters = staff.query("SELECT body FROM outbox.letter WHERE nature = 'personal' ORDER BY id")
    assert [row[0].startswith(text) for row, text in zip(letters, ("On its", "Something"), strict=True)] == [True, True]


@pytest.mark.usefixtures("anna")
def test_a_letter_that_waits_is_shown_with_its_state_and_can_be_withdrawn(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    page = browser.post(f"/requests/{number}/reply", text="Too soon.").text
    assert "waits to be sent" in page
    found = re.search(rf'action="/requests/{number}/letters/(\d+)/withdraw"', page)
    assert found is not None

    after = browser.post(f"/requests/{number}/letters/{found[1]}/withdraw")

    assert "The letter is withdrawn" in after.text
    assert staff.query("SELECT state FROM outbox.letter WHERE id = :id", id=int(found[1])) == [("cancelled",)]
    other = staff.opened(mail(subject="Other", sender="b@else.example", number=2))
    assert browser.post(f"/requests/{other}/letters/{found[1]}/withdraw").status_code == 404


@pytest.mark.usefixtures("anna")
def test_a_comment_is_internal_unless_somebody_says_otherwise(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")

    browser.post(f"/requests/{number}/comment", text="He is angry.")
    page = browser.post(f"/requests/{number}/comment", text="We look at it.", public="1").text

    assert page.index("He is angry.") < page.index("We look at it.")
    found = staff.query("SELECT public FROM crm.message WHERE kind = 'comment' ORDER BY id")
    assert found == [(False,), (True,)]
    assert browser.post(f"/requests/{number}/comment", text="  ").status_code == 422


@pytest.mark.usefixtures("anna")
def test_files_go_along_and_come_back_as_they_were(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    sent = [
        ("files", ("план «А».txt", b"one", "text/plain")),
        ("files", ("b.html", b"<script>1</script>", "text/html")),
    ]

    answer = browser.client.post(
        f"/requests/{number}/reply",
        data={"form_token": browser.token, "text": "See the files."},
        files=sent,
        headers={"Origin": browser.base},
    )

    assert answer.status_code == 200
    files = staff.files(number)
    assert set(files) == {"план «А».txt", "b.html"}
    got = browser.client.get(f"/requests/{number}/files/{files['b.html']}?inline=1")
    assert got.content == b"<script>1</script>"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert staff.query("SELECT count(*) FROM outbox.attachment") == [(2,)]


@pytest.mark.usefixtures("anna")
def test_an_assignment_for_somebody_without_address_says_so_at_once_and_is_sent_when_it_has_one(
    staff: Staff, browser: Browser
) -> None:
    number = staff.opened(mail())
    staff.query("INSERT INTO crm.contact (name) VALUES ('Master')")
    browser.get(f"/requests/{number}")

    page = browser.post(
        f"/requests/{number}/assignments", who="outside", contact="Master", title="Look", text="Look at it.", hours="8"
    ).text
    work = staff.query("SELECT id FROM crm.assignment")[0][0]
    assert "its letter was not sent" in page
    after = browser.post(f"/requests/{number}/assignments/{work}/address", address="master@repair.example").text

    assert "The letter is written" in after
    assert "assignment: Look" in after
    answered = browser.post(f"/requests/{number}/assignments/{work}/answer", text="Thanks.").text
    assert "letter to Master" in answered
    ended = browser.post(f"/requests/{number}/assignments/{work}/end", state="done").text
    assert "An assignment is done: Look" in ended
    to = staff.query("SELECT address FROM outbox.recipient ORDER BY letter_id")
    assert {row[0] for row in to} == {"master@repair.example"}
    assert browser.post(f"/requests/{number}/assignments/999/end", state="done").status_code == 404


@pytest.mark.usefixtures("anna")
def test_a_merge_is_looked_at_done_and_taken_back(staff: Staff, browser: Browser) -> None:
    one = staff.opened(mail(number=1))
    other = staff.opened(mail("Second.\n", subject="Other", sender="b@else.example", number=2))
    browser.get(f"/requests/{one}")

    preview = browser.post(f"/requests/{one}/merging", into=str(other)).text
    assert "1 message moves" in preview
    merged = browser.post(f"/requests/{one}/merge", id=str(other)).text

    assert "The pump does not start." in merged
    assert "Second." in merged
    gone = browser.get(f"/requests/{one}").text
    assert "This request goes on in another one" in gone
    assert "Reply to the client" not in gone
    browser.post(f"/requests/{one}/unmerge")
    assert staff.texts(one) == ["The pump does not start.\n"]
    assert browser.post(f"/requests/{one}/merging", into="no such").status_code == 422
    assert browser.post(f"/requests/{one}/merging", into=str(one)).status_code == 422


def test_a_merge_into_a_foreign_request_is_not_taken_back(staff: Staff, browser: Browser) -> None:
    mine, theirs = staff.group("Mine"), staff.group("Theirs")
    staff.person("Boris", mine, login="boris", scope="groups")
    staff.person("Anna", theirs, login="anne")
    one = staff.opened(mail(number=1))
    other = staff.opened(mail("Second.\n", subject="Other", sender="b@else.example", number=2))
    browser.sign_in("anne")
    browser.get("/")
    browser.post(f"/requests/{one}/merge", id=str(other))
    staff.give(one, mine)
    staff.give(other, theirs)
    browser.post("/sign-out")
    browser.sign_in("boris")
    browser.get("/")

    assert browser.post(f"/requests/{one}/unmerge").status_code == 404
    assert len(staff.texts(other)) == 2


@pytest.mark.usefixtures("anna")
def test_messages_are_split_off_into_a_request_of_their_own(staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    browser.post(f"/requests/{number}/comment", text="One matter.")
    page = browser.post(f"/requests/{number}/comment", text="Another matter.").text
    ids = re.findall(r'name="message" value="(\d+)"', page)

    made = browser.post(f"/requests/{number}/split", message=ids[1:])

    new = int(made.url.path.rpartition("/")[2])
    assert staff.texts(new) == ["One matter.", "Another matter."]
    assert staff.texts(number) == ["The pump does not start.\n"]
    assert "was split off" in made.text
    assert browser.post(f"/requests/{number}/split").status_code == 422


@pytest.mark.usefixtures("anna")
def test_a_request_is_opened_at_the_desk_once_for_a_known_or_a_new_contact(staff: Staff, browser: Browser) -> None:
    company = staff.query("INSERT INTO crm.company (name) VALUES ('Pumps Ltd') RETURNING id")[0][0]
    page = browser.get(f"/requests/new?company={company}").text
    assert "Pumps Ltd" in page
    fields = {
        "f:subject": "Called about a pump",
        "f:description": "It leaks.",
        "f:channel": "phone",
        "company": str(company),
        "contact": CLIENT.partition("<")[2].rstrip(">"),
        "once": once(page, "new"),
    }

    made = browser.post("/requests/new", **fields)
    browser.post("/requests/new", **fields)

    found = staff.query("SELECT subject, channel, company_id, contact_id IS NOT NULL FROM crm.record")
    assert found == [("Called about a pump", "phone", company, True)]
    assert "It leaks." in made.text
    unknown = browser.post("/requests/new", **{"f:subject": "x", "contact": "Nobody Known"})
    assert unknown.status_code == 422
    assert "tick that it is a new one" in unknown.text
    assert 'value="Nobody Known"' in unknown.text


@pytest.mark.usefixtures("anna")
def test_a_long_timeline_shows_its_first_and_its_newest_lines_and_the_others_on_demand(
    staff: Staff, browser: Browser
) -> None:
    number = staff.opened(mail())
    staff.query(
        "INSERT INTO crm.message (record_id, kind, text, sent_at)"
        " SELECT :id, 'comment', 'note ' || n || '.', now() + n * interval '1 second' FROM generate_series(1, 130) AS n",
        id=number,
    )

    page = browser.get(f"/requests/{number}").text

    assert "note 130." in page
    assert "note 80." not in page
    assert "Show 81 earlier lines" in page
    before = re.search(r"/timeline\?before=(\d+)", page)
    assert before is not None
    older = browser.get(f"/requests/{number}/timeline?before={before[1]}").text
    assert "note 80." in older
    assert "note 130." not in older
    assert "note 1." in browser.get(f"/requests/{number}?from=0").text


def test_forms_are_forgotten_after_some_days(house: House, staff: Staff, browser: Browser, anna: int) -> None:
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    browser.post(f"/requests/{number}/comment", text="x", once="a")
    staff.query("UPDATE people.sent_form SET at = now() - interval '3 days'")

    pages.login(house, "boris")
    browser.sign_in("boris")

    assert anna
    assert staff.query("SELECT count(*) FROM people.sent_form") == [(0,)]


@pytest.mark.usefixtures("anna")
def test_a_letter_begins_with_a_template_whose_tags_are_filled_in_and_is_previewed(
    house: House, staff: Staff, browser: Browser
) -> None:
    number = staff.opened(mail())
    template = Template(
        "photo_wanted", house.settings.mail_language, "A photo", "Dear %ClientName%, send a photo of %Subject%.", ""
    )
    keep_templates.save(house, template, by="test", now=datetime.now(UTC))

    found = browser.get(f"/requests/{number}/beginnings").text
    letter = browser.post(f"/requests/{number}/preview", text="Here it is.").text

    assert "Dear Ivan Client, send a photo of Pump." in found
    assert "reply_to_client" not in found
    assert "Here it is." in letter
    assert "Re: Pump" in letter
    assert staff.query("SELECT count(*) FROM outbox.letter WHERE nature = 'personal'") == [(0,)]


@pytest.mark.usefixtures("anna")
def test_changes_of_fields_are_told_with_their_names_before_and_after(
    house: House, staff: Staff, browser: Browser
) -> None:
    fields.field(house, "City", label="Town")
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")
    changes = Changes(fields={"extra.City": "Tver", "priority": "high"}, by="Anna Agent")
    change_request.change(house, str(number), changes, now=datetime.now(UTC))

    page = browser.get(f"/requests/{number}").text

    assert "Town: – → Tver" in page
    assert "– → high" in page
