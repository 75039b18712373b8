"""The verbs of accounts, by noun: people (sign-up, sign-in, profile), their addresses, and looking them up."""

from commerce.accounts.services.addresses import (
    AddressDetails,
    NoSuchAddress,
    TooManyAddresses,
    add_address,
    change_address,
    find_address,
    remove_address,
)
from commerce.accounts.services.lookups import SHORTEST_LOOKUP, find_people, phone_in
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
    "SHORTEST_LOOKUP",
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
    "find_people",
    "note_sign_in",
    "phone_in",
    "read_phone",
    "register_customer",
    "remove_address",
    "signup_source",
]
