// Tell the story through posthog-node.
import { PostHog } from "posthog-node";
import { HOST, KEY, STORY, TRACKED } from "./shared_story.mjs";

const client = new PostHog(KEY, { host: HOST });
client.on("error", (error) => console.error(String(error)));
const distinctId = STORY.user;
client.identify({ distinctId, properties: STORY.traits });
client.capture({ distinctId, event: "$pageview", properties: { $current_url: STORY.page.url } });
for (const [event, properties] of TRACKED) client.capture({ distinctId, event, properties });
await client.shutdown(30000);
