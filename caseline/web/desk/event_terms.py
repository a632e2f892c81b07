"""What events of requests are told with: fields, reasons and doers in words."""

from typing import Final

from caseline.web.language import later

REASONS: Final = {
    "category set": later("the category was set"),
    "category changed": later("the category was changed"),
    "priority changed": later("the priority was changed"),
    "clock stopped": later("the clock stands still"),
    "clock goes on": later("the clock goes on"),
    "pause counted": later("a pause was counted"),
}
ENDED: Final = {
    "person": later("by somebody of the house"),
    "reply": later("by an answer"),
    "link": later("by the link in the letter"),
}
SETTERS: Final = {
    "keywords": later("by the keyword dictionary"),
    "person": later("by a person"),
    "import": later("by an import"),
}
FIELDS: Final = {
    "subject": later("subject"),
    "description": later("description"),
    "priority": later("priority"),
    "type": later("type"),
    "reason": later("reason"),
    "channel": later("channel"),
    "category": later("category"),
    "stage": later("stage"),
    "escalated": later("escalated"),
    "company": later("company"),
    "contact": later("contact"),
    "assignee": later("assignee"),
    "assignee_id": later("assignee"),
    "group": later("group"),
    "group_id": later("group"),
    "company_id": later("company"),
    "contact_id": later("contact"),
    "parent": later("parent request"),
}
"""Fields of the register itself in words."""
