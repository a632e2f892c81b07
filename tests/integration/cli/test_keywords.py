"""The families `caseline keywords` and `caseline user`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from caseline.actions import rehearse_keywords
from caseline.actions.rehearse_keywords import Recent
from caseline.actions.wiring import House, open_house
from caseline.settings import load
from keywords.editing import Edit
from keywords.rehearsal import Comparison
from keywords.rules import Rules
from tests.factories import pages
from tests.integration.cli.conftest import Command, Query, case, line, write_cases

WORDS = "keyword,weight,category\nвозврат,60,returns\nремонт,70,repair\nвозврат НДС,80,taxes\n"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words.csv"
    file.write_text(WORDS, encoding="utf-8")
    return file


def test_a_text_is_explained_by_a_file_without_a_database(caseline: Command, words: Path) -> None:
    answer = caseline("keywords", "explain", "Прошу возврат НДС & ремонт", "--dictionary", words, "--lang", "ru")

    assert answer.code == 0, answer.err
    assert "taxes: балл 80, отрыв 10" in answer.out
    assert "«возврат»: не считается: внутри «возврат НДС»" in answer.out


def test_an_explanation_as_json_has_the_places_in_the_text(caseline: Command, words: Path) -> None:
    found = caseline("keywords", "explain", "<b>Ремонта</b> нет", "--dictionary", words, "--json").object

    assert (found["category"], found["score"]) == ("repair", 70)
    assert found["matches"][0]["spans"] == [{"part": "body", "start": 3, "end": 10, "text": "Ремонта"}]


def test_texts_of_a_file_are_classified(caseline: Command, words: Path, tmp_path: Path) -> None:
    texts, out = tmp_path / "texts.csv", tmp_path / "answers.csv"
    texts.write_text("id,text\na,возврат\nb,погода\nc,ремонт и возврат\n", encoding="utf-8")

    answer = caseline("keywords", "classify", "--dictionary", words, "--scoring", "max", "--in", texts, "--out", out)

    assert answer.code == 0, answer.err
    lines = out.read_text(encoding="utf-8").split()
    assert lines == ["id,category,score,margin", "a,returns,60,60", "b,,0,0", "c,repair,70,10"]


def test_a_faulty_row_of_a_dictionary_costs_itself(caseline: Command, words: Path) -> None:
    words.write_text(WORDS + "щиток,700,repair\n", encoding="utf-8")

    answer = caseline("keywords", "explain", "возврат", "--dictionary", words)

    assert answer.code == 3
    assert "row 5, weight: 700 is out of range" in answer.err
    assert "returns" in answer.out


@pytest.mark.parametrize("content", ["", "word\nx\n", "\0\1\2"])
def test_what_is_no_dictionary_is_refused_in_words(caseline: Command, words: Path, content: str) -> None:
    words.write_text(content, encoding="utf-8")

    answer = caseline("keywords", "explain", "возврат", "--dictionary", words)

    assert answer.code == 1
    assert "words.csv" in answer.err
    assert "Traceback" not in answer.err


def test_a_dictionary_is_learned_judged_and_the_same_every_time(caseline: Command, tmp_path: Path) -> None:
    train, out = tmp_path / "train.csv", tmp_path / "words.csv"
    lines = [f"прошу возврат денег {n},returns\nнужен ремонт щитка {n},repair\n" for n in range(20)]
    train.write_text("text,category\n" + "".join(lines), encoding="utf-8")
    learn = ("keywords", "learn", "--train", train, "--entries-per-category", "3", "--scoring", "sum", "--out")

    assert caseline(*learn, out).code == 0
    assert caseline(*learn, tmp_path / "again.csv").code == 0
    judged = caseline("keywords", "evaluate", "--dictionary", out, "--scoring", "sum", "--test", train, "--json").object

    assert out.read_bytes() == (tmp_path / "again.csv").read_bytes()
    assert judged["accuracy"] == 1


def test_the_register_teaches_proposals_for_the_desk_and_judges_the_dictionary(
    caseline: Command, query: Query, tmp_path: Path
) -> None:
    learn, out = ("keywords", "learn", "--from-crm", "--entries-per-category", "2"), tmp_path / "words.csv"
    assert (caseline(*learn).code, caseline("keywords", "evaluate").code) == (1, 1)
    assert caseline("keywords", "learn", "--draft").code == 2, "from what?"
    for code in ("returns", "repair"):
        caseline("category", "set", code, "--hours", "24")
    with open_house(load()) as house:
        for number in range(12):
            pages.labelled(house, f"прошу возврат денег {number}", "returns")
            pages.labelled(house, f"нужен ремонт щитка {number}", "repair")

    proposed = caseline(*learn, "--draft")
    written = caseline(*learn, "--out", out)
    judged = caseline("keywords", "evaluate", "--json")

    assert (proposed.code, proposed.out) == (0, "")
    assert "Draft 1: look at it in the desk, /keywords/drafts/1" in proposed.err
    assert written.code == 0
    assert query("SELECT source, jsonb_array_length(edits) FROM keywords.draft") == [
        ("learned", len(out.read_text(encoding="utf-8").splitlines()) - 1)
    ]
    assert query("SELECT count(*) FROM keywords.entry") == [(0,)], "nothing counts before somebody has accepted it"
    assert (judged.code, judged.object["accuracy"], judged.object["coverage"]) == (0, 0, 0)
    caseline("keywords", "import", out, "--apply", "--reason", "learned")
    assert caseline("keywords", "evaluate", "--json").object["accuracy"] == 1
    assert query("SELECT version FROM keywords.evaluation ORDER BY id") == [(0,), (1,)]


def test_the_registers_dictionary_is_filled_from_a_file_after_a_look(
    caseline: Command, words: Path, query: Query
) -> None:
    for code in ("returns", "repair"):
        caseline("category", "set", code, "--hours", "24")

    looked = caseline("keywords", "import", words, "--json")
    assert (looked.code, looked.object["new"], looked.object["faults"]) == (3, 2, 1)
    assert "'taxes' is no category" in looked.err
    assert query("SELECT count(*) FROM keywords.entry") == [(0,)]
    assert caseline("keywords", "import", words, "--apply").code == 2
    caseline("keywords", "import", words, "--apply", "--reason", "the first words")

    assert query("SELECT keyword, weight FROM keywords.entry ORDER BY id") == [("возврат", 60), ("ремонт", 70)]
    assert "возврат,60,returns" in caseline("keywords", "export").out
    request = caseline("request", "new", "Прошу возврат", "--json").object["request"]
    assert request["category"] == "returns"
    assert request["deadline"] is not None
    assert caseline("keywords", "import", words, "--json").object["unchanged"] == 2


def test_texts_are_explained_and_classified_by_the_dictionary_of_the_register(
    caseline: Command, words: Path, tmp_path: Path
) -> None:
    for code in ("returns", "repair", "taxes"):
        caseline("category", "set", code, "--hours", "24")
    words.write_text(WORDS + "деньги,20,returns\n", encoding="utf-8")
    caseline("keywords", "import", words, "--apply", "--reason", "the first words")
    texts = tmp_path / "texts.csv"
    texts.write_text("id,text\na,возврат и ремонт\n", encoding="utf-8")

    explained = caseline("keywords", "explain", "возврат, ремонт")
    summed = caseline("keywords", "explain", "возврат денег, ремонт", "--scoring", "sum")
    classified = caseline("keywords", "classify", "--in", texts)

    assert "repair: score 70, lead 10" in explained.out
    assert "returns: score 80, lead 10" in summed.out
    assert classified.out.split() == ["id,category,score,margin", "a,repair,70,10"]


@pytest.mark.parametrize("option", [("--dictionary", "words.csv"), ("--train", "t.csv"), ("--scoring", "sum")])
def test_what_needs_texts_to_judge_by_is_refused_without_them(caseline: Command, option: tuple[str, str]) -> None:
    answer = caseline("keywords", "evaluate", *option)

    assert answer.code == 2
    assert "--test" in answer.err


def test_an_import_that_somebody_else_was_faster_than_saves_nothing_and_says_so(
    caseline: Command, words: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("returns", "repair", "taxes"):
        caseline("category", "set", code, "--hours", "24")
    save = ("keywords", "import", words, "--apply", "--reason", "because")
    assert caseline(*save).code == 0
    compare = rehearse_keywords.Recent.compare

    def overtaken(recent: Recent, house: House, edits: Sequence[Edit], settings: Rules | None) -> Comparison:
        found = compare(recent, house, edits, settings)
        query("UPDATE keywords.entry SET version = 7 WHERE keyword = 'возврат'")
        return found

    monkeypatch.setattr(rehearse_keywords.Recent, "compare", overtaken)
    words.write_text(WORDS.replace("60", "65"), encoding="utf-8")
    answer = caseline(*save)

    assert answer.code == 1
    assert "changed by somebody else meanwhile" in answer.err
    assert "Traceback" not in answer.err
    assert query("SELECT weight FROM keywords.entry WHERE keyword = 'возврат'") == [(60,)]


def test_a_login_in_a_zone_that_there_is_not_is_refused(caseline: Command, query: Query, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("seven quiet pages\n", encoding="utf-8")
    add = ("user", "add", "anna", "--role", "viewer", "--password-file", secret)

    refused = caseline(*add, "--zone", "Europe/Moskau")
    assert (refused.code, query("SELECT count(*) FROM people.login")) == (1, [(0,)])
    assert "'Europe/Moskau' is unknown: use an IANA name" in refused.err
    caseline(*add, "--zone", "Asia/Omsk")
    assert caseline("user", "set", "anna", "--zone", "Omsk").code == 1

    assert query("SELECT zone FROM people.login") == [("Asia/Omsk",)]


def test_a_login_is_made_listed_and_changed(caseline: Command, query: Query, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("seven quiet pages\n", encoding="utf-8")

    made = caseline("user", "add", "Anna", "--role", "viewer", "--password-file", secret, "--json")
    caseline("user", "set", "anna", "--role", "administrator", "--inactive")

    wanted = {"name": "anna", "role": "viewer", "active": True, "language": "ru", "zone": "Europe/Moscow"}
    assert made.object == wanted | {"person": None, "scope": "all"}
    assert query("SELECT role, active FROM people.login") == [("administrator", False)]
    assert query("SELECT starts_with(password, '$argon2id$') FROM people.login") == [(True,)]
    assert caseline("user", "list", "--json").object["users"][0]["role"] == "administrator"
    again = caseline("user", "add", "ANNA", "--role", "viewer", "--password-file", secret)
    assert again.code == 1
    assert "there is a login of that name" in again.err
    assert "seven quiet" not in str(query("SELECT * FROM people.login")) + str(query("SELECT * FROM people.audit"))


def test_an_import_sorts_what_it_brings_and_open_requests_have_their_deadline(
    caseline: Command, export: Path, query: Query, words: Path
) -> None:
    for code in ("returns", "repair", "taxes"):
        caseline("category", "set", code, "--hours", "24")
    caseline("keywords", "import", words, "--apply", "--reason", "the first words")
    new = case(1, Subject="Возврат товара", Status="New")
    write_cases(export, [line(new), line(case(2, Subject="Погода", Status="New")), line(case(3, Status="Closed"))])

    answer = caseline("import", export, "--mapping", "salesforce")

    assert answer.code == 0, answer.err
    assert query(
        "SELECT r.category, r.category_by, d.target_s, d.quiet_until IS NOT NULL, r.version FROM crm.record AS r"
        " LEFT JOIN crm.deadline AS d ON d.record_id = r.id ORDER BY r.number"
    ) == [("returns", "keywords", 24 * 3600, True, 1), (None, None, None, False, 1), (None, None, None, False, 1)]
    told = caseline("request", "list", "--category", "returns", "--json").object["requests"]
    assert len(told) == 1
