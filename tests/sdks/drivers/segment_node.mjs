// Tell the story through @segment/analytics-node.
import { Analytics } from "@segment/analytics-node";
import { HOST, KEY, STORY, TRACKED } from "./shared_story.mjs";

const client = new Analytics({ writeKey: KEY, host: HOST });
client.on("error", (error) => console.error(String(error.reason ?? error)));
const who = { userId: STORY.user, anonymousId: STORY.visitor };
client.identify({ ...who, traits: STORY.traits });
client.page({ ...who, name: "Dresses", context: { page: STORY.page } });
for (const [event, properties] of TRACKED) client.track({ ...who, event, properties });
await client.closeAndFlush({ timeout: 30000 });
