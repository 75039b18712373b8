"""What a pet says about what its hands did: a phrase of its persona for each outcome of each tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pets.brains.base import Say, Step
from pets.models import ActionStatus, MessageKind
from pets.personas import Voice

Facts = dict[str, Any]


def count_words(number: int) -> str:
    """Return "1 piece", "3 pieces"."""
    return f"{number} {'piece' if number == 1 else 'pieces'}"


def of_search(data: Mapping[str, Any], what: str) -> tuple[str, Facts]:
    """Return what to say of a search."""
    products = data["products"]
    if data["page"] > 1:
        return "found_more" if products else "found_no_more", {"what": what}
    if not products:
        return "found_none", {"what": what}
    if data["relaxed"]:
        return "found_near", {"what": what}
    if len(products) == 1:
        return "found_one", {"what": what}
    return "found", {"what": what, "count": len(products)}


def of_detail(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of one product."""
    product = data["products"][0]
    return "detail", {"product": product["name"], "price": product["price"]["display"]}


def of_stock(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of a product's stock, naming the size and colour that were asked for."""
    asked = ", ".join(filter(None, [data["asked"]["size"], data["asked"]["colour"]]))
    product = data["products"][0]["name"] + (f" ({asked})" if asked else "")
    return "in_stock" if data["in_stock"] else "out_of_stock", {"product": product}


def of_cart(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of the cart."""
    cart = data["cart"]
    if not cart["lines"]:
        return "cart_empty", {}
    return "cart", {"count": count_words(cart["quantity"]), "total": cart["subtotal"]["display"]}


def of_suggestion(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of the best coupon."""
    coupon = data["coupon"]
    if coupon is None:
        return "coupon_none", {}
    return "coupon_found", {"code": coupon["code"], "discount": coupon["discount_text"]}


def of_coupon(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of a coupon that will be used."""
    return "coupon_applied", {"code": data["coupon"]["code"], "discount": data["coupon"]["discount_text"]}


def of_points(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of the person's points."""
    have = data["points"]["points"]
    if not have:
        return "points_none", {}
    words = f"{have:,} {'point' if have == 1 else 'points'}"
    return "points", {"points": words, "worth": data["points"]["worth"]["display"]}


BOARD_TIMES = {"day": " today", "week": "", "all": " of all time"}


def of_board(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of a leaderboard: where the person stands, if anywhere."""
    board = data["board"]
    title = f"{board['title']}{BOARD_TIMES[board['period']]}"
    if you := board["you"]:
        return "leaderboard_you", {"game": title, "place": f"{you['position']:,}"}
    return "leaderboard" if board["rows"] else "leaderboard_none", {"game": title}


def of_forgetting(data: Mapping[str, Any], _what: str) -> tuple[str, Facts]:
    """Return what to say of what was forgotten."""
    return ("forgot", {"what": data["what"]}) if data["gone"] else ("memory_empty", {})


# Tool → (kind of phrase, its facts); `what` is what the person asked for, in words.
WORDINGS: Mapping[str, Callable[[Mapping[str, Any], str], tuple[str, Facts]]] = {
    "search_products": of_search,
    "product_detail": of_detail,
    "compare_products": lambda data, _: ("compared", {"count": len(data["products"])}),
    "recommend": lambda data, _: ("recommended" if data["products"] else "recommended_none", {}),
    "check_stock": of_stock,
    "show_cart": of_cart,
    "add_to_cart": lambda data, _: ("added", {"product": data["product"], "total": data["total"]}),
    "remove_from_cart": lambda data, _: ("removed", {"product": data["product"]}),
    "suggest_coupon": of_suggestion,
    "apply_coupon": of_coupon,
    "order_status": lambda data, _: ("order", {key: data["order"][key] for key in ("number", "status")}),
    "start_return": lambda data, _: ("returned", {"number": data["number"]}),
    "remember_preference": lambda data, _: ("remembered", {"what": data["what"]}),
    "forget_preference": of_forgetting,
    "show_memory": lambda data, _: ("memory" if data["memory"] else "memory_empty", {}),
    "points": of_points,
    "leaderboard": of_board,
}
# What is said of a refusal in the persona's own words; of all others the shop's reason is given.
REFUSALS = {("order_status", "not_found"): "order_none", ("start_return", "not_found"): "order_none"}


def word_step(voice: Voice, step: Step, *, what: str = "that") -> Say:
    """Return what a pet says about a call of a tool that has ended."""
    phrase = voice.phrase
    if step.status == ActionStatus.DONE:
        kind, facts = WORDINGS[step.call.tool](step.data, what)
        return Say(phrase(kind, **facts))
    if step.code == "choice_needed":
        product = step.data["product"]["name"]
        return Say(phrase("which_choice", product=product), MessageKind.CHOICE, step.data)
    if step.status == ActionStatus.FAILED:
        return Say(phrase("again"), MessageKind.REFUSAL)
    if own := REFUSALS.get((step.call.tool, step.code)):
        return Say(phrase(own), MessageKind.REFUSAL)
    return Say(phrase("refused", reason=step.message), MessageKind.REFUSAL, {"code": step.code})
