"""The verbs of accounts, by noun: people (sign-up, sign-in, profile) and their addresses."""

from commerce.accounts.services.addresses import (
    AddressDetails,
    NoSuchAddress,
    TooManyAddresses,
    add_address,
    change_address,
    find_address,
    remove_address,
)
from commerce.accounts.services.people import (
    AccountTaken,
    InvalidPhone,
    NoContact,
    ProfileChanges,
    change_profile,
    note_sign_in,
    read_phone,
    register_customer,
    signup_source,
)

__all__ = [
    "AccountTaken",
    "AddressDetails",
    "InvalidPhone",
    "NoContact",
    "NoSuchAddress",
    "ProfileChanges",
    "TooManyAddresses",
    "add_address",
    "change_address",
    "change_profile",
    "find_address",
    "note_sign_in",
    "read_phone",
    "register_customer",
    "remove_address",
    "signup_source",
]
