"""SQL that makes a long history of events and of answers, part after part; a part knows its first and last number."""

from typing import Final

EVENTS: Final = (
    """
    INSERT INTO crm.event (entity, record_id, type, at, data)
    SELECT 'request', 1 + n % :requests, 'stage_changed', CAST(:until AS timestamptz) - interval '9 days',
      '{"new": "closed", "closed": true}'
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
    """,
)
READ: Final = (
    "DELETE FROM crm.handled_event",
    """
    UPDATE crm.consumer SET event_id = (SELECT max(id) FROM crm.event), seen_id = NULL, seen_xid = NULL, seen_at = NULL
    """,
)
"""Everybody has read the log to its end."""
ANSWERS: Final = (
    """
    INSERT INTO feedback.ask (
      public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id, channel, address,
      language, state, happened_at, state_at, state_by, sent_at, expires_at, answered_at, grade
    )
    SELECT 'old' || lpad(n::text, 9, '0'), c.id, v.id, 'request', n, 'once', 'request', n, 'mail_link',
      'client@example.org', 'ru', 'closed', at, at, 'job', at, at + interval '30 days', at + interval '1 day', 'good'
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n, feedback.campaign AS c, feedback.form AS f
    JOIN feedback.form_version AS v ON v.form_id = f.id,
    LATERAL (SELECT CAST(:until AS timestamptz) - interval '40 days' - n * interval '10 seconds' AS at) AS made
    WHERE c.code = 'smileys-on-closure' AND f.code = 'smileys'
    """,
    *(
        f"{insert} FROM feedback.ask AS a WHERE period = 'once' AND subject_id BETWEEN :first AND :last"
        for insert in (
            """
            INSERT INTO feedback.secret (digest, ask_id, made_at)
            SELECT sha256(convert_to('old secret ' || subject_id, 'UTF8')), id, sent_at
            """,
            """
            INSERT INTO feedback.signal (ask_id, at, kind, question, value, net)
            SELECT id, answered_at, 'gesture', 'rating', 5,
              CAST('10.' || id / 256 % 256 || '.' || id % 256 || '.0/24' AS cidr)
            """,
            """
            INSERT INTO feedback.answer (ask_id, submission, at, document, language, grade, complete)
            SELECT id, 'once', answered_at, '{"rating": 5}', 'ru', 'good', true
            """,
            """
            INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at)
            SELECT id, 'rating', CAST(answered_at AS date), 5, 1, 5, true, answered_at
            """,
            """
            INSERT INTO feedback.effect (ask_id, kind, key, due_at, done_at, attempts, result)
            SELECT id, 'event', 'good', answered_at, answered_at, 1, 'done'
            """,
        )
    ),
)
