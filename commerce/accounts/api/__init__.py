"""What customers ask for of their account."""

from commerce.accounts.api.addresses import AddressCollection, AddressDetail
from commerce.accounts.api.devices import DeviceCollection, DeviceDetail
from commerce.accounts.api.own_data import DataCopyCollection, DataCopyFile, Erasure
from commerce.accounts.api.phones import EntryCodes, PhoneCodes, PhoneProof
from commerce.accounts.api.profile import ClosingCodes, Profile
from commerce.accounts.api.proofs import EmailCodes, EmailEntryCodes, EmailProof, PasswordCodes, PasswordReset
from commerce.accounts.api.providers import ConnectionCollection, ConnectionDetail

__all__ = [
    "AddressCollection",
    "AddressDetail",
    "ClosingCodes",
    "ConnectionCollection",
    "ConnectionDetail",
    "DataCopyCollection",
    "DataCopyFile",
    "DeviceCollection",
    "DeviceDetail",
    "EmailCodes",
    "EmailEntryCodes",
    "EmailProof",
    "EntryCodes",
    "Erasure",
    "PasswordCodes",
    "PasswordReset",
    "PhoneCodes",
    "PhoneProof",
    "Profile",
]
