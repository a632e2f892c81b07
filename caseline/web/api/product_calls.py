"""Calls about the catalogue, and about products of requests."""

from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import catalogue_at_hand, choose_products
from caseline.actions.choose_products import Choice
from caseline.actions.seen import Absent
from caseline.people.rights import Right
from caseline.web.api.endpoint import Call, Endpoint, Key, Model, Text


class Product(Model):
    """A product of a request."""

    id: int
    path: list[str]
    usable: bool


class Products(Model):
    """What a request is about."""

    version: int
    """Of the request."""
    products: list[Product]


class CatalogueQuery(Model):
    """Which products; with a text those that a search finds, else those right below one."""

    under: Annotated[Key | None, Field(description="None: the uppermost")] = None
    q: Annotated[Text, Field(max_length=200, description="Part of a name")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100


class Found(Model):
    """A product of the catalogue."""

    id: int
    path: list[str]
    usable: bool
    below: int
    """How many stand right below it."""


class Catalogue(Model):
    """A part of the catalogue."""

    products: list[Found]
    more: bool


class ProductChoice(Model):
    """A product to be added."""

    product: Key


def catalogue(call: Call) -> Catalogue:
    """Products right below one, or those that a search finds, best first."""
    query: CatalogueQuery = call.query
    tree = catalogue_at_hand.tree(call.house)
    if query.under is not None and query.under not in tree:
        raise Absent(f"product {query.under}")
    if query.q.strip():
        among = None if query.under is None else {one.id for one in tree.branch(query.under)}
        found = tree.search(query.q, most=query.limit + 1, among=among)
    else:
        found = list(tree.children(query.under))
    told = [
        Found(
            id=one.id,
            path=[part.name for part in tree.path(one.id)],
            usable=tree.usable(one.id),
            below=len(tree.children(one.id)),
        )
        for one in found[: query.limit]
    ]
    return Catalogue(products=told, more=len(found) > query.limit)


def products(call: Call) -> Products:
    """What a request is about."""
    return _products(choose_products.of_request(call.house, call.viewer, call.id))


def add_product(call: Call) -> Products:
    """Let a request be about one more product."""
    return _products(choose_products.add(call.house, call.viewer, call.id, call.body.product, now=call.now))


def remove_product(call: Call) -> Products:
    """Let a request no longer be about a product."""
    return _products(choose_products.remove(call.house, call.viewer, call.id, call.path["product"], now=call.now))


def _products(choice: Choice) -> Products:
    made = [
        Product(id=one.product.id, path=[part.name for part in one.path], usable=one.usable) for one in choice.products
    ]
    return Products(version=choice.card.version, products=made)


_ONE: Final = "/requests/{id:key}"
_SEES, _WORKS = Right.SEE_REQUESTS, Right.WORK_REQUESTS
ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/products",
        handle=catalogue,
        summary="The catalogue",
        answer=Catalogue,
        needs=_SEES,
        query=CatalogueQuery,
        problems=(HTTPStatus.NOT_FOUND,),
        tag="products",
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/products",
        handle=products,
        summary="Products of a request",
        answer=Products,
        needs=_SEES,
        tag="products",
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/products",
        handle=add_product,
        summary="Add a product to a request",
        answer=Products,
        needs=_WORKS,
        body=ProductChoice,
        tag="products",
    ),
    Endpoint(
        method="DELETE",
        path=f"{_ONE}/products/{{product:key}}",
        handle=remove_product,
        summary="Take a product from a request",
        answer=Products,
        needs=_WORKS,
        problems=(HTTPStatus.UNPROCESSABLE_ENTITY,),
        tag="products",
    ),
)
