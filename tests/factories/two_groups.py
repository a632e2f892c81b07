"""A house furnished with one of everything twice: of a group that a login sees, and of one that it does not.

Whatever belongs to the second group holds the word `zecret`, and has ids that stand in no page by chance.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import sqlalchemy as sa

from caseline.actions import (
    assign,
    edit_keywords,
    index_texts,
    keep_absences,
    keep_autotexts,
    keep_hooks,
    keep_pictures,
    keep_review_targets,
    keep_sections,
    keep_templates,
    keep_users,
    sign_in,
)
from caseline.actions.keep_users import Wish
from caseline.actions.wiring import Blueprint, House
from caseline.crm.request_fields import Section
from caseline.crm.vocabulary import Type
from caseline.feedback.reviews import Reward, Target
from caseline.outbox import faces
from caseline.outbox.autotexts import Autotext
from caseline.outbox.templates import Template
from caseline.people import one_time
from caseline.people.rights import Role
from caseline.settings import load
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry
from tests.factories import agreements, asked_clients, catalogues, clients, databases, fields, pages, programs, staff
from tests.factories.conversations import Centre
from tests.factories.pages import Browser
from tests.factories.request_cards import PNG, Staff, mail

SECRET: Final = "zecret"  # noqa: S105 - no password: a word that stands in no page by chance
OURS: Final = "ours"
BOSS, STRANGER, BLOCKED = "boss", "boris", "gone"
ABSENT: Final = 999_999
_APART: Final = {
    "crm.record": 777_701,
    "feedback.ask": 770_001,
    "crm.message": 771_101,
    "crm.attachment": 772_201,
    "crm.assignment": 773_301,
    "crm.assignment_item": 774_401,
    "crm.agreement": 769_901,
    "outbox.letter": 775_501,
    "notices.notice": 776_601,
    "listing.view": 778_801,
    "people.api_token": 779_901,
}
"""Where ids begin."""
_PAPER: Final = """
WITH letter AS (
  INSERT INTO crm.message (record_id, kind, public, subject, text, sent_at)
  SELECT record_id, 'mail_in', false, subject, 'A paper for ' || title, now()
  FROM crm.assignment JOIN crm.message USING (record_id) WHERE crm.assignment.id = :outside LIMIT 1 RETURNING id
), named AS (INSERT INTO crm.message_trait (message_id, assignment_id) SELECT id, :outside FROM letter)
INSERT INTO crm.attachment (message_id, name, content_type, size, sha256)
SELECT letter.id, name, content_type, size, sha256 FROM crm.attachment AS a, letter WHERE a.id = :file RETURNING id
"""
"""A letter of an assignment with a file: the id of the file."""
_TABLES: Final = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public') ORDER BY 1
"""
Ids = dict[str, object]


@dataclass
class Furnished:
    """What stands in the house; all that a copy of its database needs to be used."""

    own: Ids = field(default_factory=dict)
    """By kind: of the group that every role's login sees, or of that login."""
    foreign: Ids = field(default_factory=dict)
    """By kind: of the other group, or of somebody else."""
    open: Ids = field(default_factory=dict)
    """By kind: no secret of anybody."""
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of a browser that is signed in, by login."""
    form_tokens: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    """Secrets of tokens, by login."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    of_role: dict[str, Ids] = field(default_factory=dict)
    """What belongs to a login of its own, by login: view, token, session."""

    def mine(self, login: str) -> Ids:
        """Ids that this login may use."""
        return {**self.open, **self.own, **self.of_role[login]}

    def theirs(self) -> Ids:
        """The same, where they belong to somebody else: foreign ones."""
        return {**self.open, **self.foreign}

    def nobodys(self) -> Ids:
        """Ids of what there is not."""
        made = {kind: ABSENT + place for place, kind in enumerate(self.foreign)}
        told = {kind: f"{SECRET}-nobody-{kind}" for kind, one in self.foreign.items() if isinstance(one, str)}
        return {**self.open, **made, **told, "version": 1, "sha": "0" * 64, "session": "0" * 64}

    def browser(self, base: str, login: str) -> Browser:
        """A browser of that login, signed in already; it follows no redirect."""
        made = Browser(base)
        made.client.follow_redirects = False
        made.client.cookies.update(self.cookies[login])
        made.token = self.form_tokens[login]
        return made

    def program(self, base: str, login: str) -> httpx.Client:
        """A program of that login."""
        return programs.calling(base, self.bearers[login])


@contextmanager
def copy(house_url: str, server_url: str) -> Iterator[House]:
    """A house of its own on a copy of the database of a furnished one, which nobody may be connected to."""
    with databases.copied(server_url, databases.name_of(house_url)) as url, opened(url) as house:
        yield house


@contextmanager
def opened(url: str) -> Iterator[House]:
    """A house on a database whose tables are up to date."""
    house = Blueprint(load(), url).join()
    try:
        yield house
    finally:
        house.engine.dispose()


def state(house: House) -> dict[str, str]:
    """All that is kept, by table, but for who was seen when and turned away where."""
    with house.engine.connect() as connection:
        tables = connection.execute(sa.text(_TABLES)).scalars().all()
        each = (
            f"SELECT '{table}' AS name, md5(string_agg(line, '|' ORDER BY line)) AS told FROM ("
            f" SELECT (to_jsonb(t) - 'seen_at')::text AS line FROM {table} AS t) AS lines"
            ' WHERE line NOT LIKE \'%"action": "turned_away"%\''
            for table in tables
        )
        return {row.name: row.told for row in connection.execute(sa.text(" UNION ALL ".join(each)))}


def furnish(house: House) -> Furnished:
    """Fill an empty house; one login of each role, all of the same person, all limited to his group."""
    return _Work(house).done()


class _Work:
    """Furnishes a house, piece by piece."""

    def __init__(self, house: House) -> None:
        self.house, self.staff, self.made = house, Staff(house), Furnished()
        self.now = datetime.now(UTC)

    def done(self) -> Furnished:
        for table, first in _APART.items():
            self.staff.query(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {first}")
        self._people()
        self._settings()
        self._requests()
        with pages.served(self.house) as base:
            self._work_on_them(base)
        self._belongings()
        self._agreements()
        self._keywords()
        index_texts.index(self.house, now=self.now)
        return self.made

    def _people(self) -> None:
        self.mine, self.theirs = self.staff.group("Mine"), self.staff.group("Theirs")
        self.petr = self.staff.person("Petr", self.mine)
        self.boris = self.staff.person("Boris", self.theirs)
        pages.login(self.house, BOSS)
        for name in (*Role, STRANGER, BLOCKED):
            # A copy of the first one: to hash a password takes as long as a whole page.
            self.staff.query(
                "INSERT INTO people.login (name, password, role, active, language, zone, scope, created_at, person_id)"
                " SELECT :name, password, :role, true, language, zone, 'groups', created_at, :person FROM people.login"
                " WHERE name = :boss",
                name=str(name),
                role=str(name) if name in set(Role) else Role.HEAD.value,
                person=self.boris if name == STRANGER else self.petr,
                boss=BOSS,
            )

    def _settings(self) -> None:
        pages.category(self.house, "repair")
        service = staff.division(self.house, "Service")
        today = self.now.date()
        away = keep_absences.Wish(person_id=self.boris, first_day=today, last_day=today + timedelta(days=1))
        absence = keep_absences.add(self.house, away, staff.BY).id
        letter = Template("a_sorry", "en", "Sorry", "We are late.", "")
        keep_templates.save(self.house, letter, by=None, now=self.now)
        keep_autotexts.add(self.house, Autotext("Hours", "С 9 до 18", "9 to 18"), staff.BY)
        keep_pictures.replace(self.house, "logo", faces.face(5), staff.BY)
        fields.field(self.house, "Plan", Type.FILE)
        fields.field(self.house, "Mood", Type.LIST)
        keep_sections.add(self.house, Section("more", "More", 9), staff.BY)
        rule = fields.require(self.house, fields.field(self.house, "City"), "category", "repair")
        product, other = catalogues.brought(self.house, "Pumps / P-45", "Pumps / P-46")
        company, twin = clients.company(self.house, "Firm"), clients.company(self.house, "Firm too")
        contact, same = clients.contact(self.house, "Anna"), clients.contact(self.house, "Anna too")
        self.made.open |= {"company": company, "company2": twin, "contact": contact, "contact2": same}
        self.made.open |= {"product": product, "product2": other, "group": self.mine, "group2": self.theirs}
        self.made.open |= {"person": self.petr, "person2": self.boris, "division": service, "absence": absence}
        self.made.open |= {
            "rule": rule,
            "category": "repair",
            "template": "a_sorry.en",
            "autotext": "Hours",
            "second": one_time.fresh_key(),
        }

        target = Target(code="yandex", name="Maps", address="https://yandex.ru/maps/1", reward=Reward.CLICK)
        keep_review_targets.put(self.house, target, staff.BY, new=True)
        keep_hooks.make(self.house, keep_hooks.Wish(code="accounting", url="https://hook.example/in"), staff.BY)

    def _requests(self) -> None:
        centre = Centre(self.house, self.now - timedelta(hours=2))
        for number, word in enumerate((OURS, SECRET, f"lent-{SECRET}"), start=1):
            centre.get(
                mail(
                    f"The {word} text\n",
                    subject="Lent" if "lent" in word else f"The {word} subject",
                    sender=f"Client <client{number}@client.example>",
                    number=number,
                    html=f"<p>The {word} text</p>",
                    files=((f"{word}.png", "image/png", PNG),),
                )
            )
        ours, secret, lent = (number for number in centre.landed() if number is not None)
        self.requests = {OURS: ours, SECRET: secret}
        for number, word in ((ours, OURS), (secret, SECRET), (lent, "lent")):
            self.staff.query(
                "UPDATE crm.record SET number = :number, channel = :word, priority = :word, extra = :extra"
                " WHERE id = :id",
                number=f"N-{word}",
                word=word if word != "lent" else "mail",
                extra=json.dumps({"Mood": word} if word != "lent" else {}),
                id=number,
            )
        self.lent = lent
        self.staff.query("UPDATE crm.record SET parent_id = :id WHERE id = :ours", id=secret, ours=ours)

    def _work_on_them(self, base: str) -> None:
        boss = Browser(base)
        self._session(self.staff.query("SELECT id FROM people.login WHERE name = :boss", boss=BOSS)[0][0], BOSS)
        boss.client.cookies.set("caseline", BOSS)
        kinds = ((OURS, self.petr, self.made.own), (SECRET, self.boris, self.made.foreign))
        for word, person, ids in kinds:
            number = self.requests[word]
            boss.get(f"/requests/{number}")
            boss.post(f"/requests/{number}/products/add", product=self.made.open["product2"])
            boss.post(f"/requests/{number}/reply", text=f"A {word} letter", once=word)
            boss.post(f"/requests/{number}/comment", text=f"A {word} comment", once=f"{word} 2")
            boss.get(f"/requests/{number}/fields")
            boss.client.post(
                f"/requests/{number}/fields",
                data={"form_token": boss.token, "version": self.staff.version(number)},
                files=[("u:extra.Plan", (f"{word}.txt", f"the {word} plan".encode(), "text/plain"))],
                headers={"Origin": base},
            )
            ids |= {"request": number, "other": number, "number": f"N-{word}"}
            ids["work"] = self._assigned(number, f"{word} work", person=f"id:{person}")
            ids["outside"] = self._assigned(number, f"{word} outside", contact=f"of-{person}@out.example")
        # Clients are no secrets, but what they have to do with requests is.
        of = "SELECT contact_id FROM crm.record WHERE id = :id"
        self.made.open["client"] = self.staff.query(of, id=self.requests[SECRET])[0][0]
        of = "SELECT id FROM crm.contact WHERE email = :email"
        self.made.open["outsider"] = self.staff.query(of, email=f"of-{self.boris}@out.example")[0][0]
        for word, person, ids in kinds:
            self._found(self.requests[word], ids)
            ids["ask"] = asked_clients.of_request(self.house, self.requests[word])
            self.staff.give(self.requests[word], self.mine if word == OURS else self.theirs, person)
        self._assigned(self.lent, "Lent work", person=f"id:{self.petr}")
        self.staff.give(self.lent, self.theirs, self.boris)
        boss.client.close()

    def _assigned(self, number: int, title: str, **who: str) -> int:
        steps = (f"step of {title}",)
        order = assign.Order(
            request=f"id:{number}", title=title, text=f"The text of {title}", hours=8, checklist=steps, **who
        )
        return assign.give(self.house, order, now=self.now).assignment.id

    def _found(self, number: int, ids: Ids) -> None:
        """What of a request has ids of its own."""
        queries = {
            "message": "SELECT min(id) FROM crm.message WHERE record_id = :id",
            "file": "SELECT min(a.id) FROM crm.attachment a JOIN crm.message m ON m.id = a.message_id"
            " WHERE m.record_id = :id",
            "letter": "SELECT min(l.id) FROM outbox.letter l WHERE l.record_id = :id AND l.assignment_id IS NULL",
            "step": "SELECT min(id) FROM crm.assignment_item WHERE assignment_id = :work",
            "sha": "SELECT extra->'Plan'->0->>'sha256' FROM crm.record WHERE id = :id",
        }
        for kind, query in queries.items():
            ids[kind] = self.staff.query(query, id=number, work=ids["work"])[0][0]
            assert ids[kind] is not None, kind
        ids["paper"] = self.staff.query(_PAPER, id=number, outside=ids["outside"], file=ids["file"])[0][0]

    def _belongings(self) -> None:
        """What belongs to a login: sessions, views, tokens; and to a person: notices."""
        shared = self._view(None, "Of everybody")
        query = "SELECT id FROM people.login WHERE name = :name"
        self.made.open["login"] = self.staff.query(query, name=BLOCKED)[0][0]
        for name in (*map(str, Role), STRANGER, BOSS, BLOCKED):
            word = SECRET if name == STRANGER else OURS
            number = self.staff.query("SELECT id FROM people.login WHERE name = :name", name=name)[0][0]
            self._session(number, f"in-use-{name}")
            self.made.cookies[name] = {"caseline": f"in-use-{name}"}
            self.made.form_tokens[name] = f"form in-use-{name}"
            self.made.bearers[name] = programs.token(self.house, name)
            ids: Ids = {
                "view": self._view(number, f"My {word} view"),
                "shared": shared,
                "session": self._session(number, f"other-{name}"),
            }
            query = "SELECT id FROM people.api_token WHERE login_id = :login"
            programs.token(self.house, name)
            ids["token"] = self.staff.query(f"{query} ORDER BY id DESC", login=number)[0][0]
            if name == STRANGER:
                self.made.foreign |= ids
            else:
                self.made.of_role[name] = ids
        for person, word, ids in ((self.petr, OURS, self.made.own), (self.boris, SECRET, self.made.foreign)):
            ids["notice"] = self._notice(person, word, 1)
        # What somebody was told of a request that was his to see then.
        self._notice(self.petr, SECRET, 2)

    def _agreements(self) -> None:
        """An agreement of each, about which a manager is asked for an address."""
        company = int(str(self.made.open["company"]))
        with self.house.engine.begin() as connection:
            self.made.open["service"] = service = agreements.service(connection, "care")
            campaign = agreements.campaign(connection)
            for word, person, ids in ((OURS, self.petr, self.made.own), (SECRET, self.boris, self.made.foreign)):
                number = agreements.agreement(connection, service, f"A-{word}", company_id=company, manager_id=person)
                given = {"company_id": company, "responsible_id": person}
                ask = agreements.ask(connection, campaign, number, **given)
                agreements.awaiting(connection, ask)
                ids["agreement"], ids["question"] = number, ask

    def _session(self, login: int, secret: str) -> str:
        """A session that whoever knows the secret goes on with; answers how pages call it."""
        token = sign_in.digest(secret)
        self.staff.query(
            "INSERT INTO people.session (token, login_id, form_token, begun_at, seen_at, agent, waits)"
            " VALUES (:token, :login, :form, :now, :now, '', false)",
            token=token,
            login=login,
            form=f"form {secret}",
            now=self.now,
        )
        return token.hex()

    def _view(self, login: int | None, name: str) -> int:
        query = (
            "INSERT INTO listing.view (login_id, name, conditions, sorts, made_by, made_at)"
            " VALUES (:login, :name, '[]', '[]', 'a test', now()) RETURNING id"
        )
        return int(self.staff.query(query, login=login, name=name)[0][0])

    def _notice(self, person: int, word: str, event: int) -> int:
        query = (
            "INSERT INTO notices.notice (event_id, person_id, kind, record_id, at)"
            " VALUES (:event, :person, 'assigned', :record, now()) RETURNING id"
        )
        return int(self.staff.query(query, event=-event, person=person, record=self.requests[word])[0][0])

    def _keywords(self) -> None:
        (entry,) = pages.dictionary(self.house, Entry("pump", 60, "repair"))
        ids = self.made.open
        ids |= {"entry": entry, "revision": 1}
        for kind, word in (("draft", "text"), ("draft2", "plan"), ("draft3", "ours")):
            edits = (Edit(Entry(word, 60, "repair")),)
            draft = Draft(login=BOSS, source="edit", title=word, edits=edits, made_at=self.now)
            ids[kind] = edit_keywords.propose(self.house, draft)
        keep_users.change(self.house, BLOCKED, Wish(active=False), by=None, now=self.now)
