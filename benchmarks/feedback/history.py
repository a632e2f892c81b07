"""SQL that makes years of feedback of asks that were just made, and leaves the same few open however many there are."""

from typing import Final

OPEN: Final = {"sent": 2_000, "queued": 300, "needs_data": 200, "awaiting_address": 50}
"""So many asks are not settled, in a register of any size; all others were, long ago."""

CAMPAIGNS: Final = (
    "UPDATE feedback.campaign SET switched_on_at = (SELECT min(switched_on_at) FROM feedback.campaign)",
    """
    INSERT INTO feedback.campaign (code, name, kind, document, switched_on_at, made_by, made_at)
    SELECT 'after-three-days', 'After three days', kind,
      document || '{"trigger": {"by": "age", "record": "request", "closed": true, "age_days": 3}}', switched_on_at,
      made_by, made_at
    FROM feedback.campaign WHERE code = 'smileys-on-closure'
    """,
)
"""All that ship are on, and one that asks three days later about the same requests."""
ASKS: Final = (
    """
    UPDATE feedback.ask SET letter_id = id, sent_at = happened_at + interval '1 hour', due_at = happened_at,
      state_at = happened_at + interval '2 days', expires_at = happened_at + interval '30 days',
      address = coalesce(address, 'office@example.org'),
      answered_at = CASE WHEN id % 100 < 35 THEN happened_at + interval '1 day' END,
      grade = CASE WHEN id % 100 < 35 THEN 'good' END,
      state = CASE WHEN id % 100 < 35 THEN 'closed' WHEN id % 100 < 92 THEN 'expired' WHEN id % 100 < 97 THEN 'failed'
        ELSE 'cancelled' END,
      reason = CASE WHEN id % 100 >= 97 THEN 'reopened' WHEN id % 100 >= 92 THEN '550 no such mailbox' END
    WHERE state <> 'skipped'
    """,
    """
    INSERT INTO feedback.ask (
      public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id, company_id, channel,
      language, state, reason, happened_at, state_at, state_by
    )
    SELECT 'late' || a.subject_id, c.id, a.form_version_id, a.subject, a.subject_id, 'once', a.service, a.contact_id,
      a.company_id, a.channel, a.language, 'skipped', 'asked lately', a.happened_at, a.happened_at + interval '3 days',
      'job'
    FROM feedback.ask AS a, feedback.campaign AS c
    WHERE c.code = 'after-three-days' AND a.happened_at <= CAST(:until AS timestamptz) - interval '3 days'
    """,
)
AGREEMENTS: Final = (
    "INSERT INTO crm.service (code, label, kind, every_days) VALUES ('upkeep', 'Upkeep', 'subscription', 90)",
    """
    INSERT INTO crm.agreement (
      number, contact_id, service_id, manager_id, status, started_on, asked_at, created_at, modified_at
    )
    SELECT 'A-' || n, n, (SELECT max(id) FROM crm.service), 1 + n % 60, 'work', '2021-01-01',
      CAST(:until AS timestamptz) - n % 80 * interval '1 day', '2021-01-01', '2021-01-01'
    FROM generate_series(1, :count / 15) AS n
    """,
    """
    INSERT INTO feedback.ask (
      public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id, channel, address,
      language, state, happened_at, state_at, state_by, sent_at, expires_at
    )
    SELECT 'agr' || g.id || '-' || n, c.id, 1, 'agreement', g.id, 'p' || n, 'upkeep', g.contact_id,
      'mail_link', 'x@example.org',
      'ru', 'expired', at, at, 'job', at, at + interval '30 days'
    FROM crm.agreement AS g, feedback.campaign AS c, generate_series(0, 19) AS n,
    LATERAL (SELECT g.asked_at - n * interval '90 days' AS at) AS made
    WHERE c.code = 'review-registry'
    """,
)
"""Twenty years of a quarter each, asked about every time."""
_DONE: Final = (
    "FROM feedback.ask AS a WHERE a.state IN ('closed', 'expired', 'failed', 'cancelled') AND a.letter_id > 0"
)
LETTERS: Final = (
    f"""
    INSERT INTO outbox.letter (
      id, record_id, nature, occasion, message_id, sender, reply_to, mark, subject, body, thread_index, blanked, state,
      reason, queued_at, due_at, taken_at, done_at
    )
    SELECT a.id, a.subject_id, 'ask', 'ask ' || a.id, a.id || '@example.org', 'support@example.org',
      'support@example.org', '', 'How was it?', 'A letter', '', true,
      CASE a.state WHEN 'failed' THEN 'failed' WHEN 'cancelled' THEN 'cancelled' ELSE 'sent' END, a.reason,
      a.happened_at, a.happened_at, a.sent_at, a.sent_at {_DONE}
    """,
    f"""
    INSERT INTO outbox.recipient (letter_id, position, address, folded, state, answer)
    SELECT a.id, 0, a.address, lower(a.address), CASE WHEN a.state = 'failed' THEN 'failed' ELSE 'sent' END,
      CASE WHEN a.state = 'failed' THEN 'bounced: 550 no such mailbox' ELSE '250 taken' END {_DONE}
    """,
    "SELECT setval('outbox.letter_id_seq', (SELECT max(id) FROM outbox.letter))",
)
ANSWERS: Final = (
    """
    INSERT INTO feedback.signal (ask_id, at, kind, question, value, net)
    SELECT id, answered_at, kind, 'rating', 5, CAST('10.' || id / 256 % 256 || '.' || id % 256 || '.0/24' AS cidr)
    FROM feedback.ask, unnest(ARRAY['visit', 'gesture']) AS kind WHERE answered_at IS NOT NULL
    """,
    """
    INSERT INTO feedback.answer (ask_id, submission, at, document, language, grade, complete)
    SELECT id, 'once', answered_at, '{"rating": 5}', 'ru', 'good', true FROM feedback.ask WHERE answered_at IS NOT NULL
    """,
    """
    INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at)
    SELECT id, 'rating', CAST(answered_at AS date), 5, 1, 5, true, answered_at FROM feedback.ask
    WHERE answered_at IS NOT NULL
    """,
    """
    INSERT INTO feedback.effect (ask_id, kind, key, due_at, done_at, attempts, result)
    SELECT id, kind, 'k', answered_at, answered_at, 1, 'done'
    FROM feedback.ask, unnest(ARRAY['event', 'webhook']) AS kind
    WHERE answered_at IS NOT NULL
    """,
    """
    INSERT INTO feedback.hook (code, url, secret, made_by, made_at)
    VALUES ('books', 'https://books.example.org/', '\\x00', 'bench', :until)
    """,
    """
    INSERT INTO feedback.hook_call (hook_id, key, body, made_at, attempts, done_at, result)
    SELECT 1, 'ask ' || id, '{}', answered_at, 1, answered_at, 'taken: 200' FROM feedback.ask
    WHERE answered_at IS NOT NULL
    """,
    """
    INSERT INTO feedback.bonus_line (
      key, contact_id, kind, amount, at, ask_id, expires_at, remaining, services, applies, by
    )
    SELECT 'ask ' || id, contact_id, 'credit', 100, answered_at, id, answered_at + interval '90 days', 0, '{}', false,
      'job'
    FROM feedback.ask WHERE answered_at IS NOT NULL AND contact_id IS NOT NULL
    """,
)
CHATS: Final = (
    """
    INSERT INTO chat.chat (gateway, key, name, contact_id, made_at)
    SELECT 'web', 'c' || id, name, id, :until FROM crm.contact
    """,
    """
    INSERT INTO chat.outgoing (chat_id, key, text, state, made_at, due_at, sent_at, sent_id)
    SELECT c.id, 'k' || c.id || '-' || n, 'A question', 'sent', :until, :until, :until, 'x'
    FROM chat.chat AS c, generate_series(1, 3) AS n
    """,
    """
    INSERT INTO chat.incoming (chat_id, gateway, message_id, text, at, came_at, due_at, handled_at)
    SELECT c.id, 'web', 'm' || c.id || '-' || n, '9', :until, :until, :until, :until
    FROM chat.chat AS c, generate_series(1, 3) AS n
    """,
)
OPEN_ASKS: Final = (
    """
    UPDATE feedback.ask SET state = 'sent', sent_at = CAST(:until AS timestamptz) - interval '1 day',
      expires_at = CAST(:until AS timestamptz) + interval '29 days', answered_at = NULL, reason = NULL,
      letter_id = NULL, address = 'open@example.org'
    WHERE id IN (SELECT id FROM feedback.ask WHERE letter_id > 0 ORDER BY id DESC LIMIT :sent)
    """,
    """
    UPDATE feedback.ask SET state = 'queued', sent_at = NULL, due_at = CAST(:until AS timestamptz) + interval '1 day'
    WHERE id IN (SELECT id FROM feedback.ask WHERE state = 'sent' ORDER BY id LIMIT :queued)
    """,
    """
    UPDATE feedback.ask SET state = 'needs_data', address = NULL, contact_id = NULL, company_id = NULL, subject_id = -id
    WHERE id IN (SELECT id FROM feedback.ask WHERE state = 'sent' ORDER BY id LIMIT :needs_data)
    """,
    """
    WITH asked AS (
      UPDATE feedback.ask SET state = 'awaiting_address', address = NULL
      WHERE id IN (SELECT id FROM feedback.ask WHERE state = 'sent' ORDER BY id LIMIT :awaiting_address) RETURNING id
    )
    INSERT INTO feedback.address_question (ask_id, asked_at, person_id) SELECT id, :until, 1 FROM asked
    """,
)
READ: Final = (
    "DELETE FROM crm.handled_event",
    """
    UPDATE crm.consumer SET event_id = (SELECT max(id) FROM crm.event), seen_id = NULL, seen_xid = NULL, seen_at = NULL
    """,
)
"""The event log was read to its end."""
ALL: Final = (*CAMPAIGNS, *ASKS, *AGREEMENTS, *LETTERS, *ANSWERS, *CHATS, *OPEN_ASKS, *READ)
