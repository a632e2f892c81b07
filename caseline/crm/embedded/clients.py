"""Companies and contacts of the embedded register behind their port."""

from caseline.crm.embedded.stores import client_merges, client_twins, clients


class EmbeddedClients:
    """`caseline.crm.client_port.Clients` over our own tables."""

    get = staticmethod(clients.get)
    listed = staticmethod(clients.listed)
    named = staticmethod(clients.named)
    persons = staticmethod(clients.persons)
    extra_fields = staticmethod(clients.extra_fields)
    make = staticmethod(clients.make)
    write = staticmethod(clients.write)
    tell = staticmethod(clients.tell)
    know_phones = staticmethod(client_twins.know_phones)
    twins = staticmethod(client_twins.twins)
    groups = staticmethod(client_twins.groups)
    part = staticmethod(client_twins.part)
    hold = staticmethod(client_merges.hold)
    moves = staticmethod(client_merges.moves)
    merge = staticmethod(client_merges.merge)
    merged = staticmethod(client_merges.merged)
    unmerge = staticmethod(client_merges.unmerge)
