"""Where Django finds the rooms' tables. Rooms import from each other's room, never from here."""

from commerce.accounts.models import (
    Address,
    DeviceSession,
    Entitlement,
    OneTimeCode,
    ProviderIdentity,
    SpentToken,
    User,
)
from commerce.cart.models import Cart, CartLine, CartReminder, StockAlert, Wishlist
from commerce.catalog.indexes import ProductSearch, RelatedProduct, SearchWord
from commerce.catalog.models import (
    Brand,
    BrandMember,
    Category,
    Product,
    ProductImage,
    ProductImport,
    ProductVariant,
    StockMovement,
)
from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.notifications.models import AddressOptOut, Notification, NotificationPreference
from commerce.orders.models import Order, OrderEvent, OrderLine, Return, ReturnLine, Shipment, ShipmentLine
from commerce.payments.models import Difference, Lease, Payment, PaymentComparison, Refund, WebhookDelivery
from commerce.promotions.models import Coupon, CouponRedemption
from commerce.reviews.models import ProductReview, ReviewVote
from commerce.rewards.models import (
    GamePlay,
    GameScore,
    PointsAdjustment,
    PointsEntry,
    PointsLot,
    Referral,
    Reward,
    RewardProfile,
    UserReward,
)
from commerce.subscriptions.models import (
    Plan,
    Subscription,
    SubscriptionCharge,
    SubscriptionEvent,
    SubscriptionInvoice,
    SubscriptionRefund,
)
from commerce.taxes.models import TaxRate

__all__ = [
    "Address",
    "AddressOptOut",
    "Brand",
    "BrandMember",
    "Cart",
    "CartLine",
    "CartReminder",
    "Category",
    "Coupon",
    "CouponRedemption",
    "DeviceSession",
    "Difference",
    "Entitlement",
    "GamePlay",
    "GameScore",
    "Lease",
    "Notification",
    "NotificationPreference",
    "OneTimeCode",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "PaymentComparison",
    "Plan",
    "PointsAdjustment",
    "PointsEntry",
    "PointsLot",
    "Product",
    "ProductImage",
    "ProductImport",
    "ProductReview",
    "ProductSearch",
    "ProductVariant",
    "ProviderIdentity",
    "Referral",
    "Refund",
    "RelatedProduct",
    "Return",
    "ReturnLine",
    "ReviewVote",
    "Reward",
    "RewardProfile",
    "SearchWord",
    "Shipment",
    "ShipmentLine",
    "ShippingRate",
    "ShippingZone",
    "SpentToken",
    "StockAlert",
    "StockMovement",
    "Subscription",
    "SubscriptionCharge",
    "SubscriptionEvent",
    "SubscriptionInvoice",
    "SubscriptionRefund",
    "TaxRate",
    "User",
    "UserReward",
    "WebhookDelivery",
    "Wishlist",
]
