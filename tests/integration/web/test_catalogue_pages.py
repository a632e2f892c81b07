"""The catalogue in the settings: its tree, changes with before and after, files compared before they are followed."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.actions import catalogue_at_hand, choose_products, keep_catalogue, note_deed
from caseline.actions.wiring import House
from caseline.crm.refusals import Overtaken, Told
from caseline.people.access import Viewer
from caseline.people.rights import Role
from tests.factories import catalogues, pages
from tests.factories.pages import Browser

PATHS = ("Насосы / Центробежные / НЦ-45", "Насосы / Шестерённые / НШ-1", "Лебёдки / ЛЦ-1")


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    catalogues.brought(house, *PATHS)
    browser.sign_in("anna")
    browser.get("/settings/catalogue")
    return browser


def version(house: House, path: str) -> int:
    found = catalogue_at_hand.tree(house).get(catalogues.number(house, path))
    assert found
    return found.version


def deed(browser: Browser, house: House, what: str, path: str, **more: str) -> int:
    number = catalogues.number(house, path)
    answer = browser.post(
        "/settings/catalogue", deed=what, product=str(number), version=str(version(house, path)), **more
    )
    return answer.status_code


def words(house: House) -> list[str]:
    tree = catalogue_at_hand.tree(house)
    return [tree.words(one.id) for one in tree.branch(None)]


def test_the_tree_opens_as_far_as_what_is_looked_at(house: House, admin: Browser) -> None:
    closed = admin.get("/settings/catalogue").text
    assert "Насосы" in closed
    assert "НЦ-45" not in closed
    number = catalogues.number(house, PATHS[0])
    assert "НЦ-45" in admin.get(f"/settings/catalogue?at={number}").text
    below = admin.get(f"/settings/catalogue/below?of={catalogues.number(house, 'Насосы')}").text
    assert "Шестерённые" in below
    assert "НШ-1" not in below
    assert admin.get("/settings/catalogue/below?of=999").status_code == 404


def test_products_are_made_renamed_moved_ordered_and_each_change_is_told(house: House, admin: Browser) -> None:
    assert deed(admin, house, "add", "Лебёдки", name="  Новая   лебёдка ") == 200
    assert deed(admin, house, "rename", "Лебёдки / ЛЦ-1", name="ЛЦ-2") == 200
    assert deed(admin, house, "move", PATHS[1], parent=str(catalogues.number(house, "Лебёдки"))) == 200
    assert deed(admin, house, "shift", "Лебёдки", up="yes") == 200
    assert deed(admin, house, "sort", "Лебёдки") == 200
    assert deed(admin, house, "drop", "Насосы / Шестерённые") == 200

    assert words(house) == [
        "Лебёдки",
        "Лебёдки / ЛЦ-2",
        "Лебёдки / Новая лебёдка",
        "Лебёдки / НШ-1",
        "Насосы",
        "Насосы / Центробежные",
        PATHS[0],
    ]
    told = [(one.action, dict(one.data)) for one in note_deed.noted(house) if one.login == "anna"]
    assert ("product.changed", {"before": {"name": "ЛЦ-1"}, "after": {"name": "ЛЦ-2"}}) in told
    assert ("product.changed", {"before": {"above": "Насосы / Шестерённые"}, "after": {"above": "Лебёдки"}}) in told
    assert {"product.added", "product.removed"} <= {action for action, _data in told}
    assert admin.get("/audit").status_code == 200


def test_a_branch_does_not_go_below_itself(house: House, admin: Browser) -> None:
    inside = catalogues.number(house, "Насосы / Центробежные")
    assert deed(admin, house, "move", "Насосы", parent=str(inside)) == 422
    page = admin.get(f"/settings/catalogue?at={catalogues.number(house, 'Насосы')}&to=центробежные").text
    assert "Nothing of this name can take it" in page


def test_equal_names_differ_by_their_branch_only(house: House, admin: Browser) -> None:
    assert deed(admin, house, "add", "Лебёдки", name="Центробежные") == 200
    assert deed(admin, house, "add", "Насосы", name="центробежные") == 422
    assert deed(admin, house, "rename", "Лебёдки", name="НАСОСЫ") == 422


@pytest.mark.parametrize("name", ["", "   ", "x" * 301])
def test_a_name_that_is_none_is_refused_with_its_remedy(admin: Browser, name: str) -> None:
    answer = admin.post("/settings/catalogue", deed="add", product="", name=name)
    assert answer.status_code == 422
    assert "A name has 1 to 300 letters" in answer.text


def test_what_requests_are_about_is_retired_and_never_deleted(house: House, admin: Browser) -> None:
    request = pages.request(house, "не качает")
    number = catalogues.number(house, PATHS[0])
    viewer = Viewer(login_id=1, name="anna", role=Role.AGENT)
    choose_products.add(house, viewer, request, number, now=datetime.now(UTC))

    assert deed(admin, house, "drop", PATHS[0]) == 422
    assert deed(admin, house, "use", PATHS[0], active="no") == 200
    assert choose_products.of_request(house, viewer, request).products[0].usable is False
    assert "1 request" in admin.get(f"/settings/catalogue?at={number}").text


def test_who_comes_second_is_told_and_changes_nothing(house: House) -> None:
    (number,) = catalogues.brought(house, "Насосы")
    now = datetime.now(UTC)
    keep_catalogue.rename(house, "anna", number, "Помпы", version=1, now=now)
    with pytest.raises(Overtaken):
        keep_catalogue.rename(house, "boris", number, "Качалки", version=1, now=now)
    with pytest.raises(Told):
        keep_catalogue.rename(house, "boris", 999, "Качалки", version=1, now=now)
    assert words(house) == ["Помпы"]


def test_a_file_is_compared_first_and_followed_then(house: House, admin: Browser) -> None:
    text = "Группа;Вид\nНасосы;Вихревые\n;дыра\nКраны;\n"
    page = admin.post("/settings/catalogue/import", text=text)
    assert "Насосы / Вихревые" in page.text
    assert "line 3, a level is empty" in page.text
    assert "Краны" not in words(house)
    stamp = page.text.split('name="stamp" value="')[1].split('"')[0]

    done = admin.post("/settings/catalogue/import", text=text, stamp=stamp)

    assert done.status_code == 200
    assert {"Краны", "Насосы / Вихревые"} <= set(words(house))
    assert admin.post("/settings/catalogue/import", text="a\nЕщё\n", stamp=stamp).status_code == 422
    assert admin.post("/settings/catalogue/import", text="").status_code == 422
    assert "Ещё" not in words(house)


@pytest.mark.parametrize("form", ["", "?form=ids"])
def test_an_export_is_brought_back_without_change(house: House, admin: Browser, form: str) -> None:
    number = catalogues.number(house, PATHS[0])
    keep_catalogue.use(house, "anna", number, active=False, version=1, now=datetime.now(UTC))

    text = admin.get(f"/settings/catalogue/export{form}").text
    page = admin.post("/settings/catalogue/import", text=text, retire="yes").text

    assert "There is nothing to do" in page


def test_a_file_with_ids_is_known_again_when_it_comes_anew(house: House, admin: Browser) -> None:
    for text in ("id,parent,name\na,,Краны\nb,a,Башенные\n", "id,parent,name\nb,,Башенные краны\na,,Краны\n"):
        page = admin.post("/settings/catalogue/import", text=text).text
        stamp = page.split('name="stamp" value="')[1].split('"')[0]
        admin.post("/settings/catalogue/import", text=text, stamp=stamp)
    assert {"Краны", "Башенные краны"} <= set(words(house))
    assert "Краны / Башенные" not in words(house)
    with house.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM crm.product WHERE source = 'file'")).scalar_one() == 2


def test_only_those_who_may_change_settings_do(house: House, browser: Browser) -> None:
    catalogues.brought(house, *PATHS)
    pages.login(house, "greta", Role.QUALITY)
    pages.login(house, "vera", Role.AGENT)
    browser.sign_in("greta")
    page = browser.get(f"/settings/catalogue?at={catalogues.number(house, PATHS[0])}")
    assert page.status_code == 200
    assert "Take out of use" not in page.text
    assert browser.post("/settings/catalogue", deed="add", name="x").status_code == 403
    assert browser.get("/settings/catalogue/import").status_code == 403
    browser.client.cookies.clear()
    browser.sign_in("vera")
    assert browser.get("/settings/catalogue").status_code == 403
