"""The shop's API, mounted at `/api/v1/`."""

from __future__ import annotations

from django.urls import path, re_path

from commerce.accounts.api import (
    AddressCollection,
    AddressDetail,
    ClosingCodes,
    DeviceCollection,
    DeviceDetail,
    EmailCodes,
    EmailProof,
    EntryCodes,
    PasswordCodes,
    PasswordReset,
    PhoneCodes,
    PhoneProof,
    Profile,
)
from commerce.cart.api import (
    AlertCollection,
    AlertDetail,
    CartDetail,
    CartLineDetail,
    CartLines,
    CartRecovery,
    CartReminderDoor,
    Checkout,
    WishCollection,
    WishDetail,
    WishMerge,
    WishMove,
)
from commerce.catalog.api import (
    BrandList,
    CategoryList,
    ProductDetail,
    ProductFacets,
    ProductList,
    RelatedProducts,
    SearchSuggestions,
)
from commerce.inbox.api import NotificationCollection, Preferences, ReadAll, ReadOne, UnreadCount
from commerce.orders.api import (
    Invoice,
    OrderCollection,
    OrderDetail,
    PaymentCollection,
    PaymentDetail,
    PaymentMethods,
    ReturnCollection,
)
from commerce.reviews.api import ReviewCollection, ReviewVotes

NUMBER = "(?P<number>ZUKA-[0-9]{4}-[0-9]{6,12})"

urlpatterns = [
    path("me/", Profile.as_view(), name="profile"),
    path("me/closing-code/", ClosingCodes.as_view(), name="closing-codes"),
    path("me/email/", EmailCodes.as_view(), name="email-codes"),
    path("me/email/confirm/", EmailProof.as_view(), name="email-proof"),
    path("me/phone/", PhoneCodes.as_view(), name="phone-codes"),
    path("me/phone/confirm/", PhoneProof.as_view(), name="phone-proof"),
    path("me/devices/", DeviceCollection.as_view(), name="devices"),
    path("me/devices/<uuid:device_id>/", DeviceDetail.as_view(), name="device"),
    path("phone-sign-ins/", EntryCodes.as_view(), name="entry-codes"),
    path("password-resets/", PasswordCodes.as_view(), name="password-codes"),
    path("password-resets/confirm/", PasswordReset.as_view(), name="password-reset"),
    path("addresses/", AddressCollection.as_view(), name="addresses"),
    path("addresses/<uuid:address_id>/", AddressDetail.as_view(), name="address"),
    path("notifications/", NotificationCollection.as_view(), name="notifications"),
    path("notifications/unread/", UnreadCount.as_view(), name="notifications-unread"),
    path("notifications/read/", ReadAll.as_view(), name="notifications-read"),
    path("notifications/<int:notice_id>/read/", ReadOne.as_view(), name="notification-read"),
    path("notification-preferences/", Preferences.as_view(), name="notification-preferences"),
    path("products/", ProductList.as_view(), name="products"),
    path("products/facets/", ProductFacets.as_view(), name="product-facets"),
    path("products/<slug:slug>/", ProductDetail.as_view(), name="product"),
    path("products/<slug:slug>/related/", RelatedProducts.as_view(), name="related-products"),
    path("products/<slug:slug>/reviews/", ReviewCollection.as_view(), name="reviews"),
    path("search/suggestions/", SearchSuggestions.as_view(), name="search-suggestions"),
    path("products/<slug:slug>/reviews/<int:review_id>/helpful/", ReviewVotes.as_view(), name="review-votes"),
    path("categories/", CategoryList.as_view(), name="categories"),
    path("brands/", BrandList.as_view(), name="brands"),
    path("cart/", CartDetail.as_view(), name="cart"),
    path("cart/lines/", CartLines.as_view(), name="cart-lines"),
    path("cart/lines/<path:sku>/", CartLineDetail.as_view(), name="cart-line"),
    path("cart/reminder/", CartReminderDoor.as_view(), name="cart-reminder"),
    path("cart/recovery/", CartRecovery.as_view(), name="cart-recovery"),
    path("wishlist/", WishCollection.as_view(), name="wishlist"),
    path("wishlist/merge/", WishMerge.as_view(), name="wishlist-merge"),
    path("wishlist/<slug:product_id>/", WishDetail.as_view(), name="wish"),
    path("wishlist/<slug:product_id>/cart/", WishMove.as_view(), name="wish-move"),
    path("stock-alerts/", AlertCollection.as_view(), name="stock-alerts"),
    path("stock-alerts/<path:sku>/", AlertDetail.as_view(), name="stock-alert"),
    path("checkout/", Checkout.as_view(), name="checkout"),
    path("orders/", OrderCollection.as_view(), name="orders"),
    re_path(rf"^orders/{NUMBER}/$", OrderDetail.as_view(), name="order"),
    re_path(rf"^orders/{NUMBER}/invoice/$", Invoice.as_view(), name="invoice"),
    re_path(rf"^orders/{NUMBER}/returns/$", ReturnCollection.as_view(), name="returns"),
    re_path(rf"^orders/{NUMBER}/payments/$", PaymentCollection.as_view(), name="payments"),
    re_path(rf"^orders/{NUMBER}/payments/(?P<reference>[A-Za-z0-9.=-]+)/$", PaymentDetail.as_view(), name="payment"),
    path("payment-methods/", PaymentMethods.as_view(), name="payment-methods"),
]
