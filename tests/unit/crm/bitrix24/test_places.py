"""Where a portal keeps each field."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import places
from caseline.crm.bitrix24.places import Kind

ALLOWED = re.compile(r"UF_CRM_[A-Z0-9_]{1,43}")


@pytest.mark.parametrize("entity", list(places.TYPE_IDS))
def test_every_core_field_has_a_place(entity: str) -> None:
    found = places.core(entity)

    assert [place.field for place in found] == [field.name for field in vocabulary.ENTITIES[entity]]
    for name, place in places.user_fields(found).items():
        assert ALLOWED.fullmatch(name), name
        assert place.kind in places.USER_FIELDS or place.kind is Kind.LINK


@given(st.sets(st.text(min_size=1, max_size=90) | st.text("aAbB", min_size=1, max_size=3), max_size=20))
def test_names_that_differ_have_fields_that_differ(names: set[str]) -> None:
    fields = [place.portal for place in places.extras((name, "text", "") for name in sorted(names))]

    assert len(set(fields)) == len(names)
    assert all(map(ALLOWED.fullmatch, fields))


def test_an_extra_field_may_be_called_like_a_core_field() -> None:
    core = {place.portal for place in places.core("request")}
    extra = {place.portal for place in places.extras([("number", "text", ""), ("subject", "text", "")])}

    assert not core & extra


def test_cyrillic_and_long_names_end_with_a_hash() -> None:
    assert places.extra_name("Product_Code__c") == "UF_CRM_CLX_PRODUCT_CODE__C"
    assert ALLOWED.fullmatch(places.extra_name("Серийный номер"))
    assert places.extra_name("Серийный номер") != places.extra_name("Серийные номера")
    assert places.extra_name("x" * 80) != places.extra_name("x" * 79)
