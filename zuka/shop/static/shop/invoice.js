// The invoice of an order: read with the customer's right to it, and kept by the browser under its own name.

import { callFile } from "./api.js";
import { h } from "./elements.js";

/** Let the browser keep an order's invoice. */
export async function keepInvoice(number, token) {
  const href = URL.createObjectURL(await callFile(`orders/${number}/invoice/`, token ? { token } : {}));
  h("a", { href, download: `invoice-${number}.pdf` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
