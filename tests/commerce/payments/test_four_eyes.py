"""Above REFUND_FOUR_EYES a second member of staff decides. The limit of these tests is ₦1,000, an order ₦2,000."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.orders.models import PaymentMethod
from commerce.orders.services import (
    AS_STAFF_SAW,
    OrderItem,
    apply_refund,
    approve_refund,
    confirm_order,
    decline_refund,
    deliver_order,
    pack_order,
    refund_payment,
    refund_return,
    settle_payment,
    ship_order,
)
from commerce.orders.services.approving import OwnRefund, RefundDecided, RefundOvertaken
from commerce.orders.services.refunding import hear_of_refund
from commerce.payments.gateways import GatewayNotReached, RefundAnswer, RefundState
from commerce.payments.models import Payment, Refund
from commerce.payments.services import RefundTooLarge, refundable_kobo
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads
from tests.commerce.orders.stories import STAFF, receive
from tests.commerce.orders.stories import ask as ask_return
from tests.commerce.payments.conftest import BOTH, SYSTEM, online_order, start, state_of, timeline
from tests.commerce.payments.test_back_office_payments import press, said
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor, actor_for
from zuka.platform.config import SETTINGS
from zuka.platform.models import OutgoingMail
from zuka.platform.setting_kinds import InvalidValue

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
SUBMITTED = {"_form_submitted": "True"}
KEY = "0192f0c8-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.REFUND_FOUR_EYES = 1_000


@pytest.fixture
def asker(db: None) -> Actor:
    """A member of staff who asks for refunds."""
    return actor_for(user_id=superuser("asker@example.com").pk)


@pytest.fixture
def second(db: None) -> Actor:
    """Another one, who decides."""
    return actor_for(user_id=superuser("second@example.com").pk)


def superuser(email: str) -> User:
    person: User = UserFactory.create(email=email, is_staff=True, is_superuser=True)
    return person


def paid(providers: Providers, method: PaymentMethod = PaymentMethod.FLUTTERWAVE, **settled: Any) -> Payment:
    payment = start(online_order(method))
    providers.settle(payment.reference, **settled)
    return settle_payment(payment=payment, at=NOON, actor=SYSTEM)


def ask(payment: Payment, actor: Actor, kobo: int = 150_000) -> Refund:
    return refund_payment(payment=payment, amount_kobo=kobo, reason="too small", at=LATER, actor=actor)


def approve(refund: Refund, actor: Actor) -> Refund:
    return approve_refund(refund=refund, note="I have seen it", at=LATER, actor=actor)


def hear_of(payment: Payment, kobo: int, reference: str, *, at: datetime) -> Refund:
    """Hear that money went back which nobody here had begun to send."""
    answer = RefundAnswer(RefundState.DONE, reference, "")
    heard = hear_of_refund(payment=payment, amount_kobo=kobo, answer=answer, at=at, actor=SYSTEM)
    assert heard is not None
    return heard


def went(providers: Providers, payment: Payment) -> list[int]:
    """What went back at the provider."""
    return [each.amount_kobo for each in providers.refunds_of(payment.reference)]


@BOTH
def test_a_large_refund_waits_for_a_second(
    providers: Providers, method: PaymentMethod, asker: Actor, second: Actor
) -> None:
    payment = paid(providers, method)

    refund = ask(payment, asker)

    assert (refund.status, went(providers, payment), refundable_kobo(payment)) == ("asked", [], 50_000)
    assert state_of(payment.order) == ("placed", "paid")
    assert timeline(payment.order)[-1] == ("paid", "paid", "Refund of ₦1,500.00 asked for, to be approved. too small")

    approved = approve(refund, second)

    assert approved.status == ("pending" if method == PaymentMethod.PAYSTACK else "succeeded")
    assert (approved.decided_by_id, approved.decided_at) == (second.account_id, LATER)
    assert (approved.decision_note, went(providers, payment)) == ("I have seen it", [150_000])
    assert ("paid", "paid", "Refund of ₦1,500.00 approved. I have seen it") in timeline(payment.order)


def test_others_are_written_to(providers: Providers, asker: Actor, second: Actor) -> None:
    refund = ask(paid(providers), asker)

    mail = OutgoingMail.objects.get(template="refunds.asked")
    assert (mail.recipient, mail.key) == ("second@example.com", f"refunds.asked:{refund.pk}:{second.account_id}")
    assert mail.subject == f"₦1,500.00 of order {refund.payment.order.number} waits for your approval"


def test_a_small_one_goes_at_once_and_many_small_ones_are_large(providers: Providers, asker: Actor) -> None:
    payment = paid(providers)

    statuses = [ask(payment, asker, kobo).status for kobo in (60_000, 40_000, 1, 10_000)]

    assert statuses == ["succeeded", "succeeded", "asked", "asked"]
    assert went(providers, payment) == [60_000, 40_000]


def test_what_is_asked_for_counts_and_what_was_declined_does_not(
    providers: Providers, asker: Actor, second: Actor
) -> None:
    payment = paid(providers)
    refund = ask(payment, asker, 100_001)
    assert ask(payment, asker, 10_000).status == "asked"

    decline_refund(refund=refund, note="keep it", at=LATER, actor=second)

    assert refundable_kobo(payment) == 190_000
    assert ask(payment, asker, 80_000).status == "succeeded"


def test_two_payments_of_one_order_are_one_sum(providers: Providers, asker: Actor) -> None:
    order = online_order(PaymentMethod.FLUTTERWAVE)
    payments = []
    for kobo in (100_000, 100_000):
        payment = start(order)
        providers.settle(payment.reference, amount_kobo=kobo)
        payments.append(settle_payment(payment=payment, at=NOON, actor=SYSTEM))

    assert [ask(each, asker, 60_000).status for each in payments] == ["succeeded", "asked"]


def test_money_in_another_currency_always_waits(providers: Providers, asker: Actor) -> None:
    assert ask(paid(providers, currency="USD"), asker, 1).status == "asked"


def test_without_a_limit_nothing_waits(providers: Providers, settings: Any, asker: Actor) -> None:
    settings.REFUND_FOUR_EYES = 0
    assert ask(paid(providers), asker, 200_000).status == "succeeded"


@pytest.mark.parametrize(("text", "value"), [("", 0), ("100000", 100_000), ("-1", None), ("many", None)])
def test_the_limit_is_a_whole_number_or_empty(text: str, value: int | None) -> None:
    (setting,) = [each for each in SETTINGS if each.name == "REFUND_FOUR_EYES"]
    if value is None:
        with pytest.raises(InvalidValue):
            setting.read(text)
    else:
        assert setting.read(text) == value


def test_nobody_approves_their_own_but_may_withdraw_it(providers: Providers, asker: Actor) -> None:
    payment = paid(providers)
    refund = ask(payment, asker)

    for actor in (asker, SYSTEM):
        with pytest.raises(OwnRefund):
            approve(refund, actor)

    withdrawn = decline_refund(refund=refund, note="a mistake", at=LATER, actor=asker)
    assert (withdrawn.status, withdrawn.decision_note) == ("declined", "a mistake")
    assert timeline(payment.order)[-1][2] == "Refund of ₦1,500.00 withdrawn. a mistake"
    with pytest.raises(IntegrityError):
        Refund.objects.filter(pk=refund.pk).update(status="pending")


def test_it_is_decided_once(providers: Providers, asker: Actor, second: Actor) -> None:
    refund = ask(paid(providers), asker)
    declined = decline_refund(refund=refund, note="no", at=LATER, actor=second)

    assert timeline(refund.payment.order)[-1][2] == "Refund of ₦1,500.00 declined. no"
    for decide in (approve_refund, decline_refund):
        with pytest.raises(RefundDecided):
            decide(refund=declined, note="again", at=LATER, actor=second)


@pytest.mark.django_db(transaction=True)
@BOTH
def test_two_approve_at_once_and_one_refund_goes(
    providers: Providers, method: PaymentMethod, asker: Actor, second: Actor, facts: Facts
) -> None:
    payment = paid(providers, method)
    refund = ask(payment, asker)

    def click() -> str:
        try:
            return approve(refund, second).status
        except RefundDecided:
            return "decided"

    outcomes = sorted(in_threads(4, click))

    done = "pending" if method == PaymentMethod.PAYSTACK else "succeeded"
    assert outcomes == sorted([done, "decided", "decided", "decided"])
    assert went(providers, payment) == [150_000]
    assert len(facts("order.refunded")) == (method == PaymentMethod.FLUTTERWAVE)


@pytest.mark.django_db(transaction=True)
def test_many_small_ones_at_once_stay_below_the_limit(providers: Providers, asker: Actor) -> None:
    payment = paid(providers)

    statuses = in_threads(4, lambda: ask(payment, asker, 40_000).status)

    assert sorted(statuses) == ["asked", "asked", "succeeded", "succeeded"]


def test_what_left_at_the_provider_is_recorded_whatever_is_asked_for(
    providers: Providers, asker: Actor, second: Actor
) -> None:
    payment = paid(providers)
    refund = ask(payment, asker)

    gone = hear_of(payment, 200_000, "77", at=LATER)

    assert (gone.status, gone.pk == refund.pk) == ("succeeded", False)
    with pytest.raises(RefundTooLarge):
        approve(refund, second)
    refund.refresh_from_db()
    assert refund.status == "asked"


def test_a_provider_that_was_not_reached_leaves_a_failed_refund(
    providers: Providers, asker: Actor, second: Actor
) -> None:
    refund = ask(paid(providers), asker)
    providers.fail_next(status=429)

    with pytest.raises(GatewayNotReached):
        approve(refund, second)

    refund.refresh_from_db()
    assert (refund.status, refundable_kobo(refund.payment)) == ("failed", 200_000)


def buttons(client: Client, refund: Refund) -> list[str]:
    page = client.get(reverse("admin:commerce_refund_change", args=[refund.pk])).content.decode()
    names = ("approve", "decline", "went_back", "did_not")
    return [name for name in names if reverse(f"admin:commerce_refund_{name}", args=[refund.pk]) in page]


def test_the_back_office_asks_and_another_approves(staff_client: Client, client: Client, providers: Providers) -> None:
    payment = paid(providers)
    dialog = staff_client.get(reverse("admin:commerce_payment_refund", args=[payment.pk])).content.decode()
    answer = press(staff_client, payment, "refund", amount="1500", reason="too small", request_key=KEY)

    refund = Refund.objects.get()
    own = reverse("admin:commerce_refund_approve", args=[refund.pk])
    decision = {**SUBMITTED, "note": "seen"}
    assert "With more than ₦1,000.00 of one order, a colleague has to approve it." in dialog
    assert said(answer) == ["Refund of ₦1,500.00: Waits for approval. "]
    assert buttons(staff_client, refund) == ["decline"]
    assert said(staff_client.post(own, decision))[-1].startswith("Somebody else has to approve")

    other = Client()
    other.force_login(superuser("second@example.com"))
    assert buttons(other, refund) == ["approve", "decline"]
    assert other.post(own, {**SUBMITTED, "note": ""}).status_code == 200
    refund.refresh_from_db()
    assert refund.status == "asked"
    assert said(other.post(own, decision)) == ["The refund is Succeeded."]
    assert buttons(other, refund) == []


def test_who_gives_no_money_back_approves_nothing(client: Client, providers: Providers, asker: Actor) -> None:
    refund = ask(paid(providers), asker)
    client.force_login(UserFactory.create(is_staff=True))
    for name in ("approve", "decline"):
        url = reverse(f"admin:commerce_refund_{name}", args=[refund.pk])
        assert client.post(url, {**SUBMITTED, "note": "seen"}).status_code == 403


def test_who_says_that_a_refund_failed_cannot_send_it_again_alone(providers: Providers, asker: Actor) -> None:
    """It may go back all the same: only the provider's word takes it off the sum."""
    payment = paid(providers, PaymentMethod.PAYSTACK)
    first = ask(payment, asker, 90_000)
    said_so = RefundAnswer(RefundState.FAILED, "", AS_STAFF_SAW)
    assert apply_refund(refund=first, answer=said_so, at=LATER, actor=asker).status == "failed"

    again = ask(payment, asker, 90_000)

    assert (again.status, went(providers, payment)) == ("asked", [90_000])
    decline_refund(refund=again, note="wait", at=LATER, actor=asker)
    heard = RefundAnswer(RefundState.FAILED, "", "failed")
    apply_refund(refund=first, answer=heard, at=LATER, actor=SYSTEM)
    assert ask(payment, asker, 90_000).status == "pending"


def test_what_went_back_there_meanwhile_is_not_sent_again(providers: Providers, asker: Actor, second: Actor) -> None:
    payment = paid(providers)
    early = hear_of(payment, 10_000, "76", at=NOON)
    refund = ask(payment, asker, 95_000)
    hear_of(payment, 95_000, "77", at=LATER + timedelta(minutes=1))

    with pytest.raises(RefundOvertaken, match=r"₦950\.00 went back at the provider since this was asked for"):
        approve(refund, second)

    refund.refresh_from_db()
    assert (early.status, refund.status, went(providers, payment)) == ("succeeded", "asked", [])


def test_a_return_is_not_paid_for_twice_when_what_was_said_to_have_failed_went_back(
    providers: Providers, asker: Actor, second: Actor
) -> None:
    two = [OrderItem(VariantFactory.create(stock_on_hand=10).sku, 2)]
    order = online_order(PaymentMethod.PAYSTACK, lines=two)
    payment = start(order)
    providers.settle(payment.reference)
    settle_payment(payment=payment, at=NOON, actor=SYSTEM)
    for verb in (confirm_order, pack_order, ship_order, deliver_order):
        verb(order=order, **STAFF)
    back = receive(ask_return(order, 1, is_staff=True))
    told: dict[str, Any] = {"goods_return": back, "amount_kobo": 200_000, "at": LATER, "actor": asker}
    first = approve(refund_return(**told, request_key=uuid4())[0], second)
    apply_refund(refund=first, answer=RefundAnswer(RefundState.FAILED, "", AS_STAFF_SAW), at=LATER, actor=asker)
    again = refund_return(**told, request_key=uuid4())[0]
    apply_refund(refund=first, answer=RefundAnswer(RefundState.DONE, "78", ""), at=LATER, actor=SYSTEM)

    with pytest.raises(RefundOvertaken, match=r"₦2,000\.00 went back"):
        approve(again, second)

    assert [each.status for each in Refund.objects.order_by("pk")] == ["succeeded", "asked"]
