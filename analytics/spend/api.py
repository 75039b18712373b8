"""Campaign spend over HTTP: `POST /api/v1/reports/campaign-spend/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.spend.planning import COLUMNS, LONGEST_WORD
from analytics.spend.sending import MOST_ROWS, Sent, send_spend
from zuka.platform import clock
from zuka.platform.errors import ErrorSerializer
from zuka.platform.keys.finding import Grant
from zuka.platform.keys.scopes import WRITE_SPEND

MAY_IMPORT = "analytics.add_spendimport"
MOST_KOBO = 10**15


def word(name: str, **options: Any) -> serializers.CharField:
    """Return a field of a row, which a sheet has as a column."""
    return serializers.CharField(max_length=LONGEST_WORD, allow_blank=True, help_text=COLUMNS[name].text, **options)


class SpendRowSerializer(serializers.Serializer[dict[str, Any]]):
    """What a campaign cost on a day."""

    day = serializers.CharField(max_length=20, help_text=COLUMNS["day"].text)
    campaign = word("campaign")
    source: Any = word("source", required=False, default="")
    medium = word("medium", required=False, default="")
    spend_kobo = serializers.IntegerField(min_value=0, max_value=MOST_KOBO, help_text="What it cost, in kobo.")
    currency = serializers.CharField(
        max_length=3, allow_blank=True, required=False, default="", help_text=COLUMNS["currency"].text
    )


class SpendSerializer(serializers.Serializer[dict[str, Any]]):
    """Spend of campaigns. With `dry_run` nothing is written."""

    rows = serializers.ListField(child=SpendRowSerializer(), min_length=1, max_length=MOST_ROWS)
    dry_run = serializers.BooleanField(required=False, default=False)


class UnseenCampaignSerializer(serializers.Serializer[dict[str, str]]):
    """A campaign that nobody came by in the days of the rows: mostly it is written otherwise in its links."""

    campaign = serializers.CharField(help_text="Source, medium and campaign, as far as given.")
    nearest = serializers.CharField(allow_blank=True, help_text="The one most alike that somebody came by; or ''.")


class SpendSentSerializer(serializers.Serializer[dict[str, Any]]):
    """What came of it."""

    dry_run = serializers.BooleanField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Rows that say what is known already.")
    without_visits = serializers.ListField(child=UnseenCampaignSerializer())


class MaySendSpend(BasePermission):
    """Allow a key with scope `spend:write`, and staff who may import spend."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Say whether this caller may say what campaigns cost."""
        if isinstance(request.auth, Grant):
            return WRITE_SPEND in request.auth.scopes
        return bool(request.user.is_authenticated and request.user.is_staff and request.user.has_perm(MAY_IMPORT))


class CampaignSpendCollection(APIView):
    """What campaigns cost."""

    permission_classes = [MaySendSpend]

    @extend_schema(
        operation_id="campaign_spend",
        tags=["reports"],
        request=SpendSerializer,
        responses={200: SpendSentSerializer, 400: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Write what campaigns cost, all rows or none.

        A row is known by its day, source, medium, campaign and currency: one that is there already is replaced, so the
        same call again changes nothing.
        """
        asked = SpendSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said_by, user_id = sender_of(request)
        sent = send_spend(
            asked.validated_data["rows"],
            said_by=said_by,
            user_id=user_id,
            is_dry_run=asked.validated_data["dry_run"],
            at=clock.now(),
        )
        return Response(sent_json(sent))


def sender_of(request: Request) -> tuple[str, UUID | None]:
    """Return what an import is called that a program sends, and the member of staff who sends it."""
    if isinstance(request.auth, Grant):
        return f"Sent with the key {request.auth.key_id}", None
    return "Sent to the API", request.user.pk


def sent_json(sent: Sent) -> dict[str, Any]:
    """Return what came of it as JSON."""
    return {
        "dry_run": sent.is_dry_run,
        "new": sent.new,
        "changed": sent.changed,
        "unchanged": sent.unchanged,
        "without_visits": [{"campaign": campaign, "nearest": nearest} for campaign, nearest in sent.unseen],
    }
