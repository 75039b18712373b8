"""A streaming replica that what is heavy and only reads is asked of, while it is close enough behind.

`lag.py` says until when a replica has everything, `standing.py` whether it may be asked now (looked at once a second),
`reading.py` reads there and falls back to the primary. Nothing of this runs without REPLICA_DATABASE_URL.
"""
