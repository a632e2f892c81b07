"""What the audit log calls the deeds of people."""

from typing import Final

from caseline.web.language import later

DEEDS: Final = {
    "signed_in": later("signed in"),
    "signed_out": later("signed out"),
    "sign_in_failed": later("could not sign in"),
    "turned_away": later("was turned away"),
    "login_added": later("login added"),
    "login_changed": later("login changed"),
    "token_made": later("token made"),
    "token_ended": later("token ended"),
    "tokens_ended": later("all tokens ended"),
    "field_indexed": later("index of a field changed"),
    "view_saved": later("view for everybody saved"),
    "view_changed": later("view for everybody changed"),
    "view_deleted": later("view for everybody deleted"),
    "requests_changed": later("many requests changed"),
    "requests_exported": later("requests exported"),
    "keywords_saved": later("keywords saved"),
    "keywords_restored": later("keywords restored"),
    "keywords_exported": later("keywords exported"),
    "notices_chosen": later("chose what to be told"),
    "keywords_draft_dropped": later("draft thrown away"),
    "signed_out_everywhere": later("signed out everywhere"),
    "session_ended": later("session ended"),
    "second_step_on": later("second step of signing in switched on"),
    "second_step_off": later("second step of signing in switched off"),
    "codes_renewed": later("new codes for emergencies"),
    "emergency_code_used": later("code for emergencies used"),
    "asks_exported": later("asks exported"),
    "report_exported": later("report exported"),
    "catalogue_imported": later("catalogue imported"),
    "catalogue_exported": later("catalogue exported"),
    "clients_merged": later("clients merged"),
    "clients_unmerged": later("merge of clients taken back"),
    "clients_parted": later("clients told apart"),
    "personal_erased": later("personal data erased"),
    "personal_exported": later("personal data handed out"),
    "personal_retained": later("what was old taken away"),
    "address_chosen": later("address for a review letter chosen"),
}
"""What people do, in words; a test compares it with what is noted."""
