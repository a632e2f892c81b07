"""Units of measurement, by which `30 мА`, `30мА` and `30mA` are one thing."""

from typing import Final

from keywords.folding import fold

SIGN: Final = "="
"""Begins the key of a unit, so that it never meets a word of the same letters."""

_SPELLINGS: Final = (
    "А A Ампер",
    "мА mA",
    "кА kA",
    "В V Вольт",
    "мВ mV",
    "кВ kV",
    "Вт W",
    "кВт kW",
    "МВт MW",
    "кВА kVA",
    "Гц Hz",
    "кГц kHz",
    "МГц MHz",
    "ГГц GHz",
    "Ом Ohm",
    "мм mm",
    "мм2 mm2",
    "см cm",
    "м m",
    "м2 m2",
    "м3 m3",
    "км km",
    "мг mg",
    "г g",
    "кг kg",
    "мл ml",
    "л l",
    "кБ KB",
    "МБ MB",
    "ГБ GB",
    "ТБ TB",
    "шт pcs",
    "руб р rub",
    "коп",
    "мин min",
    "сек sec",
    "ч",
    "дн",
    "лет",
)
_SMALL: Final = frozenset("мmгgлl")
_GREAT: Final = frozenset("АAВVW")


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for spellings in _SPELLINGS:
        first, *_ = keys = [fold(each) for each in spellings.split()]
        for key in keys:
            table.setdefault(key, SIGN + first)
    return table


_UNITS: Final = _table()


def glued(word: str) -> str | None:
    """The key of the unit that a folded word is when it is written to its number, as in 16а; None when it is none."""
    return _UNITS.get(word)


def apart(written: str, word: str) -> str | None:
    """The same of a word that may stand by itself; of one letter only as units are written: `А` but not `а`."""
    if len(word) == 1 and written not in _GREAT and written not in _SMALL:
        return None
    return _UNITS.get(word)
