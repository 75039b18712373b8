"""Tell the story through posthog."""

from posthog import Posthog
from shared_story import HOST, KEY, STORY, TRACKED

client = Posthog(KEY, host=HOST)
who = STORY["user"]
client.set(distinct_id=who, properties=STORY["traits"])
client.capture("$pageview", distinct_id=who, properties={"$current_url": STORY["page"]["url"]})
for name, properties in TRACKED:
    client.capture(name, distinct_id=who, properties=properties)
client.shutdown()
