"""What the views of pets share: a signed-in customer, and answers that nobody else keeps."""

from __future__ import annotations

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from pets.adopting import own_pet
from pets.models import UserPet
from pets.tools.people import CUSTOMER_AUTHENTICATION, User, customer_of
from zuka.platform.actor import Actor, actor_for

PRIVATE = {"Cache-Control": "private, no-store"}


class PersonView(APIView):
    """For signed-in customers alone: pets act as their person."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [IsAuthenticated]

    def person(self, request: Request) -> User:
        """Return who asks."""
        return customer_of(request)

    def actor(self, request: Request) -> Actor:
        """Return who acts."""
        return actor_for(user_id=customer_of(request).pk)

    def pet(self, request: Request) -> UserPet:
        """Return the pet of who asks. Raises `NoPet`."""
        return own_pet(customer_of(request).pk)
