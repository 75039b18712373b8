from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import connections, models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce, Lower, NullIf
from django.utils import timezone
from psycopg import sql

from commerce.cart.models import Cart
from commerce.catalog.models import Product, ProductVariant
from commerce.columns import (
    Timestamped,
    choice_check,
    currency_check,
    currency_field,
    letters_index,
    not_negative_check,
    positive_check,
)
from commerce.orders.models.choices import (
    CLOSED,
    Channel,
    DerivedStatus,
    EventKind,
    FulfilmentStatus,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)

if TYPE_CHECKING:
    from commerce.orders.models.parcels import Shipment

# What belongs to the answer of an order: lines, parcels, returns and what is in them.
PARTS = ("lines", "shipments__lines__line", "returns__lines__line")


class OrderQuerySet(models.QuerySet["Order"]):
    """Reads of orders."""

    def counted(self) -> Self:
        """Orders that reports count: test and staff orders left out."""
        return self.filter(is_test=False)

    def of_user(self, user_id: UUID) -> Self:
        """Orders of one customer."""
        return self.filter(user_id=user_id)

    def with_parts(self) -> Self:
        """Orders with what belongs to their answer: lines, parcels, returns and what is in them."""
        return self.prefetch_related(*PARTS)

    def number_sequence(self, year: int) -> str:
        """Return the name of the sequence that counts a year's orders: no lock, and gaps where orders fail."""
        return f"commerce_order_number_{year}"

    def number_prefix(self, year: int) -> str:
        """Return what stands before the six digits of a year's numbers."""
        return f"ZUKA-{year}-"

    def next_number(self, year: int) -> str:
        """Return a number that no order had before."""
        with connections[self.db].cursor() as cursor:
            # nextval(NULL) is NULL: the first order of a year finds no sequence and makes it.
            cursor.execute("SELECT nextval(to_regclass(%s))", [self.number_sequence(year)])
            if (value := cursor.fetchone()[0]) is None:
                self.open_numbers(year)
                cursor.execute("SELECT nextval(to_regclass(%s))", [self.number_sequence(year)])
                value = cursor.fetchone()[0]
        return f"{self.number_prefix(year)}{value:06d}"

    def open_numbers(self, year: int) -> None:
        """Make the sequence of a year's numbers unless there is one."""
        sequence = self.number_sequence(year)
        with connections[self.db].cursor() as cursor:
            # CREATE SEQUENCE IF NOT EXISTS fails when two run at once, so they queue here, once a year.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [sequence])
            cursor.execute(sql.SQL("CREATE SEQUENCE IF NOT EXISTS {}").format(sql.Identifier(sequence)))


class Order(Timestamped):
    """What a customer bought, at the prices of that moment. Three states move by the tables in `states.py`.

    `total_kobo` = subtotal + shipping + tax - discount; tax that is in the prices already is `tax_included_kobo`, and
    `tax_title` names either (`VAT 7.5%`). `coupons` are `{"code", "kobo"}` each, the first to come off first, which is
    `coupon_code` too. Amounts stay as they were placed: what pieces cost that were cancelled or refused at the door
    since is `taken_off_kobo`. `points_used` paid for `points_kobo` of the goods, which is in the discount; what it
    earned is `points_earned`, settled when nothing can be sent back any more; the goods were worth
    `points_settled_kobo` then (NULL before that was kept). `number` is `ZUKA-2026-000123`: per year, gaps allowed.
    """

    new_lines: Sequence[OrderLine] = ()  # of an order that was written this moment, no column

    number = models.CharField(max_length=20, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    cart = models.ForeignKey(
        Cart, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders", db_index=False
    )
    guest_email = models.EmailField(null=True, blank=True)
    guest_phone = models.CharField(max_length=16, null=True, blank=True)
    contact_name = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    payment_status = models.CharField(max_length=20, choices=OrderPaymentStatus, default=OrderPaymentStatus.UNPAID)
    fulfilment_status = models.CharField(max_length=20, choices=FulfilmentStatus, default=FulfilmentStatus.UNFULFILLED)
    payment_method = models.CharField(max_length=20, choices=PaymentMethod)
    currency = currency_field()
    subtotal_kobo = models.BigIntegerField()
    shipping_kobo = models.BigIntegerField(default=0)
    discount_kobo = models.BigIntegerField(default=0)
    tax_kobo = models.BigIntegerField(default=0)
    tax_included_kobo = models.BigIntegerField(default=0, db_default=0)
    tax_title = models.CharField(max_length=60, blank=True, default="", db_default="")
    total_kobo = models.BigIntegerField()
    taken_off_kobo = models.BigIntegerField(default=0, db_default=0)
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    visitor_id = models.CharField(max_length=200, null=True, blank=True)
    session_id = models.CharField(max_length=200, null=True, blank=True)
    utm_source = models.CharField(max_length=200, null=True, blank=True)
    utm_medium = models.CharField(max_length=200, null=True, blank=True)
    utm_campaign = models.CharField(max_length=200, null=True, blank=True)
    is_test = models.BooleanField("test", default=False, help_text="Placed by staff or a test account; never counted.")
    coupon_code = models.CharField(max_length=64, null=True, blank=True)
    coupons = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    points_earned = models.BigIntegerField(default=0)
    points_used = models.BigIntegerField(default=0)
    points_kobo = models.BigIntegerField(default=0, db_default=0)
    points_settled_at = models.DateTimeField(null=True, blank=True)
    points_settled_kobo = models.BigIntegerField(null=True, blank=True)
    tracking_number = models.CharField(max_length=100, null=True, blank=True)
    shipping_provider = models.CharField(max_length=100, null=True, blank=True)
    shipping_method = models.CharField(max_length=100, blank=True, default="", db_default="")
    estimated_delivery_date = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True, default="")
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    idempotency_fingerprint = models.CharField(max_length=64, null=True, blank=True)
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "commerce_order"
        indexes = [
            models.Index(fields=["-placed_at"], name="order_placed_at"),
            models.Index(fields=["user", "-placed_at"], name="order_user_placed_at"),
            models.Index(fields=["delivered_at"], name="order_delivered_at", condition=Q(delivered_at__isnull=False)),
            models.Index(fields=["paid_at"], name="order_paid_at", condition=Q(paid_at__isnull=False)),
            # By whoever bought, as reports know them (analytics: ledger_orders.customer): is an order their first?
            models.Index(
                Coalesce(
                    Cast("user_id", models.TextField()),
                    NullIf(Lower("guest_email"), Value("")),
                    NullIf("guest_phone", Value("")),
                    "number",
                    output_field=models.TextField(),
                ),
                "placed_at",
                "id",
                name="order_customer",
                condition=Q(is_test=False),
            ),
            models.Index(fields=["cart"], name="order_cart", condition=Q(cart__isnull=False)),
            models.Index(fields=["visitor_id"], name="order_visitor", condition=Q(visitor_id__isnull=False)),
            # What staff filter by, and look up by name, e-mail or phone.
            models.Index(fields=["status", "-id"], name="order_status_newest"),
            models.Index(fields=["payment_status", "-id"], name="order_payment_newest"),
            models.Index(fields=["fulfilment_status", "-id"], name="order_fulfilment_newest"),
            models.Index(fields=["guest_phone"], name="order_guest_phone", condition=Q(guest_phone__isnull=False)),
            models.Index(
                fields=["delivered_at"],
                name="order_points_waiting",
                condition=Q(status="completed", points_settled_at=None, user__isnull=False),
            ),
            letters_index("contact_name", name="order_contact_like"),
            letters_index("guest_email", name="order_guest_email_like"),
            models.Index(Lower("guest_email"), name="order_guest_email", condition=Q(user=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_kobo=F("subtotal_kobo") + F("shipping_kobo") + F("tax_kobo") - F("discount_kobo")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(taken_off_kobo__gte=0) & Q(taken_off_kobo__lte=F("total_kobo")),
                name="order_worth_within_total",
            ),
            *(
                not_negative_check("order", field)
                for field in (
                    "subtotal_kobo",
                    "shipping_kobo",
                    "discount_kobo",
                    "tax_kobo",
                    "tax_included_kobo",
                    "total_kobo",
                    "points_earned",
                    "points_used",
                    "points_kobo",
                    "points_settled_kobo",
                )
            ),
            currency_check("order"),
            choice_check("order", "status", OrderStatus),
            choice_check("order", "payment_status", OrderPaymentStatus),
            choice_check("order", "fulfilment_status", FulfilmentStatus),
            choice_check("order", "payment_method", PaymentMethod),
            choice_check("order", "channel", Channel),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def worth_kobo(self) -> int:
        """What the order comes to now: its total without the pieces that were cancelled or refused since.

        Delivery is paid for in full as long as anything is kept.
        """
        return self.total_kobo - self.taken_off_kobo

    @property
    def courier(self) -> str | None:
        """Return who brings the last parcel that left; before the first, whom staff noted; None for nobody."""
        return (last.courier if (last := self.last_parcel) else self.shipping_provider) or None

    @property
    def tracking(self) -> str | None:
        """Return the number of the last parcel that left; before the first, the one that staff noted. None for none."""
        return (last.tracking_number if (last := self.last_parcel) else self.tracking_number) or None

    @property
    def last_parcel(self) -> Shipment | None:
        """Return the parcel that left last; without a query where the parcels were read with the order."""
        return max(self.shipments.all(), key=lambda shipment: shipment.position, default=None)

    @property
    def due_kobo(self) -> int:
        """What is still to be paid. What went back is not due again of an order that was paid, nor for a return.

        Money in another currency pays nothing.
        """
        money = self.payments.filter(currency=self.currency)
        went_back = money.forgone_kobo() if self.paid_at is None else 0
        due: int = self.worth_kobo - money.received_kobo() + went_back
        return due

    @property
    def code_discounts(self) -> list[tuple[str, int]]:
        """Return each coupon's code with what it took off, in kobo, as it was placed."""
        by_codes = self.discount_kobo - self.points_kobo
        if self.coupons or not by_codes:
            return [(each["code"], each["kobo"]) for each in self.coupons]
        return [(self.coupon_code or "", by_codes)]  # from when an order had one at most

    @property
    def discounts(self) -> list[tuple[str, int]]:
        """Return what took how much off, in kobo: each coupon's code, then the points; it adds up to the discount."""
        points = [(f"{self.points_used} points", self.points_kobo)] if self.points_kobo else []
        return self.code_discounts + points

    @property
    def derived_status(self) -> DerivedStatus:
        """Return the one word for customers: cancelled and refunded win, then how far the parcel or the money came."""
        shipped = {FulfilmentStatus.PARTIALLY_SHIPPED, FulfilmentStatus.SHIPPED}
        shipped |= {FulfilmentStatus.PARTIALLY_DELIVERED, FulfilmentStatus.REFUSED}
        delivered = {FulfilmentStatus.DELIVERED, FulfilmentStatus.RETURNED}
        processing = self.status == OrderStatus.CONFIRMED or self.fulfilment_status == FulfilmentStatus.PACKED
        rules = (
            (self.status in CLOSED, DerivedStatus.CANCELLED),
            (self.payment_status == OrderPaymentStatus.REFUNDED, DerivedStatus.REFUNDED),
            (self.fulfilment_status in delivered, DerivedStatus.DELIVERED),
            (self.fulfilment_status in shipped, DerivedStatus.SHIPPED),
            (processing, DerivedStatus.PROCESSING),
            # Also when a part of the money went back since.
            (self.paid_at is not None, DerivedStatus.PAID),
        )
        return next((word for holds, word in rules if holds), DerivedStatus.PENDING)


class OrderLine(models.Model):
    """One product of an order: price, names, size and colour frozen at placement. Amounts in the order's currency.

    `discount_kobo` is its share of what coupons and points took off the goods, `points_kobo` that of the points; what
    came off the delivery is no line's.
    Of the tax on what is paid for it, `tax_kobo` comes on top and `tax_included_kobo` is in the price.
    `cancelled_quantity` of its pieces were cancelled while the rest of the order went on.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="order_lines")
    variant = models.ForeignKey(
        ProductVariant, on_delete=models.SET_NULL, null=True, blank=True, related_name="order_lines"
    )
    product_ref = models.CharField(max_length=200, db_index=True, help_text="The product's public id.")
    product_snapshot = models.JSONField(default=dict)
    size = models.CharField(max_length=40, null=True, blank=True)
    colour = models.CharField(max_length=40, null=True, blank=True)
    quantity = models.PositiveIntegerField()
    cancelled_quantity = models.IntegerField("cancelled", default=0, db_default=0)
    unit_price_kobo = models.BigIntegerField()
    unit_cost_kobo = models.BigIntegerField(null=True, blank=True)
    total_kobo = models.BigIntegerField()
    discount_kobo = models.BigIntegerField(default=0, db_default=0)
    tax_kobo = models.BigIntegerField(default=0, db_default=0)
    tax_included_kobo = models.BigIntegerField(default=0, db_default=0)
    points_kobo = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "commerce_order_line"
        ordering = ["id"]
        constraints = [
            positive_check("order_line", "quantity"),
            models.CheckConstraint(
                condition=Q(cancelled_quantity__gte=0) & Q(cancelled_quantity__lte=F("quantity")),
                name="order_line_cancelled_within_quantity",
            ),
            not_negative_check("order_line", "unit_price_kobo"),
            not_negative_check("order_line", "unit_cost_kobo"),
            not_negative_check("order_line", "tax_kobo"),
            not_negative_check("order_line", "tax_included_kobo"),
            not_negative_check("order_line", "points_kobo"),
            models.CheckConstraint(
                condition=Q(total_kobo=F("quantity") * F("unit_price_kobo")), name="order_line_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(discount_kobo__gte=0) & Q(discount_kobo__lte=F("total_kobo")),
                name="order_line_discount_within_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def kept_quantity(self) -> int:
        """Return how many pieces were not cancelled."""
        return self.quantity - self.cancelled_quantity

    @property
    def name(self) -> str:
        """Return the product's name as it was bought."""
        return str(self.product_snapshot.get("name", self.product_ref))

    @property
    def choice(self) -> str:
        """Return which of the product it is: size and colour; empty where there is no choice."""
        return ", ".join(filter(None, [self.size, self.colour]))

    @property
    def full_name(self) -> str:
        """Return the product's name with the choice, for example `Adire gown (M, indigo)`."""
        return f"{self.name} ({self.choice})" if self.choice else self.name


class OrderEvent(models.Model):
    """One row of an order's timeline: which machine moved, from where to where, who did it. Never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind)
    from_state = models.CharField(max_length=20, blank=True, default="")
    to_state = models.CharField(max_length=20, blank=True, default="")
    note = models.TextField(blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="order_events"
    )
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_order_event"
        ordering = ["occurred_at", "id"]
        constraints = [choice_check("order_event", "kind", EventKind)]

    def __str__(self) -> str:
        return f"{self.kind}: {self.from_state} → {self.to_state}"
