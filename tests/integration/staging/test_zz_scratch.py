import pytest, zipfile, os, random
from pathlib import Path

H = b"Id,CaseNumber,Subject,Status,CreatedDate,ParentId,AccountId,Description\n"


def ID(n, p="500"):
    return f"{p}{n:012d}AAA"


def L(n, subj="s", status="New", date="2024-01-01 10:00:00", parent="", acc="", desc="", nl="\n"):
    return f"{ID(n)},{n},{subj},{status},{date},{parent},{acc},{desc}{nl}".encode()


def run(desk, tmp_path, data, **kw):
    p = tmp_path / "Case.csv"
    p.write_bytes(data)
    desk.run(p, **kw)
    for r in desk.rows():
        print("ROW", r.part, r.line, r.key, r.status, r.errors, r.raw if r.raw is None else r.raw[:60])
    print(desk.totals())


def rnd(n):
    r = random.Random(1)
    return "".join(r.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789") for _ in range(n))


pytestmark = pytest.mark.timeout(60)


def test_longkey(desk, tmp_path):
    run(desk, tmp_path, H + L(1) + L(2).replace(ID(2).encode(), rnd(6000).encode()) + L(3))


def test_longkey_damaged(desk, tmp_path):
    run(desk, tmp_path, H + L(1) + L(2).replace(ID(2).encode(), rnd(6000).encode() + b"\0") + L(3))


def test_dot(desk, tmp_path):
    run(desk, tmp_path, H + L(1) + b"\\.\n" + L(3))


def test_dot_quoted(desk, tmp_path):
    run(desk, tmp_path, H + L(1) + L(2, desc='"a\n\\.\nb"') + L(3))


def test_dup_damaged_later(desk, tmp_path):
    run(desk, tmp_path, H + L(1) + L(2) + L(1, subj="x\0y") + L(3))


def test_padded_id(desk, tmp_path):
    run(desk, tmp_path, H + L(1).replace(b"AAA,", b"   ,") + L(2).replace(b"500", b"  500", 1))


def test_filtered_twice(desk, tmp_path):
    run(
        desk,
        tmp_path,
        H.replace(b"Description", b"IsDeleted") + L(1, desc="1") + L(1, desc="1") + L(2) + L(2, desc="1"),
    )
    print(desk.query("select name,read from staging.file"))


def test_zip_badcrc(desk, tmp_path):
    z = tmp_path / "e.zip"
    with zipfile.ZipFile(z, "w", zipfile.ZIP_STORED) as f:
        f.writestr("Case.csv", H + L(1))
    b = bytearray(z.read_bytes())
    i = b.index(b"2024")
    b[i] = ord("3")
    z.write_bytes(b)
    desk.run(z, only=("request",))


def test_utf16_odd(desk, tmp_path):
    run(desk, tmp_path, (H + L(1) + L(2)).decode().encode("utf-16") + b"\x41")


def test_mail_id_long(desk, tmp_path):
    (tmp_path / "Case.csv").write_bytes(H + L(1))
    (tmp_path / "EmailMessage.csv").write_bytes(
        b"Id,ParentId,Incoming,MessageDate,MessageIdentifier\n"
        + f"{ID(1, '02s')},{ID(1)},1,2024-01-01 10:00:00,{rnd(6000)}\n{ID(2, '02s')},{ID(1)},1,2024-01-01 10:00:00,<a@b>\n".encode()
    )
    desk.run(tmp_path / "Case.csv", tmp_path / "EmailMessage.csv")
    for r in desk.rows():
        print("ROW", r.part, r.line, r.key, r.status, [(e["code"], e["field"], e["text"]) for e in r.errors])


def test_adopt(desk, tmp_path):
    desk.execute(
        "insert into crm.record(kind,source,origin,subject,stage) select 'request','salesforce',:o,'old','new'", o=ID(1)
    ) if False else None
    run(desk, tmp_path, H + L(1))
    desk.execute("delete from staging.row")
    desk.execute("delete from staging.ledger")
    desk.execute("delete from staging.file")
    run(desk, tmp_path, H + L(1) + L(2))
    print(
        desk.query("select * from staging.ledger"),
        desk.query("select origin,version from crm.record"),
        desk.query("select type,record_id from crm.event"),
    )


def test_circle(desk, tmp_path):
    run(
        desk,
        tmp_path,
        H
        + L(1, parent=ID(2))
        + L(2, parent=ID(1))
        + L(3, parent=ID(3))
        + L(4, parent=ID(5))
        + L(5, parent=ID(9))
        + L(6, parent=ID(7))
        + L(7, parent=ID(8))
        + L(8),
    )
    print({k: v["parent"] for k, v in desk.records().items()})


def test_circle_layouts(desk, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "Case.csv").write_bytes(H + L(1, parent=ID(2)))
    (tmp_path / "b" / "Case.csv").write_bytes(H.replace(b"Description", b"Desc2") + L(2, parent=ID(1)))
    desk.run(tmp_path / "a" / "Case.csv", tmp_path / "b" / "Case.csv")
    for r in desk.rows():
        print("ROW", r.part, r.line, r.key, r.status, r.errors)


def test_vanish(desk, tmp_path):
    run(desk, tmp_path, H.replace(b"AccountId", b"Origin") + L(1, acc="Phone", desc="text"))
    print(desk.records())
    run(
        desk,
        tmp_path,
        b"Id,CaseNumber,Subject,Status,CreatedDate,New__c\n"
        + f"{ID(1)},1,changed,New,2024-01-01 10:00:00,x\n".encode(),
    )
    print(desk.records())


def test_fullwidth(desk, tmp_path):
    run(desk, tmp_path, H.replace(b"AccountId", b"IsEscalated") + L(1, acc="１") + L(2, date="２０２４-01-01 10:00:00"))


def test_blank_bool(desk, tmp_path):
    run(
        desk,
        tmp_path,
        H.replace(b"AccountId", b"IsEscalated").replace(b"ParentId", b"ClosedDate")
        + L(1, acc=" ")
        + L(2, parent=" ")
        + L(3, subj="\u00a0 \u200b"),
    )


def test_gone_file(desk, tmp_path):
    from caseline.actions import run_import
    from caseline.actions.run_import import Order
    from tests.factories.imports import NOW

    p = tmp_path / "Case.csv"
    p.write_bytes(H + L(1))
    run_import.start(desk.house, Order((p,), "salesforce"), clock=lambda: NOW)
    p.write_bytes(H + L(1) + L(2))
    desk.run(p)


def test_only_then_all(desk, tmp_path):
    pass
