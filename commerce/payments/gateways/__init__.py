"""Payment providers behind one protocol, in one table. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping

from commerce.payments.gateways.flutterwave import Flutterwave
from commerce.payments.gateways.paystack import Paystack
from commerce.payments.gateways.protocol import (
    Authorization,
    Bill,
    Charge,
    ChargeState,
    Debit,
    Gateway,
    GatewayKeyRefused,
    GatewayNotReached,
    GatewayRefused,
    GatewayUnavailable,
    Listed,
    ListedRefund,
    Message,
    MessageError,
    Notice,
    RefundAnswer,
    RefundNotice,
    RefundState,
    Return,
)
from commerce.payments.models import Provider

GATEWAYS: Mapping[str, Gateway] = {Provider.PAYSTACK: Paystack(), Provider.FLUTTERWAVE: Flutterwave()}

__all__ = [
    "GATEWAYS",
    "Authorization",
    "Bill",
    "Charge",
    "ChargeState",
    "Debit",
    "Gateway",
    "GatewayKeyRefused",
    "GatewayNotReached",
    "GatewayRefused",
    "GatewayUnavailable",
    "Listed",
    "ListedRefund",
    "Message",
    "MessageError",
    "Notice",
    "RefundAnswer",
    "RefundNotice",
    "RefundState",
    "Return",
]
