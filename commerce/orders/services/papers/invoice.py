from __future__ import annotations

from commerce.orders.models import CLOSED, Order, PaymentMethod
from commerce.orders.services.mailing import address_lines, email_of
from zuka.platform.money import format_money
from zuka.platform.papers import Paper, day_of


def invoice_of(order: Order) -> Paper:
    """Return the invoice of an order: what was bought and paid, as it was frozen at placement."""
    from zuka.platform.papers.sheet import Sheet  # what draws takes 0.25 s to import, and most processes print nothing

    sheet = Sheet(title=f"Invoice {order.number}", at=order.placed_at)
    facts = [
        ("Order", order.number),
        ("Date", day_of(order.placed_at)),
        ("Paid by", PaymentMethod(order.payment_method).label),
        ("Status", order.get_payment_status_display()),
    ]
    sheet.facts(facts)
    billed = order.billing_address or order.shipping_address
    contact = [email_of(order), order.guest_phone or ""]
    sheet.blocks(
        ("Billed to", [*address_lines(billed), *filter(None, contact)]),
        ("Delivered to", address_lines(order.shipping_address)),
    )
    rows = [
        (
            f"{line.full_name}\n{line.product_snapshot.get('sku', '')}".strip(),
            str(line.quantity),
            format_money(line.unit_price_kobo, order.currency),
            format_money(line.total_kobo, order.currency),
        )
        for line in order.lines.all()
    ]
    sheet.rows(("Product", "Pieces", "Price", "Total"), (90, 16, 32, 34), rows)
    sheet.sums(sums_of(order), strong="Total")
    return sheet.paper(f"invoice-{order.number}.pdf")


def sums_of(order: Order) -> list[tuple[str, str]]:
    """Return the amounts from the subtotal to what is still to be paid; those that are nothing left out."""
    received = order.payments.filter(currency=order.currency).received_kobo()
    refunded = order.payments.filter(currency=order.currency).refunded_kobo()
    amounts = [
        ("Subtotal", order.subtotal_kobo, True),
        *((f"Discount {code}".strip(), -kobo, bool(kobo)) for code, kobo in order.discounts),
        ("Delivery", order.shipping_kobo, True),
        (order.tax_title or "Tax", order.tax_kobo, bool(order.tax_kobo)),
        ("Total", order.total_kobo, True),
        (f"Includes {order.tax_title}", order.tax_included_kobo, bool(order.tax_included_kobo)),
        ("Cancelled or refused", -order.taken_off_kobo, bool(order.taken_off_kobo)),
        ("Paid", received, bool(received)),
        ("Refunded", refunded, bool(refunded)),
        ("To pay", order.due_kobo, order.due_kobo > 0 and order.status not in CLOSED),
    ]
    return [(name, format_money(kobo, order.currency)) for name, kobo, is_shown in amounts if is_shown]
