"""A talk with the scripted brain, over HTTP: what is found, meant, asked, done and remembered."""

from __future__ import annotations

from typing import Any

import pytest

from commerce.cart.models import CartLine
from commerce.catalog.models import Category
from commerce.orders.services import OrderItem
from commerce.promotions.models import Coupon
from pets.brains.base import Call
from pets.catalogue import forget_vocabulary
from pets.models import ActionStatus, Consent, PetAction, PetMessage
from tests.commerce.factories import ProductFactory, VariantFactory, make_order
from tests.pets.talking import Person, variant

pytestmark = pytest.mark.django_db


def ids(message: Any) -> list[str]:
    """Return the products that a message shows."""
    return [each["id"] for each in message["metadata"].get("products", ())]


def in_cart(person: Person) -> list[tuple[str, int]]:
    """Return what is in somebody's cart."""
    lines = CartLine.objects.filter(cart__user=person.user).order_by("id")
    return list(lines.values_list("variant__sku", "quantity"))


def test_what_is_asked_for_is_found_and_can_be_made_cheaper(alice):
    found = alice.last("show me red gowns under 20k")
    assert (found["kind"], sorted(ids(found))) == ("product_recommendation", ["p_adire-gown", "p_ankara-gown"])
    assert ids(alice.last("cheaper")) == ["p_adire-gown", "p_ankara-gown"]
    shown = found["metadata"]["products"][0]
    assert {"id", "slug", "name", "price", "in_stock", "image"} <= set(shown)


def test_what_is_not_there_is_said_and_what_comes_near_is_shown(alice):
    near = alice.last("show me blue gowns under 20k")
    assert (near["metadata"]["relaxed"], len(ids(near))) == (["sizes", "colours"], 2)
    message = PetMessage.objects.filter(role="user").latest("id")
    assert (message.intent, message.is_understood) == ("search", True)


def test_a_colour_that_is_not_wanted_is_not_shown(alice):
    assert ids(alice.last("I want a gown that is not red")) == ["p_lace-gown"]
    alice.say("show me red gowns")
    assert ids(alice.last("not in red")) == ["p_lace-gown"]
    assert len(ids(alice.last("in red"))) == 2


def test_of_a_colour_with_several_names_any_will_do(alice):
    gown = ProductFactory.create(
        public_id="p_wrap-gown", slug="wrap-gown", name="Wrap gown", category=Category.objects.get(slug="gowns")
    )
    VariantFactory.create(product=gown, sku="WRAP-1", size="M", colour="Wine")
    VariantFactory.create(product=gown, sku="WRAP-2", size="M", colour="Black")
    forget_vocabulary()
    assert ids(alice.last("do you have the wrap gown in red?"))[:1] == ["p_wrap-gown"]
    stock = alice.last("is the wrap gown in stock in red?")
    assert (stock["metadata"]["in_stock"], stock["metadata"]["asked"]) == (True, {"size": None, "colour": "Wine"})
    assert alice.last("add the wrap gown in red")["kind"] == "confirmation"
    alice.last("yes")
    assert in_cart(alice) == [("WRAP-1", 1)]


def test_more_of_the_same_are_others_until_there_are_none(alice):
    for number in range(6):
        gown = ProductFactory.create(
            public_id=f"p_gown-{number}", slug=f"gown-{number}", category=Category.objects.get(slug="gowns")
        )
        VariantFactory.create(product=gown, sku=f"GOWN-{number}")
    first = alice.last("show me gowns")
    more = alice.last("show me more")
    assert (len(ids(first)), len(ids(more)), set(ids(first)) & set(ids(more))) == (6, 3, set())
    end = alice.last("more")
    assert (ids(end), end["metadata"]["relaxed"]) == ([], [])
    assert ids(alice.last("the second one")) == ids(more)[1:2]
    assert len(ids(alice.last("cheaper"))) == 6
    assert ids(alice.last("show me gowns")) == ids(first)


def test_a_product_is_put_in_the_cart_after_a_yes_by_words(alice):
    alice.say("show me red gowns under 20k")
    alice.say("cheaper")
    asked = alice.last("add the first one in size M")
    assert (asked["kind"], in_cart(alice)) == ("confirmation", [])
    assert (alice.last("yes")["kind"], in_cart(alice)) == ("cart", [("ADIRE-GOWN-M", 1)])
    action = PetAction.objects.get(tool="add_to_cart")
    assert (action.status, action.consent) == (ActionStatus.DONE, Consent.WORDS)


def test_a_no_lets_it_go(alice):
    alice.say("show me a leather bag")
    alice.say("add it to my cart")
    alice.say("no")
    assert (in_cart(alice), PetAction.objects.get(tool="add_to_cart").status) == ([], ActionStatus.DECLINED)


def test_another_message_leaves_the_question_open(alice):
    alice.say("show me a leather bag")
    alice.say("add it to my cart")
    alice.say("what is in my cart")
    assert PetAction.objects.get(tool="add_to_cart").status == ActionStatus.WAITING


def test_a_size_that_is_open_is_asked_for_and_a_remembered_one_is_not(alice):
    alice.say("show me red gowns under 20k")
    alice.say("cheaper")
    which = alice.last("add the first one")
    labels = [each["label"] for each in which["metadata"]["choices"]]
    assert (which["kind"], labels) == ("choice", ["M, red", "L, red"])
    asked = alice.last(which["metadata"]["choices"][1]["say"])
    assert (asked["kind"], asked["metadata"]["product"]) == ("confirmation", "Adire maxi gown (L, red)")
    alice.say("my size is L")
    assert alice.last("add the first one")["metadata"]["product"] == "Adire maxi gown (L, red)"


def test_what_is_spoken_of_is_it_and_the_list_stays(alice):
    alice.say("show me red gowns under 20k")
    detail = alice.last("tell me about the second one")
    assert ids(alice.last("add it to my cart in M")) == ids(detail)
    assert len(ids(alice.last("compare them"))) == 2


def test_a_line_of_the_cart_is_taken_out_by_its_place(alice):
    alice.say("show me a leather bag")
    alice.say("add it to my cart")
    alice.say("yes")
    alice.say("what is in my cart")
    asked = alice.last("remove the first one")
    assert (asked["kind"], asked["metadata"]["action"]["tool"]) == ("confirmation", "remove_from_cart")
    alice.say("yes")
    assert in_cart(alice) == []


def test_the_best_of_the_suggested_coupons_is_told_and_no_other(alice):
    for code, percent, suggested in (("SECRET90", 90, False), ("TEN", 10, True), ("FIVE", 5, True)):
        Coupon.objects.create(code=code, name=code, kind="percentage", percent=percent, suggested=suggested)
    assert alice.last("any coupon for me?")["metadata"]["code"] == "empty_cart"
    alice.say("show me a leather bag")
    alice.say("add it to my cart")
    alice.say("yes")
    coupon = alice.last("any coupon for me?")["metadata"]["coupon"]
    assert (coupon["code"], coupon["discount"]["kobo"]) == ("TEN", 80_000)


def test_a_code_that_the_person_has_is_taken_by_the_rules_of_the_checkout(alice):
    Coupon.objects.create(code="SECRET90", name="Secret", kind="percentage", percent=90)
    alice.say("show me a leather bag")
    alice.say("add it to my cart")
    alice.say("yes")
    asked = alice.last("apply coupon SECRET90")
    assert asked["metadata"]["coupon"]["discount"]["kobo"] == 720_000
    done = alice.last("yes")
    assert (done["kind"], done["metadata"]["coupon"]["is_applied"]) == ("coupon_application", True)
    assert alice.last("apply coupon NOSUCH")["metadata"]["code"] == "coupon_unknown"


def test_orders_are_the_person_s_own(alice, charlie):
    theirs = make_order(user=charlie.user, lines=[OrderItem("BAG-1", 1)])
    assert alice.last(f"where is my order {theirs.number}")["kind"] == "refusal"
    assert alice.last("where is my order")["kind"] == "refusal"
    mine = make_order(user=alice.user, lines=[OrderItem("BAG-1", 1)])
    order = alice.last("where is my order")["metadata"]["order"]
    assert (order["number"], order["status"]) == (mine.number, "pending")


def test_tastes_are_remembered_shown_and_forgotten(alice):
    alice.say("my size is M")
    shown = alice.last("what do you know about me")
    assert [each["words"] for each in shown["metadata"]["memory"]] == ["size M"]
    alice.say("forget my size")
    assert alice.last("what do you know about me")["metadata"]["memory"] == []


def test_what_is_not_understood_is_kept_as_such(alice):
    assert alice.last("qwrtz plmk vbnh")["kind"] == "not_understood"
    message = PetMessage.objects.filter(role="user").latest("id")
    assert (message.intent, message.is_understood) == ("unknown", False)


def test_stock_is_told_without_how_much(alice):
    alice.say("show me a leather bag")
    assert "is" in alice.last("is it available?")["text"]
    variant("BAG-1").__class__.objects.filter(sku="BAG-1").update(stock_on_hand=0)
    told = alice.last("is it available?")
    assert (told["metadata"]["in_stock"], "stock_on_hand" in str(told)) == (False, False)


def test_a_pet_grows_with_use(alice):
    for _ in range(4):
        alice.say("show me a leather bag")
    assert (alice.pet.xp, alice.pet.level) == (24, 2)
    assert len(alice.say("what is in my cart")) == 2


def test_a_tool_that_fails_is_said_and_kept_and_the_talk_goes_on(alice, monkeypatch):
    from pets import acting

    def fail(name):
        raise RuntimeError(name)

    monkeypatch.setattr(acting, "find_tool", fail)
    assert alice.last("what is in my cart")["kind"] == "refusal"
    action = PetAction.objects.get()
    assert (action.tool, action.status, action.code) == ("show_cart", ActionStatus.FAILED, "failed")
    monkeypatch.undo()
    assert alice.last("what is in my cart")["kind"] == "cart"


def test_calls_are_plain():
    assert Call("show_cart") == Call("show_cart", {}, "")
