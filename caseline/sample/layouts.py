"""Files of the export: name, entity, ids, columns in their order."""

from dataclasses import dataclass
from typing import Final

from caseline.sample.ids import IdSpace

_TRACE: Final = "CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp"


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


@dataclass(frozen=True, slots=True)
class Layout:
    """One object of the export; its file is `<name>.csv`."""

    name: str
    entity: str
    """What its rows become, in the words of the import."""
    ids: IdSpace
    columns: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"


USER: Final = Layout(
    "User",
    "person",
    IdSpace("005", 31_004_117),
    _columns(
        "Id Username LastName FirstName CompanyName Division Department Title Email Phone Alias IsActive "
        f"TimeZoneSidKey LocaleSidKey UserType LanguageLocaleKey EmployeeNumber ManagerId {_TRACE}"
    ),
)
GROUP: Final = Layout(
    "Group",
    "group",
    IdSpace("00G", 52_300_211),
    _columns(f"Id Name DeveloperName RelatedId Type Email OwnerId DoesSendEmailToMembers DoesIncludeBosses {_TRACE}"),
)
ACCOUNT: Final = Layout(
    "Account",
    "company",
    IdSpace("001", 118_400_009),
    _columns(
        "Id IsDeleted MasterRecordId Name Type RecordTypeId ParentId BillingStreet BillingCity BillingPostalCode "
        "BillingCountry Phone Fax AccountNumber Website Industry AnnualRevenue NumberOfEmployees Description OwnerId "
        f"{_TRACE} LastActivityDate Tax_Number__c Client_Since__c Key_Client__c"
    ),
)
CONTACT: Final = Layout(
    "Contact",
    "contact",
    IdSpace("003", 240_115_873),
    _columns(
        "Id IsDeleted MasterRecordId AccountId LastName FirstName Salutation MailingStreet MailingCity "
        "MailingPostalCode MailingCountry Phone Fax MobilePhone ReportsToId Email Title Department LeadSource "
        f"Birthdate Description OwnerId HasOptedOutOfEmail {_TRACE} LastActivityDate Language__c"
    ),
)
CASE: Final = Layout(
    "Case",
    "request",
    IdSpace("500", 77_020_560),
    _columns(
        "Id IsDeleted MasterRecordId CaseNumber ContactId AccountId AssetId ParentId SuppliedName SuppliedEmail "
        "SuppliedPhone SuppliedCompany Type RecordTypeId Status Reason Origin Subject Priority Description IsClosed "
        f"ClosedDate IsEscalated OwnerId {_TRACE} LastViewedDate LastReferencedDate Product_Code__c Serial_Number__c "
        "Downtime_Hours__c Claim_Amount__c Symptoms__c On_Site_Visit__c Warranty_Until__c Resolution__c"
    ),
)
CASE_HISTORY: Final = Layout(
    "CaseHistory",
    "history",
    IdSpace("017", 96_512_740),
    _columns("Id IsDeleted CaseId CreatedById CreatedDate Field DataType OldValue NewValue"),
)
CASE_COMMENT: Final = Layout(
    "CaseComment",
    "message",
    IdSpace("00a", 160_733_002),
    _columns(
        "Id ParentId IsPublished CommentBody CreatedById CreatedDate SystemModstamp LastModifiedDate "
        "LastModifiedById IsDeleted"
    ),
)
EMAIL_MESSAGE: Final = Layout(
    "EmailMessage",
    "message",
    IdSpace("02s", 201_940_466),
    _columns(
        f"Id ParentId ActivityId {_TRACE} TextBody HtmlBody Headers Subject FromName FromAddress ToAddress CcAddress "
        "BccAddress Incoming HasAttachment Status MessageDate IsDeleted ReplyToEmailMessageId IsExternallyVisible "
        "MessageIdentifier ThreadIdentifier"
    ),
)
ATTACHMENT: Final = Layout(
    "Attachment",
    "",
    IdSpace("00P", 88_000_733),
    _columns(f"Id IsDeleted ParentId Name IsPrivate ContentType BodyLength OwnerId {_TRACE} Description"),
)
ALL: Final = (USER, GROUP, ACCOUNT, CONTACT, CASE, CASE_HISTORY, CASE_COMMENT, EMAIL_MESSAGE, ATTACHMENT)
