"""A keyword meets a text in every form and spelling that is the same word, and in no other."""

import pytest

from keywords.vocabulary import Kind
from tests.factories.keywords import classifier, entry

MEETS = [
    # all normal forms of a word count, not the likeliest one alone
    ("банка", "в банке нет огурцов"),
    ("банка", "накрыто банкой"),
    ("банка", "работа банков"),
    ("сталь", "изделия из стали"),
    ("стать", "они стали лучше"),
    ("мыло", "купили мыла"),
    ("дать", "нам дали ответ"),
    ("возврат", "ВОЗВРАТАМИ!"),
    ("возврат", "«возврата»"),
    ("оплатить", "счёт не оплачен"),
    ("трёхполюсный", "трехполюсных автоматов нет"),
    ("теплосчётчик", "поверка теплосчетчика"),
    ("дифавтомат", "дифавтоматы искрят"),
    ("возврат денег", "прошу возврата денег"),
    ("номер счёта", "укажите номера счетов"),
    # ё, case, width, accents, hidden signs
    ("счёт", "счет"),
    ("счет", "СЧЁТ"),
    ("счёт", "сче\u0308т"),
    ("ёлка", "елки"),
    ("займ", "заи\u0306м"),
    ("замок", "за\u0301мок сломан"),
    ("возврат", "воз\u00adврат"),
    ("возврат", "в\u200bоз\u200cвра\u200dт"),
    ("возврат", "\ufeffвозврат"),
    ("возврат", "возврат\u00a0товара"),
    ("возврат товара", "возврат\u00a0товара"),
    ("istanbul", "İstanbul"),
    ("straße", "STRASSE"),
    ("abc", "ＡＢＣ"),
    ("файл", "файлы😀не открываются"),
    # HTML
    ("возврат", "&laquo;возврат&raquo;"),
    ("возврат", "&#1074;озврат"),
    ("возврат", "<p>возврат</p>"),
    ("возврат", "воз<b>вра</b>та"),
    ("возврат товара", "возврат<br>товара"),
    ("возврат товара", "возврат&nbsp;товара"),
    ("возврат", "воз&shy;врат"),
    # numbers and powers
    ("10²", "площадь 10²"),
    ("мм²", "кабель 4 мм2"),
    ("мм2", "кабель 4 мм²"),
    ("½", "болт ½ дюйма"),
    ("№ 5", "по заявке №5"),
    ("№5", "по заявке № 5"),
    ("2,5", "сечение 2.5"),
    # codes, look-alikes, parts
    ("С16", "автомат C16"),
    ("C16", "автомат С16"),
    ("ВА47-29", "поставьте BA47-29"),
    ("BA47-29", "поставьте ва47\u201129"),
    ("ВА47", "поставьте ВА47-29"),
    ("С16", "С16/2P"),
    ("2P", "С16/2P"),
    ("С16/2P", "нужен C16/2P, срочно"),
    ("УЗО-30мА", "стоит УЗО-30mA"),
    ("узо", "стоит УЗО-30мА"),
    ("30 мА", "стоит УЗО-30мА"),
    ("EZ9F34116", "(ez9f34116)"),
    ("ВВГнг(А)-LS", "кабель ВВГнг(А)-LS"),
    ("3х2,5", "кабель 3x2.5"),
    ("3х2,5", "кабель 3×2,5"),
    ("счёт", "cчёт на оплату"),  # the first letter is Latin
    # numbers with units
    ("30 мА", "ток 30мА"),
    ("30мА", "ток 30 мА"),
    ("30 мА", "ток 30 mA"),
    ("16 А", "автомат на 16А"),
    ("16А", "автомат на 16 A"),
    ("100 руб", "цена 100руб"),
    # hyphens
    ("интернет-магазин", "из интернет-магазина"),
    ("магазин", "из интернет-магазина"),
    ("интернет магазин", "из интернет-магазина"),
    ("счёт-фактура", "нет счета-фактуры"),
    ("по-хорошему", "скажите по-хорошему"),
    ("top up", "my top-up failed"),
    ("top-up", "two top-ups"),
    ("и/или", "возврат и/или обмен"),
    ("возврат/обмен", "возврата, обмена"),
    # English
    ("card", "Cards"),
    ("cards", "my card's gone"),
    ("transfer", "transferred"),
    ("transferred", "a transfer"),
    ("charge", "I was charging it"),
    ("identity", "identities"),
    ("buy", "bought"),
    ("stop", "stopped"),
    ("verify", "verifies"),
    ("box", "boxes"),
    ("haven't", "I haven’t got it"),
    # what looks like a pattern is text
    ("возврат.*", "возврат"),
    ("[возврат]", "возврат"),
    ("(a|b)+ возврат", "a b возврат"),
]
MISSES = [
    ("щит", "защитный"),
    ("щит", "щитовая"),
    ("art", "artist"),
    ("tba", "football"),
    ("102", "10²"),
    ("10²", "102"),
    ("51/2", "5½"),
    ("25", "3,25"),
    ("16 А", "их было 16 а потом"),
    ("c16", "С 16"),
    ("по-хорошему", "по хорошим ценам"),
    ("интернет-магазин", "интернет, магазин"),
    ("возврат", "https://example.com/возврат"),
    ("возврат", "www.возврат"),
    ("ivan", "ivan@example.com"),
    ("example", "смотрите example.com/refund?x=1"),
    ("рекламации", "рекламации@example.com"),
    ("возврат товара", "возврат\n\nтовара"),
    ("возврат товара", "возврат\r\n \r\nтовара"),
    ("возврат товара", "<p>возврат</p><p>товара</p>"),
    ("возврат товара", "<td>возврат</td><td>товара</td>"),
    ("возврат товара", "возврат https://example.com товара"),
    ("возврат", "<script>возврат</script>"),
    ("возврат", "<!-- возврат -->"),
    ("class", "<p class='возврат'>текст</p>"),
    ("evening", "even"),
    ("nothing", "noth"),
    ("need", "ne"),
    ("certificate", "certification"),
    ("оплата", "оплатить"),
    ("дата", "дать"),
    ("счет", "расчет"),
]


@pytest.mark.parametrize(("keyword", "text"), MEETS)
def test_a_keyword_meets_the_same_word(keyword: str, text: str) -> None:
    assert classifier(entry(keyword)).classify(text).category == "a"


@pytest.mark.parametrize(("keyword", "text"), MISSES)
def test_a_keyword_misses_other_words(keyword: str, text: str) -> None:
    assert classifier(entry(keyword)).classify(text).category is None


@pytest.mark.parametrize(
    "case",
    ["банк", "банка", "банке", "банки", "банков", "банком", "банкам", "банками", "банках", "банку", "банкой", "банок"],
)
def test_every_case_meets(case: str) -> None:
    assert classifier(entry("банка")).decide(f"Нет {case}.").category == "a"


@pytest.mark.parametrize(
    ("kind", "keyword", "text", "meets"),
    [
        (Kind.EXACT, "банк", "Банк", True),
        (Kind.EXACT, "банк", "банка", False),
        (Kind.EXACT, "card", "cards", False),
        (Kind.EXACT, "счёт", "счет", True),
        (Kind.EXACT, "ТО", "того", False),
        (Kind.PREFIX, "трёхполюс", "трехполюсными", True),
        (Kind.PREFIX, "полюс", "трехполюсными", False),
        (Kind.PREFIX, "отказ приём", "отказываются приёмки", True),
        (Kind.PREFIX, "отказ приём", "отказываются от приёмки", False),
        (Kind.PREFIX, "ez9", "EZ9F34116", True),
    ],
)
def test_kinds(kind: Kind, keyword: str, text: str, meets: bool) -> None:
    assert (classifier(entry(keyword, kind=kind)).decide(text).category == "a") is meets


def test_quoted_history_signature_and_disclaimer_do_not_count_in_a_body() -> None:
    text = "Не работает вход.\n\nС уважением,\nотдел рекламаций\n\n1 мая 2024 г., 10:00, Поддержка пишет:\n> возврат\n"
    asked = classifier(entry("рекламация"), entry("возврат"), entry("вход", category="b"))

    assert asked.classify(text).category == "b"
    assert classifier(entry("возврат"), new_text_only=False).classify(text).category == "a"
