// Answers as they are written, where the shop streams them: server-sent events to a POST.

import { Unreachable, ask } from "./api.js";
import { streams } from "./site.js";

/** Longer than the shop takes for an answer. */
export const PATIENCE_MS = 60_000;

/**
 * Send a body and hand each event to its teller; false where the shop streams nothing, or the stream did not begin:
 * then the message was not taken in, and can be sent the plain way. Throws Unreachable where it breaks off.
 */
export async function stream(path, body, tellers) {
  if (!streams) return false;
  const asked = ask("POST", `${streams}${path}`, { body, patience: PATIENCE_MS });
  const answer = await asked.catch(() => null); // the plain way
  if (!answer?.ok) return false;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read().catch((error) => ({ done: true, value: String(error) })); // told below
    if (done) throw new Unreachable(value || "the answer broke off");
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.*)$/) || [];
      if (name === "done") return true;
      tellers[name]?.(JSON.parse(data));
    }
  }
}
