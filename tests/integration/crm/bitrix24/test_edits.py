"""What a person does in the portal after an import is neither overwritten nor deleted; what nobody touched is no edit."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24 import book, writing
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.port import Outcome
from tests.factories.portal_records import again, contacts, edit, message, request
from tests.factories.portals import Sandbox


def comment(crm: Bitrix24Crm, **fields: str | None) -> tuple[dict[str, Any], Outcome]:
    (lead,) = crm.write("request", "shop", [request()])
    assert lead.crm_id is not None
    record = message(lead.crm_id, **fields)
    (made,) = crm.write("message", "shop", [record])
    return record, made


def rewrite(crm: Bitrix24Crm, made: Outcome, text: str) -> None:
    crm.portal.read("crm.timeline.comment.update", {"id": made.crm_id, "fields": {"COMMENT": text}})


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Anna  Maria   Petrova"},
        {"name": " Anna "},
        {"name": "Anna", "extra": {"Score": "12345678901234567890.5"}},
        {"name": "Anna", "extra": {"Score": "0.30"}},
    ],
)
def test_what_nobody_has_touched_is_no_edit(crm: Bitrix24Crm, fields: dict[str, Any]) -> None:
    (record,) = contacts("c1", **fields)
    (made,) = crm.write("contact", "shop", [record])

    (changed,) = crm.write("contact", "shop", [again(made, record, email="c1@example.org")])

    assert changed.code == ""


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The next writing dies when the portal has everything, and the register nothing."""
    whole = book.settle

    def arm() -> None:
        def die(*_words: object) -> None:
            monkeypatch.setattr(book, "settle", whole)
            raise KeyboardInterrupt

        monkeypatch.setattr(book, "settle", die)

    return arm


def test_what_an_attempt_that_was_cut_off_has_written_is_no_edit(
    sandbox: Sandbox, crm: Bitrix24Crm, cut_off: Callable[[], None]
) -> None:
    record = request(subject="Old")
    (made,) = crm.write("request", "shop", [record])
    newer = again(made, record, subject="New", priority="high", stage="done")
    cut_off()
    with pytest.raises(KeyboardInterrupt):
        crm.write("request", "shop", [newer])

    (changed,) = crm.write("request", "shop", [newer])

    assert (changed.code, changed.version) == ("", 2)
    assert [one["subject"] for one in crm.read("request", "shop")] == ["New"]
    assert [one.fields["TITLE"] for one in sandbox.judge.records("lead")] == ["New"]


def test_what_somebody_edits_after_such_an_attempt_is_an_edit(crm: Bitrix24Crm, cut_off: Callable[[], None]) -> None:
    record = request(subject="Old", description="Old")
    (made,) = crm.write("request", "shop", [record])
    newer = again(made, record, subject="New", description="New")
    cut_off()
    with pytest.raises(KeyboardInterrupt):
        crm.write("request", "shop", [newer])
    edit(crm, "request", made.crm_id, {"title": "By somebody"})

    assert [one.code for one in crm.write("request", "shop", [newer])] == ["EDITED_SINCE"]


def test_a_comment_that_such_an_attempt_has_written_is_no_edit(
    sandbox: Sandbox, crm: Bitrix24Crm, cut_off: Callable[[], None]
) -> None:
    record, made = comment(crm)
    newer = again(made, record, text="New")
    cut_off()
    with pytest.raises(KeyboardInterrupt):
        crm.write("message", "shop", [newer])

    (changed,) = crm.write("message", "shop", [newer])

    assert (changed.code, changed.version) == ("", 2)
    assert ["New" in str(one.fields["COMMENT"]) for one in sandbox.judge.records("comment")] == [True]


def test_a_date_that_nobody_has_said_makes_no_two_attempts_of_one_record_differ(
    sandbox: Sandbox, crm: Bitrix24Crm, cut_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in range(9))
    monkeypatch.setattr(writing, "datetime", SimpleNamespace(now=lambda _zone: next(moments)))
    (record,) = contacts("c1", title="Buyer")
    cut_off()
    with pytest.raises(KeyboardInterrupt):
        crm.write("contact", "shop", [record])
    (there,) = sandbox.judge.records("contact")
    edit(crm, "contact", there.id, {"post": "By somebody"})

    (made,) = crm.write("contact", "shop", [record])

    (left,) = sandbox.judge.records("contact")
    assert (made.code, made.crm_id, left.fields["POST"]) == ("", there.id, "By somebody")
    (read,) = crm.read("contact", "shop")
    assert read["created_at"] == read["modified_at"] == datetime(2026, 6, 1, 0, tzinfo=UTC)
    edit(crm, "contact", there.id, {"post": "Buyer"})
    assert [one.code for one in crm.write("contact", "shop", [again(made, record, title="Seller")])] == [""]


def test_a_record_that_turns_out_to_be_there_is_written_over_where_that_is_asked_for(
    sandbox: Sandbox, crm: Bitrix24Crm
) -> None:
    """Its row knows nothing of it any more: a rollback has left the record, because somebody had edited it."""
    record = request()
    (made,) = crm.write("request", "shop", [record])
    edit(crm, "request", made.crm_id, {"title": "By somebody"})

    (kept,) = crm.write("request", "shop", [record])
    (over,) = crm.write("request", "shop", [record], overwrite=True)

    assert (kept.code, over.code, over.crm_id) == ("EDITED_SINCE", "", made.crm_id)
    assert [one.fields["TITLE"] for one in sandbox.judge.records("lead")] == ["Subject"]


def test_a_record_that_turns_out_to_be_there_takes_no_dates_along(
    sandbox: Sandbox, crm: Bitrix24Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = contacts("c1", "c2")
    _one, other = crm.write("contact", "shop", records)
    before = [one.fields["UF_CRM_CL_CREATED_AT"] for one in sandbox.judge.records("contact")]
    later = datetime(2100, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(writing, "datetime", SimpleNamespace(now=lambda _zone: later))

    found = crm.write("contact", "shop", [records[0], again(other, records[1], name="Boris")])

    assert [one.code for one in found] == ["", ""]
    assert [one.fields["UF_CRM_CL_CREATED_AT"] for one in sandbox.judge.records("contact")] == before
    assert all(one["created_at"] < later for one in crm.read("contact", "shop"))


def test_what_a_changed_record_does_not_bring_stays_though_another_one_brings_it(
    engine: sa.Engine, crm: Bitrix24Crm
) -> None:
    records = contacts("c1", "c2", email="old@example.org")
    one, other = crm.write("contact", "shop", records)
    silent = {name: value for name, value in again(other, records[1], name="Boris").items() if name != "email"}

    crm.write("contact", "shop", [again(one, records[0], email="new@example.org"), silent])

    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT email FROM crm.contact ORDER BY id")).scalars().all()
    assert kept == [row["email"] for row in crm.read("contact", "shop")] == ["new@example.org", "old@example.org"]


def test_a_long_subject_that_a_person_shortens_is_an_edit(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    record = request(subject="long " * 100)
    (made,) = crm.write("request", "shop", [record])
    edit(crm, "request", made.crm_id, {"title": "short"})

    (refused,) = crm.write("request", "shop", [again(made, record, subject="longer " * 100)])

    assert refused.code == "EDITED_SINCE"
    assert [one.fields["TITLE"] for one in sandbox.judge.records("lead")] == ["short"]
    assert [one["subject"] for one in crm.read("request", "shop")] == ["short"]


def test_a_comment_that_a_person_has_edited_is_not_written_over(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    record, made = comment(crm)
    rewrite(crm, made, "Edited")

    (refused,) = crm.write("message", "shop", [again(made, record, text="New")])

    assert refused.code == "EDITED_SINCE"
    assert [one.fields["COMMENT"] for one in sandbox.judge.records("comment")] == ["Edited"]


def test_a_comment_that_a_person_has_edited_is_not_deleted(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    _record, made = comment(crm)
    rewrite(crm, made, "Edited")
    assert made.crm_id is not None

    assert crm.delete("message", [(made.crm_id, made.version)]) == []
    assert sandbox.judge.number("comment") == 1


def test_comments_that_nobody_edited_are_changed_and_deleted(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    record, made = comment(crm, text="Долгий текст " * 10_000)
    assert made.crm_id is not None

    (changed,) = crm.write("message", "shop", [again(made, record, text="New")])

    assert (changed.code, changed.version) == ("", 2)
    assert crm.delete("message", [(made.crm_id, 2)]) == [made.crm_id]
    assert sandbox.judge.number("comment") == 0


def test_a_message_of_html_alone_arrives_as_its_text(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    comment(crm, text=None, html="<p>Добрый&nbsp;день</p><p>1 &lt; 2</p>")

    (entry,) = sandbox.judge.records("comment")
    said = str(entry.fields["COMMENT"])

    assert "Добрый" in said
    assert "1 < 2" in said
    assert "<p>" not in said


def person(ref: int, name: str, **fields: object) -> dict[str, Any]:
    return {"ref": ref, "origin": f"p{ref}", "crm_id": None, "is_new": True, "version": None, "extra": {}} | {
        "name": name,
        **fields,
    }


def test_a_person_who_is_renamed_makes_no_record_look_edited(sandbox: Sandbox, crm: Bitrix24Crm) -> None:
    anna, boris = crm.write("person", "shop", [person(1, "Anna Old"), person(2, "Boris")])
    record = request(assignee_id=anna.crm_id)
    (made,) = crm.write("request", "shop", [record])
    crm.write("person", "shop", [again(anna, person(1, "Anna New"))])

    (changed,) = crm.write("request", "shop", [again(made, record, subject="Other")])

    assert changed.code == ""
    assert [one.fields["UF_CRM_CL_ASSIGNEE"] for one in sandbox.judge.records("lead")] == ["Anna New"]
    edit(crm, "request", made.crm_id, {"ufCrmClAssignee": "Boris"})
    (refused,) = crm.write("request", "shop", [again(changed, record, subject="Another")])
    assert refused.code == "EDITED_SINCE"
    assert boris.crm_id is not None


def test_what_a_person_has_edited_in_the_portal_is_edited_though_the_register_knows_nothing_of_it(
    crm: Bitrix24Crm,
) -> None:
    one, other = crm.write("contact", "shop", contacts("c1", "c2"))
    edit(crm, "contact", one.crm_id, {"name": "Boris"})
    pairs = [(made.crm_id, made.version) for made in (one, other) if made.crm_id is not None]

    assert crm.edited("contact", pairs) == [one.crm_id]
