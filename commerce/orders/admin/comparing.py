"""The daily comparison in the back office: a row a provider and day, and what differs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from commerce.orders.admin.inlines import link_to
from commerce.orders.services.comparing import ask_for_comparison, resolve_difference
from commerce.payments.gateways import GATEWAYS
from commerce.payments.models import ComparisonStatus, Difference, DifferenceKind, PaymentComparison, Provider
from zuka.platform.admin.rows import FrozenRows, RecordAdmin, column, dialog_button, read_number
from zuka.platform.clock import local_day, now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

STATUS_COLOURS = {
    ComparisonStatus.WAITING: "warning",
    ComparisonStatus.RUNNING: "info",
    ComparisonStatus.FINISHED: "success",
    ComparisonStatus.FAILED: "danger",
}
KIND_COLOURS = dict.fromkeys(DifferenceKind, "danger")
LOOK_AGAIN_SECONDS = 5
UNDER_WAY = frozenset({ComparisonStatus.WAITING, ComparisonStatus.RUNNING})


def configured() -> list[tuple[str, str]]:
    """Return the providers that the shop has keys for."""
    return [(name, Provider(name).label) for name, gateway in GATEWAYS.items() if gateway.is_configured()]


class DayForm(BaseDialogForm):
    """Whose list, and which day's."""

    provider = forms.ChoiceField(widget=UnfoldAdminSelectWidget())
    money_date = forms.DateField(label="Day", widget=UnfoldAdminDateWidget())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = configured()
        provider = self.fields["provider"]
        assert isinstance(provider, forms.ChoiceField)
        provider.choices = choices
        provider.help_text = "" if choices else "The shop has no keys of a provider; see the settings of payments."
        self.fields["money_date"].initial = local_day(now()) - timedelta(days=1)


class NoteForm(BaseDialogForm):
    """How a difference was dealt with."""

    note = forms.CharField(
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="For example: refunded on the provider's page, or a payment for a market stall.",
    )


COMPARE = ActionDialog(
    title="Compare a day",
    description="A worker asks the provider for its list of the day, and compares it with the ledger.",
    form_class=DayForm,
    form_submit_text="Compare",
)
COMPARE_AGAIN = ActionDialog(
    title="Compare this day again?",
    description="What agrees by now is resolved by itself.",
    form_class=None,
    form_submit_text="Compare again",
)
RESOLVE = ActionDialog(
    title="Is it dealt with?",
    description="It leaves the list of differences. If the same thing is found again it stays resolved.",
    form_class=NoteForm,
    form_submit_text="Dealt with",
)


def amount_of(kobo: int | None, currency: str) -> str:
    """Return an amount of one side; a dash where it has none."""
    return "–" if kobo is None else format_money(kobo, currency)


class DifferenceRows:
    """Columns of differences, in a list and on a comparison's page."""

    @column(description="What differs", ordering="kind", label=KIND_COLOURS)
    def show_kind(self, difference: Difference) -> tuple[str, str]:
        """Return the kind."""
        colour = "" if difference.resolved_at else difference.kind
        return colour, str(difference.get_kind_display())

    @column(description="Provider has")
    def show_theirs(self, difference: Difference) -> str:
        """Return what the provider has."""
        return amount_of(difference.provider_kobo, difference.provider_currency)

    @column(description="We have")
    def show_ours(self, difference: Difference) -> str:
        """Return what the ledger has."""
        return amount_of(difference.ledger_kobo, difference.ledger_currency)

    @column(description="State", label={"open": "warning", "resolved": "success"})
    def show_state(self, difference: Difference) -> tuple[str, str]:
        """Return whether it is there still."""
        return ("resolved", difference.get_resolution_display()) if difference.resolved_at else ("open", "Open")

    @column(description="State")
    def show_words(self, difference: Difference) -> str:
        """Return whether it is there still, where there are no colours."""
        return self.show_state(difference)[1]


class DifferenceInline(DifferenceRows, FrozenRows, TabularInline):
    """What differs on the day; each has a page with its button."""

    model = Difference
    extra = 0
    hide_title = True
    ordering = (F("resolved_at").desc(nulls_first=True), "id")
    fields = ("show_link", "show_theirs", "show_ours", "explanation", "show_words")
    readonly_fields = fields

    @column(description="What differs")
    def show_link(self, difference: Difference) -> str:
        """Return the kind and the reference, as a link to its page."""
        return link_to(difference)


@admin.register(PaymentComparison)
class ComparisonAdmin(RecordAdmin):
    """Each day of each provider beside the ledger."""

    list_display = (
        "money_date",
        "provider",
        "show_status",
        "show_theirs",
        "show_ours",
        "show_difference",
        "show_refund_difference",
        "show_open",
    )
    list_filter = ("status", "provider", "money_date")
    list_before_template = "commerce/comparisons.html"
    ordering = ("-money_date", "provider")
    inlines = (DifferenceInline,)
    actions_list: ClassVar = ["compare"]
    actions_detail = ("compare_again",)
    fields = (
        ("money_date", "provider"),
        ("status", "finished_at"),
        ("failure_reason", "note"),
        ("show_theirs", "show_ours"),
        ("show_difference", "show_fee"),
        ("show_their_refunds", "show_our_refunds"),
        ("show_refund_difference", "open_refund_count"),
        ("settled_count", "other_currency_count"),
        ("asked_by", "started_at"),
    )
    readonly_fields = (
        "show_theirs",
        "show_ours",
        "show_difference",
        "show_their_refunds",
        "show_our_refunds",
        "show_refund_difference",
        "show_fee",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentComparison]:
        """Count what is open of each."""
        rows: QuerySet[PaymentComparison] = super().get_queryset(request)
        return rows.annotate(open_count=Count("differences", filter=Q(differences__resolved_at=None)))

    def has_compare_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may have a day compared."""
        return request.user.has_perm("commerce.add_paymentcomparison")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Look again every few seconds while a worker has it."""
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status in UNDER_WAY:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    @dialog_button(description="Compare a day", name="compare", permission="compare", dialog=COMPARE)
    def compare(self, request: HttpRequest, form: DayForm) -> HttpResponse:
        """Have a chosen day compared."""
        return self.ask(request, form.cleaned_data["provider"], form.cleaned_data["money_date"])

    @dialog_button(description="Compare again", name="compare_again", permission="compare", dialog=COMPARE_AGAIN)
    def compare_again(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Have this day compared once more."""
        row = get_object_or_404(PaymentComparison, pk=read_number(object_id))
        return self.ask(request, row.provider, row.money_date)

    def ask(self, request: HttpRequest, provider: str, day: Any) -> HttpResponse:
        """Ask for a comparison and show it, or why not."""
        try:
            row = ask_for_comparison(provider=provider, day=day, at=now(), by_id=request.user.pk)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_paymentcomparison_changelist")})
        messages.success(request, f"{row} is compared soon. Its page shows the result by itself.")
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_paymentcomparison_change", args=[row.pk])})

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, row: PaymentComparison) -> tuple[str, str]:
        """Return the status with its colour."""
        return row.status, row.get_status_display()

    @column(description="Provider has")
    def show_theirs(self, row: PaymentComparison) -> str:
        """Return what the provider lists as paid."""
        return counted(row.provider_count, row.provider_kobo, row.currency)

    @column(description="We have")
    def show_ours(self, row: PaymentComparison) -> str:
        """Return what the ledger has of it."""
        return counted(row.ledger_count, row.ledger_kobo, row.currency)

    @column(description="Difference")
    def show_difference(self, row: PaymentComparison) -> str:
        """Return how much more the provider has."""
        return format_money(row.difference_kobo, row.currency)

    @column(description="Provider gave back")
    def show_their_refunds(self, row: PaymentComparison) -> str:
        """Return what the provider lists as given back."""
        return counted(row.provider_refund_count, row.provider_refund_kobo, row.currency)

    @column(description="We gave back")
    def show_our_refunds(self, row: PaymentComparison) -> str:
        """Return what of it the ledger has."""
        return counted(row.ledger_refund_count, row.ledger_refund_kobo, row.currency)

    @column(description="Refunds differ by")
    def show_refund_difference(self, row: PaymentComparison) -> str:
        """Return how much more the provider gave back."""
        return format_money(row.refund_difference_kobo, row.currency)

    @column(description="Their fees")
    def show_fee(self, row: PaymentComparison) -> str:
        """Return what the provider kept."""
        return format_money(row.fee_kobo, row.currency)

    @column(description="Open", label={"some": "danger", "none": "success"})
    def show_open(self, row: PaymentComparison) -> tuple[str, str] | None:
        """Return how much staff have to look at; nothing before the day was compared."""
        count: int = row.open_count  # type: ignore[attr-defined]  # of get_queryset
        if row.finished_at is None:
            return None
        return ("some" if count else "none"), str(count)


def counted(count: int, kobo: int, currency: str) -> str:
    """Return a sum with how many it is of."""
    return f"{format_money(kobo, currency)}\u00a0({count})"


class StateFilter(admin.SimpleListFilter):
    """Open differences, unless all are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return what can be asked."""
        return [("resolved", "Resolved"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Call what is shown when nothing is asked by its name."""
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Open"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the differences that were asked for."""
        chosen = {"all": queryset, "resolved": queryset.filter(resolved_at__isnull=False)}
        return chosen.get(self.value() or "", queryset.filter(resolved_at=None))


@admin.register(Difference)
class DifferenceAdmin(DifferenceRows, RecordAdmin):
    """What providers say otherwise than the ledger, until it agrees or staff have dealt with it."""

    list_display = ("show_kind", "reference", "comparison", "show_theirs", "show_ours", "show_state", "found_at")
    list_display_links = ("show_kind", "reference")
    list_filter = (StateFilter, "kind", "comparison__provider", "comparison__money_date")
    list_select_related = ("comparison",)
    list_before_template = "commerce/differences.html"
    ordering = ("-id",)
    actions_detail = ("deal_with",)
    fields = (
        ("kind", "show_words"),
        ("explanation", "comparison"),
        ("show_theirs", "show_ours"),
        ("reference", "provider_id"),
        ("payment", "refund"),
        ("found_at", "seen_at"),
        ("resolved_at", "resolved_by"),
        "note",
    )
    readonly_fields = ("show_words", "show_theirs", "show_ours")

    def has_handle_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may say that a difference is dealt with."""
        return request.user.has_perm("commerce.change_difference")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button of an open difference."""
        row = self.get_object(request, str(object_id))
        return super().get_actions_detail(request, object_id) if row and row.resolved_at is None else []

    @dialog_button(description="Dealt with", name="deal_with", permission="handle", dialog=RESOLVE)
    def deal_with(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        """Say that it is dealt with, and how."""
        row = get_object_or_404(Difference, pk=read_number(object_id))
        try:
            resolve_difference(difference=row, note=form.cleaned_data["note"], at=now(), by_id=request.user.pk)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "The difference is dealt with.")
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_difference_change", args=[row.pk])})
