// Ask for flags through posthog-node, and say what it was told.
import { PostHog } from "posthog-node";
import { HOST, KEY } from "./shared_story.mjs";

const client = new PostHog(KEY, { host: HOST, sendFeatureFlagEvent: false });
const found = {};
for (const name of ["ada", "bola", "chidi"]) found[name] = await client.getAllFlags(name);
console.log(JSON.stringify(found));
await client.shutdown(30000);
