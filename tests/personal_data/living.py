"""A person with traces everywhere, under words that stand nowhere else: a customer, and somebody without an account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.admin.models import LogEntry

from analytics.rollup.fill import fill_dirty
from analytics.rollup.leads import score_leads
from analytics.rollup.refresh import refresh_views
from analytics.store.models import RejectedEvent, SavedReport, Segment, SegmentMember
from commerce.accounts.models import User
from commerce.accounts.services import AddressDetails, add_address, register_customer
from commerce.cart.models import CartReminder
from commerce.cart.services import add_to_cart, add_wish
from commerce.cart.services.wishing import Wish
from commerce.notifications.models import Notification
from commerce.orders.models import Order
from commerce.orders.services import Contact, confirm_order, pay_order
from commerce.payments.models import Payment, Provider, WebhookDelivery
from commerce.reviews.services import write_review
from commerce.rewards.models import PointsEntry, RewardProfile
from pets.adopting import adopt_pet
from pets.models import PetAction, PetConversation, PetMessage, PetPreference
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at
from tests.rollup.story import event as tell
from zuka.platform.actor import NOBODY, Actor
from zuka.platform.audit.actions import record_action
from zuka.platform.keys.issuing import issue_key
from zuka.platform.mail.models import Suppression
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.mail.suppressing import suppress_address

VISITOR, APP, SESSION = "visitor-zebrafinch-77", "app-marmoset-41", "session-okapi-93"
EMAIL, PHONE, NAME, STREET = "quokka.marker@example.com", "+2348099887766", "Quokka Markersdottir", "77 Axolotl Close"
OTHER_EMAIL = "narwhal.guest@example.com"
HOME = {**ADDRESS, "recipient_name": NAME, "phone": PHONE, "street_address": STREET}
SAID = "my pangolin secret"


@dataclass(frozen=True)
class Life:
    """Who it is, and the words that must be gone; `number` is that of an order, which stays."""

    user: User | None
    words: Mapping[str, str]
    number: str


def browse(visitor: str, *, user: str | None = None, day: Any = THURSDAY, **more: Any) -> None:
    """What somebody does on a day in a browser; with it all that a client may send along."""
    who: dict[str, Any] = {"visitor_id": visitor, "user_id": user, "session_id": f"{SESSION}-{visitor}"}
    told = {**who, "ip": "102.89.0.0", "source_key": UUID(int=1), "message_id": f"m-{visitor}", **more}
    event(
        "page.viewed",
        at(day, 9),
        page_path="/gowns",
        referrer_url=f"https://mail.example/inbox?u={EMAIL}",
        click_id=f"gclid:{visitor}",
        utm_source="news",
        utm_content=f"to-{EMAIL}",
        city="Ikeja",
        **told,
    )
    event("page.viewed", at(day, 9, 1), page_path=f"/hello/{EMAIL}", **told)
    event(
        "product.viewed",
        at(day, 9, 5),
        product_ref="gown",
        **told,
        properties={"product_id": "gown", "price": 5000, "note": SAID, "coupon": EMAIL, "variant": "red"},
    )
    event(
        "product.searched",
        at(day, 9, 6),
        search_query="red gown",
        properties={"query": "red gown", "results": 3},
        **told,
    )
    event("product.searched", at(day, 9, 7), search_query=f"gown for {NAME}", properties={"results": 0}, **told)
    event("cart.item_added", at(day, 9, 8), product_ref="gown", quantity=1, value_kobo=500_000, currency="NGN", **told)


def event(event_type: str, moment: Any, *, properties: Mapping[str, Any] | None = None, **columns: Any) -> None:
    """An event with its properties, which are stored as JSON."""
    tell(event_type, moment, **columns, **({"properties": json.dumps(properties)} if properties else {}))


def beside() -> None:
    """What others did on the same days, so that there is something to agree."""
    for number, day in enumerate((THURSDAY, FRIDAY, SATURDAY)):
        who: dict[str, Any] = {"visitor_id": f"other-{number}", "source_key": UUID(int=1)}
        event("page.viewed", at(day, 11), page_path="/gowns", **who)
        event("product.searched", at(day, 11, 1), search_query="red gown", properties={"results": 3}, **who)


def live_as_guest() -> Life:
    """Somebody without an account: a browser, a cart that is left, an order that came and is over."""
    beside()
    browse(VISITOR)
    browse(VISITOR, day=SATURDAY)
    actor = Actor(visitor_id=VISITOR, session_id=f"{SESSION}-{VISITOR}")
    order = finished_order(user=None, actor=actor, email=OTHER_EMAIL)
    cart, _ = add_to_cart(
        user=None, token=None, sku=VariantFactory.create().sku, quantity=1, actor=actor, at=at(FRIDAY, 8)
    )
    CartReminder.objects.create(cart=cart, email=OTHER_EMAIL, due_at=at(SATURDAY, 8))
    reject(VISITOR)
    count()
    words = {
        "visitor": VISITOR,
        "session": SESSION,
        "e-mail": OTHER_EMAIL,
        "name": NAME,
        "street": STREET,
        "phone": PHONE[4:],
        "mail": EMAIL,
        "said": SAID,
    }
    return Life(None, words, order.number)


def finished_order(*, user: User | None, actor: Actor, email: str) -> Order:
    """An order that was paid, sent and kept, with what a provider said of it."""
    order = make_order(
        user=user,
        actor=actor,
        contact=Contact(name=NAME, email=email, phone=PHONE),
        shipping_address=HOME,
        at=at(THURSDAY, 12),
        payment_method="paystack",
        notes=SAID,
    )
    pay_order(
        order=order,
        provider=Provider.PAYSTACK,
        reference=f"ref-{order.number}",
        amount_kobo=order.total_kobo,
        fee_kobo=0,
        at=at(THURSDAY, 13),
        actor=NOBODY,
    )
    confirm_order(order=order, at=at(THURSDAY, 14), actor=NOBODY)
    Order.objects.filter(pk=order.pk).update(status="completed", delivered_at=at(FRIDAY, 9))
    Payment.objects.filter(order=order).update(raw_answer={"customer": {"email": email}})
    WebhookDelivery.objects.create(
        provider="paystack",
        event="charge.success",
        dedupe_key=f"d-{order.number}",
        body=f'{{"customer": "{email}", "ref": "ref-{order.number}"}}',
        received_at=at(THURSDAY, 13),
        handled_at=at(THURSDAY, 13),
    )
    queue_mail(
        key=f"order.test:{order.number}",
        template="account.closed",
        recipient=email,
        context={"name": NAME, "number": order.number},
        at=at(THURSDAY, 13),
    )
    return order


def reject(visitor: str) -> None:
    """An event that was refused, with all it said."""
    RejectedEvent.objects.create(
        id=UUID(int=99),
        stage="content",
        reason="invalid_property",
        message="price",
        door="native",
        received_at=at(FRIDAY, 9),
        payload=f'{{"visitor_id": "{visitor}", "email": "{EMAIL}"}}',
        reading="{}",
    )


def count() -> None:
    """Count all days, views and scores, as jobs do."""
    fill_dirty()
    refresh_views(at=at(SATURDAY, 20))
    score_leads(at=at(SATURDAY, 20))


def live_as_customer() -> Life:
    """A customer who does everything that the shop keeps something of."""
    beside()
    user = register_customer(
        email=EMAIL,
        phone=PHONE,
        password="four ripe plantains",
        name=NAME,
        at=at(THURSDAY, 8),
        actor=Actor(visitor_id=VISITOR),
    )
    User.objects.update(email_verified_at=at(THURSDAY, 8), accepts_marketing=True, metadata={"said": SAID})
    user.refresh_from_db()
    me, actor = str(user.pk), Actor(user_id=str(user.pk), visitor_id=VISITOR, session_id=SESSION)
    browse(VISITOR)
    browse(VISITOR, day=FRIDAY, user=me)
    browse(APP, day=SATURDAY, user=me)
    event("user.identified", at(SATURDAY, 9), visitor_id=APP, user_id=me, properties={"previous_id": VISITOR})
    add_address(user=user, details=cast("AddressDetails", {**HOME, "label": "home"}), at=at(THURSDAY, 8))
    order = finished_order(user=user, actor=actor, email=EMAIL)
    product = order.lines.get().product
    assert product is not None
    write_review(
        product=product, user=user, rating=5, actor=actor, at=at(FRIDAY, 9), title=SAID, body=f"{SAID} of {NAME}"
    )
    sku = VariantFactory.create().sku
    add_to_cart(user=user, token=None, sku=sku, quantity=1, actor=actor, at=at(FRIDAY, 8))
    add_wish(user=user, wish=Wish(product_id=product.public_id), actor=actor, at=at(FRIDAY, 8))
    talk(user)
    note_everywhere(user)
    reject(VISITOR)
    count()
    words = {
        "account": me,
        "visitor": VISITOR,
        "app": APP,
        "session": SESSION,
        "e-mail": EMAIL,
        "phone": PHONE[4:],
        "name": NAME,
        "street": STREET,
        "said": SAID,
        "nickname": "narwhalnick",
    }
    return Life(user, words, order.number)


def note_everywhere(user: User) -> None:
    """What else the shop writes down of somebody: notices, points, keys, the log, what staff saved of them."""
    me = str(user.pk)
    Notification.objects.create(
        user=user, key="k", kind="order.placed", title=f"For {NAME}", body=SAID, created_at=at(FRIDAY, 8)
    )
    PointsEntry.objects.create(
        user=user,
        source_type="streak",
        source_id=f"{me}:2026-11-20",
        points=5,
        balance_after=5,
        occurred_at=at(FRIDAY, 8),
        note=f"for {NAME}",
    )
    RewardProfile.objects.get_or_create(user=user, defaults={"nickname": "narwhalnick", "referral_code": "QUOKKA77"})
    issue_key(name=NAME, kind="secret", scopes=["track"], owner=user)
    suppress_address(address=EMAIL, reason=Suppression.Reason.OPTED_OUT, at=at(FRIDAY, 8))
    record_action(
        "account.email_changed", subject=user, person_id=user.pk, personal_before={"email": EMAIL}, reason=SAID
    )
    LogEntry.objects.create(
        user=User.objects.create_user(email="staff@shop.example", is_staff=True),
        object_id=me,
        object_repr=NAME,
        action_flag=2,
    )
    segment = Segment.objects.create(name="All", definition={}, owner=User.objects.get(email="staff@shop.example"))
    SegmentMember.objects.create(segment=segment, person=me)
    SavedReport.objects.create(title="One", report="person_timeline", params={"person": me}, owner=segment.owner)


def talk(user: User) -> None:
    """A pet that was talked with, and what it remembers."""
    pet = adopt_pet(user_id=user.pk, persona="funny", name="Bongo Quokka Markersdottir"[:20], at=at(FRIDAY, 8))
    PetPreference.objects.create(pet=pet, kind="size", value=NAME, source="said", learned_at=at(FRIDAY, 8))
    moment = at(FRIDAY, 8)
    talk = PetConversation.objects.create(pet=pet, persona="funny", started_at=moment, last_message_at=moment)
    PetMessage.objects.create(conversation=talk, role="user", text=f"I am {NAME}, {SAID}", created_at=moment)
    PetAction.objects.create(
        conversation=talk,
        tool="x",
        arguments={"said": SAID},
        status="done",
        created_at=moment,
        ended_at=moment + timedelta(seconds=1),
    )
