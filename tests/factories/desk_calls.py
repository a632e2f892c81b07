"""How each page of the desk is called: with which ids, and what a form says.

A line is `METHOD path?query | form`; `{kind}` stands for an id that `tests.factories.two_groups` knows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from caseline.reports import feedback_questions
from caseline.reports.questions import Report
from tests.factories.pages import Browser

_LINES: Final = """
GET /
GET /sign-in
POST /sign-in | name=nobody&password=wrong
GET /sign-in/code
POST /sign-in/code | code=000000
POST /language | language=en&next=/
GET /audit?subject={request}
GET /audit/export

GET /requests/new?contact={contact}
POST /requests/new | f:subject=mine&f:parent={other}&f:group={group}&f:channel=phone
POST /requests/new/live | f:subject=mine&f:parent={other}
GET /requests/{request}
GET /requests/{request}/timeline?before=3
GET /requests/{request}/messages/{message}
GET /requests/{request}/files/{file}?inline=1
GET /requests/{request}/fields/file?field=extra.Plan&file={sha}
GET /requests/{request}/fields
POST /requests/{request}/fields | version={version}&f:priority=high&f:parent={other}
POST /requests/{request}/fields/live | version={version}&f:priority=high&f:parent={other}
POST /requests/{request}/category | version={version}&category=repair
POST /requests/{request}/share | version={version}
POST /requests/{request}/take | version={version}
POST /requests/{request}/stage | version={version}&stage=working
POST /requests/{request}/people | version={version}&assignee={person}&group={group}
POST /requests/{request}/comment | text=mine&once=1
POST /requests/{request}/reply | text=mine&once=2
POST /requests/{request}/preview | text=mine
GET /requests/{request}/beginnings
POST /requests/{request}/assignments | title=mine&text=mine&who=inside&person={person}&once=3
POST /requests/{request}/assignments/{outside}/answer | text=mine&once=4
POST /requests/{request}/assignments/{outside}/address | address=new@out.example
POST /requests/{request}/assignments/{outside}/end | state=done
POST /requests/{request}/letters/{letter}/withdraw
POST /requests/{request}/merging | into={number}
POST /requests/{request}/merge | id={other}
POST /requests/{request}/unmerge
POST /requests/{request}/split | message={message}
GET /requests/{request}/products
POST /requests/{request}/products/add | product={product}
POST /requests/{request}/products/remove | product={product}
GET /products/pick?request={request}
GET /products/search?q=p-4

GET /requests?w=&view=v{view}
GET /requests?q=text
GET /requests/search?q=text
GET /requests/count?w=parent:in:{request}
GET /requests/filter?key=extra.Mood&op=in
GET /requests/filter?key=channel&op=in
GET /requests/filter?key=priority&op=in
GET /requests/filter/apply?key=parent&op=in&v={request}&chosen=parent%20in
GET /requests/filter/names?key=company&name=Firm
GET /requests/columns?view=v{view}
POST /requests/columns | show=subject&show=parent&view=v{view}&layout=v{view}
POST /requests/columns/arrange | columns=subject:&layout=all
GET /requests/views
POST /requests/views | name=Mine
POST /requests/views/begin | key=v{view}
POST /requests/views/{view} | w=mine
POST /requests/views/{view}/rename | name=Called%20otherwise
POST /requests/views/{view}/move | to=up
POST /requests/views/{view}/delete
POST /requests/change | tick={request}&back=/requests
POST /requests/change/apply | ids={request}&stage=working&back=/requests
GET /requests/export?w=
GET /requests/export?q=text
GET /references/company?q=firm
GET /references/contact?q=client
GET /references/product?q=p-4
GET /references/request?q={number}

GET /assignments?list=all
GET /assignments/new?request={request}
POST /assignments | request={request}&title=mine&text=mine&for=inside&person={person}&once=5
GET /assignments/{work}
GET /assignments/{outside}/files/{paper}
POST /assignments/{work}/steps | steps=one%20more
POST /assignments/{work}/steps/{step} | done=1
POST /assignments/{work}/steps/{step}/remove
POST /assignments/{work}/notes | text=mine
POST /assignments/{work}/end | state=done&remark=mine
POST /assignments/{work}/reopen
POST /assignments/{outside}/answer | text=mine
POST /assignments/{outside}/resend
POST /assignments/{outside}/address | address=new@out.example

GET /companies?q=firm
GET /companies/suggest?q=firm
GET /companies/duplicates
GET /companies/new
POST /companies/new | name=Mine
GET /companies/{company}
GET /companies/{company}/edit
POST /companies/{company}/edit | name=Mine%20too&version=1
GET /companies/{company}/merge?other={company2}
POST /companies/{company}/merge | gone={company2}&into={company}&gone_version=1&into_version=1
POST /companies/{company}/unmerge
POST /companies/{company}/apart | other={company2}
GET /contacts?q=client&company={company}
GET /contacts/suggest?q=client
GET /contacts/duplicates
GET /contacts/new?company={company}
POST /contacts/new | name=Mine
GET /contacts/{contact}
GET /contacts/{client}
GET /contacts/{outsider}
GET /contacts/{contact}/edit
POST /contacts/{contact}/edit | name=Mine%20too&version=1
POST /contacts/{contact}/bonus | amount=5&note=mine&days=9&once=6
GET /contacts/{contact}/merge?other={contact2}
POST /contacts/{contact}/merge | gone={contact2}&into={contact}&gone_version=1&into_version=1
POST /contacts/{contact}/unmerge
POST /contacts/{contact}/apart | other={contact2}
GET /contacts/{contact}/personal
POST /contacts/{contact}/personal/export
POST /contacts/{contact}/personal/erase | number=none

GET /agreements?q=firm&service={service}&manager={person}
GET /agreements/new?company={company}
POST /agreements/new | number=mine&service_id={service}&company_id=Firm%20({company})&manager_id={person}&status=work
GET /agreements/{agreement}
GET /agreements/{agreement}/edit
POST /agreements/{agreement}/edit | number=A-mine&service_id={service}&company_id=({company})&manager_id={person}&status=work&version=1
GET /addresses?list=all
GET /addresses/{question}
POST /addresses/{question} | pick=other&typed=new@client.example
GET /asks?sort=longest
GET /asks/export
GET /asks/{ask}
GET /asks/{ask}/form
GET /asks/{ask}/answer
POST /asks/{ask}/answer | q.rating=9&submission=mine
POST /asks/{ask}/repair | repair=cancel
GET /requests/{request}/feedback
POST /requests/{request}/feedback | campaign=smileys-on-closure

GET /reports
GET /reports/backlog/rows?figure=all
GET /reports/workload/rows?figure=tasks_open
GET /reports/flow/rows?figure=created

GET /notices
GET /notices?before={notice}
GET /notices/stream
GET /notices/{notice}
POST /notices/read | up_to={notice}
GET /me/notices
POST /me/notices | assigned=page
GET /me
POST /me/password | current=wrong&new=nine%20quiet%20pages%209&again=nine%20quiet%20pages%209
POST /me/second-step | current=wrong&key={second}&code=000000
POST /me/second-step/codes | current=wrong
POST /me/second-step/end | current=wrong
GET /me/tokens
POST /me/tokens | name=another&days=30&current=seven%20quiet%20pages%207
POST /me/tokens/{token}/end

GET /keywords?q=pump
POST /keywords | text=a%20pump
POST /keywords/try | text=a%20pump
POST /keywords/forms | keyword=pump
GET /keywords/export
GET /keywords/report
GET /keywords/settings
GET /keywords/history
GET /keywords/history/{revision}
GET /keywords/evaluation
GET /keywords/{entry}
GET /keywords/new
POST /keywords/new | keyword=&category=repair&weight=60
GET /keywords/import
POST /keywords/import | pasted=keyword;weight;category
POST /keywords/propose | text=mine
POST /keywords/settings | switch=x
GET /keywords/drafts/{draft}
GET /keywords/drafts/{draft}/samples?old=&new=repair
POST /keywords/drafts/{draft}/choose | tick=0
POST /keywords/evaluation
POST /keywords/{entry} | keyword=pump&category=repair&weight=61
POST /keywords/drafts/{draft2}/save | reason=a%20test
POST /keywords/drafts/{draft3}/drop
POST /keywords/history/{revision}/restore | seen=1

GET /settings
GET /settings/catalogue
GET /settings/catalogue/below?of={product}
GET /settings/catalogue/export
POST /settings/catalogue | deed=rename&product={product}&version=1&name=P-47
GET /settings/catalogue/import
POST /settings/catalogue/import | content=
GET /settings/categories
GET /settings/categories/edit?key={category}
GET /settings/categories/new
POST /settings/categories/edit | key={category}&label=Repairs
GET /settings/people
GET /settings/people/edit?key={person2}
GET /settings/people/new
POST /settings/people/edit | key={person2}&name=Boris
GET /settings/groups
GET /settings/groups/edit?key={group2}
GET /settings/groups/new
POST /settings/groups/edit | key={group2}&name=Theirs
GET /settings/absences
GET /settings/absences/edit?key={absence}
GET /settings/absences/new
GET /settings/absences/remove?key={absence}
POST /settings/absences/edit | key={absence}&person={person2}
POST /settings/absences/remove | key={absence}
GET /settings/divisions
GET /settings/divisions/edit?key={division}
GET /settings/divisions/new
GET /settings/divisions/remove?key={division}
POST /settings/divisions/edit | key={division}&name=Service
POST /settings/divisions/remove | key={division}
GET /settings/services
GET /settings/services/edit?key={service}
GET /settings/services/new
POST /settings/services/edit | key={service}&label=Care&kind=subscription
GET /settings/fields
GET /settings/fields/edit?key=extra.City
GET /settings/fields/new
GET /settings/fields/remove?key=extra.City
POST /settings/fields/edit | key=extra.City&label=Town
POST /settings/fields/index | key=extra.City
POST /settings/fields/unindex | key=extra.City
GET /settings/sections
GET /settings/sections/edit?key=more
GET /settings/sections/new
GET /settings/sections/remove?key=more
POST /settings/sections/edit | key=more&label=Still%20more
POST /settings/sections/remove | key=more
GET /settings/rules
GET /settings/rules/edit?key={rule}
GET /settings/rules/new
GET /settings/rules/remove?key={rule}
POST /settings/rules/draw | key={rule}&field=extra.City
POST /settings/rules/try | field=extra.City&effect=require&match=all&active=1
POST /settings/rules/edit | key={rule}&field=extra.City&effect=require&match=all&active=1
POST /settings/rules/remove | key={rule}
POST /settings/fields/remove | key=extra.City
GET /settings/stages
GET /settings/stages/edit?key=working
GET /settings/stages/new
POST /settings/stages/edit | key=working&label=At%20work
GET /settings/transitions
POST /settings/transitions | every=1
GET /settings/calendars
GET /settings/calendars/year?id=ru&year=2027
POST /settings/calendars/change | id=ru&day=2027-03-10&kind=off&reason=x
POST /settings/calendars/apply | id=ru&day=2027-03-10&kind=off&reason=x
POST /settings/calendars/default | id=ru
GET /settings/templates
GET /settings/templates/edit?key={template}
GET /settings/templates/new
GET /settings/templates/remove?key={template}
POST /settings/templates/preview | key={template}&subject=x&text=x
POST /settings/templates/edit | key={template}&subject=x&text=x
POST /settings/templates/remove | key={template}
POST /settings/templates/shipped | key=request_received.en
GET /settings/autotexts
GET /settings/autotexts/edit?key={autotext}
GET /settings/autotexts/new
GET /settings/autotexts/remove?key={autotext}
POST /settings/autotexts/edit | key={autotext}&ru=x&en=x
POST /settings/autotexts/remove | key={autotext}
GET /settings/pictures
GET /settings/pictures/file?name=smiley-1
POST /settings/pictures/replace | name=smiley-1
POST /settings/pictures/restore | name=logo
GET /settings/review-targets
GET /settings/review-targets/edit?key=yandex
GET /settings/review-targets/new
POST /settings/review-targets/edit | code=other&name=Mine&address=https://yandex.ru/mine&reward=answer
GET /settings/review-sites
GET /settings/review-sites/edit?key=yandex.ru
GET /settings/review-sites/new
GET /settings/review-sites/remove?key=2gis.ru
POST /settings/review-sites/edit | key=yandex.ru&reward=answer
POST /settings/review-sites/remove | key=2gis.ru
GET /settings/hooks
GET /settings/hooks/edit?key=accounting
GET /settings/hooks/new
POST /settings/hooks/edit | code=other&url=https://hook.example/in
POST /settings/hooks/secret | key=accounting
POST /settings/hooks/again | key=accounting
GET /settings/bonuses
GET /settings/campaigns
GET /settings/campaigns/show?key=smileys-on-closure
GET /settings/campaigns/text?key=smileys-on-closure
GET /settings/campaigns/try?key=smileys-on-closure
GET /settings/campaigns/try/export?key=smileys-on-closure
GET /settings/campaigns/new
GET /settings/campaigns/edit?key=smileys-on-closure
GET /settings/campaigns/switch?key=smileys-on-closure
POST /settings/campaigns/new | code=mine&from=preset:nps-after-a-stage
POST /settings/campaigns/draw | key=nps-after-a-stage&draw=follow:%2B
POST /settings/campaigns/edit | key=nps-after-a-stage&kind=nps
POST /settings/campaigns/text | key=nps-after-a-stage&text=a
POST /settings/campaigns/switch | key=smileys-on-closure&to=off
GET /settings/forms
GET /settings/forms/show?key=nps
GET /settings/forms/text?key=nps
GET /settings/forms/new
GET /settings/forms/edit?key=nps
POST /settings/forms/draw | key=nps&draw=%2B
POST /settings/forms/edit | key=nps&title.ru=x
POST /settings/forms/text | key=nps&text=a
GET /settings/logins
GET /settings/logins/edit?key={login}
GET /settings/logins/new
POST /settings/logins/edit | key={login}&role=viewer
POST /settings/logins/password | key={login}&password=nine%20quiet%20pages%209
POST /settings/logins/second-step | key={login}
POST /settings/logins/sign-out | key={login}
POST /me/sessions/end | key={session}
POST /me/sessions/others
POST /sign-out
"""
_EVERY: Final = (*Report, *feedback_questions.Report)
_REPORTS: Final = "".join(
    f"GET /reports/{report}{part}\n" for report in _EVERY for part in ("", "/export", "/rows", "/rows/count")
) + "".join(f"GET /reports/{report}/rows/export?period=this_year\n" for report in _EVERY)
_KIND: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Line:
    """A call of a page."""

    method: str
    path: str
    """With its query."""
    form: str = ""

    @property
    def page(self) -> str:
        """The page that it calls, whatever its parameters are called."""
        return f"{self.method} {_KIND.sub('{}', urlsplit(self.path).path)}"

    @property
    def kinds(self) -> list[str]:
        """Ids that it needs, in order; several times where it does."""
        return _KIND.findall(f"{self.path} {self.form}")

    @property
    def in_path(self) -> list[str]:
        """Those of the path itself."""
        return _KIND.findall(urlsplit(self.path).path)

    def address(self, ids: Mapping[str, object]) -> str:
        """Where it is asked for."""
        return self.path.format_map(ids)

    def fields(self, ids: Mapping[str, object]) -> dict[str, Any]:
        """What its form says."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.form.format_map(ids), keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found


def _read(lines: str) -> Iterator[Line]:
    for line in filter(None, map(str.strip, lines.splitlines())):
        call, _, form = line.partition(" | ")
        method, _, path = call.partition(" ")
        yield Line(method, path, form)


LINES: Final = (*_read(_REPORTS), *_read(_LINES))


def of_page(method: str, path: str) -> str:
    """A page as `Line.page` names it."""
    return f"{method} {re.sub(r'{[^}]+}', '{}', path)}"


def asked(browser: Browser, line: Line, ids: Mapping[str, object]) -> httpx.Response:
    """Call a page; of one that never ends, what it says first."""
    address = line.address(ids)
    if address.endswith("/stream"):
        with browser.client.stream("GET", address, headers={"Accept": "text/event-stream"}) as answer:
            first = next(answer.iter_text(), "") if answer.status_code == httpx.codes.OK else ""
            return httpx.Response(answer.status_code, text=first)
    token = browser.token
    try:
        return browser.get(address) if line.method == "GET" else browser.post(address, **line.fields(ids))
    finally:
        browser.token = token  # which pages for those who are not signed in would change
