// Tell the story through @umami/node.
import { createRequire } from "node:module";
import { HOST, KEY, STORY, TRACKED } from "./shared_story.mjs";

const { Umami } = createRequire(import.meta.url)("@umami/node");
const client = new Umami({ websiteId: KEY, hostUrl: HOST });
const page = { hostname: "shop.example", url: STORY.page.path, title: STORY.page.title, id: STORY.user };
await client.identify(STORY.traits);
await client.track(page);
for (const [name, data] of TRACKED) await client.track({ ...page, name, data });
