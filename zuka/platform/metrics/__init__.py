"""`/metrics` for Prometheus: what is declared, what web's processes count, and how it is written.

Requests are counted by the thread that records them (`usage/`), never on their way. All else is asked of the database
when somebody scrapes: the same figure whichever process answers, and nothing for the tracking doors to do.
"""
