// Tell the story through @rudderstack/rudder-sdk-node.
import { createRequire } from "node:module";
import { HOST, KEY, STORY, TRACKED } from "./shared_story.mjs";

const Analytics = createRequire(import.meta.url)("@rudderstack/rudder-sdk-node");
const client = new Analytics(KEY, { dataPlaneUrl: HOST, errorHandler: (error) => console.error(String(error)) });
const who = { userId: STORY.user, anonymousId: STORY.visitor };
// Its queue sends the first call at once and alone.
client.identify({ ...who, traits: STORY.traits });
client.page({ ...who, name: "Dresses", context: { page: STORY.page } });
for (const [event, properties] of TRACKED) client.track({ ...who, event, properties });
await client.flush().catch((error) => console.error(String(error)));
process.exit(0);
