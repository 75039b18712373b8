"""The pages of the storefront, mounted at `/shop/`."""

from __future__ import annotations

from django.urls import path

from zuka.shop import views

app_name = "shop"
urlpatterns = [
    path("", views.home, name="home"),
    path("category/<slug:slug>/", views.category, name="category"),
    path("search/", views.search, name="search"),
    path("product/<slug:slug>/", views.product, name="product"),
    path("cart/", views.cart, name="cart"),
    path("wishlist/", views.wishlist, name="wishlist"),
    path("pet/", views.pet, name="pet"),
    path("rewards/", views.rewards, name="rewards"),
    path("subscription/", views.subscription, name="subscription"),
    path("games/", views.games, name="games"),
    path("checkout/", views.checkout, name="checkout"),
    path("thank-you/<slug:number>/", views.thank_you, name="thank_you"),
    path("account/keys/", views.keys, name="keys"),
    path("account/back/", views.come_back, name="come_back"),
    path("account/", views.account, name="account"),
]
