"""Tell the story through segment-analytics-python."""

from segment.analytics.client import Client
from shared_story import HOST, KEY, STORY, TRACKED

client = Client(KEY, host=HOST)
who = {"user_id": STORY["user"], "anonymous_id": STORY["visitor"]}
client.identify(traits=STORY["traits"], **who)
client.page(name="Dresses", context={"page": STORY["page"]}, **who)
for name, properties in TRACKED:
    client.track(event=name, properties=properties, **who)
client.flush()
client.shutdown()
