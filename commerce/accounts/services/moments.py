"""Moments of an account that rooms above act on, in the same transaction. Each is sent with `user` and `at`."""

from django.dispatch import Signal

# The account's e-mail is proved to be its owner's.
email_proved = Signal()
# The account's phone is.
phone_proved = Signal()
# The account is about to be closed; a receiver may refuse it by raising `Refused`.
account_closing = Signal()
