"""Points, plays, friends, talks and notices of the invented shop, as its own rules would have left them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models import F, Q, Sum

from analytics.store.models import Event as StoredEvent
from commerce.cart.models import CartReminder, Wishlist
from commerce.notifications.models import Notification
from commerce.orders.models import Order
from commerce.orders.services import settle_due_orders
from commerce.promotions.models import CouponRedemption
from commerce.rewards.models import GamePlay, GameScore, Period, PlayStatus, PointsEntry, Referral, UserReward
from commerce.rewards.services import find_points_drift
from pets.models import ActionStatus, PetAction, PetConversation, PetMessage, UserPet
from tests.demo.conftest import UNTIL
from zuka.platform.clock import day_start, local_day
from zuka.platform.mail.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
NAMES = ("pet.recommendation_shown", "pet.recommendation_clicked", "pet.action_taken")


def test_points_add_up_after_every_change_and_jobs_find_nothing_to_do():
    assert PointsEntry.objects.count() > 20
    assert list(find_points_drift()) == []
    held: Counter[str] = Counter()
    for entry in PointsEntry.objects.order_by("id"):
        held[str(entry.user_id)] += entry.points
        assert entry.balance_after == held[str(entry.user_id)] >= 0
    assert PointsEntry.objects.filter(Q(occurred_at__gt=UNTIL) | Q(user__is_test=True)).count() == 0
    assert settle_due_orders(at=day_start(local_day(UNTIL))) == 0


def test_what_earned_is_there():
    earned = dict(PointsEntry.objects.filter(source_type="game").values_list("source_id", "points"))
    plays = GamePlay.objects.filter(points__gt=0)
    assert earned == {str(play.pk): play.points for play in plays} != {}
    settled = Order.objects.exclude(points_settled_at=None)
    entries = PointsEntry.objects.filter(source_type="order").values_list("source_id", "points")
    assert dict(entries) == {order.number: order.points_earned for order in settled if order.points_earned} != {}
    given = Referral.objects.filter(status="rewarded")
    for source_type in ("referral", "welcome"):
        ids = PointsEntry.objects.filter(source_type=source_type).values_list("source_id", flat=True)
        assert sorted(ids) == sorted(str(each.pk) for each in given)
    told = StoredEvent.objects.filter(event_type="points.earned").count()
    assert told == PointsEntry.objects.filter(points__gt=0).count()


def test_rewards_cost_points_and_their_codes_are_good_for_one_order():
    taken = UserReward.objects.select_related("coupon", "reward")
    spent = dict(PointsEntry.objects.filter(source_type="reward").values_list("source_id", "points"))
    assert spent == {str(each.pk): -each.points for each in taken}
    uses = Counter(CouponRedemption.objects.filter(coupon__reward__isnull=False).values_list("coupon", flat=True))
    assert set(uses.values()) <= {1}


def test_the_best_scores_are_those_of_the_plays():
    assert set(GamePlay.objects.values_list("status", flat=True)) >= {PlayStatus.FINISHED}
    best: dict[tuple[object, str], int] = {}
    for play in GamePlay.objects.filter(status=PlayStatus.FINISHED).exclude(game="wheel"):
        best[play.user_id, play.game] = max(best.get((play.user_id, play.game), 0), play.score or 0)
    boards = GameScore.objects.filter(period=Period.ALL)
    assert {(row.user_id, row.game): row.score for row in boards} == best != {}


def test_talks_are_told_as_they_were_held():
    assert UserPet.objects.count() > 3
    told = {name: StoredEvent.objects.filter(event_type=name) for name in NAMES}
    ended = PetAction.objects.exclude(status=ActionStatus.EXPIRED)
    assert told["pet.action_taken"].count() == ended.count() > 5
    shown = {
        f"pet.recommendation_shown:{message.pk}:{each['id']}"
        for message in PetMessage.objects.exclude(metadata={})
        for each in message.metadata["products"]
    }
    assert set(told["pet.recommendation_shown"].values_list("message_id", flat=True)) == shown != set()
    clicked = told["pet.recommendation_clicked"].values_list("message_id", flat=True)
    assert {str(each).replace("clicked", "shown") for each in clicked} <= shown
    assert not PetMessage.objects.filter(created_at__lt=F("conversation__started_at")).exists()
    said = PetMessage.objects.filter(role="user").count()
    assert PetConversation.objects.aggregate(turns=Sum("turns"))["turns"] == said


def test_customers_were_told_of_their_orders_and_wished_for_products():
    orders = Order.objects.filter(is_test=False)
    placed = set(OutgoingMail.objects.filter(template="order.placed").values_list("key", flat=True))
    assert placed == {f"order.placed:{order.number}" for order in orders}
    kept = set(Notification.objects.filter(kind="order.placed").values_list("key", flat=True))
    assert kept == {f"order.placed:{order.number}" for order in orders if order.user_id}
    assert not Notification.objects.filter(Q(created_at__gt=UNTIL) | Q(read_at__gt=UNTIL)).exists()
    assert not OutgoingMail.objects.exclude(recipient="").exists()
    reminded = CartReminder.objects.select_related("cart__user")
    assert all(each.cart.user and each.cart.user.accepts_marketing for each in reminded)
    assert all(each.sent_at < (each.cart.converted_at or UNTIL) for each in reminded if each.sent_at)
    assert Wishlist.objects.exists()
