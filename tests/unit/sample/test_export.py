"""Whole exports."""

import ast
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import caseline.sample
from caseline.sample import write_export
from tests.unit.sample import oracle
from tests.unit.sample.conftest import Sample

STATUSES = {"New", "Working", "Escalated", "Waiting on Customer", "Closed", "Closed - No Response"}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        yield from csv.DictReader(file, restval="", strict=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_export(folder, cases=1_500, bad_share=0)
    return folder


# ------------------------------------------------------------------------------------------------------ sameness


def test_same_arguments_give_same_bytes_in_any_surroundings(tmp_path: Path) -> None:
    write_export(tmp_path / "here", cases=300, truth=tmp_path / "here.jsonl")
    code = (
        "import sys; from pathlib import Path; from caseline.sample import write_export; p = Path(sys.argv[1]);"
        "write_export(p / 'there', cases=300, truth=p / 'there.jsonl')"
    )
    surroundings = {"PYTHONHASHSEED": "77", "TZ": "Asia/Kamchatka", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, env={**os.environ, **surroundings}, cwd=Path.cwd()
    )

    assert digests(tmp_path / "here") == digests(tmp_path / "there")
    assert (tmp_path / "here.jsonl").read_bytes() == (tmp_path / "there.jsonl").read_bytes()


def test_another_seed_gives_other_cases(tmp_path: Path) -> None:
    write_export(tmp_path / "a", cases=50, seed=1)
    write_export(tmp_path / "b", cases=50, seed=2)

    assert digests(tmp_path / "a")["Case.csv"] != digests(tmp_path / "b")["Case.csv"]


def test_messages_change_no_other_file(tmp_path: Path) -> None:
    write_export(tmp_path / "with", cases=300)
    write_export(tmp_path / "without", cases=300, messages=False)

    few, many = digests(tmp_path / "without"), digests(tmp_path / "with")
    masters = {"User.csv", "Group.csv", "Account.csv", "Contact.csv"}
    assert set(few) == {*masters, "Case.csv", "CaseHistory.csv", "README.txt"}
    assert few == {name: many[name] for name in few}


# ------------------------------------------------------------------------------------------------------- the form


def test_clean_export_has_no_bad_row_in_the_eyes_of_the_oracle(clean: Path) -> None:
    judged = oracle.judge(clean)

    assert set(judged) == set(oracle.FILES)
    assert [row for found in judged.values() for row in found if row.errors] == []


def test_csv_module_reads_a_clean_export(clean: Path) -> None:
    for name in (*oracle.FILES, "Attachment.csv"):
        with (clean / name).open(encoding="utf-8", newline="") as file:
            header, *found = list(csv.reader(file, strict=True))
        assert {len(row) for row in found} == {len(header)}
        assert len({row[0] for row in found}) == len(found)


def test_files_are_utf8_without_mark_and_rows_end_in_lf(clean: Path) -> None:
    for name in oracle.FILES:
        data = (clean / name).read_bytes()
        assert data.startswith(b'"Id","')
        assert data.endswith(b'"\n')
        assert b'"\r\n"' not in data


def test_case_file_has_the_39_columns(clean: Path) -> None:
    with (clean / "Case.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))

    assert len(header) == 39
    assert sum(column.endswith("__c") for column in header) == 8


def test_cases_hold_what_a_support_centre_has(clean: Path) -> None:
    cases = list(rows(clean / "Case.csv"))

    assert {case["Status"] for case in cases} == STATUSES
    assert {case["Priority"] for case in cases} == {"High", "Medium", "Low"}
    assert {case["Origin"] for case in cases} == {"Phone", "Email", "Web"}
    assert {case["OwnerId"][:3] for case in cases} == {"005", "00G"}
    assert all((case["IsClosed"] == "1") == case["Status"].startswith("Closed") for case in cases)
    assert all(bool(case["ClosedDate"]) == (case["IsClosed"] == "1") for case in cases)
    assert all(case["CreatedDate"] < case["ClosedDate"] for case in cases if case["ClosedDate"])
    assert any(case["ParentId"] == "000000000000000AAA" for case in cases)
    assert any(";" in case["Symptoms__c"] for case in cases)
    assert any(case["Product_Code__c"].startswith("0") for case in cases)
    assert [case["CaseNumber"] for case in cases[:2]] == ["00001001", "00001002"]


def test_texts_span_lines_and_hold_quotes_commas_and_a_lone_backslash_dot(sample: Sample) -> None:
    texts = [case["Description"] for case in rows(sample.folder / "Case.csv")]

    for sign in ("\n", "\r\n", '"', ",", "\n\\.\n", "\t", "🙂"):
        assert any(sign in text for text in texts), sign


def test_a_third_of_the_description_is_multi_byte(sample: Sample) -> None:
    text = "".join(case["Description"] for case in rows(sample.folder / "Case.csv"))

    assert sum(not sign.isascii() for sign in text) / len(text) == pytest.approx(1 / 3, abs=0.03)


def test_size_of_a_case_is_near_that_of_the_benchmark_file(sample: Sample) -> None:
    per_case = (sample.folder / "Case.csv").stat().st_size / 5_000

    assert 265e6 / 290_000 <= per_case <= 275e6 / 290_000


def test_accounts_contacts_and_messages_are_in_proportion(sample: Sample) -> None:
    counts = sample.summary.rows

    assert counts["Case.csv"] == 5_000
    assert counts["Account.csv"] == 5_000 // 24
    assert counts["Contact.csv"] == 5_000 // 6
    assert counts["CaseHistory.csv"] / 5_000 == pytest.approx(1.2, abs=0.15)
    assert counts["CaseComment.csv"] / 5_000 == pytest.approx(0.5, abs=0.05)
    assert counts["EmailMessage.csv"] / 5_000 == pytest.approx(0.85, abs=0.06)


def test_parents_of_cases_stand_before_and_behind_them(sample: Sample) -> None:
    cases = [(case["Id"], case["ParentId"]) for case in rows(sample.folder / "Case.csv")]
    place = {key: number for number, (key, _parent) in enumerate(cases)}

    found = [(number, place[parent]) for number, (_key, parent) in enumerate(cases) if parent in place]

    assert len(found) / len(cases) == pytest.approx(0.04, abs=0.006)
    assert sum(parent > child for child, parent in found) / len(found) == pytest.approx(0.5, abs=0.08)


# -------------------------------------------------------------------------------------------------- nothing is real


def test_all_mail_goes_to_example_domains(sample: Sample) -> None:
    for name in ("User.csv", "Group.csv", "Contact.csv", "Case.csv", "EmailMessage.csv"):
        text = (sample.folder / name).read_text(encoding="utf-8", errors="replace")
        domains = set(re.findall(r"@([A-Za-z0-9.-]+)", text))
        assert domains
        assert all(re.fullmatch(r"([a-z0-9]+\.)*example\.(com|org|net)", domain) for domain in domains)


def test_all_telephone_numbers_are_impossible(clean: Path) -> None:
    phones = {c["Phone"] for c in rows(clean / "Contact.csv")} | {c["SuppliedPhone"] for c in rows(clean / "Case.csv")}

    assert all(re.fullmatch(r"(\+7 000 \d{3}-\d\d-\d\d)?", phone) for phone in phones)


def test_readme_says_that_the_data_are_generated(clean: Path) -> None:
    assert "generated sample data" in (clean / "README.txt").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- messages


def test_mails_of_a_case_form_one_thread(clean: Path) -> None:
    mails = {mail["Id"]: mail for mail in rows(clean / "EmailMessage.csv")}
    answers = [mail for mail in mails.values() if mail["ReplyToEmailMessageId"]]

    assert answers
    assert len({mail["MessageIdentifier"] for mail in mails.values()}) == len(mails)
    for mail in answers:
        first = mails[mail["ReplyToEmailMessageId"]]
        assert first["ParentId"] == mail["ParentId"]
        assert first["ThreadIdentifier"] == mail["ThreadIdentifier"]
        assert first["Incoming"] != mail["Incoming"]
    assert any("; " in mail["ToAddress"] for mail in mails.values())


def test_each_attachment_has_its_file(clean: Path) -> None:
    told = {row["Id"]: int(row["BodyLength"]) for row in rows(clean / "Attachment.csv")}

    assert told == {path.name: path.stat().st_size for path in (clean / "Attachments").iterdir()}


# -------------------------------------------------------------------------------------------------- zips, ends, rest


def test_zips_hold_the_same_rows_with_the_case_file_cut_in_two(tmp_path: Path) -> None:
    write_export(tmp_path / "plain", cases=301)
    write_export(tmp_path / "zips", cases=301, zipped=True, truth=tmp_path / "truth.jsonl")

    names = sorted(path.name for path in (tmp_path / "zips").iterdir())
    assert names[0] == "README.txt"
    assert all(re.fullmatch(r"WE_00D[0-9A-Za-z]{15}_[12]\.ZIP", name) for name in names[1:])
    first, second = (zipfile.ZipFile(tmp_path / "zips" / name) for name in names[1:])
    with first, second:
        head, tail = first.read("Case.csv"), second.read("Case.csv")
        header = head[: head.index(b"\n") + 1]
        assert tail.startswith(header)
        assert head + tail.removeprefix(header) == (tmp_path / "plain" / "Case.csv").read_bytes()
        assert first.read("Contact.csv") == (tmp_path / "plain" / "Contact.csv").read_bytes()
        assert [name for name in first.namelist() if name.startswith("Attachments/00P")]
        parts = [dict(oracle.raw_records(data)) for data in (head, tail)]
    entries = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()[1:]]
    told = [entry for entry in entries if entry["file"] == "Case.csv" and entry["key"]]
    assert told
    assert all(parts[entry["part"] - 1][entry["line"]].startswith(f'"{entry["key"]}"'.encode()) for entry in told)


def test_zips_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_export(tmp_path / name, cases=60, zipped=True)

    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_unclosed_quote_is_the_last_row_and_told(tmp_path: Path) -> None:
    write_export(tmp_path / "whole", cases=120, messages=False)
    summary = write_export(tmp_path / "torn", cases=120, messages=False, unclosed=True, truth=tmp_path / "t.jsonl")

    whole, torn = ((tmp_path / name / "Case.csv").read_bytes() for name in ("whole", "torn"))
    told = json.loads((tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert torn.startswith(whole)
    assert torn.count(b'"') % 2 == 1
    assert told["code"] == "UNCLOSED_QUOTE"
    assert torn.split(b"\n")[told["line"] - 1].startswith(f'"{told["key"]}"'.encode())
    assert told["line"] == whole.count(b"\n") + 1
    assert summary.rows["Case.csv"] == 121


def test_earlier_sample_is_replaced_entirely(tmp_path: Path) -> None:
    write_export(tmp_path, cases=40, zipped=True)
    write_export(tmp_path, cases=40)
    write_export(tmp_path, cases=40, messages=False)
    write_export(tmp_path / "fresh", cases=40, messages=False)

    found = {name: digest for name, digest in digests(tmp_path).items() if not name.startswith("fresh")}
    assert found == digests(tmp_path / "fresh")


def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "Case.csv").write_text("precious", encoding="utf-8")

    with pytest.raises(FileExistsError, match="holds other files"):
        write_export(tmp_path, cases=10)

    assert digests(tmp_path) == {"Case.csv": hashlib.sha256(b"precious").hexdigest()}


@pytest.mark.parametrize(("cases", "share"), [(0, 0.005), (10, -0.1), (10, 0.5)])
def test_impossible_sizes_are_refused_before_anything_is_written(tmp_path: Path, cases: int, share: float) -> None:
    with pytest.raises(ValueError, match="cases must be 1 or more"):
        write_export(tmp_path / "none", cases=cases, bad_share=share)

    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("cases", [1, 2, 9])
def test_tiny_exports_are_true_as_well(tmp_path: Path, cases: int) -> None:
    write_export(tmp_path / "x", cases=cases, bad_share=0.2, truth=tmp_path / "t.jsonl")

    _head, *told = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = oracle.judge(tmp_path / "x")
    found = {(n, r.line, *e) for n, rs in judged.items() for r in rs for e in r.errors if not r.deleted}
    assert {(e["file"], e["line"], e["code"], e["field"]) for e in told if e["outcome"] == "FAILED"} == found


def test_progress_is_reported_up_to_the_last_row(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []

    summary = write_export(tmp_path, cases=2_500, report=lambda *what: heard.append(what))

    assert ("Case.csv", 2_000, 2_500) in heard
    last = {name: (done, expected) for name, done, expected in heard}
    assert last == {name: (count, count) for name, count in summary.rows.items()}


def test_generator_shares_nothing_with_the_rest_of_the_house() -> None:
    imported = Counter[str]()
    for path in Path(caseline.sample.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                imported[str(node.module)] += 1

    strangers = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert strangers
    assert all(f"{name}.".startswith("caseline.sample.") for name in strangers)


def test_whole_file_can_be_read_as_text_once_bad_bytes_are_escaped(sample: Sample) -> None:
    data = (sample.folder / "Case.csv").read_bytes()

    text = io.StringIO(data.decode("utf-8", "surrogateescape"), newline="")
    assert sum(1 for _row in csv.reader(text, strict=True)) == 5_001
