// Answers as they are written, where the shop streams them: server-sent events to a POST.

import { ask } from "./api.js";
import { streams } from "./site.js";

/**
 * Send a body and hand each event to its teller; false where the shop streams nothing, or the stream did not begin:
 * then the message was not taken in, and can be sent the plain way.
 */
export async function stream(path, body, tellers) {
  if (!streams) return false;
  const answer = await ask("POST", `${streams}${path}`, { body, patience: 60_000 }).catch(() => null); // the plain way
  if (!answer?.ok) return false;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return true;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.*)$/) || [];
      tellers[name]?.(JSON.parse(data));
    }
  }
}
