"""What the log calls an error is reported to ERRORS_DSN: Sentry, GlitchTip, Bugsink or another that speaks theirs.

Kinds of errors, names of functions and lines of code go there, and nothing else: no messages, which may hold what
somebody typed, no variables, no bodies, no addresses, no names. A process reports the same error once a minute, with
how often it came since, and thirty errors a minute at most; it never waits for the answer.
"""
