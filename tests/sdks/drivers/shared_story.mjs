// The shopper's story that every driver tells: what is sent, and where to.
import { readFileSync } from "node:fs";

export const HOST = process.env.SDK_HOST;
export const KEY = process.env.SDK_KEY;
export const STORY = JSON.parse(readFileSync(new URL("./story.json", import.meta.url), "utf8"));
export const LINE = { ...STORY.product, quantity: STORY.quantity };
export const CART = { value: STORY.total, currency: "NGN", products: [LINE] };
export const ORDER = { order_id: STORY.order, total: STORY.total, currency: "NGN", products: [LINE] };
// As Segment's e-commerce spec names them; RudderStack and PostHog took that spec over.
export const TRACKED = [
  ["Products Searched", { query: STORY.query }],
  ["Product Viewed", STORY.product],
  ["Product Added", LINE],
  ["Checkout Started", CART],
  ["Order Completed", ORDER],
];
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
