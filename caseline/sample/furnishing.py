"""What a desk needs before anybody works at the sample: names, categories with words of the dictionary, a catalogue."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """A category of the sample, with the keywords that mean it."""

    code: str
    label: str
    hours: int
    words: tuple[tuple[str, int], ...]
    """(keyword, weight)"""


CATEGORIES: Final = (
    Kind(
        "defect",
        "Неисправность",
        24,
        (
            ("не включается", 70),
            ("отключается", 60),
            ("перестал работать", 60),
            ("запах гари", 80),
            ("does not switch on", 70),
            ("trips", 60),
            ("stopped working", 60),
            ("smell of burning", 80),
        ),
    ),
    Kind(
        "delivery",
        "Доставка",
        48,
        (
            ("доставка", 60),
            ("не пришёл заказ", 70),
            ("перевозчик", 50),
            ("упаковка", 50),
            ("delivery", 60),
            ("has not arrived", 70),
            ("carrier", 50),
            ("parcel", 60),
        ),
    ),
    Kind(
        "documents",
        "Документы",
        72,
        (
            ("счёт-фактура", 80),
            ("сертификат", 70),
            ("акт сверки", 80),
            ("накладная", 50),
            ("invoice", 60),
            ("certificate", 70),
            ("statement of account", 80),
            ("VAT", 60),
        ),
    ),
    Kind(
        "portal",
        "Личный кабинет и сайт",
        24,
        (
            ("личный кабинет", 80),
            ("на сайте", 60),
            ("пароль", 60),
            ("код подтверждения", 80),
            ("portal", 70),
            ("website", 60),
            ("password", 60),
            ("confirmation code", 80),
        ),
    ),
    Kind(
        "returns",
        "Возврат и обмен",
        72,
        (
            ("возврат", 80),
            ("вернуть деньги", 90),
            ("обмен", 60),
            ("refund", 90),
            ("return", 60),
            ("exchange", 60),
            ("credit note", 80),
        ),
    ),
    Kind(
        "order",
        "Цены и заказы",
        48,
        (
            ("цена", 50),
            ("коммерческое предложение", 90),
            ("скидка", 60),
            ("quotation", 90),
            ("discount", 60),
            ("price and lead time", 90),
        ),
    ),
    Kind(
        "meter",
        "Приборы учёта",
        48,
        (("счётчик", 70), ("показания", 70), ("meter", 70), ("readings", 70), ("firmware", 60)),
    ),
    Kind(
        "warranty",
        "Гарантия и ремонт",
        72,
        (
            ("гарантийный ремонт", 90),
            ("гарантия", 60),
            ("выезд инженера", 70),
            ("warranty", 60),
            ("repair", 60),
            ("engineer visit", 70),
        ),
    ),
)

STAGES: Final = (
    ("new", "New", "Новое"),
    ("working", "Working", "В работе"),
    ("escalated", "Escalated", "Передано выше"),
    ("waiting", "Waiting on Customer", "Ждём клиента"),
    ("closed", "Closed", "Закрыто"),
    ("no_response", "Closed - No Response", "Закрыто без ответа"),
)
"""(code, what the export calls it, what people call it)"""

FIELDS: Final = (
    ("extra.Product_Code__c", "Product code", "Код продукта"),
    ("extra.Serial_Number__c", "Serial number", "Серийный номер"),
    ("extra.Downtime_Hours__c", "Downtime in hours", "Простой, часов"),
    ("extra.Claim_Amount__c", "Claim amount", "Сумма претензии"),
    ("extra.Symptoms__c", "Symptoms", "Признаки"),
    ("extra.On_Site_Visit__c", "On-site visit", "Выезд на место"),
    ("extra.Warranty_Until__c", "Warranty until", "Гарантия до"),
    ("extra.Resolution__c", "Resolution", "Решение"),
)
"""(key, what the export calls it, what people call it)"""

CATALOGUE: Final = (
    ("Насосы", "Центробежные", "НЦ-45"),
    ("Насосы", "Центробежные", "НЦ-80"),
    ("Насосы", "Центробежные", "НЦ-110 с частотным приводом"),
    ("Насосы", "Погружные", "НП-25"),
    ("Насосы", "Погружные", "НП-40"),
    ("Электродвигатели", "Асинхронные", "АД-0,75 кВт"),
    ("Электродвигатели", "Асинхронные", "АД-2,2 кВт"),
    ("Электродвигатели", "Асинхронные", "АД-5,5 кВт"),
    ("Электродвигатели", "Взрывозащищённые", "АДВ-4 кВт"),
    ("Приборы учёта", "Счётчики воды", "СВ-15"),
    ("Приборы учёта", "Счётчики воды", "СВ-20 с радиомодулем"),
    ("Приборы учёта", "Счётчики энергии", "СЭ-1 однофазный"),
    ("Приборы учёта", "Счётчики энергии", "СЭ-3 трёхфазный"),
    ("Автоматика", "Выключатели", "ВА-16"),
    ("Автоматика", "Выключатели", "ВА-63"),
    ("Автоматика", "Датчики", "Датчик давления ДД-10"),
    ("Автоматика", "Датчики", "Датчик температуры ДТ-50"),
    ("Услуги", "Выезд инженера", "Диагностика на месте"),
    ("Услуги", "Выезд инженера", "Пусконаладка"),
    ("Услуги", "Ремонт", "Гарантийный ремонт"),
    ("Услуги", "Ремонт", "Платный ремонт"),
)
"""A product each: its group, its kind, its name."""
