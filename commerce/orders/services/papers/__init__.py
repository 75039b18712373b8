"""Papers of orders as PDF: the invoice for the customer, the packing slip for the parcel."""

from commerce.orders.services.papers.invoice import invoice_of
from commerce.orders.services.papers.packing_slip import packing_slip_of
from zuka.platform.papers import Paper

__all__ = ["Paper", "invoice_of", "packing_slip_of"]
