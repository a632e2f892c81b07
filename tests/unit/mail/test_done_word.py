"""An answer ends an assignment only if it says nothing but that the work is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.mail.done_word import says_done

DONE = [
    "готово",
    "Готово",
    "ГОТОВО!",
    "Готово.",
    "«Готово»",
    '"готово"',
    "  готово  ",
    "\n\n Готово!!! \n",
    "\ufeffГотово\u200b",
    "Готово, спасибо!",
    "Спасибо, готово",
    "Всё готово",
    "Все сделано.",
    "уже готово)",
    "сделано",
    "Выполнено.",
    "исполнено",
    "завершено",
    "Сделала, спасибо",
    "выполнили",
    "Готово 👍",
    "✅ Готово",
    "done",
    "Done.",
    "DONE!",
    "All done, thanks",
    "Done - thank you!",
    "ready",
    "Completed",
    "finished...",
    "Ｄｏｎｅ",
    "*Готово*",
    "Готово\nМастерская",
    "Готово.\r\nСчёт пришлю завтра.",
]
OPEN = [
    "",
    "   \n\n",
    "готово?",
    "Готово? Или ещё нет",
    "готово？",
    "Готово?!",
    "не готово",
    "ещё не готово",
    "не сделано",
    "Не-готово",
    "будет готово завтра",
    "Завтра будет готово",
    "почти готово",
    "готово, но без второго пункта",
    "готово на 50%",
    "готово 50",
    "Готово 12.03",
    "готовоо",
    "готов",
    "готова приступить",
    "Готов начать",
    "сделаем",
    "когда готово",
    "спасибо",
    "Спасибо!",
    "всё",
    "done?",
    "not done",
    "Not yet done.",
    "almost done",
    "will be done tomorrow",
    "undone",
    "I'm ready to start",
    "well done",
    "Done with part one",
    "Готово ❌",
    "Готово 👎",
    "Готово / не готово",
    "г о т о в о",
    "го\u0336тово",
    "> Готово",
    "Здравствуйте!\nГотово",
    "готово " * 30,
    "👍",
    "!!!",
]


@pytest.mark.parametrize("text", DONE)
def test_only_a_word_of_doneness_ends_it(text: str) -> None:
    assert says_done(text)


@pytest.mark.parametrize("text", OPEN)
def test_everything_else_leaves_it_open(text: str) -> None:
    assert not says_done(text)


@pytest.mark.parametrize("word", ["не", "нет", "кроме", "почти", "завтра", "not", "no", "except", "almost"])
@pytest.mark.parametrize("text", [one for one in DONE if "\n" not in one.strip()])
def test_no_good_answer_stays_good_with_a_doubt_in_it(text: str, word: str) -> None:
    assert not says_done(f"{word} {text.strip()}")
    assert not says_done(f"{text.strip()} {word}")


@given(st.text())
def test_no_text_breaks_it_and_a_question_never_ends_anything(text: str) -> None:
    says_done(text)
    first = text.strip().partition("\n")[0]
    assert not says_done(f"готово? {first}")
