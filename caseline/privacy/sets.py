"""SQL of the sets of ids that are a person's; each may name those before it by their own names."""

from typing import Final

from caseline.privacy.fates import Of

SETS: Final[tuple[tuple[Of, str], ...]] = (
    (Of.RECORD, "SELECT id FROM crm.record WHERE contact_id = ANY (CAST(:contact AS bigint[]))"),
    (
        Of.MESSAGE,
        """
        SELECT m.id FROM crm.message AS m WHERE m.record_id = ANY (CAST(:record AS bigint[])) AND NOT EXISTS (
          SELECT FROM crm.merge AS g WHERE g.into_id = m.record_id AND m.id = ANY (g.messages)
            AND g.record_id <> ALL (CAST(:record AS bigint[])))
        UNION
        SELECT unnest(g.messages) FROM crm.merge AS g WHERE g.record_id = ANY (CAST(:record AS bigint[]))
        UNION
        SELECT m.id FROM crm.message AS m WHERE CAST(:named AS text) <> '' AND m.kind <> 'mail_out'
          AND (m.sender_address = ANY (CAST(:addresses AS text[])) OR lower(m.sender) ~ :named)
        UNION
        SELECT m.id FROM crm.assignment AS a JOIN crm.message_trait AS t ON t.assignment_id = a.id
          JOIN crm.message AS m ON m.id = t.message_id AND m.kind = 'comment' AND m.author_id IS NULL
        WHERE a.contact_id = ANY (CAST(:contact AS bigint[]))
        """,
    ),
    (
        Of.OTHER_RECORD,
        """
        SELECT m.record_id FROM crm.message AS m WHERE m.id = ANY (CAST(:message AS bigint[]))
          AND m.record_id <> ALL (CAST(:record AS bigint[]))
        UNION
        SELECT m.record_id FROM crm.message AS m WHERE CAST(:named AS text) <> ''
          AND m.record_id <> ALL (CAST(:record AS bigint[]))
          AND (m.told_addresses && CAST(:addresses AS text[])
            OR lower(m.recipients) ~ :named OR lower(m.copies) ~ :named)
        UNION
        SELECT a.record_id FROM crm.assignment AS a WHERE a.contact_id = ANY (CAST(:contact AS bigint[]))
          AND a.record_id <> ALL (CAST(:record AS bigint[]))
        """,
    ),
    (
        Of.OTHER_MESSAGE,
        """
        SELECT m.id FROM crm.message AS m
        WHERE (m.record_id = ANY (CAST(:other_record AS bigint[])) OR m.record_id = ANY (CAST(:record AS bigint[])))
          AND m.id <> ALL (CAST(:message AS bigint[]))
        """,
    ),
    (Of.ASSIGNMENT, "SELECT id FROM crm.assignment WHERE record_id = ANY (CAST(:record AS bigint[]))"),
    (
        Of.OTHER_ASSIGNMENT,
        """
        SELECT id FROM crm.assignment WHERE contact_id = ANY (CAST(:contact AS bigint[]))
          AND record_id <> ALL (CAST(:record AS bigint[]))
        """,
    ),
    (Of.AGREEMENT, "SELECT id FROM crm.agreement WHERE contact_id = ANY (CAST(:contact AS bigint[]))"),
    (
        Of.ASK,
        """
        SELECT id FROM feedback.ask WHERE contact_id = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM feedback.ask WHERE lower(address) = ANY (CAST(:addresses AS text[]))
        UNION SELECT id FROM feedback.ask WHERE subject = 'request' AND subject_id = ANY (CAST(:record AS bigint[]))
        """,
    ),
    (
        Of.CHAT,
        """
        SELECT id FROM chat.chat WHERE contact_id = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM chat.chat WHERE phone = ANY (CAST(:phones AS text[]))
        UNION SELECT chat_id FROM feedback.dialogue WHERE ask_id = ANY (CAST(:ask AS bigint[]))
        """,
    ),
    (
        Of.MAIL,
        """
        WITH RECURSIVE his (id) AS (
          SELECT id FROM mail.mail WHERE message_ref = ANY (CAST(:message AS bigint[]))
          UNION SELECT mail_ref FROM crm.message_trait
            WHERE message_id = ANY (CAST(:message AS bigint[])) AND mail_ref IS NOT NULL
          UNION SELECT id FROM mail.mail WHERE lower(sender) = ANY (CAST(:addresses AS text[]))
          UNION SELECT m.id FROM mail.mail AS m JOIN his ON m.same_as = his.id
        )
        SELECT id FROM his
        """,
    ),
    (Of.RAW, "SELECT raw_id FROM mail.mail WHERE id = ANY (CAST(:mail AS bigint[]))"),
    (
        Of.LETTER,
        """
        SELECT id FROM outbox.letter WHERE record_id = ANY (CAST(:record AS bigint[]))
        UNION SELECT letter_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[])) AND letter_id IS NOT NULL
        UNION SELECT reminder_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[])) AND reminder_id IS NOT NULL
        UNION SELECT letter_id FROM feedback.review_ask
          WHERE ask_id = ANY (CAST(:ask AS bigint[])) AND letter_id IS NOT NULL
        UNION SELECT r.letter_id FROM outbox.recipient AS r WHERE r.folded = ANY (CAST(:addresses AS text[]))
          AND NOT EXISTS (SELECT FROM outbox.recipient AS o
            WHERE o.letter_id = r.letter_id AND o.folded <> ALL (CAST(:addresses AS text[])))
        """,
    ),
    (
        Of.OTHER_LETTER,
        """
        SELECT letter_id FROM outbox.recipient WHERE folded = ANY (CAST(:addresses AS text[]))
          AND letter_id <> ALL (CAST(:letter AS bigint[]))
        UNION SELECT id FROM outbox.letter WHERE record_id = ANY (CAST(:other_record AS bigint[]))
          AND id <> ALL (CAST(:letter AS bigint[]))
        """,
    ),
    (
        Of.HOOK_CALL,
        """
        SELECT h.id FROM feedback.hook_call AS h WHERE split_part(h.key, ':', 2) IN (
            SELECT public_id FROM feedback.ask WHERE id = ANY (CAST(:ask AS bigint[]))) AND h.key LIKE 'feedback:%'
        UNION SELECT h.id FROM feedback.hook_call AS h
          JOIN feedback.bonus_line AS b ON h.key = 'bonus:' || b.key AND b.contact_id = ANY (CAST(:contact AS bigint[]))
        """,
    ),
    (
        Of.AUDIT,
        """
        SELECT id FROM people.audit WHERE (action LIKE 'contact.%' OR action LIKE 'clients\\_%')
          AND CAST(substring(subject FROM '[(]([0-9]{1,18})[)]$') AS bigint) = ANY (CAST(:contact AS bigint[]))
        UNION SELECT id FROM people.audit WHERE action = 'address_chosen'
          AND CAST(substring(subject FROM '[(]([0-9]{1,18})[)]$') AS bigint) = ANY (CAST(:ask AS bigint[]))
        UNION SELECT id FROM people.audit WHERE action = 'ask.changed' AND subject ~ '^[0-9]{1,18}$'
          AND CAST(subject AS bigint) = ANY (CAST(:ask AS bigint[]))
        """,
    ),
    (
        Of.MENTION,
        """
        SELECT id FROM people.audit WHERE CAST(:said AS text) <> ''
          AND (lower(subject) ~ :said OR lower(data::text) ~ :said) AND id <> ALL (CAST(:audit AS bigint[]))
        """,
    ),
    (
        Of.VIEW,
        """
        SELECT id FROM listing.view WHERE CAST(:said AS text) <> ''
          AND lower(concat_ws(' ', name, conditions::text, search)) ~ :said
        """,
    ),
)
