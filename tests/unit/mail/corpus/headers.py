"""Cases of headers: encoded words, 8-bit signs, addresses, ids, dates."""

from tests.unit.mail.corpus.building import DEFAULTS, FROM, TEXT, Cases, b64, mail, word

CHARSETS = ("utf-8", "windows-1251", "koi8-r", "iso-8859-5", "cp866", "utf-16", "utf-7")
words = Cases("encoded words")
for charset in CHARSETS:
    for encoding in "BQ":
        words.header(
            f"subject in {charset}, encoding {encoding}", "Subject", word(TEXT, charset, encoding), subject=TEXT
        )
for charset, text in (
    ("gb2312", "您好"),
    ("gb18030", "您好㐂"),
    ("big5", "請問訂單"),
    ("shift_jis", "お問い合わせ"),
    ("euc-jp", "お問い合わせ"),
    ("iso-2022-jp", "お問い合わせ"),
    ("euc-kr", "안녕하세요"),
    ("ks_c_5601-1987", "안녕하세요"),
    ("iso-8859-1", "Grüße"),
    ("iso-8859-2", "Zażółć"),
    ("windows-1252", "déjà vu €"),
    ("windows-1254", "İstanbul"),
    ("windows-1255", "שלום"),
    ("windows-1256", "مرحبا"),
    ("windows-1257", "ačiū"),
    ("windows-1258", "Tôi"),
    ("tis-620", "สวัสดี"),
    ("koi8-u", "Їжак"),
):
    coded = {"ks_c_5601-1987": "cp949"}.get(charset, charset)
    data = text.encode(coded)
    words.header(
        f"subject in {charset}", "Subject", f"=?{charset}?B?".encode() + b64(data).strip() + b"?=", subject=text
    )
HALF = TEXT.encode()
CUT = 21  # in the middle of a letter
words.header(
    "a letter parted between two words",
    "Subject",
    b"=?utf-8?B?" + b64(HALF[:CUT]).strip() + b"?=\r\n =?utf-8?B?" + b64(HALF[CUT:]).strip() + b"?=",
    subject=TEXT,
)
words.header(
    "words of two charsets side by side", "Subject", word("Да", "koi8-r") + b" " + word("нет"), subject="Данет"
)
words.header(
    "text between words keeps its blanks", "Subject", word("Да") + b" and " + word("нет"), subject="Да and нет"
)
words.header("a word glued to text", "Subject", b"Re:" + word("да") + b"!", subject="Re:да!")
words.header("a line end inside a word", "Subject", b"=?utf-8?Q?a=20\r\n b?=", subject="a b")
words.header("blanks inside a word in Q", "Subject", b"=?utf-8?Q?two words?=", subject="two words")
words.header("blanks inside a word in B", "Subject", b"=?utf-8?B?0JTQ sA==?=", subject="Да")
words.header("base64 without its padding", "Subject", b"=?utf-8?B?0JTQsA?=", subject="Да")
words.header("base64 with too much padding", "Subject", b"=?utf-8?B?0JTQsA====?=", subject="Да")
words.header("base64 with one sign too many", "Subject", b"=?utf-8?B?0JTQsA==A?=", subject="Да")
words.header("base64 with foreign signs", "Subject", b"=?utf-8?B?0J*TQs!A==?=", subject="Да")
words.header("a word without its end", "Subject", b"=?utf-8?B?0JTQsA==", subject="Да")
words.header("a word with a question mark in Q", "Subject", b"=?utf-8?Q?why??=", subject="why?")
words.header("a word with a language", "Subject", b"=?utf-8*ru?B?0JTQsA==?=", subject="Да")
words.header("an unknown charset", "Subject", b"=?x-nobody?Q?plain?=", subject="plain")
words.header("an unknown charset, UTF-8 in truth", "Subject", b"=?x-nobody?B?0JTQsA==?=", subject="Да")
words.header("an empty charset", "Subject", b"=??B?0JTQsA==?=", subject="Да")
words.header("an empty word", "Subject", b"=?utf-8?Q??= rest", subject="rest")
words.header("an unknown encoding stays as it is", "Subject", b"=?utf-8?X?abc?=", subject="=?utf-8?X?abc?=")
words.header("no encoded word at all", "Subject", b"1 =? 2 ?= 3", subject="1 =? 2 ?= 3")
words.header("US-ASCII with 8-bit content", "Subject", b"=?us-ascii?B?0JTQsA==?=", subject="Да")
words.header("ISO-8859-1 that is UTF-8", "Subject", b"=?iso-8859-1?B?0JTQsA==?=", subject="Да")
words.header(
    "UTF-8 that is windows-1251",
    "Subject",
    b"=?utf-8?B?" + b64("Заказ не пришёл".encode("cp1251")).strip() + b"?=",
    subject="Заказ не пришёл",
)
words.header(
    "GB2312 that is GB18030", "Subject", b"=?gb2312?B?" + b64("㐂镕".encode("gb18030")).strip() + b"?=", subject="㐂镕"
)
words.header("underscores in Q are blanks", "Subject", b"=?utf-8?q?a_b?=", subject="a b")
words.header("a word inside quotes is still read", "Subject", b'"' + word("Да") + b'"', subject='"Да"')
words.header("a NUL inside a word", "Subject", b"=?utf-8?Q?a=00b?=", subject="a b")
words.header("a line end made by a word", "Subject", b"=?utf-8?Q?a=0D=0AX-Evil:_b?=", subject="a X-Evil: b")
words.header("half of a pair in UTF-7", "Subject", b"=?utf-7?Q?+2AA-?=", subject="\N{REPLACEMENT CHARACTER}")

raws = Cases("raw headers")
for charset, label in (("utf-8", "UTF-8"), ("cp1251", "windows-1251"), ("koi8-r", "koi8-r"), ("cp866", "cp866")):
    raws.header(f"8-bit subject in {label}, nothing declared", "Subject", TEXT.encode(charset), subject=TEXT)
    raws.header(
        f"8-bit name in {label}, nothing declared",
        "From",
        "Иван Примеров".encode(charset) + b" <i@example.org>",
        senders=[("Иван Примеров", "i@example.org")],
    )
for charset, text in (("gb18030", "您好订单"), ("big5", "請問訂單"), ("shift_jis", "お問い合わせ"), ("koi8-r", "Да")):
    raws.body(
        f"8-bit subject in the charset of the body ({charset})",
        {"Subject": text.encode(charset), "Content-Type": f"text/plain; charset={charset}".encode()},
        text.encode(charset),
        subject=text,
        text=text,
    )
raws.header(
    "letters whose second byte is a blank in latin-1", "Subject", "Рад х РРхх Р".encode(), subject="Рад х РРхх Р"
)
raws.header("the same in a name", "From", "Рхр Рх <r@example.org>".encode(), senders=[("Рхр Рх", "r@example.org")])
for charset in ("cp1251", "koi8-r", "cp866"):
    for text in ("Привет", "ООО РОМАШКА", "договор.pdf", "Re: Заявка 1234 на ремонт", "Счёт 15"):
        raws.header(
            f"8-bit subject in {charset}, nothing declared: {text}", "Subject", text.encode(charset), subject=text
        )
raws.header("a folded subject", "Subject", b"one\r\n two\r\n\tthree", subject="one two three")
raws.header("a subject folded by LF alone", "Subject", b"one\n two", subject="one two")
raws.header("a folded line of blanks alone", "Subject", b"one\r\n \r\n two", subject="one two")
raws.header("control signs in a subject", "Subject", b"a\x00b\x07c\x1b[31md", subject="a b c [31md")
raws.header("an empty subject", "Subject", b"", subject="")
raws.mail("no subject", mail(b"x", {"Subject": None}), subject="")
raws.mail(
    "two subjects: the first counts", b"Subject: one\r\nSubject: two\r\n" + mail(b"x", {"Subject": None}), subject="one"
)
raws.mail(
    "headers in capitals",
    b"SUBJECT: Loud\r\nFROM: a@example.org\r\n\r\nx",
    subject="Loud",
    senders=[("", "a@example.org")],
)
raws.mail(
    "a blank before the colon",
    b"Subject : spaced\r\nFrom : a@example.org\r\n\r\nx",
    subject="spaced",
    senders=[("", "a@example.org")],
)
raws.mail(
    "an mbox line first",
    b"From anna@example.org Mon Nov  2 10:00:00 2026\r\n" + mail(),
    subject="A question",
    text="Hello",
)
raws.mail(
    "a quoted mbox line first", b">From anna@example.org Mon Nov  2\r\n" + mail(), subject="A question", text="Hello"
)
raws.mail("blank lines first", b"\r\n\r\n" + mail(), subject="A question", text="Hello")
raws.mail(
    "a line without a colon among headers",
    b"Subject: s\r\nthis is junk\r\nFrom: a@example.org\r\n\r\nbody",
    subject="s",
    senders=[("", "a@example.org")],
    text="body",
)
raws.mail(
    "no blank line before the body",
    b"Subject: s\r\nFrom: a@example.org\r\nHello there\r\nsecond line",
    subject="s",
    text="Hello there\nsecond line",
    defects={"no blank line between headers and body"},
)
raws.mail("headers alone", b"Subject: s\r\nFrom: a@example.org", subject="s", senders=[("", "a@example.org")], text="")
raws.mail("lines that end with LF", mail().replace(b"\r\n", b"\n"), subject="A question", text="Hello")
raws.mail(
    "lines that end with CR",
    mail().replace(b"\r\n", b"\r"),
    subject="A question",
    text="Hello",
    defects={"lines end with CR alone"},
)
raws.mail("a body and no header", b"just some words\r\nand more", subject="", text="just some words\nand more")
raws.mail(
    "nothing at all",
    b"",
    subject="",
    text="",
    senders=[],
    defects={"no Message-ID", "no address of a sender", "no date"},
)
raws.mail("a blank line alone", b"\r\n", subject="", text="")
raws.mail(
    "a header of a megabyte", b"X-Long: " + b"a" * 1_000_000 + b"\r\n" + mail(), subject="A question", text="Hello"
)
raws.mail("a subject of a megabyte is cut", mail(b"x", {"Subject": b"a" * 1_000_000}), subject="a" * 65_536)
raws.mail("20,000 headers", b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + mail(), subject="A question")
raws.mail(
    "more than two megabytes of headers",
    mail(b"x", {"X-Long": b"a" * 2_100_000}),
    defects={"headers longer than 2,097,152 bytes"},
)

people = Cases("addresses")
for name, value, expected in (
    ("an address alone", b"a@example.org", [("", "a@example.org")]),
    ("an address in brackets", b"<a@example.org>", [("", "a@example.org")]),
    ("a name and an address", b"Anna Example <a@example.org>", [("Anna Example", "a@example.org")]),
    ("a quoted name with a comma", b'"Example, Anna" <a@example.org>', [("Example, Anna", "a@example.org")]),
    ("quotes inside quotes", b'"Anna \\"A\\" Example" <a@example.org>', [('Anna "A" Example', "a@example.org")]),
    ("a name that is another address", b'"b@example.com" <a@example.org>', [("b@example.com", "a@example.org")]),
    ("a name with an @ and no quotes", b"b@example.com <a@example.org>", [("b@example.com", "a@example.org")]),
    ("a comment as name", b"a@example.org (Anna Example)", [("Anna Example", "a@example.org")]),
    ("nested comments", b"a@example.org (Anna (A) Example)", [("Anna A Example", "a@example.org")]),
    ("a comment that never ends", b"a@example.org (Anna", [("Anna", "a@example.org")]),
    ("a comment inside the brackets", b"Anna <a(home)@example.org>", [("Anna", "a@example.org")]),
    ("a bracket in a comment", b"Anna (not \\) yet) <a@example.org>", [("Anna", "a@example.org")]),
    ("an encoded name", word("Иван Примеров") + b" <a@example.org>", [("Иван Примеров", "a@example.org")]),
    ("an encoded name in quotes", b'"' + word("Иван") + b'" <a@example.org>', [("Иван", "a@example.org")]),
    ("an encoded name with a comma inside", word("Примеров, Иван", "utf-8", "Q") + b" <a@example.org>", [("Примеров, Иван", "a@example.org")]),
    ("an encoded name with brackets inside", word("<b@example.com>") + b" <a@example.org>", [("<b@example.com>", "a@example.org")]),
    ("an encoded name in two words", word("Иван ") + b"\r\n " + word("Примеров") + b" <a@example.org>", [("Иван Примеров", "a@example.org")]),
    ("a line end inside an encoded name", b"=?utf-8?Q?Anna=0A?= <a@example.org>", [("Anna", "a@example.org")]),
    ("everything in one encoded word", word("Иван <a@example.org>"), [("Иван", "a@example.org")]),
    ("no bracket at the end", b"Anna <a@example.org", [("Anna", "a@example.org")]),
    ("two brackets at once", b"Anna <<a@example.org>>", [("Anna", "a@example.org")]),
    ("mailto: inside the brackets", b"Anna <mailto:a@example.org>", [("Anna", "a@example.org")]),
    ("blanks inside the brackets", b"Anna < a@example.org >", [("Anna", "a@example.org")]),
    ("a line end inside the brackets", b"Anna <a@\r\n example.org>", [("Anna", "a@example.org")]),
    ("an address after a name without brackets", b"Anna Example a@example.org", [("Anna Example", "a@example.org")]),
    ("a quoted local part", b'"anna example"@example.org', [("", '"anna example"@example.org')]),
    ("two @ in an address", b"<a@b@example.org>", [("", "a@b@example.org")]),
    ("a dot at the end of the domain", b"<a@example.org.>", [("", "a@example.org")]),
    ("capitals in the domain", b"<Anna.E@EXAMPLE.ORG>", [("", "Anna.E@example.org")]),
    ("a domain of other letters", "<a@пример.рф>".encode(), [("", "a@xn--e1afmkfd.xn--p1ai")]),
    ("a local part of other letters", "<анна@example.org>".encode(), [("", "анна@example.org")]),
    ("a route", b"<@one.example.org,@two.example.org:a@example.org>", [("", "a@example.org")]),
    ("a domain literal", b"<a@[192.0.2.1]>", [("", "a@[192.0.2.1]")]),
    ("no address", b"Anna Example", []),
    ("an empty header", b"", []),
    ("empty brackets", b"Anna <>", []),
    ("a lone quote", b'"Anna <a@example.org>', [("Anna", "a@example.org")]),
    ("several senders", b"a@example.org, Boris <b@example.org>", [("", "a@example.org"), ("Boris", "b@example.org")]),
    ("semicolons between addresses", b"a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
    ("no comma between addresses", b"<a@example.org> <b@example.org>", [("", "a@example.org"), ("", "b@example.org")]),
    ("commas without addresses", b",, a@example.org,,", [("", "a@example.org")]),
    ("the same address twice", b"a@example.org, a@example.org", [("", "a@example.org")]),
    ("a group", b"Team: a@example.org, b@example.org;", [("", "a@example.org"), ("", "b@example.org")]),
    ("an empty group", b"undisclosed-recipients:;", []),
    ("a group and an address after it", b"Team: a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
    ("a tab and line ends between", b"a@example.org,\r\n\tb@example.org", [("", "a@example.org"), ("", "b@example.org")]),
    ("a NUL in an address", b"<a\x00@example.org>", [("", "a@example.org")]),
    ("an address too long", b"<" + b"a" * 400 + b"@example.org>", []),
):  # fmt: skip
    people.header(f"From: {name}", "From", value, senders=expected)
people.mail(
    "several From headers",
    b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nx",
    senders=[("", "a@example.org"), ("", "b@example.org")],
)
people.mail(
    "Sender where From is missing",
    mail(b"x", {"From": None, "Sender": b"s@example.org"}),
    senders=[("", "s@example.org")],
)
people.header("Cc with bytes that mean nothing", "Cc", b"\xff\xfe\x00 <c@example.org>", cc_addresses=["c@example.org"])
people.header(
    "Delivered-To and X-Original-To",
    "Delivered-To",
    b"support+1.abc@example.com\r\nX-Original-To: help@example.com",
    delivered_to=[("", "support+1.abc@example.com"), ("", "help@example.com")],
)
people.header("5,000 recipients", "To", b", ".join(b"u%d@example.org" % n for n in range(5_000)), to_count=5_000)
people.header(
    "Reply-To of somebody else", "Reply-To", b"Desk <desk@example.net>", reply_to=[("Desk", "desk@example.net")]
)

ids = Cases("ids")
for name, value, expected_id in (
    ("an Exchange id in brackets", b"<[0a1b2c]@[192.0.2.7]>", "[0a1b2c]@[192.0.2.7]"),
    ("an id with brackets inside", b"<[abc@example.org]@example.com>", "[abc@example.org]@example.com"),
    ("SMTPIN_ADDED_MISSING", b"<1234.SMTPIN_ADDED_MISSING@mx.example.com>", "1234.SMTPIN_ADDED_MISSING@mx.example.com"),
    ("an id without brackets", b"abc@example.org", "abc@example.org"),
    ("an id without @", b"<20261102100000-1234>", "20261102100000-1234"),
    ("a folded id", b"\r\n <abc@example.org>", "abc@example.org"),
    ("an id folded inside", b"<abc\r\n .def@example.org>", "abc.def@example.org"),
    ("an id with two @", b"<a@b@example.org>", "a@b@example.org"),
    ("an id with a blank", b"<a b@example.org>", "ab@example.org"),
    ("an empty id", b"<>", None),
    ("an id of a blank", b"< >", None),
    ("an id of an @", b"<@>", None),
    ("an id too short to be one", b"<1>", None),
    ("an id too long", b"<" + b"a" * 1_000 + b"@example.org>", None),
    ("an id with other letters", "<письмо@example.org>".encode(), "письмо@example.org"),
    ("letters keep their case", b"<AbC@Example.ORG>", "AbC@Example.ORG"),
    ("a comment after the id", b"<abc@example.org> (added by nobody)", "abc@example.org"),
    ("double brackets", b"<<abc@example.org>>", "abc@example.org"),
    ("a NUL in an id", b"<a\x00bc@example.org>", "abc@example.org"),
):
    ids.header(f"Message-ID: {name}", "Message-ID", value, message_id=expected_id)
ids.mail("no Message-ID at all", mail(b"x", {"Message-ID": None}), message_id=None)
ids.mail("two Message-IDs: the first counts", b"Message-ID: <m0@example.org>\r\n" + mail(), message_id="m0@example.org")
for name, value, expected_refs in (
    ("in order", b"<a@example.org> <b@example.org>", ["a@example.org", "b@example.org"]),
    ("with commas", b"<a@example.org>,<b@example.org>", ["a@example.org", "b@example.org"]),
    ("without blanks", b"<a@example.org><b@example.org>", ["a@example.org", "b@example.org"]),
    ("without brackets", b"a@example.org b@example.org", ["a@example.org", "b@example.org"]),
    ("one twice", b"<a@example.org> <b@example.org> <a@example.org>", ["a@example.org", "b@example.org"]),
    ("one broken off", b"<a@example.org> <b@exam", ["a@example.org"]),
    ("an empty one among them", b"<a@example.org> <> < > <b@example.org>", ["a@example.org", "b@example.org"]),
    ("folded with tabs", b"<a@example.org>\r\n\t<b@example.org>", ["a@example.org", "b@example.org"]),
    ("words of a person", b"Your letter of Monday <a@example.org>", ["a@example.org"]),
    ("nothing", b"", []),
    ("junk", b"none at all", []),
    (
        "201 of them",
        b" ".join(b"<r%d@example.org>" % n for n in range(201)),
        [f"r{n}@example.org" for n in range(201) if n != 20],
    ),
    (
        "10,000 of them",
        b" ".join(b"<r%d@example.org>" % n for n in range(10_000)),
        [f"r{n}@example.org" for n in (*range(20), *range(9_820, 10_000))],
    ),
):
    ids.header(f"References: {name}", "References", value, references=expected_refs)
    if len(expected_refs) < 5:
        ids.header(f"In-Reply-To: {name}", "In-Reply-To", value, in_reply_to=expected_refs)
ids.mail(
    "two References headers",
    b"References: <a@example.org>\r\nReferences: <b@example.org>\r\n" + mail(),
    references=["a@example.org", "b@example.org"],
)
ROOT = bytes(range(1, 23))
for name, value, expected_index in (
    ("a root", b64(ROOT).strip(), ROOT),
    ("a root and a reply", b64(ROOT + b"12345").strip(), ROOT + b"12345"),
    ("too short", b64(ROOT[:21]).strip(), None),
    ("all zero", b64(bytes(22)).strip(), None),
    ("no base64", b"!!!", None),
    ("without padding", b64(ROOT).strip().rstrip(b"="), ROOT),
    ("folded", b64(ROOT).strip()[:10] + b"\r\n " + b64(ROOT).strip()[10:], ROOT),
):
    ids.header(f"Thread-Index: {name}", "Thread-Index", value, thread_index=expected_index)

dates = Cases("dates")
for name, value, expected_date in (
    ("as the rules say", b"Mon, 2 Nov 2026 10:00:00 +0300", "2026-11-02T07:00:00+00:00"),
    ("without the day's name", b"2 Nov 2026 10:00:00 +0300", "2026-11-02T07:00:00+00:00"),
    ("without seconds", b"Mon, 2 Nov 2026 10:00 +0300", "2026-11-02T07:00:00+00:00"),
    ("with a comment", b"Mon, 2 Nov 2026 10:00:00 +0300 (MSK)", "2026-11-02T07:00:00+00:00"),
    ("with a comment inside", b"Mon, 2 Nov 2026 10(ten): 00 :00 +0300", "2026-11-02T07:00:00+00:00"),
    ("with GMT", b"Mon, 2 Nov 2026 10:00:00 GMT", "2026-11-02T10:00:00+00:00"),
    ("with EST", b"Mon, 2 Nov 2026 10:00:00 EST", "2026-11-02T15:00:00+00:00"),
    ("with an unknown zone", b"Mon, 2 Nov 2026 10:00:00 XYZ", "2026-11-02T10:00:00+00:00"),
    ("without a zone", b"Mon, 2 Nov 2026 10:00:00", "2026-11-02T10:00:00+00:00"),
    ("with -0000", b"Mon, 2 Nov 2026 10:00:00 -0000", "2026-11-02T10:00:00+00:00"),
    ("with a year of two digits", b"Mon, 2 Nov 26 10:00:00 +0000", "2026-11-02T10:00:00+00:00"),
    ("folded", b"Mon,\r\n 2 Nov 2026\r\n 10:00:00 +0300", "2026-11-02T07:00:00+00:00"),
    ("as ISO 8601", b"2026-11-02T10:00:00+03:00", "2026-11-02T07:00:00+00:00"),
    ("as ISO 8601 with a blank", b"2026-11-02 10:00:00", "2026-11-02T10:00:00+00:00"),
    ("as ISO 8601 in UTC", b"2026-11-02T10:00:00Z", "2026-11-02T10:00:00+00:00"),
    ("with a leap second", b"Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),
    ("with the wrong day's name", b"Fri, 2 Nov 2026 10:00:00 +0300", "2026-11-02T07:00:00+00:00"),
    ("the 31st of November", b"Tue, 31 Nov 2026 10:00:00 +0300", None),
    ("hour 25", b"Mon, 2 Nov 2026 25:00:00 +0300", None),
    ("an offset of 99 hours", b"Mon, 2 Nov 2026 10:00:00 +9900", None),
    ("year 1500", b"Mon, 2 Nov 1500 10:00:00 +0300", None),
    ("year 99999", b"Mon, 2 Nov 99999 10:00:00 +0300", None),
    ("words", b"yesterday", None),
    ("nothing", b"", None),
    ("bytes", b"\xff\xfe\x00", None),
    ("a number with many digits", b"Mon, " + b"9" * 5_000 + b" Nov 2026 10:00:00", None),
):
    dates.header(f"Date: {name}", "Date", value, date=expected_date)
dates.mail("no date", mail(b"x", {"Date": None}), date=None, defects={"no date"})

ALL = [*words.made, *raws.made, *people.made, *ids.made, *dates.made]
assert DEFAULTS["From"] == FROM
