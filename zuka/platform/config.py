"""The settings table: every environment variable Zuka reads, once.

From it come the values in `zuka/settings.py`, the system checks, `.env.example` and `docs/settings.md`.
A value comes from `NAME`, or from the file that `NAME_FILE` points to (Docker and systemd secrets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zuka.platform.backup_settings import BACKUP_SETTINGS, DIRECT_DATABASE
from zuka.platform.cart_settings import CART_SETTINGS
from zuka.platform.lifecycle_settings import LIFECYCLE_SETTINGS
from zuka.platform.live_settings.pinned import PINNED
from zuka.platform.pet_settings import PET_SETTINGS
from zuka.platform.privacy_settings import PRIVACY_SETTINGS
from zuka.platform.replica_settings import REPLICA_SETTINGS
from zuka.platform.report_settings import REPORT_SETTINGS
from zuka.platform.retention_settings import RETENTION_SETTINGS
from zuka.platform.reward_settings import REWARD_SETTINGS
from zuka.platform.setting_kinds import (
    InvalidValue,
    Setting,
    boolean,
    currency,
    folder,
    limit,
    mail_url,
    names,
    page_url,
    path_with,
    positive_to,
    postgres_url,
    redis_url,
    site_url,
    text,
    time_zone,
    url_path,
    web_url,
    whole,
    whole_to,
)
from zuka.platform.sign_in_settings import SIGN_IN_SETTINGS
from zuka.platform.sms.settings import SMS_SETTINGS
from zuka.platform.staff_settings import STAFF_SETTINGS
from zuka.platform.subscription_settings import SUBSCRIPTION_SETTINGS
from zuka.platform.warehouse_settings import WAREHOUSE_SETTINGS
from zuka.platform.watch_settings import WATCH_SETTINGS
from zuka.platform.web_settings import WEB_SETTINGS


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that could not be read; becomes a system check error."""

    name: str
    message: str
    hint: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SECRET_KEY",
        text,
        "",
        "Signs sessions and links. 50 random characters or more; required unless DEBUG.",
        "Security",
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        names,
        "",
        "Earlier secret keys, comma-separated, while they are being rotated out.",
        "Security",
    ),
    Setting("DEBUG", boolean, "false", "Show error pages with details. Never in production.", "Security"),
    Setting(
        "ALLOWED_HOSTS", names, "localhost,127.0.0.1,[::1]", "Host names Zuka answers to, comma-separated.", "Security"
    ),
    Setting(
        "CSRF_TRUSTED_ORIGINS", names, "", "Origins that may post forms, for example https://shop.example.", "Security"
    ),
    Setting(
        "HTTPS_ONLY",
        boolean,
        "true",
        "Secure cookies, HSTS and redirects to HTTPS (tracking doors answer on both).",
        "Security",
    ),
    Setting(
        "STAFF_IDLE_MINUTES",
        whole,
        "60",
        "Minutes without a click after which staff are signed out of the back office. 0: only with their session.",
        "Security",
    ),
    Setting(
        "STAFF_REAUTH_MINUTES",
        whole,
        "15",
        "Minutes after which staff type their password, or the code of their app, again before they refund money or "
        "change who is staff and what roles may do. 0: never.",
        "Security",
    ),
    *STAFF_SETTINGS,
    Setting(
        "WEBHOOK_PRIVATE_ADDRESSES",
        boolean,
        "false",
        "Let webhooks of alerts call http:// and machines of your own network. Off, only public https:// is called.",
        "Security",
    ),
    Setting(
        "TRUSTED_PROXY_COUNT",
        whole,
        "0",
        "How many proxies in front append to X-Forwarded-For; 0 ignores the header.",
        "Security",
    ),
    Setting("ADMIN_PATH", url_path, "admin/", "Where the back office lives.", "Security"),
    Setting(
        "DATABASE_URL",
        postgres_url,
        "postgresql://zuka@localhost:5432/zuka",
        "PostgreSQL 15 or newer; 18 is what Zuka is tested with.",
        "Services",
    ),
    Setting(
        "DATABASE_POOLED",
        boolean,
        "false",
        "True behind PgBouncer in transaction mode: no server-side cursors.",
        "Services",
    ),
    DIRECT_DATABASE,
    Setting(
        "REDIS_URL",
        redis_url,
        "",
        "Redis 6.2+ or Valkey: Celery's broker and the cache. Empty: no worker, cache in process.",
        "Services",
    ),
    Setting("SHOP_NAME", text, "Zuka", "The shop's name, shown to staff and in mails.", "Shop"),
    Setting(
        "SHOP_TIME_ZONE",
        time_zone,
        "Africa/Lagos",
        "Days in reports are days here. Changing it later needs `manage.py rollup rebuild`.",
        "Shop",
    ),
    Setting("SHOP_CURRENCY", currency, "NGN", "Currency of prices and of reports unless another is chosen.", "Shop"),
    Setting("SHOP_URL", site_url, "", "The shop's public address, for links in mails. Empty: no links.", "Shop"),
    Setting(
        "ORDER_PATH",
        text,
        "/shop/thank-you/{number}/#token={token}",
        "An order's page below SHOP_URL; {token} opens a guest's order. The default is the demo storefront's.",
        "Shop",
    ),
    Setting("SHOP_ADDRESS", text, "", "The shop's own address in one line, for invoices.", "Shop", live=True),
    Setting(
        "SHOP_TAX_NUMBER", text, "", "The shop's tax number on invoices, for example TIN 01234567.", "Shop", live=True
    ),
    Setting(
        "RETURN_DAYS",
        whole_to(3_650),
        "14",
        "Days after its delivery that a customer may ask to send something back; 0: only staff begin returns.",
        "Shop",
        live=True,
    ),
    Setting(
        "ZUKA_URL",
        site_url,
        "",
        "Where Zuka itself answers, for links in mails that end them. Empty: at SHOP_URL.",
        "Shop",
    ),
    Setting(
        "PRODUCT_PATH",
        path_with("{slug}"),
        "/shop/product/{slug}/",
        "A product's page below SHOP_URL, for links in mails and notices.",
        "Shop",
    ),
    Setting(
        "CART_PATH",
        path_with("{token}"),
        "/shop/cart/?utm_source=cart-reminder&utm_medium=email&utm_campaign=abandoned-cart#recover={token}",
        "Where a cart's reminder leads, below SHOP_URL; {token} opens the cart by `POST /api/v1/cart/recovery/`. The "
        "default is the demo storefront's.",
        "Shop",
    ),
    Setting(
        "EMAIL_URL",
        mail_url,
        "",
        "The mail server: smtp://user:password@host:587?tls=true or smtps://…; special characters as %40. Empty: mails "
        "wait in the back office and are not sent.",
        "Mail",
    ),
    Setting("MAIL_FROM", text, "", "Who mails are from: shop@example.com, or Ada's Shop <shop@example.com>.", "Mail"),
    Setting(
        "MAIL_RETENTION_DAYS",
        positive_to(3_650),
        "90",
        "Days that mails are kept once they have left or failed. Then whom they went to and what they said is dropped; "
        "that they were sent is not, so that none goes out twice.",
        "Mail",
        live=True,
    ),
    Setting(
        "NOTICE_RETENTION_DAYS",
        positive_to(3_650),
        "365",
        "Days that notices stay in customers' accounts, read or not.",
        "Mail",
        live=True,
    ),
    *SMS_SETTINGS,
    *SIGN_IN_SETTINGS,
    *REPORT_SETTINGS,
    *REPLICA_SETTINGS,
    *LIFECYCLE_SETTINGS,
    *WAREHOUSE_SETTINGS,
    *PET_SETTINGS,
    *REWARD_SETTINGS,
    *WATCH_SETTINGS,
    *RETENTION_SETTINGS,
    *SUBSCRIPTION_SETTINGS,
    Setting(
        "STOREFRONT",
        boolean,
        "false",
        "Show the demo storefront at /shop/, made of nothing but the public API.",
        "Shop",
    ),
    Setting(
        "PAYSTACK_SECRET_KEY",
        text,
        "",
        "Paystack's secret key (sk_live_…). With it customers may pay by Paystack; its webhooks go to "
        "/webhooks/paystack/.",
        "Payments",
    ),
    Setting("PAYSTACK_URL", web_url, "https://api.paystack.co", "Where Paystack answers.", "Payments"),
    Setting(
        "FLUTTERWAVE_SECRET_KEY",
        text,
        "",
        "Flutterwave's secret key (FLWSECK-…). With it and FLUTTERWAVE_SECRET_HASH customers may pay by Flutterwave; "
        "its webhooks go to /webhooks/flutterwave/.",
        "Payments",
    ),
    Setting("FLUTTERWAVE_SECRET_HASH", text, "", "The secret hash that Flutterwave's webhooks carry.", "Payments"),
    Setting("FLUTTERWAVE_URL", web_url, "https://api.flutterwave.com/v3", "Where Flutterwave answers.", "Payments"),
    Setting(
        "PAYMENTS_TEST_MODE",
        boolean,
        "false",
        "Take payments that were made with a provider's test keys. In a real shop they pay for nothing.",
        "Payments",
    ),
    Setting(
        "PAYMENT_RETURN_URL",
        page_url,
        "",
        "Where a provider sends customers back to; {number} stands for the order's number. Empty: the page of the "
        "order in the demo storefront, at the host that began the payment.",
        "Payments",
    ),
    Setting(
        "ORDER_HOLD_MINUTES",
        whole_to(43_200),
        "60",
        "Minutes an order that is to be paid online keeps its pieces; then it expires.",
        "Payments",
        live=True,
    ),
    Setting(
        "REFUND_FOUR_EYES",
        limit,
        "",
        "Naira (or whole units of SHOP_CURRENCY) of one order above which a refund is only asked for, and another "
        "member of staff who may refund approves or declines it. Earlier refunds of the order count. 100000 suits most "
        "shops in Nigeria once two people may refund. Empty: no approval.",
        "Payments",
    ),
    *CART_SETTINGS,
    Setting(
        "INGEST_MAX_BODY_BYTES",
        whole,
        "5242880",
        "Largest request body the tracking doors take, before and after decompression.",
        "Tracking",
    ),
    Setting("INGEST_MAX_EVENTS", whole, "2500", "Most events in one request.", "Tracking"),
    Setting("INGEST_MAX_EVENT_BYTES", whole, "32768", "Largest single event, as JSON.", "Tracking"),
    Setting(
        "INGEST_CONNECTIONS",
        whole,
        "2",
        "PostgreSQL connections a web process uses for large batches, beside one for small requests and one while it "
        "stores what waited on disk.",
        "Tracking",
    ),
    Setting(
        "REJECTED_RETENTION_DAYS",
        positive_to(3_650),
        "90",
        "Days that rejected events are kept for mending.",
        "Tracking",
        live=True,
    ),
    Setting(
        "SPOOL_PATH",
        text,
        "",
        "Where events wait while PostgreSQL is away, one folder a machine. Empty: 503.",
        "Tracking",
    ),
    Setting("SPOOL_MAX_BYTES", whole, "1073741824", "Most bytes of waiting events; beyond it 503.", "Tracking"),
    *PRIVACY_SETTINGS,
    Setting(
        "STATIC_ROOT",
        text,
        "",
        "Folder that `manage.py collectstatic` fills. Empty: files are served from the packages.",
        "Operation",
    ),
    Setting(
        "MEDIA_ROOT",
        folder,
        "",
        "Folder where uploaded pictures are kept, the same for web and worker. `up` has one in ZUKA_HOME. Empty: "
        "pictures cannot be uploaded, only named by their address.",
        "Operation",
    ),
    PINNED,
    Setting("LOG_LEVEL", text, "INFO", "DEBUG, INFO, WARNING or ERROR.", "Operation"),
    Setting("LOG_FORMAT", text, "json", "json for machines, console for people.", "Operation"),
    *BACKUP_SETTINGS,
    *WEB_SETTINGS,
)


def find_setting(name: str) -> Setting:
    """Return a declared setting. Raises LookupError for another name."""
    found = next((each for each in SETTINGS if each.name == name), None)
    if found is None:
        raise LookupError(name)
    return found


def raw_value(setting: Setting, environ: Mapping[str, str]) -> str:
    """Return the text of a setting: NAME, else the content of the file NAME_FILE, else the default."""
    if setting.name in environ:
        return environ[setting.name]
    if path := environ.get(f"{setting.name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InvalidValue(f"its file {path} cannot be read: {error.strerror}") from error
    return setting.default


def read_settings(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Read every declared setting; what cannot be read keeps its default and is returned as a problem."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for setting in SETTINGS:
        try:
            values[setting.name] = setting.read(raw_value(setting, environ))
        except InvalidValue as error:
            values[setting.name] = setting.read(setting.default)
            problems.append(Problem(setting.name, f"{setting.name}: {error}.", setting.text))
    if not values["SECRET_KEY"] and not values["DEBUG"]:
        problems.append(
            Problem("SECRET_KEY", "SECRET_KEY is empty.", "Set SECRET_KEY or SECRET_KEY_FILE to 50 random characters.")
        )
    return values, problems


def render_env_example() -> str:
    """Return the text of `.env.example`, made from the settings table."""
    lines = ["# Every setting of Zuka. Made by `manage.py document`; edit zuka/platform/config.py instead.", ""]
    group = ""
    for setting in SETTINGS:
        if setting.group != group:
            group = setting.group
            lines += [f"## {group}", ""]
        lines += [f"# {setting.text}", f"#{setting.name}={setting.default}", ""]
    return "\n".join(lines).rstrip() + "\n"
