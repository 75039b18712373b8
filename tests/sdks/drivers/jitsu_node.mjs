// Tell the story through @jitsu/js, as a server uses it.
import { createRequire } from "node:module";
import { HOST, KEY, STORY, TRACKED, pause } from "./shared_story.mjs";

const { jitsuAnalytics } = createRequire(import.meta.url)("@jitsu/js");
// It wants a key of two parts; Zuka reads the part before the colon.
const client = jitsuAnalytics({ host: HOST, writeKey: `${KEY}:unused`, s2s: true });
client.setAnonymousId(STORY.visitor);
await client.identify(STORY.user, STORY.traits);
await client.page({ ...STORY.page, name: "Dresses" });
for (const [event, properties] of TRACKED) await client.track(event, properties);
await pause(1000);
process.exit(0);
