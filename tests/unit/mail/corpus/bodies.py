"""Cases of bodies: charsets, encodings, parts, HTML, quotes, attachments."""

from tests.unit.mail.corpus.building import (
    TEXT,
    Cases,
    attached,
    b64,
    html,
    mail,
    multipart,
    nested,
    part,
    plain,
    qp,
    several,
)

charsets = Cases("charsets of bodies")
for charset, text in (
    ("utf-8", TEXT), ("windows-1251", TEXT), ("koi8-r", TEXT), ("iso-8859-5", TEXT), ("cp866", TEXT), ("utf-16", TEXT),
    ("utf-32", TEXT), ("utf-7", TEXT), ("gb2312", "您好，订单"), ("gb18030", "您好㐂"), ("big5", "請問訂單"), ("shift_jis", "お問い合わせ"),
    ("iso-2022-jp", "お問い合わせ"), ("euc-kr", "안녕하세요"), ("iso-8859-1", "Grüße"), ("windows-1252", "Preis: 5 €"),
    ("windows-1258", "Tôi"), ("koi8-u", "Їжак"), ("iso-8859-15", "5 €"), ("macintosh", "déjà"),
):  # fmt: skip
    data = text.encode(charset)
    charsets.body(
        f"{charset} in base64",
        {"Content-Type": f'text/plain; charset="{charset}"'.encode(), "Content-Transfer-Encoding": b"base64"},
        b64(data),
        text=text,
    )
    if not charset.startswith("utf-") or charset == "utf-8":
        charsets.body(
            f"{charset} as it is", {"Content-Type": f"text/plain; charset={charset}".encode()}, data, text=text
        )
LONG = "Здравствуйте! Прошу сообщить, когда будет исполнен заказ. Ждём уже две недели, а ответа нет."
for charset in ("utf-8", "cp1251", "koi8-r", "cp866"):
    charsets.body(f"{charset} without a declaration", {}, LONG.encode(charset), text=LONG)
    charsets.body(
        f"{charset} declared as US-ASCII",
        {"Content-Type": b"text/plain; charset=us-ascii"},
        LONG.encode(charset),
        text=LONG,
    )
    if charset != "utf-8":
        charsets.body(
            f"{charset} declared as UTF-8",
            {"Content-Type": b"text/plain; charset=utf-8"},
            LONG.encode(charset),
            text=LONG,
        )
    charsets.body(
        f"{charset} under an unknown name",
        {"Content-Type": b"text/plain; charset=x-nobody"},
        LONG.encode(charset),
        text=LONG,
    )
UTF8 = {"Content-Type": b"text/plain; charset=utf-8"}
charsets.body(
    "UTF-8 declared as ISO-8859-1", {"Content-Type": b"text/plain; charset=iso-8859-1"}, LONG.encode(), text=LONG
)
charsets.body(
    "UTF-8 with one byte damaged",
    UTF8,
    LONG.encode() + b"\xff",
    text=LONG + "\N{REPLACEMENT CHARACTER}",
    defects={"bytes that are no utf-8"},
)
charsets.body("UTF-8 with its mark", UTF8, b"\xef\xbb\xbf" + LONG.encode(), text=LONG)
charsets.body(
    "GB2312 that is GB18030", {"Content-Type": b"text/plain; charset=gb2312"}, "㐂镕".encode("gb18030"), text="㐂镕"
)
charsets.body(
    "a charset in quotes with a semicolon missing",
    {"Content-Type": b'text/plain charset="koi8-r"'},
    LONG.encode("koi8-r"),
    text=LONG,
)
charsets.body(
    "a charset that is a codec of Python and no charset",
    {"Content-Type": b"text/plain; charset=unicode_escape"},
    b"a\\u0416\xd0\x96",
    text="a\\u0416Ж",
)
charsets.body("a charset that packs", {"Content-Type": b"text/plain; charset=zlib"}, b"plain", text="plain")
charsets.body(
    "a charset name with a path", {"Content-Type": b"text/plain; charset=../../etc/x"}, b"plain", text="plain"
)
charsets.body("a NUL in the text", UTF8, b"a\x00b", text="ab")
charsets.body(
    "half of a pair in UTF-7",
    {"Content-Type": b"text/plain; charset=utf-7"},
    b"a+2AA-b",
    text="a\N{REPLACEMENT CHARACTER}b",
)

coding = Cases("transfer encodings")
for name, encoding, body in (
    ("base64 in one line", b"base64", b64(LONG.encode()).replace(b"\r\n", b"")),
    ("base64 with blanks and tabs", b"base64", b64(LONG.encode()).replace(b"\r\n", b" \t\r\n")),
    ("base64 with foreign signs", b"base64", b"!" + b64(LONG.encode())),
    ("base64 without padding", b"base64", b64(LONG.encode()).strip().rstrip(b"=")),
    ("base64 in portions, each padded", b"base64", b64(LONG.encode()[:40]) + b64(LONG.encode()[40:])),
    ("BASE64 in capitals", b"BASE64", b64(LONG.encode())),
    ("base64 with a semicolon after its name", b"base64;", b64(LONG.encode())),
    ("base64 in quotes", b'"base64"', b64(LONG.encode())),
    ("base64 that is none", b"base64", LONG.encode()),
    ("quoted-printable", b"quoted-printable", qp(LONG.encode())),
    ("quoted printable with a blank in its name", b"quoted printable", qp(LONG.encode())),
    ("quoted-printable in small letters", b"quoted-printable", qp(LONG.encode()).lower()),
    ("quoted-printable with blanks at line ends", b"quoted-printable", qp(LONG.encode()).replace(b"=\r\n", b"=  \r\n")),
    ("7bit with 8-bit signs", b"7bit", LONG.encode()),
    ("7-bit", b"7-bit", LONG.encode()),
    ("an empty encoding", b"", LONG.encode()),
    ("an unknown encoding", b"text/html", LONG.encode()),
    ("binary", b"binary", LONG.encode()),
    ("uuencode", b"x-uuencode", b"begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n"),
):
    coding.body(name, {**UTF8, "Content-Transfer-Encoding": encoding}, body, text="Hello" if "uu" in name else LONG)
coding.body(
    "quoted-printable with a broken escape",
    {**UTF8, "Content-Transfer-Encoding": b"quoted-printable"},
    b"50 =% off =ZZ a=3Db",
    text="50 =% off =ZZ a=b",
)
coding.body(
    "quoted-printable with a hanging sign", {**UTF8, "Content-Transfer-Encoding": b"quoted-printable"}, b"a=", text="a"
)

structure = Cases("structure")
MIXED, ALT, RELATED = b"multipart/mixed", b"multipart/alternative", b"multipart/related"
ONE = part(b"text/plain", b"one")
structure.parts("two texts one after the other", MIXED, [ONE, part(b"text/plain", b"two")], text="one\ntwo")
structure.parts(
    "the last text counts among alternatives of one kind", ALT, [ONE, part(b"text/plain", b"two")], text="two"
)
structure.mail(
    "the last boundary is missing",
    multipart(MIXED, [ONE]).replace(b"--b1--", b""),
    text="one\n\n",
    defects={"the last boundary is missing"},
)
structure.mail(
    "all boundaries are missing",
    mail(b"just text", {"Content-Type": b"multipart/mixed; boundary=b1"}),
    text="just text",
    defects={"a multipart without parts"},
)
structure.mail(
    "no boundary is named but one can be seen",
    mail(several([ONE]), {"Content-Type": b"multipart/mixed"}).replace(b"--b1\r\n", b"--b1\r\n"),
    text="one",
    defects={"a boundary that is not the one that was named"},
)
structure.mail(
    "another boundary than the one that is named",
    mail(several([ONE]), {"Content-Type": b"multipart/mixed; boundary=zz"}),
    text="one",
)
structure.mail("a boundary in quotes with blanks inside", multipart(MIXED, [ONE]).replace(b"b1", b"b 1"), text="one")
structure.mail(
    "a boundary without quotes that needs them",
    mail(several([ONE], b"a:b=c"), {"Content-Type": b"multipart/mixed; boundary=a:b=c"}),
    text="one",
)
structure.mail("blanks after a boundary", multipart(MIXED, [ONE]).replace(b"--b1\r\n", b"--b1 \t\r\n"), text="one")
structure.mail(
    "words before and after the parts",
    multipart(MIXED, [ONE]).replace(b"\r\n\r\n--b1", b"\r\n\r\nThis is MIME.\r\n--b1", 1) + b"\r\nbye",
    text="one",
)
structure.mail(
    "boundaries that begin alike",
    multipart(
        MIXED, [part(b"multipart/alternative; boundary=b11", several([ONE], b"b11")), part(b"text/plain", b"two")]
    ),
    text="one\ntwo",
)
structure.mail(
    "a text with a line like a boundary",
    multipart(MIXED, [part(b"text/plain", b"--b1x\r\n--b\r\nend")]),
    text="--b1x\n--b\nend",
)
structure.mail(
    "parts whose lines end with LF",
    multipart(MIXED, [ONE, attached(b"a.txt")]).replace(b"\r\n", b"\n"),
    text="one",
    attachments=[("a.txt", "application/octet-stream", 4)],
)
structure.mail(
    "a part without headers",
    mail(b"--b1\r\n\r\nbare\r\n--b1--", {"Content-Type": b"multipart/mixed; boundary=b1"}),
    text="bare",
)
structure.mail(
    "a part without headers and blank line",
    mail(b"--b1\r\nbare words\r\n--b1--", {"Content-Type": b"multipart/mixed; boundary=b1"}),
    text="bare words",
)
structure.mail(
    "an empty part",
    mail(b"--b1\r\n--b1\r\n\r\nx\r\n--b1--", {"Content-Type": b"multipart/mixed; boundary=b1"}),
    text="x",
)
structure.mail(
    "two types: the first counts",
    mail(b"<p>x</p>", {"Content-Type": b"text/plain\r\nContent-Type: text/html"}),
    text="<p>x</p>",
    html_text=None,
)
structure.body(
    "a type that is none", {"Content-Type": b"text"}, b"words", text="words", defects={"a content type that is none"}
)
structure.body("an empty type", {"Content-Type": b""}, b"words", text="words")
structure.body(
    "an unknown kind of multipart", {"Content-Type": b"multipart/x-new; boundary=b1"}, several([ONE]), text="one"
)
structure.body("text/plain in capitals", {"Content-Type": b"TEXT/PLAIN; CHARSET=UTF-8"}, LONG.encode(), text=LONG)
structure.body("an unknown kind of text", {"Content-Type": b"text/x-note"}, b"words", text="words")
structure.body("text/enriched", {"Content-Type": b"text/enriched"}, b"<bold>Hello</bold> there", text="Hello there")
structure.body(
    "5,000 parts",
    {"Content-Type": b"multipart/mixed; boundary=b1"},
    several([part(b"text/plain", b"x")] * 5_000),
    text="\n".join("x" * 5_000),
)
structure.body(
    "12,000 parts",
    {"Content-Type": b"multipart/mixed; boundary=b1"},
    several([part(b"text/plain", b"x")] * 12_000),
    defects={"more than 10,000 parts"},
)


def deep(levels: int) -> bytes:
    """Parts one inside the other."""
    made = part(b"text/plain", b"deep down")
    for level in range(levels):
        boundary = b"n%d" % level
        made = part(b"multipart/mixed; boundary=" + boundary, several([made], boundary))
    return b"From: a@example.org\r\n" + made


structure.mail("nested 100 levels", deep(100), text="deep down")
structure.mail("nested 400 levels", deep(400), defects={"parts nested deeper than 120"})
structure.mail(
    "the beginning of a large mail",
    multipart(MIXED, [ONE, attached(b"a.bin", b"x" * 600)])[:-500],
    whole=False,
    text="one",
    defects={"only the beginning of the mail is here", "the last boundary is missing"},
)
INNER = mail(b"inner text", {"Subject": b"Inner", "Message-ID": b"<inner@example.org>"})
structure.parts(
    "a mail is forwarded as an attachment",
    MIXED,
    [ONE, part(b"message/rfc822", INNER)],
    text="one",
    attachments=[("Inner.eml", "message/rfc822", len(INNER))],
    message_id="m1@example.org",
)
structure.parts(
    "a mail is forwarded without a word",
    MIXED,
    [part(b"message/rfc822", INNER)],
    text="inner text",
    attachments=[("Inner.eml", "message/rfc822", len(INNER))],
)
structure.parts(
    "a forwarded mail in base64",
    MIXED,
    [ONE, part(b"message/rfc822", b64(INNER), Content_Transfer_Encoding=b"base64")],
    text="one",
    content=[INNER],
)
structure.body(
    "a digest",
    {"Content-Type": b"multipart/digest; boundary=b1"},
    several([b"\r\n" + INNER, b"\r\n" + INNER]),
    text="inner text",
    attachments=[("Inner.eml", "message/rfc822", len(INNER))] * 2,
)
SIGNATURE = part(b"application/pgp-signature; name=signature.asc", b"-----BEGIN")
structure.parts(
    "signed by PGP",
    b"multipart/signed; micalg=pgp-sha256",
    [ONE, SIGNATURE],
    text="one",
    attachments=[("signature.asc", "application/pgp-signature", 10)],
)
structure.parts(
    "signed with alternatives inside",
    b"multipart/signed",
    [nested(ALT, [plain("one"), html("<p>one</p>")]), SIGNATURE],
    text="one",
    html_text="one",
)
structure.parts(
    "encrypted",
    b"multipart/encrypted",
    [part(b"application/pgp-encrypted", b"Version: 1"), part(b"application/octet-stream", b"x")],
    text="",
    attachments=[
        ("attachment-1.bin", "application/pgp-encrypted", 10),
        ("attachment-2.bin", "application/octet-stream", 1),
    ],
)

choice = Cases("choice of the body")
choice.parts("plain text and HTML", ALT, [plain("plain"), html("<p>rich</p>")], text="plain", html_text="rich")
choice.parts("HTML before plain text", ALT, [html("<p>rich</p>"), plain("plain")], text="plain", html_text="rich")
choice.parts("an empty plain text", ALT, [plain("  \r\n"), html("<p>rich</p>")], text="rich", html_text="rich")
choice.parts(
    "a plain text that only excuses itself",
    ALT,
    [plain("Your program does not support HTML mails."), html("<p>rich</p>")],
    text="rich",
)
choice.parts(
    "the same excuse in Russian", ALT, [plain("Ваша программа не поддерживает HTML."), html("<p>rich</p>")], text="rich"
)
choice.body(
    "HTML alone",
    {"Content-Type": b"text/html; charset=utf-8"},
    "<p>Первое</p><p>Второе</p>".encode(),
    text="Первое\n\nВторое",
    html_text="Первое\n\nВторое",
)
choice.body("an empty body", {}, b"", text="", html_text=None, new_text="")
choice.body("a body of blank lines", {}, b"\r\n\r\n", text="\n\n")
choice.parts(
    "related pictures",
    RELATED,
    [html('<img src="cid:p1">x'), part(b"image/png", b"p", Content_ID=b"<p1>")],
    text="x",
    attachments=[("attachment-1.png", "image/png", 1)],
    inline=[True],
)
choice.parts(
    "alternatives with related pictures",
    ALT,
    [plain("plain"), nested(RELATED, [html("<b>x</b>"), part(b"image/png", b"p", Content_ID=b"<p1>")])],
    text="plain",
    html_text="x",
    attachments=[("attachment-1.png", "image/png", 1)],
)
choice.parts(
    "pieces of HTML between attachments",
    MIXED,
    [html("<p>one</p>"), attached(b"a.pdf"), html("<p>two</p>")],
    text="one\ntwo",
    html_text="one\n\ntwo",
    attachments=[("a.pdf", "application/octet-stream", 4)],
)
choice.parts(
    "plain text after HTML keeps its place",
    MIXED,
    [html("<p>one</p>"), plain("two & three")],
    text="one\ntwo & three",
    html_text="one\n\ntwo & three",
)
choice.parts(
    "alternatives with pieces inside",
    ALT,
    [plain("plain"), nested(MIXED, [html("<p>one</p>"), attached(b"a.pdf"), html("<p>two</p>")])],
    text="plain",
    html_text="one\n\ntwo",
    attachments=[("a.pdf", "application/octet-stream", 4)],
)
choice.parts(
    "a text file is an attachment",
    MIXED,
    [ONE, part(b'text/plain; name="log.txt"', b"log")],
    text="one",
    attachments=[("log.txt", "text/plain", 3)],
)
choice.parts(
    "a text that wants to be an attachment",
    MIXED,
    [ONE, part(b"text/plain", b"log", Content_Disposition=b"attachment")],
    text="one",
    attachments=[("attachment-1.txt", "text/plain", 3)],
)
choice.parts(
    "an invitation",
    ALT,
    [plain("come"), part(b"text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")],
    text="come",
    attachments=[("attachment-1.ics", "text/calendar", 15)],
)
choice.body(
    "nothing but an attachment",
    {"Content-Type": b"application/pdf; name=a.pdf"},
    b"pdf",
    text="",
    attachments=[("a.pdf", "application/pdf", 3)],
)
choice.body(
    "a body with a name is a body",
    {"Content-Type": b"text/plain; name=mail.txt"},
    b"words",
    text="words",
    attachments=[],
)
FLOWED = {"Content-Type": b"text/plain; format=flowed"}
choice.body("flowed lines", FLOWED, b"one \r\ntwo \r\nthree\r\nfour", text="one two three\nfour")
choice.body(
    "flowed lines with delsp",
    {"Content-Type": b"text/plain; format=flowed; delsp=yes"},
    b"on \r\ne\r\ntwo",
    text="one\ntwo",
)
choice.body("flowed quotes", FLOWED, b"> one \r\n> two\r\n>> three\r\nnew", text="> one two\n>> three\nnew")
choice.body("a flowed signature", FLOWED, b"bye \r\n-- \r\nAnna", text="bye \n-- \nAnna")
choice.body("stuffed lines", FLOWED, b" >not a quote\r\n From here", text=">not a quote\nFrom here")
choice.body(
    "a text longer than a megabyte",
    {},
    b"a" * 1_100_000,
    text="a" * 1_048_576,
    attachments=[("attachment-1.txt", "text/plain", 1_100_000)],
)
choice.body("line ends of all kinds in a text", {}, b"a\rb\r\nc\nd\x0be", text="a\nb\nc\nd\ne")

markup = Cases("HTML")
TYPE = {"Content-Type": b"text/html; charset=utf-8"}
for name, source, safe in (
    ("a script", "<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
    ("a style", "<style>p{color:red}</style><p style='color:red' class=x>a</p>", "<p>a</p>"),
    ("an event", '<p onclick="x()">a</p>', "<p>a</p>"),
    ("a form", "<form action=x><input name=a>b<button>c</button></form>", "bc"),
    ("a frame", "<iframe src=https://example.com></iframe>a", "a"),
    ("a link", '<a href="https://example.com/x">a</a>', '<a href="https://example.com/x" target="_blank" rel="noopener noreferrer nofollow">a</a>'),
    ("a link that runs", '<a href="javascript:alert(1)">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'),
    ("a link that runs, disguised", '<a href="java&#10;script:alert(1)">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'),
    ("a link to data", '<a href="data:text/html,x">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'),
    ("a remote picture", '<img src="https://example.com/a.png" alt="x">', '<img data-blocked-src="https://example.com/a.png" alt="x">'),
    ("a remote picture without its scheme", '<img alt="x" src="//example.com/a.png">', '<img alt="x">'),
    ("a remote picture in capitals", '<IMG ALT=">" SRC="HTTPS://example.com/a.png">', '<img alt="&gt;" data-blocked-src="HTTPS://example.com/a.png">'),
    ("a picture of the mail", '<img src="cid:p1@example.org">', '<img src="cid:p1@example.org">'),
    ("a picture in the text of another", '<img alt="<img src=" src="https://example.com/a.png">', '<img alt="&lt;img src=" data-blocked-src="https://example.com/a.png">'),
    ("pictures by srcset and background", '<img srcset="https://example.com/a.png"><table background="https://example.com/b.png"></table>', "<img><table></table>"),
    ("a base", '<base href="https://example.com/"><img src="a.png">a', "<img>a"),
    ("a refresh", '<meta http-equiv=refresh content="0;url=https://example.com">a', "a"),
    ("SVG with a script", "<svg><script>alert(1)</script></svg>a", "a"),
    ("a comment", "a<!-- secret -->b", "ab"),
    ("an ampersand alone", "a & b", "a &amp; b"),
    ("tags that never end", "<b>a<i>b", "<b>a<i>b</i></b>"),
):  # fmt: skip
    markup.body(f"safe to show: {name}", TYPE, source.encode(), safe=safe)
markup.body("safe to show: nested beyond reason", TYPE, b"<div>" * 5_000 + b"a", text="a", safe_has_no_tags=True)
for name, source, text in (
    ("a comment of Outlook for itself", "<!--[if mso]><p>hidden</p><![endif]--><p>seen</p>", "seen"),
    ("a comment of Outlook for others", "<![if !mso]><p>seen</p><![endif]>", "seen"),
    ("a comment of Outlook for others, hidden from itself", "<!--[if !mso]><!--><p>seen</p><!--<![endif]-->", "seen"),
    ("XML of Outlook", '<?xml:namespace prefix="o" /><p>seen<o:p>&nbsp;</o:p></p>', "seen"),
    (
        "title and style are no text",
        "<html><head><title>t</title><style>p{}</style></head><body>seen</body></html>",
        "seen",
    ),
    ("hidden text", '<div style="display: none">preheader</div>seen', "seen"),
    ("entities", "a&nbsp;b &lt;c&gt; &#1078; &amp;", "a b <c> ж &"),
    ("line breaks", "a<br>b<br/>c", "a\nb\nc"),
    ("a list", "<ul><li>a</li><li>b</li></ul>", "  * a\n  * b"),
    ("a table", "<table><tr><td>a</td><td>b</td></tr></table>", "a  b"),
    (
        "a quote that is marked",
        'new<blockquote type="cite">old<br>older</blockquote>after',
        "new\n> old\n> older\nafter",
    ),
    (
        "quotes inside quotes",
        '<blockquote type="cite">old<blockquote type="cite">older</blockquote></blockquote>new',
        "> old\n>> older\nnew",
    ),
    ("a picture in the text", 'a<img src="data:image/png;base64,' + "A" * 1_000 + '">b', "ab"),
    ("nothing but a comment", "<!-- x -->", ""),
    ("no tags at all", "just words", "just words"),
):
    markup.body(f"as text: {name}", TYPE, source.encode(), text=text)

files = Cases("attachments")
for name, written, filename in (
    ("a plain name", b'"report.pdf"', "report.pdf"),
    ("a name without quotes", b"report.pdf", "report.pdf"),
    ("a name with blanks and no quotes", b"annual report.pdf", "annual report.pdf"),
    ("an encoded name", b'"=?utf-8?B?' + b64("отчёт.pdf".encode()).strip() + b'?="', "отчёт.pdf"),
    ("an encoded name without quotes", b"=?utf-8?B?" + b64("отчёт.pdf".encode()).strip() + b"?=", "отчёт.pdf"),
    (
        "an encoded name in two words",
        b'"=?koi8-r?B?'
        + b64("отчёт".encode("koi8-r")).strip()
        + b"?=\r\n =?koi8-r?B?"
        + b64(".pdf".encode("koi8-r")).strip()
        + b'?="',
        "отчёт.pdf",
    ),
    ("an 8-bit name in UTF-8", '"отчёт.pdf"'.encode(), "отчёт.pdf"),
    ("an 8-bit name in windows-1251", '"отчёт за ноябрь.pdf"'.encode("cp1251"), "отчёт за ноябрь.pdf"),
    ("a path", b'"../../etc/passwd"', "passwd"),
    ("a path of Windows", b'"C:\\\\secret\\\\a.txt"', "a.txt"),
    ("a path and nothing after it", b'"folder/"', "attachment-1.bin"),
    ("dots alone", b'".."', "attachment-1.bin"),
    ("a hidden file", b'".bashrc"', "bashrc"),
    ("control signs", b'"a\x01b\x1f.txt"', "a b .txt"),
    ("a name that turns around", '"a\u202etxt.exe"'.encode(), "atxt.exe"),
    ("a name with an invisible sign", '"a\u200b.txt"'.encode(), "a.txt"),
    ("a reserved name", b'"CON"', "_CON"),
    ("a reserved name with an ending", b'"nul.txt"', "_nul.txt"),
    ("signs that file systems refuse", b'"a<b>c|d?.txt"', "a_b_c_d_.txt"),
    ("a name too long keeps its ending", b'"' + b"a" * 400 + b'.pdf"', "a" * 146 + ".pdf"),
    ("a name of long letters", b'"' + ("ж" * 200 + ".pdf").encode() + b'"', "ж" * 125 + ".pdf"),
    ("blanks around", b'"  a.txt  "', "a.txt"),
    ("an empty name", b'""', "attachment-1.bin"),
    ("winmail.dat is what it is", b'"winmail.dat"', "winmail.dat"),
):
    files.parts(
        f"file name: {name}",
        MIXED,
        [ONE, attached(written)],
        attachments=[(filename, "application/octet-stream", 4)],
        content=[b"data"],
    )
for name, header, filename in (
    ("RFC 2231", b"attachment; filename*=utf-8''%D0%B6.txt", "ж.txt"),
    ("RFC 2231 in windows-1251", b"attachment; filename*=windows-1251'ru'%E6.txt", "ж.txt"),
    ("RFC 2231 in pieces", b'attachment; filename*0="one "; filename*1="two.txt"', "one two.txt"),
    (
        "RFC 2231 in pieces, coded",
        b"attachment; filename*0*=utf-8''%D0%B6; filename*1*=%D0%B6; filename*2=.txt",
        "жж.txt",
    ),
    ("RFC 2231 with an unknown charset", b"attachment; filename*=x-nobody''%D0%B6.txt", "ж.txt"),
    ("RFC 2231 without a charset", b"attachment; filename*=''%D0%B6.txt", "ж.txt"),
    ("RFC 2231 mixed with whole values", b"attachment; filename*=utf-8''a.txt; filename*0=b", "utf-8''a.txt"),
    ("RFC 2231 with a huge number", b"attachment; filename*" + b"9" * 5_000 + b"=a", "attachment-1.bin"),
    ("both kinds of names", b"attachment; filename=old.txt; filename*=utf-8''%D0%B6.txt", "old.txt"),
    ("no disposition's name but one of the type", b"attachment", "typed.bin"),
):
    files.parts(
        f"file name: {name}",
        MIXED,
        [
            ONE,
            part(
                b"application/x-any" + (b"; name=typed.bin" if "type" in name else b""),
                b"data",
                Content_Disposition=header,
            ),
        ],
        attachments=[(filename, "application/x-any", 4)],
    )
files.parts(
    "a picture inside the text",
    MIXED,
    [ONE, part(b"image/png; name=p.png", b"p", Content_ID=b"<p1@example.org>", Content_Disposition=b"inline")],
    inline=[True],
    content_ids=["p1@example.org"],
)
files.parts(
    "an attachment with an id is not inside the text",
    MIXED,
    [ONE, part(b"image/png; name=p.png", b"p", Content_ID=b"<p1>", Content_Disposition=b"attachment")],
    inline=[False],
)
files.parts(
    "the same name twice",
    MIXED,
    [ONE, attached(b"a.txt"), attached(b"a.txt")],
    attachments=[("a.txt", "application/octet-stream", 4)] * 2,
)
files.parts(
    "an empty attachment",
    MIXED,
    [ONE, attached(b"a.txt", b"")],
    attachments=[("a.txt", "application/octet-stream", 0)],
    content=[b""],
)
files.parts(
    "all bytes survive", MIXED, [ONE, attached(b"a.bin", bytes(range(256)) * 20)], content=[bytes(range(256)) * 20]
)
files.parts(
    "bytes in 8bit survive",
    MIXED,
    [ONE, part(b"application/x; name=a", bytes(range(1, 10)) + bytes(range(14, 256)))],
    content=[bytes(range(1, 10)) + bytes(range(14, 256))],
)
files.parts(
    "a bomb is not unpacked",
    MIXED,
    [ONE, attached(b"bomb.zip", b"PK\x03\x04" + bytes(5_000))],
    attachments=[("bomb.zip", "application/octet-stream", 5_004)],
)
files.parts(
    "70 attachments",
    MIXED,
    [ONE, *[attached(b"%d.pdf" % n) for n in range(70)]],
    attachments=[(f"{n}.pdf", "application/octet-stream", 4) for n in range(70)],
)
files.parts(
    "an attachment that is cut off",
    MIXED,
    [ONE, attached(b"a.bin", b"x" * 100)[:-20]],
    attachments=[("a.bin", "application/octet-stream", 88)],
)

ALL = [*charsets.made, *coding.made, *structure.made, *choice.made, *markup.made, *files.made]
