"""Ask for flags through posthog, and say what it was told."""

import json

from posthog import Posthog
from shared_story import HOST, KEY

client = Posthog(KEY, host=HOST)
print(json.dumps({name: client.get_all_flags(name) for name in ("ada", "bola", "chidi")}))
client.shutdown()
