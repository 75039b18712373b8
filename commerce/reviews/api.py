from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION, customer_of
from commerce.catalog.models import Product
from commerce.reviews.models import ProductReview
from commerce.reviews.services import write_review
from zuka.platform.actor import current_actor
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages


class ReviewSerializer(serializers.ModelSerializer[ProductReview]):
    """A review of a product. Title and body are plain text: escape them."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    author = serializers.CharField(read_only=True, help_text="First name of the customer, or “A customer”.")
    is_verified_purchase = serializers.BooleanField(
        read_only=True, help_text="The customer had bought and received it here."
    )

    class Meta:
        model = ProductReview
        fields = ["id", "rating", "title", "body", "author", "is_verified_purchase", "created_at"]
        read_only_fields = ["id", "created_at"]


class ReviewPages(CursorPages):
    """Pages of reviews, newest first."""

    ordering = ("-created_at", "-id")  # type: ignore[assignment]


@extend_schema_view(
    get=extend_schema(
        operation_id="listReviews",
        summary="List the reviews of a product",
        tags=["Catalogue"],
        responses={200: ReviewSerializer(many=True), 404: ErrorSerializer},
        auth=[],
    ),
    post=extend_schema(
        operation_id="writeReview",
        summary="Review a product",
        tags=["Catalogue"],
        request=ReviewSerializer,
        responses={
            201: ReviewSerializer,
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    ),
)
class ReviewCollection(generics.ListAPIView[ProductReview]):
    """Published reviews of a published product. Signed-in customers write one each."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    serializer_class = ReviewSerializer
    pagination_class = ReviewPages
    queryset = ProductReview.objects.none()

    def get_permissions(self) -> list[BasePermission]:
        """Let everybody read, and customers write."""
        return [IsAuthenticated() if self.request and self.request.method == "POST" else AllowAny()]

    def find_product(self) -> Product:
        """Return the product that the shop shows under the slug; a 404 when there is none."""
        return get_object_or_404(Product.objects.published().only("pk", "public_id"), slug=self.kwargs["slug"])

    def get_queryset(self) -> QuerySet[ProductReview]:
        """Return the reviews that are shown, with their customers."""
        return ProductReview.objects.published().filter(product=self.find_product()).select_related("user")

    def post(self, request: Request, **_place: Any) -> Response:
        """Publish the customer's review and return it."""
        product = self.find_product()
        body = ReviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        review = write_review(
            product=product, user=customer_of(request), actor=current_actor(), at=now(), **body.validated_data
        )
        return Response(ReviewSerializer(review).data, status=201)
