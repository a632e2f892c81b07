"""Timelines, contacts and assignments of the embedded register, behind their port."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm.cards import Deed
from caseline.crm.embedded.stores import assignments as work
from caseline.crm.embedded.stores import checklists, happenings, kinships, records
from caseline.crm.embedded.stores import contacts as clients
from caseline.crm.embedded.stores import parties as known
from caseline.crm.embedded.stores import timeline as lines
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment, Contact, NewAssignment, Successor


class EmbeddedTimelines:
    """`caseline.crm.timeline_port.Timelines` over our own tables: what takes more than one store stands here."""

    append = staticmethod(lines.append)
    messages = staticmethod(lines.messages)
    messages_of = staticmethod(lines.some)
    message = staticmethod(lines.message)
    happened = staticmethod(happenings.lines)
    attachment = staticmethod(happenings.attachment)
    held = staticmethod(known.held)
    held_threads = staticmethod(known.held_threads)
    parties = staticmethod(known.parties)
    hold = staticmethod(records.hold)
    tell = staticmethod(records.tell)
    hold_contacts = staticmethod(clients.hold_addresses)
    contact = staticmethod(clients.get)
    contact_of = staticmethod(clients.of_record)
    contacts_named = staticmethod(clients.named)
    make_contact = staticmethod(clients.make)
    company_name = staticmethod(clients.company_name)
    companies_of = staticmethod(clients.companies_of)
    assignments = staticmethod(work.of_record)
    requests_of = staticmethod(work.requests_of)
    assignments_of = staticmethod(work.of_contact)
    to_remind = staticmethod(work.to_remind)
    checklist = staticmethod(checklists.items)
    add_steps = staticmethod(checklists.add)
    merges = staticmethod(work.merges)
    kin = staticmethod(kinships.of)
    link = staticmethod(work.link)

    def contacts(self, connection: sa.Connection, address: str) -> list[Contact]:
        """See the port."""
        clients.hold_addresses(connection, [address])
        return clients.by_address(connection, address)

    def assignment(self, connection: sa.Connection, assignment_id: int, *, hold: bool = False) -> Assignment | None:
        """See the port."""
        one = work.get(connection, assignment_id)
        if one is None or not hold:
            return one
        records.hold(connection, [one.record_id])
        now = work.get(connection, assignment_id)
        if now is not None and now.record_id != one.record_id:
            raise Told("%(name)s: somebody else has moved it at this moment: look at it again", name=one.name)
        return now

    def give_address(
        self, connection: sa.Connection, contact_id: int, address: str, requests: Collection[int], deed: Deed
    ) -> None:
        """See the port."""
        before = clients.get(connection, contact_id)
        clients.address(connection, contact_id, address, at=deed.at)
        data = {"contact": contact_id, "old": before.email if before else None, "new": address}
        self._tell(connection, requests, replace(deed, event="outsider_address", data={**deed.data, **data}))

    def move(
        self, connection: sa.Connection, message_id: int, record_id: int, assignment_id: int | None, deed: Deed
    ) -> None:
        """See the port."""
        before = lines.move(connection, message_id, record_id, assignment_id)
        data = {"message": message_id, "from": before, "to": record_id, "assignment": assignment_id}
        told = {name: value for name, value in data.items() if value is not None}
        both = {before, record_id}
        self._tell(connection, both, replace(deed, event="message_moved", data={**deed.data, **told}))

    def succeed(
        self, connection: sa.Connection, record_id: int, into_id: int, others: Sequence[int], deed: Deed
    ) -> None:
        """See the port."""
        if not others:
            return
        work.succeed(connection, record_id, into_id, others, at=deed.at)
        data = {**deed.data, "from": record_id, "to": into_id, "closed": list(others)}
        self._tell(connection, {record_id, into_id}, replace(deed, event="succession_moved", data=data))

    def successors(self, connection: sa.Connection, ids: Sequence[int]) -> list[Successor]:
        """See the port."""
        # Those in between too: somebody may answer one of them at the same moment.
        work.hold(connection, sorted({*ids, *(one.record_id for one in work.successors(connection, ids))}))
        return work.successors(connection, ids)

    def make_assignment(
        self, connection: sa.Connection, new: NewAssignment, *, by_id: int | None, at: datetime
    ) -> Assignment:
        """See the port."""
        made = self._read(connection, work.make(connection, new, by_id=by_id, at=at))
        data = {"assignment": made.id, "external": made.external}
        records.tell(connection, new.record_id, Deed(at=at, by_id=by_id, event="assignment_made", data=data))
        return made

    def write_assignment(
        self, connection: sa.Connection, one: Assignment, values: Mapping[str, Any], deed: Deed
    ) -> Assignment | None:
        """See the port."""
        if not work.write(connection, one, values):
            return None
        records.tell(connection, one.record_id, replace(deed, data={"assignment": one.id, **deed.data}))
        return self._read(connection, one.id)

    def tick(self, connection: sa.Connection, one: Assignment, item_id: int, *, by: str | None, deed: Deed) -> bool:
        """See the port."""
        said = checklists.tick(connection, one.id, item_id, by=by, at=deed.at)
        if said is not None:
            event = "assignment_step_done" if by is not None else "assignment_step_undone"
            data = {"assignment": one.id, "step": item_id, "text": said}
            records.tell(connection, one.record_id, replace(deed, event=event, data={**deed.data, **data}))
        return said is not None

    def remove_step(self, connection: sa.Connection, one: Assignment, item_id: int, deed: Deed) -> bool:
        """See the port."""
        said = checklists.remove(connection, one.id, item_id)
        if said is not None:
            data = {"assignment": one.id, "step": item_id, "text": said}
            records.tell(connection, one.record_id, replace(deed, event="assignment_step_removed", data=data))
        return said is not None

    def merge(self, connection: sa.Connection, record_id: int, into_id: int, deed: Deed) -> list[int]:
        """See the port."""
        messages, assignments = lines.move_all(connection, record_id, into_id)
        moved = work.Moved(record_id, into_id, messages, assignments)
        work.merge(connection, moved, by_id=deed.by_id, at=deed.at)
        records.tell(connection, record_id, replace(deed, event="merged", data={"into": into_id}))
        records.tell(connection, into_id, replace(deed, event="merged_with", data={"other": record_id}))
        records.touch(connection, [record_id, into_id], at=deed.at)
        return messages

    def unmerge(self, connection: sa.Connection, record_id: int, deed: Deed) -> list[int] | None:
        """See the port."""
        moved = work.unmerge(connection, record_id)
        if moved is None:
            return None
        back = lines.move_back(connection, moved.into_id, record_id, moved.messages, moved.assignments)
        records.tell(connection, record_id, replace(deed, event="unmerged", data={"from": moved.into_id}))
        records.touch(connection, [record_id, moved.into_id], at=deed.at)
        return back

    def _tell(self, connection: sa.Connection, requests: Collection[int], deed: Deed) -> None:
        for one in sorted(requests):
            records.tell(connection, one, deed)

    def _read(self, connection: sa.Connection, assignment_id: int) -> Assignment:
        found = work.get(connection, assignment_id)
        if found is None:
            raise Told("assignment %(number)s is gone: somebody has deleted its request", number=assignment_id)
        return found
