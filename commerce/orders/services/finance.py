"""Who of the staff looks after money."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from commerce.accounts.models import User


def finance_people(*, besides: UUID | None = None) -> QuerySet[User]:
    """Return the staff whose role lets them send money back, besides one of them; superusers where there are none."""
    right = Permission.objects.filter(content_type__app_label="commerce", codename="add_refund")
    staff = User.objects.active().filter(is_staff=True).exclude(Q(email=None) | Q(email="")).order_by("pk")
    staff = staff.exclude(pk=besides) if besides else staff
    by_role = staff.filter(Q(groups__permissions__in=right) | Q(user_permissions__in=right)).distinct()
    found: QuerySet[User] = by_role if by_role.exists() else staff.filter(is_superuser=True)
    return found
