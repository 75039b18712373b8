"""People: sign-up, sign-in, identity."""

from __future__ import annotations

from analytics.registry.types import EventType, Payload, Said, Text


class Created(Payload):
    """Where a sign-up came from."""

    user_id: Text | None = None
    source: Text | None = None
    country: Text | None = None
    platform: Text | None = None
    referrer_id: Text | None = None


class LoggedIn(Payload):
    """How somebody signed in."""

    method: Text | None = None
    platform: Text | None = None


class Person(Payload):
    """Traits of a person or a group; any keys."""

    previous_id: Text | None = None
    group_id: Text | None = None


TYPES = (
    EventType(
        name="user.created",
        text="Somebody signed up.",
        payload=Created,
        said=Said.CLAIM,
        aliases=("Signed Up", "Account Created", "sign_up", "signup", "registration", "user_created"),
        example={"user_id": "5678", "source": "web", "country": "NG", "platform": "web", "referrer_id": None},
        broken={"source": ["web"]},
    ),
    EventType(
        name="user.logged_in",
        text="Somebody signed in.",
        payload=LoggedIn,
        said=Said.CLAIM,
        aliases=("Signed In", "login", "user_login"),
        example={"platform": "android", "method": "google"},
        broken={"method": {"name": "google"}},
    ),
    EventType(
        name="user.logged_out",
        text="Somebody signed out.",
        payload=LoggedIn,
        said=Said.CLAIM,
        aliases=("Signed Out", "logout"),
        example={"platform": "web"},
        broken={"platform": 3},
    ),
    EventType(
        name="user.identified",
        text="A client says who its visitor is, with traits.",
        payload=Person,
        aliases=("identify", "$identify", "$set", "user_properties"),
        example={"plan": "gold"},
        broken={"previous_id": []},
    ),
    EventType(
        name="user.aliased",
        text="Two ids are one person.",
        payload=Person,
        aliases=("alias", "$create_alias", "$merge_dangerously"),
        example={"previous_id": "anonymous-1"},
        broken={"previous_id": {}},
    ),
    EventType(
        name="group.identified",
        text="A person belongs to a group, with its traits.",
        payload=Person,
        aliases=("group", "$groupidentify", "join_group"),
        example={"group_id": "wholesale"},
        broken={"group_id": ["a"]},
    ),
)
