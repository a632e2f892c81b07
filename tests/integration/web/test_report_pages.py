"""Pages of the reports: every figure leads to as many rows as it says; files, filters, nonsense, what the day begins with."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm import tables as crm
from caseline.people.rights import Role
from caseline.reports.questions import AXES, Report
from caseline.web.desk import gate
from tests.factories import histories, pages
from tests.factories.pages import Browser

YEAR = "from=2025-06-01&to=2026-06-15"
_ROW = re.compile(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", re.DOTALL)
_LINK = re.compile(r'<td class="number"><a href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def reader(house: House, browser: Browser) -> Browser:
    histories.kept(house, histories.drawn(11, 70))
    pages.login(house, "anna", Role.DIRECTOR)
    browser.sign_in("anna")
    return browser


def rows_behind(browser: Browser, address: str) -> int:
    number, text = 0, browser.get(address).text
    while True:
        number += len(re.findall(r"<td class=\"nowrap\"><a href=\"/requests/", text))
        more = re.search(r'<a class="button" href="([^"]+)">Next</a>', text)
        if more is None:
            return number
        text = browser.get(html.unescape(more[1])).text


@pytest.mark.parametrize("report", Report)
def test_every_figure_of_a_page_leads_to_as_many_rows_as_it_says(reader: Browser, report: Report) -> None:
    page = reader.get(f"/reports/{report}?{YEAR}&step=month")
    assert page.status_code == 200
    links = [(html.unescape(href), text) for href, text in _LINK.findall(page.text)]
    assert links
    counts = [(href, int(text.replace(",", ""))) for href, text in links if text.replace(",", "").isdecimal()]
    for href, number in dict(counts[:4] + counts[-3:]).items():
        assert rows_behind(reader, href) == number, href
        count = href.replace("/rows?", "/rows/count?")
        assert int(reader.get(count).text.replace(",", "")) == number
        file = list(csv.reader(io.StringIO(reader.get(href.replace("/rows?", "/rows/export?")).text.lstrip("\ufeff"))))
        assert len(file) == number + 1


def test_a_figure_of_a_page_of_yesterday_leads_to_the_same_rows(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        at = histories.NOW.replace(hour=20, minute=59)  # a minute before midnight in Moscow

        @classmethod
        def now(cls, _zone: object) -> datetime:
            return cls.at

    monkeypatch.setattr(gate, "datetime", Clock)
    histories.kept(house, histories.drawn(11, 300))
    pages.login(house, "anna", Role.DIRECTOR)
    browser.sign_in("anna")
    links = {html.unescape(href): text for href, text in _LINK.findall(browser.get("/reports/flow?step=day").text)}
    oldest = next(href for href in links if "line=" in href)
    Clock.at += timedelta(minutes=2)
    assert rows_behind(browser, oldest) == int(links[oldest])
    Clock.at -= timedelta(days=5)
    browser.sign_in("anna")
    links = dict(_LINK.findall(browser.get("/reports/flow?period=this_month").text))
    whole = next(html.unescape(href) for href in links if "line=" not in href)
    number = int(links[html.escape(whole)])
    Clock.at += timedelta(days=10)
    browser.sign_in("anna")
    assert rows_behind(browser, whole) == number


@pytest.mark.parametrize("report", Report)
def test_every_report_opens_by_all_that_its_lines_can_be(reader: Browser, report: Report) -> None:
    for by in AXES[report]:
        for language in ("ru", "en"):
            reader.post("/language", language=language, next="/")
            page = reader.get(f"/reports/{report}?{YEAR}&by={by}").text
            assert page.count('<svg class="chart on-screen"') == (2 if report is Report.FLOW else 1)
            assert page.count('<svg class="chart on-phone"') == page.count('<svg class="chart on-screen"')
            assert "style=" not in page
            assert "<desc " in page


def test_a_file_holds_the_figures_of_the_page_and_no_formulas(house: House, reader: Browser) -> None:
    with house.engine.begin() as connection:
        connection.execute(sa.update(crm.category).where(crm.category.c.code == "power").values(label="=1+1"))
        connection.execute(sa.update(crm.record).values(subject="@SUM(A1)"))

    answer = reader.get(f"/reports/deadlines/export?{YEAR}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "deadlines-2025-06-01-2026-06-15.csv" in answer.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert lines[0] == ["Category", "Met", "Missed", "Still running", "Share met"]
    assert {line[0] for line in lines[1:]} >= {"'=1+1", "Water", "Roof", "Total"}
    sums = [sum(int(line[place]) for line in lines[1:-1]) for place in (1, 2, 3)]
    assert [int(one) for one in lines[-1][1:4]] == sums

    rows = list(csv.reader(io.StringIO(reader.get(f"/reports/flow/rows/export?{YEAR}&figure=created").text)))
    assert all(row[1] == "'@SUM(A1)" for row in rows[1:])
    assert len(rows) > 2
    durations = reader.get(f"/reports/stages/export?{YEAR}").text
    assert "Elapsed: median (seconds)" in durations


@pytest.mark.parametrize(("language", "mark", "subject"), [("ru", ";", "a;=1+1;b"), ("en", ",", "a,=1+1,b")])
def test_no_cell_of_a_file_begins_inside_a_text_in_the_spreadsheet_of_its_reader(
    house: House, reader: Browser, language: str, mark: str, subject: str
) -> None:
    with house.engine.begin() as connection:
        connection.execute(sa.update(crm.record).values(subject=subject))
    reader.post("/language", language=language, next="/")

    text = reader.get(f"/reports/flow/rows/export?{YEAR}&figure=created").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))

    assert len(rows) > 2
    assert {row[1] for row in rows[1:]} == {subject}
    assert {len(row) for row in rows} == {12}


def test_a_period_that_is_none_is_told_by_its_field_and_the_filters_stay(reader: Browser) -> None:
    page = reader.get("/reports/flow?from=2026-02-30&to=2026-03-01&category=power")
    assert page.status_code == 422
    assert "From day: 2026-02-30: write a day as YYYY-MM-DD" in page.text
    assert re.search(r'value="power" checked', page.text)
    assert (
        "To day: 2026-01-01: the last day lies before" in reader.get("/reports/flow?from=2026-02-02&to=2026-01-01").text
    )


def test_nonsense_finds_nothing_and_breaks_nothing(reader: Browser) -> None:
    evil = "%27%3B--%3Cscript%3E"
    for report in Report:
        page = reader.get(
            f"/reports/{report}?{YEAR}&by={evil}&step={evil}&category={evil}&group={evil}&person=9&channel={evil}"
        )
        assert page.status_code == 200
        assert "<script>" not in page.text.replace("</script>", "")
        assert "nothing to count" in page.text or "There is nothing" in page.text
        assert reader.get(f"/reports/{report}/rows?{YEAR}&figure={evil}").status_code == 404
        assert reader.get(f"/reports/{report}/rows?{YEAR}&line={evil}").status_code in {200, 404}
        assert reader.get(f"/reports/{report}/rows?{YEAR}&after=99999999999999999999&beside=x").status_code == 200
    assert reader.get("/reports/nonsense").status_code == 404


def test_what_the_form_sends_becomes_a_short_address(reader: Browser) -> None:
    kept = reader.get("/reports/deadlines?period=7d&from=2026-06-01&to=2026-06-07&was=2026-06-01..2026-06-07&by=group")
    assert (kept.url.path, kept.url.query) == ("/reports/deadlines", b"period=7d&by=group")
    other = reader.get(
        "/reports/deadlines?period=7d&from=2026-05-01&to=2026-06-07&was=2026-06-01..2026-06-07&group=1&group=-"
    )
    assert other.url.query == b"from=2026-05-01&to=2026-06-07&group=1&group=-"


def test_whoever_sees_some_groups_counts_these_alone(house: House, reader: Browser) -> None:
    pages.login(house, "boss", Role.HEAD)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.login SET scope = 'groups', person_id = 2 WHERE name = 'boss'")
        connection.exec_driver_sql("INSERT INTO people.membership (group_id, person_id) VALUES (1, 2)")
    everything = _total(reader.get(f"/reports/flow?{YEAR}").text)
    reader.post("/sign-out")
    reader.sign_in("boss")
    page = reader.get(f"/reports/flow?{YEAR}").text

    seen = [one for one in histories.drawn(11, 70) if one.group == 1 or one.person == 2]
    created = [one for one in seen if one.created >= datetime(2025, 5, 31, 21, tzinfo=UTC)]
    assert _total(page) == len(created) < everything


def _total(page: str) -> int:
    found = re.search(r"<tfoot>.*?<td class=\"number\">(?:<a[^>]*>)?([0-9,]+)", page, re.DOTALL)
    assert found is not None
    return int(found[1].replace(",", ""))


def test_a_figure_that_the_table_can_show_as_well_leads_there(reader: Browser) -> None:
    page = reader.get(f"/reports/workload/rows?{YEAR}&figure=open&line=2&category=power&category=water")
    assert "/requests?w=open%3A%3A&amp;w=category%3Ain%3Apower%2Cwater&amp;w=assignee%3Ain%3A2" in page.text
    nobody = reader.get(f"/reports/workload/rows?{YEAR}&figure=open&line=")
    assert "/requests?w=open%3A%3A&amp;w=assignee%3Aempty%3A" in nobody.text
    for cannot in ("figure=open&category=power&category=-", "figure=tasks_open"):
        assert "/requests?" not in reader.get(f"/reports/workload/rows?{YEAR}&{cannot}").text


def test_the_table_shows_as_many_requests_as_the_figure_says(house: House, reader: Browser) -> None:
    pages.login(house, "vera", Role.AGENT)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.login SET person_id = 2 WHERE name = 'vera'")
        # The table and this report agree about requests whose time of closing is known.
        connection.exec_driver_sql("UPDATE crm.record SET closed_at = modified_at WHERE stage = 'closed'")
    for report, figures in (
        (Report.WORKLOAD, ("open", "overdue", "closed")),
        (Report.FLOW, ("created", "closed")),
        (Report.CATEGORIES, ("none", "all")),
        (Report.BACKLOG, ("all",)),
    ):
        for figure in figures:
            page = reader.get(f"/reports/{report}/rows?{YEAR}&figure={figure}&channel=mail").text
            table = re.search(r'href="/requests\?([^"]+)"', page)
            assert table is not None
            count = reader.get(f"/reports/{report}/rows/count?{YEAR}&figure={figure}&channel=mail").text
            assert _number(reader.get(f"/requests/count?{html.unescape(table[1])}").text) == _number(count) > 0

    reader.post("/sign-out")
    reader.sign_in("vera")
    for href, number in re.findall(r'<li><a href="/requests\?([^"]+)"[^>]*><strong>([^<]+)', reader.get("/").text):
        assert _number(reader.get(f"/requests/count?{html.unescape(href)}").text) == _number(number), href


@pytest.mark.parametrize("report", [Report.FLOW, Report.WORKLOAD])
def test_a_figure_leads_to_the_table_only_where_it_shows_the_same_requests(reader: Browser, report: Report) -> None:
    """Closed requests without a time of closing count by their last change, of which the table knows nothing."""
    untimed = {one.id for one in histories.drawn(11, 70) if one.stage == "closed" and one.closed is None}
    page = reader.get(f"/reports/{report}?{YEAR}&step=month").text
    links = [html.unescape(href) for href, _text in _LINK.findall(page) if "figure=closed" in href]
    led = set()
    for href in links:
        rows = reader.get(href).text
        behind = _requests(rows)
        table = re.search(r'href="(/requests\?[^"]+)"', rows)
        assert (table is None) == bool(behind & untimed) == ("no time of closing" in rows), href
        if table is not None:
            assert _requests(reader.get(html.unescape(table[1])).text) == behind, href
        led.add(table is not None)
    assert led == {True, False}


def _requests(page: str) -> set[int]:
    return {int(one) for one in re.findall(r'href="/requests/([0-9]+)"', page)}


def _number(text: str) -> int:
    found = re.search("[0-9,]+", text)
    assert found is not None, text
    return int(found[0].replace(",", ""))


def test_the_day_begins_with_what_is_to_be_done(house: House, browser: Browser) -> None:
    now = datetime.now(UTC)
    requests = histories.drawn(12, 6)
    for place, one in enumerate(requests):
        one.created, one.modified, one.stage, one.closed = now, now, "new", None
        one.due = one.stopped = None
        one.visits, one.tasks, one.entries, one.said = [], [], (), None
        one.person, one.group, one.category, one.by = (1 if place < 2 else None), 1, None, None
    requests[5].stage, requests[5].closed = "closed", now
    histories.kept(house, requests)
    pages.login(house, "vera", Role.AGENT)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.login SET person_id = 1 WHERE name = 'vera'")
    browser.sign_in("vera")

    told = re.findall(
        r'<li><a href="([^"]+)"[^>]*><strong>([^<]+)</strong> <span>([^<]+)</span>', browser.get("/").text
    )

    assert {label: number for _href, number, label in told} == {
        "My open requests": "2",
        "Mine, overdue": "0",
        "Overdue": "0",
        "Without a person": "3",
        "Without a category": "5",
        "Created today": "6",
        "Closed today": "1",
    }
    assert told[0][0] == "/requests?w=open%3A%3A&amp;w=mine%3A%3A"


def test_a_file_is_noted_in_the_audit_log(house: House, reader: Browser) -> None:
    reader.get(f"/reports/backlog/export?{YEAR}")
    with house.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT subject FROM people.audit WHERE action = 'report_exported'")
        assert found.scalars().all() == ["backlog"]
