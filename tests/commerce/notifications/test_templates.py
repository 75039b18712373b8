from __future__ import annotations

import html
import re
from functools import reduce
from typing import Any

import pytest

from commerce.notifications.kinds import KINDS
from commerce.notifications.mails import ACCOUNT_MAILS, ORDER_MAILS
from commerce.orders.services.mailing import MAILS, PARCEL_MAILS, RETURN_MAILS
from zuka.platform.mail.rendering import render_mail
from zuka.platform.mail.templates import MailTemplate, mail_templates

OPT_OUT = "https://shop.example/unsubscribe/token/"


def test_every_mail_of_orders_is_declared_and_can_be_looked_at() -> None:
    moves = [*MAILS.values(), *PARCEL_MAILS.values(), *RETURN_MAILS.values()]
    assert {*moves, "order.refunded", "order.part_cancelled"} == {template.name for template in ORDER_MAILS}
    assert [template for template in ORDER_MAILS if template not in mail_templates()] == []


@pytest.fixture
def _strict(settings: Any) -> None:
    """A shop whose templates show what their example lacks."""
    settings.SHOP_NAME, settings.SHOP_URL = "Ada's Shop", "https://shop.example"
    # A name that the example lacks would be an empty place in the preview.
    [engine] = settings.TEMPLATES
    options = {**engine["OPTIONS"], "string_if_invalid": "MISSING %s"}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("template", ACCOUNT_MAILS, ids=lambda template: template.name)
def test_a_mail_of_accounts_renders_and_leads_nowhere(template: MailTemplate) -> None:
    mail = render_mail(template, template.example)

    assert template in mail_templates()
    assert mail.text.startswith("Hello Ada Obi,\n\n")
    assert [each for each in (mail.subject, mail.text, mail.html) if "MISSING" in each] == []
    assert words(mail.html) == words(mail.text)
    assert re.findall(r'href="([^"]+)"', mail.html) == ["https://shop.example"]
    assert template.is_secret == ("code" in template.example)
    assert str(template.example.get("code")) not in mail.subject


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("template", [kind.mail for kind in KINDS.values()], ids=lambda template: template.name)
def test_a_template_renders_with_its_example(template: MailTemplate) -> None:
    mail = render_mail(template, template.example)

    assert (template in ORDER_MAILS) == ("ZUKA-2026-000123" in mail.subject)
    assert mail.text.startswith("Hello Ada Obi,\n\n")
    assert f"{template.example['link']}\n\nAda's Shop\nhttps://shop.example\n" in mail.text
    assert ("opt_out_link" in template.example) == mail.text.endswith(f"\nStop these e-mails: {OPT_OUT}\n")
    assert [each for each in (mail.subject, mail.text, mail.html) if "MISSING" in each] == []
    links = {template.example["link"], template.example.get("opt_out_link", "")}
    assert words(mail.html) == words(reduce(lambda text, link: text.replace(link, ""), links, mail.text))
    assert re.findall(r"<(?:img|link|script|style)\b|url\(", mail.html) == []


def words(body: str) -> list[str]:
    """What a body says, without tags and punctuation, in alphabetical order."""
    plain = html.unescape(re.sub(r"<title>.*?</title>|<[^>]*>", " ", body, flags=re.DOTALL)).replace("×", " ")
    return sorted(set(re.findall(r"\w+", plain)) - {"x", "https", "shop", "example"})
