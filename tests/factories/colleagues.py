"""People of the house with logins, groups and absences, and what they are told."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role


@dataclass(frozen=True)
class Staff:
    """Makes people, and asks what they were told."""

    house: House

    def person(
        self,
        name: str,
        *,
        role: Role | None = Role.AGENT,
        scope: Scope = Scope.ALL,
        groups: tuple[int, ...] = (),
        email: str | None = None,
    ) -> int:
        """Somebody with a login of the same name in small letters; without a role, with none."""
        values = {"name": name, "email": email}
        number = self._one("INSERT INTO people.person (name, email) VALUES (:name, :email) RETURNING id", **values)
        if role is not None:
            self.run(
                "INSERT INTO people.login (name, person_id, password, role, scope, language, created_at)"
                " VALUES (:name, :person, '-', :role, :scope, 'en', now())",
                name=name.lower().replace(" ", "."),
                person=number,
                role=role.value,
                scope=scope.value,
            )
        for group in groups:
            self.run("INSERT INTO people.membership VALUES (:group, :person)", group=group, person=number)
        return number

    def group(self, name: str) -> int:
        """A group."""
        return self._one('INSERT INTO people."group" (name) VALUES (:name) RETURNING id', name=name)

    def away(self, person: int, deputy: int | None, day: str, *, since: str = "") -> None:
        """He is not there that day, or since an earlier one."""
        first, last = (datetime.fromisoformat(one).date() for one in (since or day, day))
        statement = "INSERT INTO people.absence (person_id, first_day, last_day, deputy_id) VALUES (:p, :f, :l, :o)"
        self.run(statement, p=person, f=first, l=last, o=deputy)

    def link(self, login: str, person: int) -> None:
        """Say whose login it is."""
        self.run("UPDATE people.login SET person_id = :person WHERE name = :login", login=login, person=person)

    def viewer(self, person: int) -> Viewer:
        """Somebody as he looks at requests."""
        with self.house.engine.connect() as connection:
            row = connection.execute(
                sa.text(
                    "SELECT l.*, ARRAY(SELECT group_id FROM people.membership m WHERE m.person_id = l.person_id) AS own"
                    " FROM people.login AS l WHERE l.person_id = :person"
                ),
                {"person": person},
            ).one()
        return Viewer(
            login_id=row.id,
            name=row.name,
            role=Role(row.role),
            person_id=person,
            groups=frozenset(row.own),
            scope=Scope(row.scope),
        )

    def told(self, person: int) -> list[str]:
        """Kinds of what somebody was told, in order."""
        query = sa.text("SELECT kind FROM notices.notice WHERE person_id = :person ORDER BY id")
        with self.house.engine.connect() as connection:
            return list(connection.execute(query, {"person": person}).scalars())

    def run(self, statement: str, **values: object) -> None:
        """Any statement."""
        with self.house.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def _one(self, statement: str, **values: object) -> int:
        with self.house.engine.begin() as connection:
            return int(connection.execute(sa.text(statement), values).scalar_one())
