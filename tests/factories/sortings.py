"""An imported register that is to be sorted: requests without a category, some opened here, categories, a dictionary."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from caseline.actions import keep_categories, settle_times
from caseline.actions.keep_categories import Wish
from caseline.timing.vocabulary import Mode
from keywords.classifier import Classifier
from keywords.entries import Entry
from keywords.expansion import expand
from keywords.vocabulary import Kind
from tests.factories import imports, pages, sorting_truth
from tests.factories.processes import Place
from tests.factories.sorting_truth import Before

CATEGORIES: Final = {
    "defect": Wish(hours=24, hours_by_priority={"High": 8}, mode=Mode.ELAPSED),
    "delivery": Wish(hours=48, group="Logistics"),
    "documents": Wish(hours=72, group="Documents", hours_by_priority={"High": 24}),
    "portal": Wish(hours=24, mode=Mode.SCHEDULE),
    "returns": Wish(hours=48, group="Claims"),
    "metering": Wish(hours=48),
}
OUT_OF_USE: Final = "metering"
ENTRIES: Final = (
    Entry("запах гари", 90, "defect"),
    Entry("отключаться", 50, "defect"),
    Entry("smell of burning", 90, "defect", Kind.EXACT),
    Entry("trip", 50, "defect"),
    Entry("wiring", 0, "defect", blocking=True),
    Entry("доставка", 60, "delivery"),
    Entry("накладная", 40, "delivery"),
    Entry("parcel", 60, "delivery"),
    Entry("warehouse", 40, "delivery"),
    Entry("счёт-фактура", 80, "documents"),
    Entry("акт сверки", 80, "documents"),
    Entry("invoice", 80, "documents"),
    Entry("парол", 85, "portal", Kind.PREFIX),
    Entry("личный кабинет", 85, "portal"),
    Entry("password", 85, "portal"),
    Entry("возврат", 80, "returns"),
    Entry("refund", 80, "returns"),
    Entry("счётчик", 70, "metering"),
    Entry("meter", 70, "metering"),
)
_MADE_HERE: Final = 40


def prepare(place: Place, export: Path) -> Before:
    """Import a sample, open some requests here, and only then make the dictionary; answers what there is to sort."""
    desk, now = imports.desk(place.url or "", place.home), datetime.now(UTC)
    desk.run(export, mapping="salesforce-sample")
    settle_times.settle(desk.house, now=now)
    for code, wish in CATEGORIES.items():
        keep_categories.put_category(desk.house, code, wish, now=now)
    for number in range(_MADE_HERE):
        pages.request(desk.house, f"Просим возврат по заказу {number}" if number % 2 else "Какая погода?")
        pages.labelled(desk.house, f"Не приходит пароль {number}", "delivery")
    pages.dictionary(desk.house, *ENTRIES)
    keep_categories.put_category(desk.house, OUT_OF_USE, Wish(active=False), now=now)
    desk.house.engine.dispose()
    return sorting_truth.before(place.url or "", Classifier(map(expand, ENTRIES)))
