"""Only what a letter says anew counts: quoted letters, signatures and disclaimers of known mailers are left out."""

from itertools import pairwise

import pytest

from keywords import new_text

SAYS = "Не работает вход.\n"


def kept(text: str) -> str:
    return "".join(text[start:end] for start, end in new_text.ranges(text))


@pytest.mark.parametrize(
    "rest",
    [
        "> старое\n>> ещё старее\n",
        "С уважением,\nИван\n",
        "с уважением Иван Петров, отдел рекламаций\n",
        "С наилучшими пожеланиями,\nИван\n",
        "--\nИван\n",
        "-- \nИван\n",
        "Best regards,\nJohn\n",
        "Kind regards, John\n",
        "Many thanks,\nJohn\n",
        "Yours sincerely\nJohn",
        "Sent from my iPhone",
        "Отправлено с iPhone\n",
        "Отправлено из Mail.ru для Android\n",
        "-----Original Message-----\nFrom: a\nold\n",
        "-------- Пересылаемое сообщение --------\nстарое\n",
        "Begin forwarded message:\nold",
        "________________________________\nFrom: a\n",
        "From: A <a@example.com>\nSent: Monday\nTo: B\nSubject: x\n\nold\n",
        "От: А\nОтправлено: 1 мая\nКому: Б\nТема: в\n\nстарое\n",
        "*От:* А\n*Дата:* 1 мая\n*Кому:* Б\n\nстарое\n",
        "On Tue, 5 May 2026 at 10:00, A <a@example.com> wrote:\n\nold\n",
        "On Tue, 5 May 2026 at 10:00, Very Long Name\n<a@example.com> wrote:\n\nold\n",
        "вт, 5 мая 2026 г. в 10:00, А <a@example.com>:\n\nстарое\n",
        "5 мая 2026 г., 10:00, Служба поддержки писал(а):\n> старое\n",
        "05.05.2026 10:00, Поддержка пишет:\n> старое\n",
        "С уважением,\nИван\n\n-----Original Message-----\nFrom: a\nold\n",
        "С уважением,\nИван\n\n05.05.2026 10:00, Поддержка пишет:\n> старое\n",
        "Это сообщение и вложения содержат конфиденциальную информацию\nи так далее\n",
        "This e-mail is intended only for the addressee.\n",
        "КОНФИДЕНЦИАЛЬНО: не читать\n",
    ],
)
def test_the_rest_is_left_out(rest: str) -> None:
    assert kept(SAYS + rest) == SAYS


@pytest.mark.parametrize(
    "text",
    [
        "Возврат > 100 рублей\nпо ГОСТ -- да\n",
        "Прошу с уважением отнестись к делу\nвозврат\n",
        "От кого письмо?\nОт: без понятия\nи всё\n",
        "Поддержка пишет, что возврата не будет.\nПочему?\n",
        "5 мая 2026 г. в 10:00 сломалось вот что:\nвход\n",
        "Sent the form, no answer\nstill\n",
        "Спасибо, но вход не работает\nникак\n",
        "одна строка без конца",
        "",
    ],
)
def test_ordinary_lines_are_kept(text: str) -> None:
    assert kept(text) == text


def test_answers_between_quoted_lines_and_postscripts_count() -> None:
    text = (
        "Да.\n5 мая 2026 г., 10:00, А пишет:\n> первое?\nвторое\n> третье?\nчетвёртое\nС уважением,\nИван\nP.S. пятое\n"
    )

    assert kept(text) == "Да.\nвторое\nчетвёртое\nP.S. пятое\n"


@pytest.mark.parametrize(
    "text", ["> только цитата\n> и всё\n", "-----Original Message-----\nFrom: a\n\nold\n", "\n\n--\nИван\n"]
)
def test_a_letter_without_new_words_counts_as_a_whole(text: str) -> None:
    assert kept(text) == text


@pytest.mark.parametrize(
    "line", ["> ", ">", "12:00 писал ", "on 2026 ", "С уважением ", "\n", "From: a\n", "--\n", "это сообщение "]
)
def test_hostile_repetition_is_read_to_its_end(line: str) -> None:
    text = "x\n" + line * (1_000_000 // len(line)) + ":"

    found = new_text.ranges(text)  # a pattern that backtracks would meet the time limit of the suite

    assert found[0][0] == 0
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert found[-1][1] <= len(text)
