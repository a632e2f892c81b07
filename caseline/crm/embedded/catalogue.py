"""The catalogue of the embedded register behind its port."""

from caseline.crm.embedded.stores import products


class EmbeddedCatalogue:
    """`caseline.crm.catalogue_port.Catalogue` over our own tables."""

    stamp = staticmethod(products.stamp)
    tree = staticmethod(products.tree)
    hold = staticmethod(products.hold)
    mint = staticmethod(products.mint)
    add = staticmethod(products.add)
    change = staticmethod(products.change)
    put_order = staticmethod(products.put_order)
    drop = staticmethod(products.drop)
    used = staticmethod(products.used)
    of_record = staticmethod(products.of_record)
    give = staticmethod(products.give)
    take = staticmethod(products.take)
