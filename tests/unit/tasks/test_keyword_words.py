"""The page of a run that judged the dictionary."""

from typing import Any

from tasks import keyword_words


def _found(names: list[str], confusion: list[list[int]]) -> dict[str, Any]:
    shares = dict.fromkeys(("accuracy", "coverage", "precision_when_answered", "macro_f1"), 0.5)
    categories = [{"category": "a|b", "texts": 5, "precision": 0.6, "recall": 0.75, "f1": 2 / 3}]
    return {
        **shares,
        "ceiling": None,
        "version": 3,
        "texts": 9,
        "names": names,
        "confusion": confusion,
        "confused": [["a|b", "", 2]],
        "categories": categories,
    }


def test_the_confusion_is_a_picture_and_a_table() -> None:
    page = keyword_words.judged_page(_found(["a|b", "c", ""], [[3, 0, 2], [1, 3, 0], [0, 0, 0]]))

    assert "![Rows: what people say; columns: the dictionary](data:image/svg+xml;base64," in page
    assert (
        "| | people say | 1 | 2 | 3 |\n|---:|---|---:|---:|---:|\n"
        "| 1 | a\\|b | 3 | 0 | 2 |\n| 2 | c | 1 | 3 | 0 |\n| 3 | no category | | | |\n"
    ) in page + "\n"
    assert "| a\\|b | no category | 2 |" in page


def test_of_very_many_categories_there_is_a_table_without_a_picture() -> None:
    names = [f"c{number}" for number in range(60)]

    page = keyword_words.judged_page(_found([*names, ""], [[1] * 61] * 61))

    assert "svg" not in page
    assert "| | people say | 1 | 2 |" in page
    assert f"| 60 | c59 |{' 1 |' * 61}" in page
    assert "| a\\|b | no category | 2 |" in page
