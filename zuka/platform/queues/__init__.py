"""Where background tasks wait: a queue for each urgency, and slots of a worker that are kept for what is urgent.

`declared.py` is the table; a task names its queue where it is declared: `@background(name=…, queue=NOW)`.
"""
