from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from commerce.accounts.models import Address, User
from commerce.accounts.services.people import hold_account, read_phone
from zuka.platform.errors import Refused

MOST_ADDRESSES = 20


class NoSuchAddress(Refused):
    """The customer has no such address."""

    status = 404
    code = "not_found"


class TooManyAddresses(Refused):
    """The customer has as many addresses as one may have."""

    code = "too_many_addresses"


class AddressDetails(TypedDict, total=False):
    """What is written of an address. `is_default` true makes it the default; false changes nothing."""

    label: str
    recipient_name: str
    phone: str
    street_address: str
    city: str
    state: str
    country: str
    postal_code: str
    is_default: bool


def lock_addresses(user: User) -> QuerySet[Address]:
    """Return a customer's addresses; changes of them queue by the lock of the account until the transaction ends.

    Raises `AccountClosed`.
    """
    hold_account(user_id=user.pk)
    return Address.objects.filter(user_id=user.pk)


def write_details(address: Address, details: AddressDetails) -> None:
    """Set the details on an unsaved address. Raises `InvalidPhone`."""
    for name, value in details.items():
        if name != "is_default":
            setattr(address, name, value)
    if phone := details.get("phone"):
        address.phone = read_phone(phone)


def unmake_default(addresses: QuerySet[Address], *, at: datetime) -> None:
    """Take the mark of the default off a customer's locked addresses."""
    addresses.filter(is_default=True).update(is_default=False, updated_at=at)


def find_address(addresses: QuerySet[Address], address_id: UUID) -> Address:
    """Return one of a customer's addresses. Raises `NoSuchAddress`."""
    address = addresses.filter(pk=address_id).first()
    if address is None:
        raise NoSuchAddress("There is no such address.")
    return address


@transaction.atomic
def add_address(*, user: User, details: AddressDetails, at: datetime) -> Address:
    """Add an address; a customer's first one is their default. Raises `TooManyAddresses`, `InvalidPhone`."""
    addresses = lock_addresses(user)
    count = addresses.count()
    if count >= MOST_ADDRESSES:
        raise TooManyAddresses(f"You can keep {MOST_ADDRESSES} addresses. Remove one first.")
    address = Address(user_id=user.pk, created_at=at, is_default=count == 0 or details.get("is_default", False))
    write_details(address, details)
    if address.is_default:
        unmake_default(addresses, at=at)
    address.save(force_insert=True)
    return address


@transaction.atomic
def change_address(*, user: User, address_id: UUID, details: AddressDetails, at: datetime) -> Address:
    """Change what was given of an address and return it fresh. Raises `NoSuchAddress`, `InvalidPhone`."""
    addresses = lock_addresses(user)
    address = find_address(addresses, address_id)
    write_details(address, details)
    if details.get("is_default") and not address.is_default:
        unmake_default(addresses, at=at)
        address.is_default = True
    address.save()
    return address


@transaction.atomic
def remove_address(*, user: User, address_id: UUID, at: datetime) -> None:
    """Remove an address; after the default one, the newest that is left is the default. Raises `NoSuchAddress`.

    Orders keep the copy they were placed with.
    """
    addresses = lock_addresses(user)
    address = find_address(addresses, address_id)
    address.delete()
    if address.is_default and (newest := addresses.order_by("-created_at", "-pk").first()):
        addresses.filter(pk=newest.pk).update(is_default=True, updated_at=at)
