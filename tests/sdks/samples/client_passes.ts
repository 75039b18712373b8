import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const zuka = createClient<paths>({ baseUrl: "https://shop.example" });
type Product = components["schemas"]["Product"];

export async function buy(words: string): Promise<string> {
  const { data: page, error: refused } = await zuka.GET("/api/v1/products/", { params: { query: { q: words } } });
  if (refused) throw new Error(`${refused.code}: ${refused.message}`);
  const found: Product | undefined = page.results[0];
  if (!found) return "";
  const { data: product } = await zuka.GET("/api/v1/products/{slug}/", { params: { path: { slug: found.slug } } });
  const sku: string = product!.variants[0]!.sku;
  const { data: cart } = await zuka.POST("/api/v1/cart/lines/", { body: { sku, quantity: 2 } });
  const kobo: number = cart!.subtotal.kobo;
  const { data: order } = await zuka.POST("/api/v1/orders/", {
    params: { header: { "Idempotency-Key": "k-1", "X-Zuka-Cart": cart!.token ?? undefined } },
    body: {
      contact: { phone: "+2348031234567" },
      shipping_address: {
        recipient_name: "Ada Obi",
        street_address: "12 Allen Avenue",
        city: "Ikeja",
        state: "Lagos",
      },
      payment_method: "cash_on_delivery",
      expected_total_kobo: kobo,
    },
  });
  const params = { path: { number: order!.number }, query: { token: order!.access_token } };
  const { data: again } = await zuka.GET("/api/v1/orders/{number}/", { params });
  return again!.status;
}
