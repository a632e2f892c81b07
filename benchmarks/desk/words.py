"""Sentences of generated letters, the same for the same seed: common words, and a long tail of rare ones."""

import random
from collections.abc import Iterator
from typing import Final

SEED: Final = 20_261_130
SENTENCES: Final = 100_000
_COMMON: Final = (
    *("не", "и", "в", "на", "просим", "прошу", "работает", "здравствуйте", "заявка", "устройство", "ошибка", "срок"),
    *("насос", "насоса", "насосы", "перегрев", "перегревается", "диагностика", "молниезащита", "выключатель", "щит"),
    *("автомат", "реле", "кабель", "кабеля", "датчик", "датчики", "контроллер", "монтаж", "замена", "гарантия"),
    *("поставка", "счёт", "договор", "документы", "паспорт", "сертификат", "настройка", "прошивка", "связь", "сеть"),
    *("питание", "напряжение", "двигатель", "вентилятор", "фильтр", "клапан", "давление", "температура", "утечка"),
    *("pump", "invoice", "delivery", "warranty", "firmware", "controller", "sensor", "error", "reset", "manual"),
)
_CODES: Final = (
    *("ВА47-29", "S201-C16", "РЭК77/4", "BA88-35", "АВДТ-32"),
    *("LC1-D09", "iC60N", "6ES7-315", "ПР-200", "МПС 12-30"),
)
_SYLLABLES: Final = (
    *("ба", "ве", "го", "ди", "жу", "за", "ки", "ло", "ми", "но", "пе", "ру", "са", "ту", "фо", "ха", "це", "чи"),
    *("шу", "ра", "мо", "ли", "да", "ко", "нэ", "вы", "тра", "кло", "стру"),
)
_RARE: Final = 40_000
_WORDS: Final = 11
_WITH_CODE: Final = 0.06


def sentences(count: int = SENTENCES) -> Iterator[str]:
    """So many sentences of about ninety signs."""
    chance = random.Random(SEED)
    rare = [_rare(chance) for _ in range(_RARE)]
    for _ in range(count):
        picked = [_word(chance, rare) for _ in range(_WORDS)]
        if chance.random() < _WITH_CODE:
            picked.append(chance.choice(_CODES))
        yield " ".join(picked).capitalize() + "."


def searches(count: int) -> list[str]:
    """What people might type: single words, common and rare, pairs and codes."""
    chance = random.Random(SEED)
    rare = [_rare(chance) for _ in range(_RARE)]
    chance.seed(SEED + 1)
    made = []
    for number in range(count):
        words = [_word(chance, rare) for _ in range(1 + number % 2)]
        made.append(chance.choice(_CODES) if number % 10 == 0 else " ".join(words))
    return made


def _word(chance: random.Random, rare: list[str]) -> str:
    # Halves of the words are common ones, the first of them far more often than the last.
    if chance.random() < 0.5:  # noqa: PLR2004 - a half
        return _COMMON[int(len(_COMMON) * chance.random() ** 2)]
    return rare[int(len(rare) * chance.random() ** 3)]


def _rare(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))) + chance.choice(("", "н", "к", "р"))
