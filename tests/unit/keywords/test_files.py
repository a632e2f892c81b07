"""Dictionaries and texts come in whatever a spreadsheet writes, and go out without a formula."""

import csv
import io

import hypothesis.strategies as st
import pytest
from hypothesis import given

from caseline.text_files import csv_table
from caseline.text_files.faults import FileFault
from keywords import dictionary_file, text_file
from keywords.entries import Entry
from keywords.faults import Code
from keywords.scoring import Decision
from keywords.vocabulary import Kind, Outcome

TABLE = "keyword,weight,category\nвозврат,50,Деньги\nщит,block,Щиты\n"
ENTRIES = [Entry("возврат", 50, "Деньги"), Entry("щит", 0, "Щиты", blocking=True)]


def read(content: bytes) -> list[Entry]:
    checked = dictionary_file.read(content, "d.csv")
    assert checked.faults == ()
    return [each.entry for each in checked.entries]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_usual_encoding_and_separator_is_read(encoding: str, separator: str, end: str) -> None:
    assert read(TABLE.replace(",", separator).replace("\n", end).encode(encoding)) == ENTRIES


def test_columns_may_be_russian_in_any_order_and_others_are_left_out() -> None:
    table = "Категория;Ключевое слово;Автор;Вес;Включено\nДеньги;возврат;я;50;нет\n\n;;;;\n"

    assert read(table.encode()) == [Entry("возврат", 50, "Деньги", enabled=False)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "d.csv:1: no column keyword, weight, category: name the columns in the first line"),
        ("keyword,weight\nа,1\n".encode(), "d.csv:1: no column category: name the columns in the first line"),
        ('keyword,weight,category\na,1,b\n"возврат,1,b\nщит,1,b\n'.encode(), "d.csv:4: unexpected end of data: mend the quotation marks"),
        (b"keyword,weight,category\n\xff\xfe\xfd\x80\x81,1,a\n", "d.csv:2: neither UTF-8 nor windows-1251: save the file as UTF-8"),
        (b"\xff\xfek\x00e", "d.csv:1: begins like utf-16 and is damaged: save the file as UTF-8"),
        (b"keyword,weight,category\n" + b"ab,1,a\n" * 50_001, "d.csv:50002: more than 50,000 rows: split the file"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_its_line(content: bytes, message: str) -> None:
    with pytest.raises(FileFault) as caught:
        dictionary_file.read(content, "d.csv")

    assert str(caught.value) == message


def test_faults_name_the_line_of_the_file() -> None:
    table = 'keyword,weight,category,note\n"воз\nврат",50,a,"x\ny"\nщит,500,a,\n,1,a\n'

    checked = dictionary_file.read(table.encode(), "d.csv")

    assert [(each.row, each.code) for each in checked.faults] == [(5, Code.OUT_OF_RANGE), (6, Code.EMPTY)]


def test_fifty_thousand_rows_are_read() -> None:
    table = "keyword,weight,category,kind\n" + "".join(f"слово{n},1,a,exact\n" for n in range(50_000))

    assert len(read(table.encode())) == 50_000


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n")) | st.from_regex(
    r"'{0,3}[=+\-@\t]?[a-z(]{0,4}", fullmatch=True
)


@given(rows=st.lists(st.tuples(CELLS, CELLS).filter(lambda row: any(cell.strip() for cell in row)), max_size=5))
def test_what_is_written_comes_back_and_no_cell_is_a_formula(rows: list[tuple[str, str]]) -> None:
    text = csv_table.written(("a", "b"), rows)

    found = [tuple(cells.values()) for _, cells in csv_table.rows(text, "t", {"a": "a", "b": "b"}, "ab")]
    assert found == rows
    for cells in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_a_dictionary_comes_back_as_it_was_written() -> None:
    entries = [
        *ENTRIES,
        Entry("=возврат", 1, "-a", Kind.EXACT, note="'=1+1"),
        Entry("+7 звонок", 100, "@b", Kind.PREFIX, enabled=False, note='"x", y;\nz'),
    ]
    entries[3] = Entry("звонок клиенту", 100, "@b", Kind.PREFIX, enabled=False, note='"x", y;\nz')

    assert read(dictionary_file.write(entries).encode()) == entries


def test_training_and_texts_are_read_and_answers_written() -> None:
    train = text_file.training(b'text,category,sender\n"a\nb",x,s1\n,x,\nc,,\n', "t.csv")
    texts = text_file.texts("id;text\n7;=привет\n".encode("utf-16"), "t.csv")
    decision = Decision("x", Outcome.DECIDED, 62.5, 12, ())

    assert [(each.line, each.text, each.category, each.sender) for each in train] == [(2, "a\nb", "x", "s1")]
    assert [(each.id, each.text) for each in texts] == [("7", "=привет")]
    written = text_file.answers([("7", decision), ("=8", Decision(None, Outcome.TIE, 5, 0, ()))])
    assert written == "id,category,score,margin\r\n7,x,62.5,12\r\n'=8,,5,0\r\n"
