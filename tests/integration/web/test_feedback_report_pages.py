"""Pages of the reports of feedback: figures lead to their rows, files, orders, rights, empty states, both languages."""

import csv
import html
import io
import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from caseline.actions.wiring import House
from caseline.people.access import Viewer
from caseline.people.rights import Role
from caseline.reports import feedback_questions
from caseline.reports.feedback_questions import AXES, Report, Source, Wish
from caseline.reports.periods import Period
from tests.factories import feedback_filled, pages, paper_feedback
from tests.factories.pages import Browser

EVERYBODY = Viewer(login_id=0, name="", role=Role.DIRECTOR)
SPAN = "from=2026-05-01&to=2026-06-30"
_LINK = re.compile(r'<td class="number"><a href="([^"]+)">([^<]+)</a>')
_ROW = re.compile(r'<td class="nowrap"><a href="/requests/')


@pytest.fixture
def asks(house: House) -> list[feedback_filled.Told]:
    found = feedback_filled.drawn(3, 300)
    feedback_filled.kept(house, found)
    return found


@pytest.fixture
def reader(house: House, browser: Browser, asks: list[feedback_filled.Told]) -> Browser:
    assert asks
    pages.login(house, "anna", Role.DIRECTOR)
    browser.sign_in("anna")
    return browser


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize("report", Report)
def test_a_figure_names_its_days_so_that_tomorrow_it_leads_to_the_same_rows(reader: Browser, report: Report) -> None:
    page = reader.get(f"/reports/{report}?period=3650d&step=month").text
    links = [httpx.URL(html.unescape(href)) for href, _ in _LINK.findall(page)]
    assert links
    for link in links:
        assert "period" not in link.params
        assert ("from" in link.params and "to" in link.params) is (report is not Report.VARIANTS), link


@pytest.mark.parametrize("report", [Report.NPS, Report.FUNNEL])
def test_every_figure_of_a_page_leads_to_as_many_rows_as_it_says(reader: Browser, report: Report) -> None:
    page = reader.get(f"/reports/{report}?{SPAN}&by=person")
    assert page.status_code == 200
    links = {html.unescape(href): text for href, text in _LINK.findall(page.text) if text.isdecimal()}
    assert len(links) > 8
    for href, text in [*links.items()][:2] + [*links.items()][-2:]:
        assert number(reader.get(href.replace("/rows?", "/rows/count?")).text) == number(text), href
        file = reader.get(href.replace("/rows?", "/rows/export?")).text.lstrip("\ufeff")
        assert len(list(csv.reader(io.StringIO(file)))) == number(text) + 1
        shown = reader.get(href).text.partition("<h2>")[0]
        assert len(_ROW.findall(shown)) == min(number(text), 50), href
    bars = {html.unescape(one) for one in re.findall(r'<a href="(/reports/[^"]+)" tabindex="-1"', page.text)}
    assert len(bars) > 4
    for href in sorted(bars)[:2]:
        assert _ROW.search(reader.get(href).text), href


def test_every_report_opens_by_all_that_its_lines_can_be_in_both_languages(reader: Browser) -> None:
    for language in ("ru", "en"):
        reader.post("/language", language=language, next="/")
        for report in Report:
            for place, by in enumerate(AXES[report]):
                if place % 4 == 2 * (language == "ru"):
                    page = reader.get(f"/reports/{report}?{SPAN}&by={by}&basis=happened").text
                    assert page.count('<svg class="chart on-screen"') == page.count('<svg class="chart on-phone"') > 0
                    assert "style=" not in page
    said = reader.get(f"/reports/feedback-mean?{SPAN}&basis=happened").text
    assert "Counted by the day of what the client was asked about (time zone Europe/Moscow)" in said
    assert "not averaged as they are" in said


def test_the_numbers_of_a_page_are_those_of_a_plain_count(house: House, reader: Browser) -> None:
    @settings(max_examples=5)
    @given(
        seed=st.integers(0, 10_000), report=st.sampled_from((Report.NPS, Report.CSAT)), source=st.sampled_from(Source)
    )
    def compare(seed: int, report: Report, source: Source) -> None:
        asks = feedback_filled.drawn(seed, 50)
        feedback_filled.instead(house, asks)
        page = reader.get(f"/reports/{report}?{SPAN}&by=division&source={source}").text

        period = Period(date(2026, 5, 1), date(2026, 6, 30), "Europe/Moscow")
        wish = Wish(by="division", source=source.value)
        question = feedback_questions.ask(report, period, wish, now=feedback_filled.NOW.replace(year=2027))
        values = paper_feedback.tallies(question, EVERYBODY, asks)
        phones = paper_feedback.phones(question, EVERYBODY, asks)
        doubts = paper_feedback.doubtful(question, EVERYBODY, asks)
        shown = {row[0]: [row[1], *row[-2:]] for row in rows_of(page)}
        names = {str(place): name for place, name in enumerate(feedback_filled.DIVISIONS, 1)} | {"": "(no division)"}
        if "<tfoot>" in page:
            assert shown == {
                names[key]: [sum(values.get(key, {}).values()), phones[key], doubts[key]]
                for key in {*values, *phones, *doubts}
            }
        else:
            assert not sum(sum(one.values()) for one in values.values())

    compare()


def rows_of(page: str) -> list[list[Any]]:
    """Rows of the table with their names: first the count of ratings, last those by phone and the unconfirmed ones."""
    found = []
    for row in re.findall(
        r"<tr>(<th scope=\"row\">.*?)</tr>", page.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL
    ):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        told = [html.unescape(re.sub(r"<span.*?</span>|<[^>]+>", "", cell, flags=re.DOTALL)).strip() for cell in cells]
        found.append([told[0], *(int(one) if one.isdecimal() else one for one in told[1:])])
    return found


def test_few_answers_are_too_few_to_judge_and_said_so(reader: Browser) -> None:
    page = reader.get(f"/reports/feedback-nps?{SPAN}&by=person").text
    assert "too few to judge" in page
    assert re.search(r'class="whisker faint"', page)
    reader.post("/language", language="ru", next="/")
    assert "слишком мало, чтобы судить" in reader.get(f"/reports/feedback-nps?{SPAN}&by=person").text


def test_lines_and_rows_stand_in_the_order_that_was_asked_for(reader: Browser) -> None:
    def column(address: str, place: int) -> list[float]:
        lines = list(csv.reader(io.StringIO(reader.get(address).text.lstrip("\ufeff"))))[1:-1]
        return [float(line[place]) for line in lines]

    base = f"/reports/feedback-csat/export?{SPAN}&by=person"
    assert column(f"{base}&sort=value", 2) == sorted(column(base, 2), reverse=True)
    assert column(f"{base}&sort=-value", 2) == sorted(column(base, 2))
    assert column(f"{base}&sort=-all", 1) == sorted(column(base, 1))
    values = re.compile(r'data-label="Rating">([0-9]+) ')
    for sort, back in (("value", True), ("-value", False)):
        rows = reader.get(f"/reports/feedback-nps/rows?{SPAN}&figure=all&sort={sort}").text.partition("<h2>")[0]
        told = [int(one) for one in values.findall(rows)]
        assert len(told) > 15
        assert told == sorted(told, reverse=back)
    first = reader.get(f"/reports/feedback-mean/rows?{SPAN}&figure=all&sort=record").text.partition("<h2>")[0]
    more = re.search(r'<a class="button" href="([^"]+)">Next</a>', first)
    assert more is not None
    second = reader.get(html.unescape(more[1])).text.partition("<h2>")[0]
    numbers = [int(one) for page in (first, second) for one in re.findall(r'"/requests/([0-9]+)"', page)]
    assert numbers == sorted(numbers, reverse=True)
    assert 'aria-sort="descending"' in second


def test_rows_tell_words_and_persons_and_what_is_not_confirmed_apart(
    reader: Browser, asks: list[feedback_filled.Told]
) -> None:
    page = reader.get(f"/reports/feedback-csat/rows?{SPAN}&figure=all&source=both").text
    counted, _, apart = page.partition("<h2>Not confirmed</h2>")
    assert "not confirmed" not in counted.partition("<tbody>")[2]
    assert re.search(r"clicked [0-9]+, not confirmed", apart)
    assert "by phone" in counted
    assert "Долго ждали мастера" in counted
    phoned = next(one for one in asks if one.phone and one.campaign == 2)
    assert feedback_filled.CAMPAIGNS[1][2] in counted
    assert f"R-{phoned.id:04}" in reader.get(f"/reports/feedback-nps/rows?{SPAN}&figure=phone&sort=record").text


def test_files_hold_no_formulas_and_have_the_separator_of_the_language(reader: Browser) -> None:
    rows = list(csv.reader(io.StringIO(reader.get(f"/reports/feedback-mean/rows/export?{SPAN}").text.lstrip("\ufeff"))))
    assert "'=1+1" in {row[4] for row in rows}
    assert rows[0][:4] == ["Number", "Rating", "Scale", "Question"]
    reader.post("/language", language="ru", next="/")
    told = reader.get(f"/reports/feedback-funnel/export?{SPAN}")
    lines = list(csv.reader(io.StringIO(told.text.lstrip("\ufeff")), delimiter=";"))
    assert lines[0][0] == "Кампания"
    assert len({len(line) for line in lines[: lines.index([])]}) == 1
    assert "feedback-funnel-2026-05-01-2026-06-30.csv" in told.headers["content-disposition"]


def test_whoever_sees_a_group_counts_its_records_alone(
    house: House, reader: Browser, asks: list[feedback_filled.Told]
) -> None:
    pages.login(house, "boss", Role.HEAD)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.login SET scope = 'groups', person_id = 2 WHERE name = 'boss'")
        connection.exec_driver_sql("INSERT INTO people.membership (group_id, person_id) VALUES (1, 2)")
    reader.post("/sign-out")
    reader.sign_in("boss")
    page = reader.get(f"/reports/feedback-funnel?{SPAN}").text
    asked = re.search(r"<tfoot>.*?<td class=\"number\"><a[^>]*>([0-9,]+)", page, re.DOTALL)
    mine = [one for one in asks if (one.group == 1 or one.person == 2) and one.state != "skipped"]
    assert asked is not None
    assert number(asked[1]) == len([one for one in mine if one.happened < feedback_filled.BEGAN + timedelta(days=60)])
    rows = reader.get(f"/reports/feedback-funnel/rows?{SPAN}&figure=asked&sort=record").text
    shown = {int(one) for one in re.findall(r'"/requests/([0-9]+)"', rows)}
    assert shown <= {one.id for one in mine}
    assert "a part of the people only" in reader.get("/reports/feedback-variants").text


def test_variants_say_how_many_people_are_missing(reader: Browser) -> None:
    page = reader.get("/reports/feedback-variants").text
    assert re.search(r"Still running: the variant with the fewest people needs about [0-9]+ more", page)
    assert not re.search("Variant (plain|warm) is answered more often", page)
    file = list(csv.reader(io.StringIO(reader.get("/reports/feedback-variants/export").text.lstrip("\ufeff"))))
    assert [line[1] for line in file] == ["Variant", "plain", "warm"]


def test_nonsense_finds_nothing_and_breaks_nothing(reader: Browser) -> None:
    evil = "%27%3B--%3Cscript%3E"
    for report in Report:
        tried = f"{SPAN}&by={evil}&step={evil}&basis={evil}&source={evil}&sort={evil}&campaign={evil}&division=9{evil}"
        page = reader.get(f"/reports/{report}?{tried}")
        assert page.status_code == 200
        assert "<script>" not in page.text.replace("</script>", "")
        assert reader.get(f"/reports/{report}/rows?{SPAN}&figure={evil}").status_code == 404
        assert reader.get(f"/reports/{report}/rows?{SPAN}&figure=value-9-9-9").status_code in {200, 404}
        assert reader.get(f"/reports/{report}/rows?{SPAN}&line={evil}").status_code in {200, 404}
        assert reader.get(f"/reports/{report}/rows?{SPAN}&after=99999999999999999999&sort=-x").status_code == 200
        assert reader.get(f"/reports/{report}/rows?{SPAN}&figure=skipped&reason={evil}").status_code in {200, 404}
    assert reader.get("/reports/feedback-nps?from=2026-02-30&to=2026-03-01").status_code == 422


def test_without_any_feedback_pages_say_so(house: House, browser: Browser) -> None:
    pages.login(house, "anna", Role.DIRECTOR)
    browser.sign_in("anna")
    for report in Report:
        page = browser.get(f"/reports/{report}").text
        assert "There is nothing to count" in page or "No campaign has several variants" in page
    with house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE people.login SET role = 'agent'"))
    assert browser.get("/reports/feedback-nps").status_code == 403
