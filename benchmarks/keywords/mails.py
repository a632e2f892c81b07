"""Makes letters of about 1,600 characters, three quarters Russian, and phrases that they hold or do not hold."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Final

from keywords import english, russian
from keywords.entries import Entry

_RUSSIAN: Final = (
    "возврат деньги карта счёт автомат щит трёхполюсный кабель договор оплата доставка заявка сотрудник телефон "
    "гарантия поломка замена установка подключение электричество розетка выключатель лампа номер заказ склад "
    "менеджер компания город адрес срок время помощь проблема ошибка система программа обновление пароль доступ "
    "вход сайт страница кнопка экран сообщение письмо ответ вопрос документ акт накладная подпись печать банк "
    "платёж перевод комиссия тариф услуга получить отправить оплатить вернуть заменить установить подключить "
    "работать сломаться ждать новый старый рабочий вводный дифференциальный защитный монтажный уличный закрытый "
    "срочный полный техник мастер бригада объект подъезд квартира счётчик показание поверка нагрузка мощность "
    "линия фаза провод клемма шина корпус дверь замок ключ модуль"
)
_PREFIXES: Final = ("", "", "электро", "авто", "микро", "теле", "пере", "под", "супер", "мульти", "авиа", "био")
_ENGLISH: Final = (
    "card payment transfer account refund charge cash top balance exchange rate fee identity verify passport "
    "phone number lost stolen pending decline cancel order delivery machine withdraw statement currency limit "
    "activate virtual physical support change wait arrive contact problem receive transaction money bank country "
    "work open close need help"
)
_GLUE_WORDS: Final = "и в на не по с что как для это мы вы the to my is in of it for have"
_GLUE: Final = _GLUE_WORDS.split()
_GREETINGS: Final = ("Добрый день!", "Здравствуйте!", "Hello,", "Уважаемые коллеги!")
_SIGNATURE: Final = "\n\nС уважением,\nИван\n"
_SYLLABLE_LIST: Final = "ба ве ги до жу зя кэ лю мы но пи ру се ту фа хо це чу ша щи"
_SYLLABLES: Final = _SYLLABLE_LIST.split()
_LENGTH: Final = 1_600
_RARE: Final = 0.02
"""Phrases of a dictionary stand in at most this share of the letters."""
_KNOWN: Final = 0.6
"""Share of the phrases that stand in some letter."""
_WITH_CODE: Final = 0.2
"""Share of the sentences with a product code or an amount after them."""


Word = tuple[str, str]
"""A word in its dictionary form, and as it was written."""
Row = list[list[Word]]
"""The sentences of a letter."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Letters, and the sentences that they were made of."""

    mails: list[str]
    rows: list[Row]


def corpus(count: int, seed: int = 1) -> Corpus:
    """So many letters; a third have no-break spaces, a tenth HTML, a fifth a signature."""
    made = list(islice(letters(seed), count))
    return Corpus([mail for mail, _ in made], [row for _, row in made])


def letters(seed: int = 1) -> Iterator[tuple[str, Row]]:
    """Letters without end, each with its sentences: the first ones are those of every corpus of that seed."""
    chance = random.Random(seed)
    words = _words(chance)
    weights = list(accumulate(1 / (place + 10) for place in range(len(words))))
    while True:
        row: Row = []
        text = chance.choice(_GREETINGS) + "\n"
        while len(text) < _LENGTH:
            sentence = [(name, chance.choice(forms)) for name, forms in chance.choices(words, cum_weights=weights, k=9)]
            sentence += [(glue, glue) for glue in chance.choices(_GLUE, k=3)]
            chance.shuffle(sentence)
            row.append(sentence)
            text += " ".join(form for _, form in sentence).capitalize()
            text += chance.choice((". ", ", ", "! ", ".\n", ".\n\n"))
            if chance.random() < _WITH_CODE:
                text += f"{_code(chance)} "
        yield _finished(text, chance), row


def entries(made: Corpus, count: int, seed: int = 2) -> list[Entry]:
    """So many phrases in twenty categories: 60 % stand in some letters but, in any form, in few; 40 % in none."""
    chance = random.Random(seed)
    letters: Counter[tuple[str, ...]] = Counter()
    written: dict[tuple[str, ...], str] = {}
    for row in made.rows:
        phrases = {names: form for sentence in row for names, form in _phrases(sentence)}
        letters.update(phrases.keys())
        written |= phrases
    most = max(2, _RARE * len(made.rows))
    rare = sorted(names for names, found in letters.items() if found <= most and len(written[names]) > 1)
    by_size = [[written[names] for names in rare if len(names) == size] for size in (1, 2, 3)]
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        known = chance.random() < _KNOWN
        phrase = chance.choice(by_size[chance.choice((0, 1, 1, 2))]) if known else _strange(chance)
        chosen[phrase] = None
    return [Entry(phrase, chance.randint(1, 100), f"category {chance.randint(1, 20)}") for phrase in chosen]


def _phrases(sentence: list[Word]) -> Iterator[tuple[tuple[str, ...], str]]:
    for size in (1, 2, 3):
        for at in range(len(sentence) - size + 1):
            names, forms = zip(*sentence[at : at + size], strict=True)
            yield names, " ".join(forms)


def _words(chance: random.Random) -> list[tuple[str, list[str]]]:
    """Words with their forms, in an order of frequency left to chance."""
    names = [prefix + word.replace("ё", "е") for prefix in _PREFIXES for word in _RUSSIAN.split()]
    made = [(name, sorted(russian.forms(name))) for name in names]
    made += [(word, sorted(english.forms(word))) for word in _ENGLISH.split()] * 5
    chance.shuffle(made)
    return made


def _finished(text: str, chance: random.Random) -> str:
    dice = chance.random()
    if dice < 0.33:  # noqa: PLR2004 - a third
        text = text.replace(" ", "\u00a0", 20)
    elif dice < 0.43:  # noqa: PLR2004 - a tenth
        text = "<p>" + text.replace(". ", ".</p>\n<p>").replace("!", "&excl;") + "</p>"
    return text + _SIGNATURE if chance.random() < 0.2 else text  # noqa: PLR2004 - a fifth


def _code(chance: random.Random) -> str:
    return chance.choice(
        (f"ВА47-{chance.randint(10, 99)}", f"C{chance.randint(1, 63)}", f"{chance.randint(1, 300)} мА")
    )


def _strange(chance: random.Random) -> str:
    return " ".join(
        "".join(chance.choices(_SYLLABLES, k=chance.randint(3, 4))) for _ in range(chance.choice((1, 2, 2, 3)))
    )
