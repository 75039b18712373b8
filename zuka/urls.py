"""Every address of Zuka but those that answer before this table: the tracking doors
(`analytics/ingest/doors/table.py`), `/healthz` and `/readyz` (`zuka/platform/health.py`)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from analytics.ingest.tracker import send_flags, send_tracker
from analytics.ingest.typescript import send_types
from analytics.report.mailing.leaving import leaving_page
from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION
from commerce.notifications.views import unsubscribe
from commerce.payments.gateways import GATEWAYS
from commerce.webhooks import receive_webhook
from zuka.demo.pictures.drawing import picture
from zuka.platform.flags.api import FlagList
from zuka.platform.pictures.serving import send_picture
from zuka.platform.pictures.sizes import FILE_NAME

handler400 = "zuka.platform.errors.bad_request"
handler404 = "zuka.platform.errors.not_found"
handler500 = "zuka.platform.errors.server_error"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="root"),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("api/v1/", include("zuka.platform.urls")),
    path("api/v1/", include("commerce.urls")),
    path("api/v1/", include("analytics.urls")),
    path("api/v1/", include("pets.urls")),
    path("api/v1/flags/", FlagList.as_view(authentication_classes=CUSTOMER_AUTHENTICATION), name="flags"),
    *(path(f"webhooks/{name}/", receive_webhook, {"provider": name}, name=f"webhook-{name}") for name in GATEWAYS),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("report-mails/<str:token>/", leaving_page, name="report-mails"),
    path("_allauth/", include("commerce.accounts.adapter.urls")),
    path("shop/pictures/<slug:name>.svg", picture, name="picture"),
    re_path(rf"^media/(?P<name>{FILE_NAME})$", send_picture, name="stored-picture"),
    path("shop/", include("zuka.shop.urls")),
    path("t.js", send_tracker, name="tracker"),
    path("flags.js", send_flags, name="tracker-flags"),
    path("t.d.ts", send_types, name="tracker-types"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
