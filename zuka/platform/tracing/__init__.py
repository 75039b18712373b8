"""Optional traces by OpenTelemetry: requests, their statements, calls out and the tasks they cause, to TRACES_URL.

The packages of the group `tracing` in pyproject.toml are imported only where TRACES_URL is set, and nothing stands on a
request's way where it is not. Our provider is not registered with OpenTelemetry's API: libraries that look for one
there, such as the models', would add spans of their own, with what somebody said in them if the environment asks.
"""
