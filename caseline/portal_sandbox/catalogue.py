"""The kinds of records of a portal, their fields and their lists as they are before anybody changes them."""

from dataclasses import dataclass
from typing import Final

from caseline.portal_sandbox.fields import Schema, schema


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of CRM record."""

    name: str
    number: int
    """entityTypeId"""
    short: str
    stage: str = ""
    """Name of the field that holds the stage."""
    stages: str = ""
    """The list of its stages."""


LEAD: Final = Kind("lead", 1, "L", "STATUS_ID", "STATUS")
DEAL: Final = Kind("deal", 2, "D", "STAGE_ID", "DEAL_STAGE")
CONTACT: Final = Kind("contact", 3, "C")
COMPANY: Final = Kind("company", 4, "CO")
KINDS: Final = (LEAD, DEAL, CONTACT, COMPANY)
BY_NUMBER: Final = {kind.number: kind for kind in KINDS}
BY_NAME: Final = {kind.name: kind for kind in KINDS}

_FIRST: Final = """
ID integer ro
TITLE string {title}
"""
_PERSON: Final = """
HONORIFIC crm_status:HONORIFIC
NAME string
SECOND_NAME string
LAST_NAME string
BIRTHDATE date
POST string
ADDRESS text
ADDRESS_2 string
ADDRESS_CITY string
ADDRESS_POSTAL_CODE string
ADDRESS_REGION string
ADDRESS_PROVINCE string
ADDRESS_COUNTRY string
"""
_COMMON: Final = """
SOURCE_ID crm_status:SOURCE
SOURCE_DESCRIPTION text
COMMENTS text
OPENED char
ASSIGNED_BY_ID user
CREATED_BY_ID user imp
MODIFY_BY_ID user imp
DATE_CREATE datetime imp Created on
DATE_MODIFY datetime imp Modified on
ORIGINATOR_ID string
ORIGIN_ID string
UTM_SOURCE string
UTM_MEDIUM string
UTM_CAMPAIGN string
UTM_CONTENT string
UTM_TERM string
LAST_ACTIVITY_TIME datetime ro
LAST_ACTIVITY_BY user ro
"""
_MOVED: Final = """
MOVED_BY_ID user imp
MOVED_TIME datetime imp Moved on
"""
_MONEY: Final = """
CURRENCY_ID string
OPPORTUNITY double
IS_MANUAL_OPPORTUNITY char
COMPANY_ID crm_company
CONTACT_ID crm_contact
"""
_MULTI: Final = """
HAS_PHONE char ro
HAS_EMAIL char ro
HAS_IMOL char ro
PHONE crm_multifield mul
EMAIL crm_multifield mul
WEB crm_multifield mul
IM crm_multifield mul
LINK crm_multifield mul
"""
_LEAD: Final = """
COMPANY_TITLE string
STATUS_ID crm_status:STATUS
STATUS_DESCRIPTION text
STATUS_SEMANTIC_ID string ro
IS_RETURN_CUSTOMER char ro
DATE_CLOSED datetime ro
"""
_DEAL: Final = """
TYPE_ID crm_status:DEAL_TYPE
CATEGORY_ID integer
STAGE_ID crm_status:DEAL_STAGE
STAGE_SEMANTIC_ID string ro
PROBABILITY integer
BEGINDATE date
CLOSEDATE date
CLOSED char ro
LEAD_ID crm_lead
ADDITIONAL_INFO text
"""
_CONTACT: Final = """
PHOTO file
TYPE_ID crm_status:CONTACT_TYPE
COMPANY_ID crm_company
LEAD_ID crm_lead
EXPORT char
ORIGIN_VERSION string
FACE_ID integer
"""
_COMPANY: Final = """
LOGO file
COMPANY_TYPE crm_status:COMPANY_TYPE
INDUSTRY crm_status:INDUSTRY
EMPLOYEES crm_status:EMPLOYEES
REVENUE double
CURRENCY_ID string
BANKING_DETAILS text
ADDRESS text
ADDRESS_LEGAL text
LEAD_ID crm_lead
IS_MY_COMPANY char
ORIGIN_VERSION string
"""


def schemas() -> dict[str, Schema]:
    """The fields of each kind, for a portal to change."""
    titled = _FIRST.format(title="req")
    texts = {
        "lead": titled + _PERSON + _LEAD + _MONEY + _COMMON + _MOVED + _MULTI,
        "deal": titled + _DEAL + _MONEY + _COMMON + _MOVED,
        "contact": "ID integer ro\n" + _PERSON + _CONTACT + _COMMON + _MULTI,
        "company": titled + _COMPANY + _COMMON + _MULTI,
    }
    return {name: schema("\n".join(line for line in text.splitlines() if line)) for name, text in texts.items()}


_LISTS: Final = """
STATUS NEW P Unassigned
STATUS IN_PROCESS P In progress
STATUS PROCESSED P Processed
STATUS CONVERTED S Good lead
STATUS JUNK F Junk lead
DEAL_STAGE NEW P New
DEAL_STAGE PREPARATION P Prepare documents
DEAL_STAGE EXECUTING P In progress
DEAL_STAGE WON S Deal won
DEAL_STAGE LOSE F Deal lost
SOURCE CALL - Call
SOURCE EMAIL - E-Mail
SOURCE WEB - Website
SOURCE ADVERTISING - Advertising
SOURCE PARTNER - Existing client
SOURCE RECOMMENDATION - By recommendation
SOURCE TRADE_SHOW - Show or exhibition
SOURCE WEBFORM - CRM form
SOURCE CALLBACK - Callback
SOURCE RC_GENERATOR - Sales boost
SOURCE STORE - Online store
SOURCE OTHER - Other
CONTACT_TYPE CLIENT - Clients
CONTACT_TYPE OTHER - Other
COMPANY_TYPE CUSTOMER - Client
COMPANY_TYPE OTHER - Other
INDUSTRY IT - Information technology
INDUSTRY OTHER - Other
EMPLOYEES EMPLOYEES_1 - Less than 50
EMPLOYEES EMPLOYEES_2 - 50 to 250
HONORIFIC HNR_EN_1 - Mr.
HONORIFIC HNR_EN_2 - Mrs.
DEAL_TYPE SALE - Sale
DEAL_TYPE SERVICE - Service
"""


def statuses() -> list[dict[str, str]]:
    """The items of all lists."""
    made: list[dict[str, str]] = []
    for line in _LISTS.strip().splitlines():
        entity, status, semantics, name = line.split(maxsplit=3)
        sort = 10 * (1 + sum(row["ENTITY_ID"] == entity for row in made))
        made.append(
            {
                "ENTITY_ID": entity,
                "STATUS_ID": status,
                "NAME": name,
                "NAME_INIT": name,
                "SORT": str(sort),
                "SYSTEM": "Y",
                "CATEGORY_ID": "0" if entity == "DEAL_STAGE" else "",
                "COLOR": "",
                "SEMANTICS": semantics.strip("-P"),
            }
        )
    return made
