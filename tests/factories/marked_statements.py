"""Statements that put the words of a marked person wherever no other way of a test brings them."""

from typing import Final

OF_OTHER: Final = """
UPDATE crm.record SET subject = 'A pump', description = :t WHERE id = :r;
UPDATE crm.message SET text = :t, html = NULL, subject = 'A pump', sender = 'Other <other@client.example>'
  WHERE record_id = :r AND :t <> '';
UPDATE crm.message_trait SET new_text = :t
  WHERE message_id IN (SELECT id FROM crm.message WHERE record_id = :r);
UPDATE mail.mail SET subject = 'A pump' WHERE record_id = :r AND :t <> '';
DELETE FROM mail.piece WHERE raw_id IN (SELECT raw_id FROM mail.mail WHERE record_id = :r) AND :t <> '';
DELETE FROM files.content WHERE :t <> '' AND sha256 IN (
  SELECT a.sha256 FROM crm.attachment AS a JOIN crm.message AS m ON m.id = a.message_id WHERE m.record_id = :r);
UPDATE crm.attachment SET name = 'a.txt'
  WHERE :t <> '' AND message_id IN (SELECT id FROM crm.message WHERE record_id = :r)
"""
"""What somebody else's request keeps: only that it names the person."""
STATEMENTS: Final = r"""
UPDATE crm.contact SET mobile = '+7 000 111-22-33', phone = NULL WHERE id = :contact;
INSERT INTO crm.phone (entity, owner_id, field, raw, number) VALUES ('contact', :contact,
  'mobile', '+7 000 111-22-33', '+70001112233') ON CONFLICT DO NOTHING;
WITH gone AS (INSERT INTO crm.contact (name, email, title, extra) VALUES ('Zyzzyva Oldname',
  'zyzzyva.old@marker.example', 'zyzzyva', '{"a": "zyzzyva"}') RETURNING id) INSERT INTO crm.contact_merge
  (gone_id, into_id, at, by, moved, filled) SELECT id, :contact, now(), 'anna', '{}', '{"title": ["zyzzyva", "x"]}'
  FROM gone;
INSERT INTO crm.search (record_id, version, tsv) VALUES (:request, 1, to_tsvector('russian',
  'zyzzyva')) ON CONFLICT DO NOTHING;
INSERT INTO crm.search (record_id, version, tsv) VALUES (:other, 1, to_tsvector('russian',
  :address)) ON CONFLICT DO NOTHING;
INSERT INTO crm.assignment (record_id, title, text, assignee_id, created_at) SELECT :request,
  'Zyzzyva', 'zyzzyva', min(id), now() FROM people.person;
INSERT INTO crm.assignment (record_id, title, text, contact_id, created_at) VALUES (:other,
  'Look', 'Please, ' || :name, :contact, now());
WITH said AS (
  INSERT INTO crm.message (record_id, kind, public, sender, text, sent_at)
  VALUES (:other, 'comment', false, 'Zyzzyva', 'Zyzzyva has done it', now()) RETURNING id
) INSERT INTO crm.message_trait (message_id, assignment_id)
  SELECT said.id, a.id FROM said, crm.assignment AS a WHERE a.contact_id = :contact;
INSERT INTO crm.assignment_item (assignment_id, position, text) SELECT id, 1, 'call ' || :name
  FROM crm.assignment;
INSERT INTO crm.event (entity, record_id, type, data) VALUES ('request', :request, 'changed',
  '{"subject": {"old": "Zyzzyva", "new": "Zyzzyva 2"}, "by": 3}'), ('contact', :contact, 'changed',
  '{"note": "Zyzzyva said"}'), ('request', :other, 'changed', jsonb_build_object('steps',
  jsonb_build_array(CAST(:name AS text))));
INSERT INTO people.audit (at, login, action, subject, data) VALUES (now(), 'anna', 'contact.changed',
  'Zyzzyva Former (' || :contact || ')', '{"before": {"name": "Zyzzyva Former"}}'), (now(),
  'anna', 'view_saved', 'Mine', jsonb_build_object('search', CAST(:address AS text)));
INSERT INTO listing.view (name, conditions, sorts, search, made_by, made_at) VALUES ('Those of '
  || :name, '[]', '[]', :address, 'anna', now());
INSERT INTO outbox.letter (record_id, nature, message_id, sender, reply_to, mark, subject,
  body, html, in_reply_to, ancestors, thread_index, secret_links, unsubscribe, queued_at,
  due_at) VALUES (:request, 'personal', '<1@x>', 's@x', 'r@x', 'm', 'Zyzzyva', 'Zyzzyva',
  '<p>Zyzzyva', '<zyzzyva@x>', '{<zyzzyva@x>}', 'x', '{zyzzyva}', 'zyzzyva', now(), now()),
  (:other, 'personal', '<2@x>', 's@x', 'r@x', 'm', 'Pump', 'Dear ' || :name, NULL, NULL, '{}',
  'x', '{}', NULL, now(), now());
INSERT INTO outbox.recipient (letter_id, position, address, folded, name) SELECT id, 0, :address,
  :address, :name FROM outbox.letter;
INSERT INTO outbox.recipient (letter_id, position, address, folded, name) SELECT id, 1, 'other@client.example',
  'other@client.example', 'Other' FROM outbox.letter WHERE record_id = :other;
INSERT INTO outbox.attachment (letter_id, position, name, content_type, content) SELECT id,
  0, 'zyzzyva.txt', 'text/plain', 'zyzzyva' FROM outbox.letter WHERE record_id = :request;
INSERT INTO feedback.form (code, name) VALUES ('f', 'Form');
INSERT INTO feedback.form_version (form_id, number, document, made_by, made_at) SELECT id,
  1, '{}', 'anna', now() FROM feedback.form WHERE code = 'f';
INSERT INTO feedback.campaign (code, name, kind, document, made_by, made_at) VALUES ('c',
  'C', 'smileys', '{}', 'anna', now());
INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period,
  service, contact_id, channel, address, language, state, happened_at, state_at, state_by)
  SELECT p.public_id, c.id, v.id, 'request', :request, p.public_id, 's', :contact, 'mail_link',
  :address, 'en', 'queued', now(), now(), 'job' FROM feedback.campaign AS c, feedback.form_version
  AS v, (VALUES ('marked'), ('waiting'), ('rated')) AS p (public_id) WHERE c.code = 'c';
UPDATE feedback.ask SET state = 'sent', sent_at = now(), state_at = now(), expires_at = now()
  + interval '1 day' WHERE public_id IN ('marked', 'rated');
UPDATE feedback.ask SET state = 'answered', state_at = now(), answered_at = now(), grade =
  'good', mean = 9 WHERE public_id = 'rated';
INSERT INTO feedback.answer (ask_id, submission, at, document, language, complete) SELECT
  id, 's', now(), '{"nps": 9, "words": "Zyzzyva is glad"}', 'en', true FROM feedback.ask WHERE
  public_id = 'rated';
INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at) SELECT
  id, 'nps', current_date, 9, 0, 10, true, now() FROM feedback.ask WHERE public_id = 'rated';
INSERT INTO feedback.signal (ask_id, at, kind, question, value, net, agent) SELECT id, now(),
  'sent', 'nps', 9, '10.1.2.0/24', 'zyzzyva browser' FROM feedback.ask;
INSERT INTO feedback.secret (digest, ask_id, made_at) SELECT convert_to('zyzzyva' || id, 'UTF8'),
  id, now() FROM feedback.ask;
INSERT INTO feedback.effect (ask_id, kind, key, data, due_at, result) SELECT id, 'notice',
  'k', '{"text": "Zyzzyva"}', now(), 'to ' || :address FROM feedback.ask;
INSERT INTO feedback.opt_out (address, contact_id, at, by) VALUES (:address, NULL, now(),
  'client');
INSERT INTO feedback.bonus_line (key, contact_id, kind, amount, at, expires_at, remaining,
  services, applies, by, note) VALUES ('k', :contact, 'credit', 5, now(), now(), 5, '{}',
  true, 'anna', 'for Zyzzyva');
INSERT INTO feedback.hook (code, url, secret, made_by, made_at) VALUES ('h', 'https://x.example',
  'x', 'anna', now());
INSERT INTO feedback.hook_call (hook_id, key, body, made_at) SELECT id, 'feedback:rated:1',
  '{"words": "Zyzzyva"}', now() FROM feedback.hook;
INSERT INTO chat.chat (gateway, key, phone, name, contact_id, made_at) VALUES ('web', 'zyzzyva',
  '+70001112233', 'Zyzzyva', :contact, now());
INSERT INTO chat.incoming (chat_id, gateway, message_id, text, at, came_at, due_at) SELECT
  id, 'web', '1', 'zyzzyva', now(), now(), now() FROM chat.chat;
INSERT INTO chat.outgoing (chat_id, key, text, state, made_at, due_at) SELECT id, 'k', 'Dear Zyzzyva',
  'queued', now(), now() FROM chat.chat;
INSERT INTO feedback.dialogue (ask_id, chat_id, language, script, tags, stage, step, turn,
  since, retried, opened, answers, begun_at, changed_at) SELECT a.id, c.id, 'en', '{}', '{"name": "Zyzzyva"}',
  'asking', 1, 1, 1, false, true, '{"words": "zyzzyva"}', now(), now() FROM feedback.ask AS
  a, chat.chat AS c WHERE a.public_id = 'marked';
INSERT INTO notices.notice (event_id, person_id, kind, record_id, at, data) SELECT 1, min(id),
  'mentioned', :request, now(), '{"text": "Zyzzyva"}' FROM people.person
"""
