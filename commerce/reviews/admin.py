from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from commerce.reviews.models import ProductReview, ReviewStatus
from commerce.reviews.services import hide_review, publish_review, remove_review
from zuka.platform.admin.rows import column
from zuka.platform.clock import now
from zuka.platform.errors import Refused

STATUS_COLOURS = {
    ReviewStatus.PUBLISHED: "success",
    ReviewStatus.HIDDEN: "warning",
    ReviewStatus.REMOVED: "danger",
}


OF_CUSTOMER = ("user__name", "user__email")
MAY_SEE_PEOPLE, MAY_SEE_ORDERS = "commerce.view_user", "commerce.view_order"


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decide of a review: its button, the word for it, the service, and where the review stands then."""

    name: str
    label: str
    done: str
    service: Callable[..., ProductReview]
    status: ReviewStatus

    def is_open(self, review: ProductReview) -> bool:
        """Say whether it would change anything; the service has the last word."""
        return review.status not in {self.status, ReviewStatus.REMOVED}


DECISIONS = (
    Decision("publish", "Publish", "published", publish_review, ReviewStatus.PUBLISHED),
    Decision("hide", "Hide", "hidden", hide_review, ReviewStatus.HIDDEN),
    Decision("remove", "Remove for good", "removed", remove_review, ReviewStatus.REMOVED),
)


def take_decision(decision: Decision, page: ReviewAdmin, request: HttpRequest, review: ProductReview) -> None:
    """Carry out a decision, note in the history who took it, and tell them the outcome."""
    try:
        decision.service(review=review, at=now())
    except Refused as refusal:
        messages.error(request, f"Review {review.pk}: {refusal.message}")
        return
    page.log_change(request, review, f"{decision.done.capitalize()}.")
    messages.success(request, f"Review {review.pk} is {decision.done}.")


def seen_name(request: HttpRequest, name: str) -> str:
    """Return the column somebody gets for one: without the right to see customers, the name that the shop shows."""
    return "show_author" if name == "show_customer" and not request.user.has_perm(MAY_SEE_PEOPLE) else name


def list_action(decision: Decision) -> Callable[..., None]:
    """Return the action of a decision for the reviews chosen in the list."""

    def run(page: ReviewAdmin, request: HttpRequest, reviews: QuerySet[ProductReview]) -> None:
        for review in reviews.order_by("pk"):
            take_decision(decision, page, request, review)

    run.__name__ = f"{decision.name}_reviews"
    run.short_description = decision.label  # type: ignore[attr-defined]
    run.allowed_permissions = ("change",)  # type: ignore[attr-defined]
    return run


def page_button(decision: Decision) -> Callable[..., None]:
    """Return the button of a decision on a review's page; it is posted with the form."""

    def run(page: ReviewAdmin, request: HttpRequest, review: ProductReview) -> None:
        take_decision(decision, page, request, review)

    run.short_description = decision.label  # type: ignore[attr-defined]
    return run


class RatingFilter(admin.SimpleListFilter):
    """Reviews of so many stars. The choices are written here, since looking them up would read the whole table."""

    title = "rating"
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the choices, best first."""
        return [(str(stars), f"{stars} of 5") for stars in range(5, 0, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> QuerySet[ProductReview]:  # noqa: ARG002 - Django's signature
        """Return the reviews of the chosen rating; a rating that is no choice is left out."""
        chosen = {value for value, _ in self.lookup_choices} & {self.value()}
        return queryset.filter(rating__in=chosen) if chosen else queryset


@admin.register(ProductReview)
class ReviewAdmin(ModelAdmin):
    """Reviews: what customers wrote stays as it is; staff decide whether the shop shows it."""

    list_display = ("show_review", "product", "rating", "show_customer", "show_verified", "show_status", "created_at")
    list_display_links = ("show_review",)
    list_filter = ("status", RatingFilter, "created_at")
    search_fields = ("title", "body", "product__name", "product__sku")
    list_select_related = ("product", "user")
    ordering = ("-created_at", "-id")
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = tuple(list_action(decision) for decision in DECISIONS)
    actions_submit_line = tuple(f"{decision.name}_review" for decision in DECISIONS)
    fieldsets = ((None, {"fields": ("product", ("rating", "status", "helpful_count"), "title", "body")}),)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns."""
        return tuple(seen_name(request, each) for each in self.list_display)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return what is searched: customers only for who may see them, since what is found tells whose it is."""
        return (*self.search_fields, *(OF_CUSTOMER if request.user.has_perm(MAY_SEE_PEOPLE) else ()))

    def get_fieldsets(self, request: HttpRequest, obj: ProductReview | None = None) -> Any:  # noqa: ARG002 - Django's signature
        """Return the fields, the order's number only for who may see orders."""
        order = ("show_order",) if request.user.has_perm(MAY_SEE_ORDERS) else ()
        customer = (seen_name(request, "show_customer"), "show_verified")
        return (*self.fieldsets, ("From", {"fields": (customer, *order, ("created_at", "updated_at"))}))

    def get_readonly_fields(self, request: HttpRequest, obj: ProductReview | None = None) -> list[str]:
        """Return every field."""
        rows = [row for _, section in self.get_fieldsets(request, obj) for row in section["fields"]]
        return [name for row in rows for name in (row if isinstance(row, tuple) else (row,))]

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the decisions that would change the review."""
        review = self.get_object(request, str(object_id))
        if review is None or not self.has_change_permission(request, review):
            return []
        return [self.get_unfold_action(f"{each.name}_review") for each in DECISIONS if each.is_open(review)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Leave the buttons that save away: decisions have their own."""
        context |= {"show_save": False, "show_save_and_continue": False}
        answer: HttpResponse = super().render_change_form(request, context, *args, **options)
        return answer

    def save_model(self, request: HttpRequest, obj: ProductReview, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Run the pressed button's decision; nothing else of a review can be saved."""
        for action in self.get_actions_submit_line(request, obj.pk):
            if action.action_name in request.POST:
                action.method(request, obj)

    def log_change(self, request: HttpRequest, obj: ProductReview, message: Any) -> Any:
        """Note decisions in the history, and leave out that a form without fields was sent."""
        return super().log_change(request, obj, message) if message else None

    def response_change(self, request: HttpRequest, obj: ProductReview) -> HttpResponse:
        """Stay on the review after one of its buttons."""
        if any(f"commerce_productreview_{each.name}_review" in request.POST for each in DECISIONS):
            return HttpResponseRedirect(request.path)
        answer: HttpResponse = super().response_change(request, obj)
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Customers write reviews."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProductReview | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Reviews stay, so that a removed one can be looked up."""
        return False

    @column(description="Review", header=True)
    def show_review(self, review: ProductReview) -> tuple[str, str]:
        """Return title and the beginning of the body, one above the other."""
        return review.title or f"{review.rating} of 5", review.body[:80]

    @column(description="Customer", ordering="user__name")
    def show_customer(self, review: ProductReview) -> str:
        """Return who wrote it."""
        return str(review.user) if review.user else "Account is gone"

    @column(description="Customer")
    def show_author(self, review: ProductReview) -> str:
        """Return who wrote it as the shop names them."""
        return review.author

    @column(description="Verified purchase")
    def show_verified(self, review: ProductReview) -> str:
        """Say whether the ledger has the purchase."""
        return "Yes" if review.is_verified_purchase else "No"

    @column(description="Order")
    def show_order(self, review: ProductReview) -> str:
        """Return the number of the order that verifies it."""
        return review.order_line.order.number if review.order_line else "—"

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, review: ProductReview) -> tuple[str, str]:
        """Return the status with its colour."""
        return review.status, review.get_status_display()


for _decision in DECISIONS:
    setattr(ReviewAdmin, f"{_decision.name}_review", page_button(_decision))
