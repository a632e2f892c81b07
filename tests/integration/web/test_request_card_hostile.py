"""Strangers' mails on the card: whatever they hold, the page runs nothing, loads nothing and loses no text."""

import re
from typing import Final

import pytest
from lxml import html as lxml_html

from caseline.actions.wiring import House
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.request_cards import PNG, Staff, mail

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' srcset='http://evil.example/1.png 1x, http://evil.example/2.png 2x'>",
    "<picture><source srcset='//evil.example/a.png'><img src='//evil.example/b.png'></picture>",
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<style>@import 'http://evil.example/x.css'; body { background: url(//evil.example/t.png) }</style>",
    "<p style='background:url(javascript:alert(1)); position:fixed; top:0'>styled</p>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<base href='http://evil.example/'><a href='x'>based</a>",
    "<iframe src='http://evil.example/'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object><embed src=x>",
    "<form action='http://evil.example/'><input name=password><button formaction=javascript:alert(1)>Go</button></form>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='JaVaScRiPt&#58;alert(1)'>b</a>",
    "<a href='&#106;avascript&colon;alert(1)'>c</a>",
    "<a href=' \x01javascript:alert(1)'>d</a>",
    "<a href='java\tscript:alert(1)'>e</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>f</a>",
    "<a href='vbscript:msgbox(1)'>g</a>",
    "<a href='/sign-out'>h</a>",
    "<div hx-get='/sign-out' hx-trigger='load' data-hx-post='/requests/1/take'>htmx</div>",
    "<div id=said class=notice data-begin='x' data-draft='y'>names of ours</div>",
    "<img src='cid:a.png\" onerror=\"alert(1)'>",
    "<img src='cid:a.png'><img src='CID:&#97;.png'><img src='cid:nobody'>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<textarea></textarea><script>alert(1)</script><title></title><script>alert(1)</script>",
    "<!--><script>alert(1)</script--><![CDATA[<script>alert(1)</script>]]>",
    "</div></details></li></ol></main><script>alert(1)</script>",
    "<video src=//evil.example/v poster=//evil.example/p></video><audio src=//evil.example/a></audio>",
    "<table background='//evil.example/t.png'><tr><td background='//evil.example/u.png'>cell</td></tr></table>",
    "<marquee onstart=alert(1)>x</marquee><details open ontoggle=alert(1)>x</details>",
    "<p>\u202etxt.exe \u0000 \ufeff end</p>",
)
FOREIGN: Final = {"iframe", "object", "embed", "svg", "math", "base", "style", "video", "audio", "source"}
_EVENT: Final = re.compile(r"on[a-z]+")


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House, browser: Browser) -> Staff:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return Staff(house)


def complaints(text: str) -> list[str]:
    """What a page holds that no page of ours has."""
    found = []
    for element in lxml_html.document_fromstring(text).iter():
        if not isinstance(element.tag, str):
            continue
        ours = (element.get("src") or element.get("href") or "").startswith("/static/")
        parent = element.getparent()
        bell = element.tag == "svg" and parent is not None and parent.get("class") == "bell"
        if (element.tag in FOREIGN and not bell) or (element.tag in {"script", "link"} and not ours):
            found.append(element.tag)
        found += [f"{element.tag} {name}={value}" for name, value in element.attrib.items() if harmful(name, value)]
    return found


def harmful(name: str, value: str) -> bool:
    """Whether an attribute could run something or load something from elsewhere."""
    if _EVENT.fullmatch(name) or name in {"style", "srcset", "background", "srcdoc", "http-equiv"}:
        return True
    if name in {"src", "formaction"}:
        return not value.startswith("/")
    plain = re.sub(r"[\x00-\x20]+", "", value).lower()
    return name in {"href", "action"} and plain.startswith(("javascript:", "vbscript:", "data:"))


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_of_a_mail_runs_or_is_loaded(staff: Staff, browser: Browser, number: int) -> None:
    piece = HOSTILE[number]
    record = staff.opened(
        mail(
            f"before {piece} after\n".replace("\0", ""),
            html=f"<p>before</p>{piece}<p>after</p>",
            files=(("a.png", "image/png", PNG),),
        )
    )
    # As an import brings it: nobody has made it safe before.
    staff.query("UPDATE crm.message SET html = :html", html=f"<p>before</p>{piece}<p>after</p>".replace("\0", ""))
    message = staff.query("SELECT id FROM crm.message")[0][0]

    card = browser.get(f"/requests/{record}").text
    shown = browser.get(f"/requests/{record}/messages/{message}").text

    assert complaints(card) == []
    assert complaints(shown) == []
    mails = lxml_html.document_fromstring(shown).find_class("mail-html")
    assert len(mails) == 1
    assert "before" in mails[0].text_content()
    for element in mails[0].iter():
        names = {name for name in element.attrib if name.startswith(("hx-", "data-", "id", "class"))}
        assert element is mails[0] or names == set(), element.attrib
        address = element.get("href") or ""
        assert address.startswith(("http://", "https://", "mailto:", "tel:")) or address == "", address


def test_pictures_of_the_mail_itself_are_shown_and_no_others(staff: Staff, browser: Browser) -> None:
    record = staff.opened(
        mail(
            html="<p><img src='cid:a.png'><img src='cid:b.svg'><img src='http://evil.example/p.png'></p>",
            files=(("a.png", "image/png", PNG), ("b.svg", "image/svg+xml", b"<svg onload='alert(1)'/>")),
        )
    )
    message = staff.query("SELECT id FROM crm.message")[0][0]
    files = staff.files(record)

    shown = browser.get(f"/requests/{record}/messages/{message}").text

    assert re.findall(r'<img src="(/requests[^"]+)"', shown) == [f"/requests/{record}/files/{files['a.png']}?inline=1"]
    picture = browser.get(f"/requests/{record}/files/{files['a.png']}?inline=1")
    assert (picture.headers["content-type"], picture.content) == ("image/png", PNG)
    drawing = browser.get(f"/requests/{record}/files/{files['b.svg']}?inline=1")
    assert drawing.headers["content-type"] == "application/octet-stream"
    assert drawing.headers["content-disposition"].startswith("attachment")


def test_what_is_called_a_picture_but_is_none_is_saved_and_not_shown(staff: Staff, browser: Browser) -> None:
    record = staff.opened(mail(files=(("a.png", "image/png", b"<html><script>alert(1)</script>"),)))
    (file,) = staff.files(record).values()

    got = browser.get(f"/requests/{record}/files/{file}?inline=1")

    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")


def test_names_of_files_people_and_fields_cannot_leave_their_place(staff: Staff, browser: Browser) -> None:
    evil = "\"><img src=x onerror=alert(1)>'"
    record = staff.opened(
        mail(evil, subject=evil, sender=f'"{evil[1:]}" <a@b.example>', files=((evil, "text/plain", b"x"),))
    )
    staff.query("UPDATE crm.record SET number = :evil, description = :evil, channel = :evil", evil=evil)
    staff.query("UPDATE crm.stage SET label = :evil WHERE code = 'new'", evil=evil)
    staff.query("INSERT INTO crm.event (entity, record_id, type, data) VALUES ('request', :id, :evil, CAST(:data AS jsonb))",
        id=record, evil=evil, data='{"<b>": "</script><script>alert(1)</script>", "by": "nobody", "fields": 5}')  # fmt: skip

    page = browser.get(f"/requests/{record}")

    assert page.status_code == 200
    assert complaints(page.text) == []
    (file,) = staff.files(record).values()
    got = browser.get(f"/requests/{record}/files/{file}")
    assert "\n" not in got.headers["content-disposition"]
    assert got.content == b"x"


@pytest.mark.parametrize(
    "text", ["x" * 900_000, "'; DROP TABLE crm.record; --", "%s %(x)s {{ 7 * 7 }}", "\u202e\ufeff\x07"]
)
def test_whatever_is_typed_is_kept_as_it_is(staff: Staff, browser: Browser, text: str) -> None:
    record = staff.opened(mail())
    browser.get(f"/requests/{record}")

    answer = browser.post(f"/requests/{record}/comment", text=text)

    assert answer.status_code == 200
    assert staff.texts(record)[-1] == text.strip()
    assert complaints(answer.text) == []


def test_strange_numbers_in_addresses_and_forms_are_answered_calmly(staff: Staff, browser: Browser) -> None:
    record = staff.opened(mail())
    browser.get(f"/requests/{record}")

    for path in ("9223372036854775806", "99999999999999999999", f"{record}/files/0", f"{record}/messages/0", "-1", "x"):
        assert browser.get(f"/requests/{path}").status_code == 404, path
    for query in ("from=-5", "from=999999", "from=x", "at=%00"):
        assert browser.get(f"/requests/{record}?{query}").status_code == 200, query
    for fields in ({}, {"version": "x"}, {"version": "99999999999999999999"}, {"assignee": "-1", "version": "1"}):
        assert browser.post(f"/requests/{record}/people", **fields).status_code in {200, 409, 422}, fields
    assert browser.post(f"/requests/{record}/stage", stage="no such", version=staff.version(record)).status_code == 422
    assert (
        browser.post(f"/requests/{record}/category", category="none", version=staff.version(record)).status_code == 422
    )
    for hours in ("0", "-1", "1.5", "many", "99999999999"):
        given = browser.post(f"/requests/{record}/assignments", title="t", text="t", person="1", hours=hours)
        assert given.status_code == 422, hours
