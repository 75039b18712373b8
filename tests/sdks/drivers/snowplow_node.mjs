// Tell the story through @snowplow/node-tracker, with the entities of Snowplow's e-commerce plug-in.
import { createRequire } from "node:module";
import { HOST, KEY, LINE, STORY, pause } from "./shared_story.mjs";

const { newTracker, buildPageView, buildSelfDescribingEvent, buildSiteSearch } = createRequire(import.meta.url)(
  "@snowplow/node-tracker",
);
const EVENTS = 6;
let sent = 0;
let given = false;
const where = new URL(HOST);
const tracker = newTracker(
  { namespace: "shop", appId: KEY },
  {
    endpoint: where.hostname,
    protocol: "http",
    port: Number(where.port),
    bufferSize: EVENTS,
    onRequestSuccess: (batch) => (sent += batch.length),
    onRequestFailure: (failure) => (given ||= !failure.willRetry),
  },
);
tracker.setPlatform("srv");
tracker.setUserId(STORY.user);
tracker.setDomainUserId(STORY.visitor);
const ecommerce = "iglu:com.snowplowanalytics.snowplow.ecommerce";
const entity = (name, data) => ({ schema: `${ecommerce}/${name}/jsonschema/1-0-0`, data });
const act = (type, ...entities) => {
  const schema = `${ecommerce}/snowplow_ecommerce_action/jsonschema/1-0-2`;
  tracker.track(buildSelfDescribingEvent({ event: { schema, data: { type } } }), entities);
};
const product = { id: LINE.product_id, name: LINE.name, price: LINE.price, currency: LINE.currency };
const bought = { ...product, quantity: STORY.quantity };
tracker.track(buildPageView({ pageUrl: STORY.page.url, pageTitle: STORY.page.title }));
tracker.track(buildSiteSearch({ terms: [STORY.query] }));
act("product_view", entity("product", product));
act("add_to_cart", entity("product", bought));
const cart = { currency: "NGN", total_value: STORY.total };
act("checkout_step", entity("checkout_step", { step: 1 }), entity("cart", cart));
const order = { transaction_id: STORY.order, revenue: STORY.total, currency: "NGN", payment_method: "card" };
act("transaction", entity("transaction", order), entity("product", bought));
// What was not taken waits for the next flush, which in a shop's server the next event brings.
for (let waited = 0; sent < EVENTS && !given && waited < 20; waited += 1) {
  tracker.flush();
  await pause(500);
}
process.exit(0);
