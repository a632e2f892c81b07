"""Services and agreements of the embedded register behind their port."""

from caseline.crm.embedded.stores import agreements, services


class EmbeddedAgreements:
    """`caseline.crm.agreement_port.Agreements` over our own tables."""

    services = staticmethod(services.services)
    service = staticmethod(services.service_of)
    make_service = staticmethod(services.make_service)
    write_service = staticmethod(services.write_service)
    get = staticmethod(agreements.get)
    listed = staticmethod(agreements.listed)
    make = staticmethod(agreements.make)
    write = staticmethod(agreements.write)
    tell = staticmethod(agreements.tell)
    was_asked = staticmethod(agreements.was_asked)
    was_answered = staticmethod(agreements.was_answered)
