"""The list of all columns that can hold words, table by table; `caseline.privacy.decided` reads it."""

from typing import Final

LINES: Final = """
chat.chat | personal: key phone name | none: gateway
chat.cursor | house: next reason | none: gateway
chat.incoming | personal: text phone | none: gateway message_id button result
chat.outgoing | personal: text reason | none: key buttons state sent_id owner
chat.secret | personal: digest

crm.agreement | personal: extra | house: number | none: source origin status
crm.assignment | personal: title text | none: state ended_by
crm.assignment_item | personal: text | house: ticked_by
crm.attachment | personal: name content_type content_id sha256
crm.category | house: code label hours_by_priority | none: calendar_id mode
crm.company | house: name phone email website tax_number address extra | none: source origin
crm.company_merge | house: by moved filled
crm.consumer | none: name
crm.contact | personal: origin name email phone mobile title extra | none: source
crm.contact_merge | personal: filled | house: by | none: moved
crm.deadline | none: calendar_id mode
crm.deadline_change | none: calendar_id reason
crm.distinct_client | house: by | none: entity
crm.event | personal: data | none: entity type
crm.field_definition | house: entity name type label source choices section target
crm.field_rule | house: match conditions effect field
crm.handled_event | none: consumer
crm.history | personal: old new extra | none: source origin field
crm.kind | house: code label
crm.link | none: kind
crm.live_source | house: by | none: source
crm.message | personal: origin subject sender recipients copies text html mail_id thread_id sender_address told_addresses extra | none: source kind
crm.message_trait | personal: new_text | none: automatic unproven
crm.own_field | house: name label section choices
crm.phone | personal: raw number | none: entity field
crm.preset | house: source name filter sort
crm.product | house: name | none: source origin
crm.record | personal: origin subject description extra | house: number | none: kind source stage priority type reason channel category category_by
crm.search | personal: tsv
crm.section | house: code label
crm.service | house: code label kind extra | none: source origin
crm.stage | house: kind code label spellings
crm.stage_row | none: stage calendar_id mode
crm.transition | house: kind from_stage to_stage
crm.violation | none: field

feedback.answer | personal: document | house: entered_by | none: submission language grade
feedback.ask | personal: address reason | house: state_by | none: public_id subject period service channel language state grade
feedback.bonus_line | personal: note | house: by | none: key kind services
feedback.campaign | house: code name kind document made_by
feedback.dialogue | personal: tags answers | house: script | none: language stage
feedback.effect | personal: data result | none: kind key scope
feedback.form | house: code name
feedback.form_version | house: document made_by
feedback.hook | house: code url secret made_by
feedback.hook_call | personal: body result | none: key
feedback.made_record | none: kind scope
feedback.moved | personal: reason | house: by | none: before after
feedback.opt_out | personal: address | house: by | none: digest
feedback.rating | none: question
feedback.review_ask | none: public_id digest
feedback.review_host | house: host reward
feedback.review_target | house: code name address reward
feedback.secret | personal: digest
feedback.signal | personal: net agent | none: kind question
feedback.site | house: code key made_by
feedback.step | none: before after
feedback.variant | house: code changes

files.content | personal: bytes | none: sha256 place

keywords.change | house: old new
keywords.dictionary | house: scoring nested category_order
keywords.draft | house: login source title edits settings details
keywords.entry | house: keyword category kind note slots changed_by
keywords.evaluation | house: data
keywords.revision | house: login reason source effect
keywords.scored | none: outcome category

listing.beginning | none: view
listing.layout | house: view columns
listing.view | personal: name conditions search | house: sorts made_by

mail.arrival | house: mailbox folder
mail.ghost | personal: id address
mail.mail | personal: error message_id subject sender verdict | none: state owner fingerprint automatic
mail.piece | personal: content
mail.raw | none: sha256
mail.root | personal: root
mail.trouble | house: mailbox folder text

notices.choice | none: kind way
notices.notice | personal: data | none: kind mail

outbox.attachment | personal: name content_type content cid | none: picture
outbox.autotext | house: folded name ru en changed_by
outbox.letter | personal: subject body html in_reply_to ancestors secret_links unsubscribe reason | house: sender sender_name | none: nature occasion message_id reply_to mark thread_index state owner
outbox.pause | house: server reason
outbox.picture | house: digest content
outbox.picture_name | house: name content_type digest changed_by
outbox.recipient | personal: address folded name answer | none: state
outbox.secret | house: value
outbox.template | house: code language subject body html changed_by

people.absence | house: note
people.api_token | house: name digest
people.attempt | house: name address
people.audit | personal: subject data | house: login action
people.division | house: name
people.emergency_code | house: digest
people.group | house: source origin name extra turns
people.login | house: name password role language zone scope second_key
people.person | house: source origin name email phone title extra
people.sent_form | none: digest
people.session | house: token form_token agent

portal.application | house: portal member_id refresh
portal.bond | house: portal
portal.choice | house: entity field value word
portal.cursor | none: name
portal.gone | none: entity
portal.intent | none: entity source origin content
portal.notice | none: entity
portal.operating | house: webhook method
portal.pace | house: portal
portal.step | none: word
portal.written | none: category

privacy.erasure | house: by counts

staging.batch | none: retry_code owner
staging.erased | none: digest
staging.file | house: source name path sha256 encoding
staging.filtered | personal: key | house: reason
staging.layout | house: source header digest
staging.part | house: source name entity
staging.row | personal: key raw errors | none: status
staging.run | house: source mapping options state

timing.calendar | house: id
timing.calendar_version | house: calendar_id document made_by reason
"""  # noqa: E501 - a line for each table
