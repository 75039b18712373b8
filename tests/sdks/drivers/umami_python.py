"""Tell the story through umami-analytics."""

import umami
from shared_story import HOST, KEY, STORY, TRACKED

umami.set_url_base(HOST)
umami.set_website_id(KEY)
umami.set_hostname("shop.example")
umami.new_page_view(page_title=STORY["page"]["title"], url=STORY["page"]["path"], distinct_id=STORY["user"])
for name, properties in TRACKED:
    umami.new_event(name, url=STORY["page"]["path"], custom_data=properties, distinct_id=STORY["user"])
