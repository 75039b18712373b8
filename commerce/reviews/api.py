from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION, customer_of
from commerce.catalog.models import Product
from commerce.reviews.models import ProductReview
from commerce.reviews.services import vote_helpful, withdraw_vote, write_review
from zuka.platform.actor import current_actor
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.pages import WholeOrderPages

# Name in ?ordering= → the keys of the order.
ORDERINGS: dict[str, tuple[str, ...]] = {"newest": ("-created_at", "-id"), "helpful": ("-helpful_count", "-id")}
PRIVATE = {"Cache-Control": "private, no-store"}
# What an answer is made of: of a customer no more than the name that is shown.
READ = ("rating", "title", "body", "helpful_count", "created_at", "order_line", "user__name", "user__status")


class ReviewSerializer(Answer, serializers.ModelSerializer[ProductReview]):
    """A review of a product. Title and body are plain text: escape them."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    author = serializers.CharField(read_only=True, help_text="First name of the customer, or “A customer”.")
    is_verified_purchase = serializers.BooleanField(
        read_only=True, help_text="The customer had bought and received it here."
    )
    found_helpful = serializers.SerializerMethodField(help_text="By the customer who asks; false for guests.")

    class Meta:
        model = ProductReview
        fields = [
            "id",
            "rating",
            "title",
            "body",
            "author",
            "is_verified_purchase",
            "helpful_count",
            "found_helpful",
            "created_at",
        ]
        read_only_fields = ["id", "helpful_count", "created_at"]

    def get_found_helpful(self, review: ProductReview) -> bool:
        """Say whether the customer who asks has voted for it."""
        return bool(getattr(review, "found_helpful", False))


class ReviewQuerySerializer(serializers.Serializer[Any]):
    """How a list of reviews may be ordered."""

    ordering = serializers.ChoiceField(choices=list(ORDERINGS), default="newest")


class VoteSerializer(Answer, serializers.ModelSerializer[ProductReview]):
    """Where the votes of a review stand."""

    found_helpful = serializers.BooleanField(read_only=True, help_text="Whether this customer did.")

    class Meta:
        model = ProductReview
        fields = ["helpful_count", "found_helpful"]
        read_only_fields = fields


class ReviewPages(WholeOrderPages):
    """Pages of reviews."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:  # noqa: ARG002 - DRF's signature
        """Return the keys of the order that was asked for."""
        query = ReviewQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return ORDERINGS[query.validated_data["ordering"]]


def find_product(slug: str) -> Product:
    """Return the product that the shop shows under a slug; a 404 when there is none."""
    return get_object_or_404(Product.objects.published().only("pk", "public_id"), slug=slug)


@extend_schema_view(
    get=extend_schema(
        operation_id="listReviews",
        summary="List the reviews of a product",
        tags=["Catalogue"],
        parameters=[ReviewQuerySerializer],
        responses={200: ReviewSerializer(many=True), 400: ErrorSerializer, 404: ErrorSerializer},
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

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Keep what a customer is told of their own votes out of shared caches."""
        return {**super().default_response_headers, **PRIVATE}

    def get_queryset(self) -> QuerySet[ProductReview]:
        """Return the reviews that are shown, with their customers."""
        reviews = ProductReview.objects.published().filter(product=find_product(self.kwargs["slug"]))
        return reviews.select_related("user").only(*READ).found_helpful_by(self.request.user.pk)

    def post(self, request: Request, **_place: Any) -> Response:
        """Publish the customer's review and return it."""
        product = find_product(self.kwargs["slug"])
        body = ReviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        review = write_review(
            product=product, user=customer_of(request), actor=current_actor(), at=now(), **body.validated_data
        )
        return Response(ReviewSerializer(review).data, status=201)


VOTED = {200: VoteSerializer, 401: ErrorSerializer, 404: ErrorSerializer}


class ReviewVotes(APIView):
    """Whether a customer found a review helpful."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="voteForReview",
        summary="Find a review helpful",
        tags=["Catalogue"],
        request=None,
        responses={**VOTED, 409: ErrorSerializer},
    )
    def put(self, request: Request, slug: str, review_id: int) -> Response:
        """Vote for the review; twice is once."""
        review = vote_helpful(review=self.find_review(slug, review_id), user=customer_of(request), at=now())
        return self.tell(review, found_helpful=True)

    @extend_schema(
        operation_id="withdrawVoteForReview",
        summary="Take a vote for a review back",
        tags=["Catalogue"],
        responses=VOTED,
    )
    def delete(self, request: Request, slug: str, review_id: int) -> Response:
        """Take the vote back; without one nothing changes."""
        review = withdraw_vote(review=self.find_review(slug, review_id), user=customer_of(request))
        return self.tell(review, found_helpful=False)

    def find_review(self, slug: str, review_id: int) -> ProductReview:
        """Return a review that the shop shows."""
        return get_object_or_404(ProductReview.objects.published(), product=find_product(slug), pk=review_id)

    def tell(self, review: ProductReview, *, found_helpful: bool) -> Response:
        """Return where the votes stand."""
        return Response({"helpful_count": review.helpful_count, "found_helpful": found_helpful}, headers=PRIVATE)
