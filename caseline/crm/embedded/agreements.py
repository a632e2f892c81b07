"""Services and agreements of the embedded register behind their port."""

from caseline.crm.embedded.stores import agreements
from caseline.crm.embedded.stores import services as rows


class EmbeddedAgreements:
    """`caseline.crm.agreement_port.Agreements` over our own tables."""

    services = staticmethod(rows.services)
    service = staticmethod(rows.service_of)
    make_service = staticmethod(rows.make_service)
    write_service = staticmethod(rows.write_service)
    get = staticmethod(agreements.get)
    listed = staticmethod(agreements.listed)
    make = staticmethod(agreements.make)
    write = staticmethod(agreements.write)
    tell = staticmethod(agreements.tell)
    was_asked = staticmethod(agreements.was_asked)
    was_answered = staticmethod(agreements.was_answered)
