"""Sign-in in the OpenAPI schema, as far as they are mounted: allauth's views are no DRF views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from commerce.accounts.authentication import APPS
from commerce.accounts.gateways import TOKEN_LENGTH
from commerce.accounts.models import SignInProvider

PREFIX = "/_allauth/app/v1/"
TEXT = {"type": "string"}
EMAIL = {"type": "string", "format": "email", "maxLength": 254}
PASSWORD = {"type": "string", "format": "password", "minLength": 8}
FLAG = {"type": "boolean"}


def thing(*needed: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object; `needed` names the properties that are always there."""
    return {"type": "object", "properties": properties, **({"required": list(needed)} if needed else {})}


def rows(of: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": of}


USER = thing("id", "display", id={"type": "string", "format": "uuid"}, display=TEXT, email=EMAIL)
TOKEN = {"type": "string", "description": "A new token for `X-Session-Token`; absent while the sent one stays good."}
CODE = thing("code", code=TEXT)
FACTOR = thing(
    "type",
    type={**TEXT, "enum": ["totp", "recovery_codes"]},
    created_at={"type": "number", "description": "Unix seconds."},
    last_used_at={"type": "number", "nullable": True},
    unused_code_count={"type": "integer"},
    unused_codes=rows(TEXT),
)
PROVIDER_ID = {**TEXT, "enum": SignInProvider.values}
PROVIDER = thing(
    "id",
    "name",
    "client_ids",
    "page_url",
    id=PROVIDER_ID,
    name=TEXT,
    client_ids={**rows(TEXT), "description": "What the shop is called there: by the web, then by its apps."},
    page_url={**TEXT, "description": "Where the web asks people; add `redirect_uri`, `state` and `nonce`."},
)
SCHEMAS = {
    "CustomerSession": thing(
        "status",
        "data",
        "meta",
        status={"type": "integer"},
        data=thing("user", user=USER, methods=rows({"type": "object"})),
        meta=thing("is_authenticated", is_authenticated=FLAG, session_token=TOKEN),
    ),
    "CustomerSessionMissing": thing(
        "status",
        status={"type": "integer"},
        data=thing(flows=rows(thing("id", id=TEXT, is_pending=FLAG))),
        meta=thing(is_authenticated=FLAG, session_token=TOKEN),
    ),
    "CustomerSessionProblem": thing(
        "status",
        "errors",
        status={"type": "integer"},
        errors=rows(thing("code", "message", code=TEXT, message=TEXT, param={**TEXT, "description": "The field."})),
    ),
    "CustomerFactor": thing("status", status={"type": "integer"}, data=FACTOR, meta={"type": "object"}),
    "CustomerFactors": thing("status", "data", status={"type": "integer"}, data=rows(FACTOR)),
    "CustomerTotpSecret": thing(
        "status",
        "meta",
        status={"type": "integer"},
        meta=thing("secret", "totp_url", secret=TEXT, totp_url={**TEXT, "description": "What the app scans."}),
    ),
    "CustomerSessionConfig": thing("status", "data", status={"type": "integer"}, data={"type": "object"}),
    "CustomerSignInConfig": thing(
        "status",
        "data",
        status={"type": "integer"},
        data=thing(
            "phone",
            "providers",
            phone=thing("is_offered", is_offered=FLAG),
            providers=rows(PROVIDER),
            account={"type": "object"},
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is sent, what is answered (status → schema's name, None for no body), and who may make it."""

    method: str
    path: str
    name: str
    summary: str
    answers: dict[int, str | None]
    body: dict[str, Any] | None = None
    example: dict[str, Any] | None = None
    needs_token: bool = False
    words: Mapping[int, str] = field(default_factory=dict)
    description: str = ""


STATUS_TEXT = {
    200: "Done.",
    400: "What was sent cannot be taken: `errors` says why, field by field.",
    401: "Nobody is signed in; or another step is pending (`data.flows`): the second factor, the password again.",
    404: "There is none.",
    409: "Not in this state: somebody is signed in already, or no e-mail and phone is confirmed.",
    410: "The token is unknown, revoked or expired: forget it.",
    429: "Too often; try again in a minute.",
    503: "The provider does not answer, so nobody knows whether the token is true; try again in a minute.",
}
PLATFORM = {
    "name": "X-Zuka-Platform",
    "in": "header",
    "description": "Where somebody signs up or in; the web unless an app says so.",
    "schema": {**TEXT, "enum": ["web", *sorted(APPS)]},
}
SESSION, MISSING, PROBLEM = "CustomerSession", "CustomerSessionMissing", "CustomerSessionProblem"
ENTRY: dict[int, str | None] = {200: SESSION, 400: PROBLEM, 409: None, 410: MISSING, 429: None}
SIGN_IN: dict[int, str | None] = {**ENTRY, 401: MISSING}
CHANGE: dict[int, str | None] = {200: SESSION, 400: PROBLEM, 401: MISSING, 410: MISSING, 429: None}
BY_CODE = (
    "The code is what `POST /api/v1/email-sign-ins/` mailed. A new account has its e-mail confirmed from the start, "
    "and guest orders with it. An account that is there keeps its password, whatever is sent; one that nobody had "
    "confirmed begins anew: password, devices, second step and addresses of whoever made it are gone."
)
CALLS = (
    Call(
        method="post",
        path="auth/login",
        name="signIn",
        summary="Sign in by password",
        body=thing("email", "password", email=EMAIL, password=PASSWORD),
        answers=SIGN_IN,
    ),
    Call(
        method="post",
        path="auth/email",
        name="signInByEmail",
        summary="Sign in by a mailed code, or up when there is no account with the e-mail",
        description=BY_CODE,
        body=thing(
            "email",
            "code",
            email=EMAIL,
            code=TEXT,
            name={"type": "string", "maxLength": 200},
            password={**PASSWORD, "description": "For a new account; one that is there keeps its own."},
            accepts_marketing={**FLAG, "default": False, "description": "For a new account."},
        ),
        answers=SIGN_IN,
    ),
    Call(
        method="post",
        path="auth/phone",
        name="signInByPhone",
        summary="Sign in by phone, or up when there is no account with it",
        body=thing("phone", "code", phone=TEXT, code=TEXT, name={"type": "string", "maxLength": 200}),
        answers=SIGN_IN,
    ),
    Call(
        method="post",
        path="auth/provider",
        name="signInByProvider",
        summary="Sign in by Google or Apple, or up when there is no account",
        body=thing(
            "provider",
            "id_token",
            provider=PROVIDER_ID,
            id_token={**TEXT, "maxLength": TOKEN_LENGTH, "description": "Good once, until it expires."},
            nonce={
                **TEXT,
                "maxLength": 200,
                "description": "What the token was asked for with.",
            },
            name={**TEXT, "maxLength": 200, "description": "Apple tells it beside the first token only."},
        ),
        example={"provider": "google", "id_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6…", "nonce": "n-0S6_WzA2Mj"},
        answers={**SIGN_IN, 503: PROBLEM},
    ),
    Call(
        method="get",
        path="auth/session",
        name="getSession",
        summary="Read who is signed in",
        answers={200: SESSION, 401: MISSING, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="delete",
        path="auth/session",
        name="signOut",
        summary="Sign out: the token is revoked",
        answers={401: MISSING, 410: MISSING},
        needs_token=True,
        words={401: "Signed out."},
    ),
    Call(
        method="post",
        path="account/password/change",
        name="changePassword",
        summary="Change your password; other devices are signed out",
        body=thing("current_password", "new_password", current_password=PASSWORD, new_password=PASSWORD),
        answers=CHANGE,
        needs_token=True,
    ),
    Call(
        method="post",
        path="auth/reauthenticate",
        name="proveItIsYou",
        summary="Type your password again, for what asks for it within five minutes",
        body=thing("password", password=PASSWORD),
        answers=CHANGE,
        needs_token=True,
    ),
    Call(
        method="post",
        path="auth/2fa/authenticate",
        name="signInSecondStep",
        summary="Finish signing in by a code of the app, or a recovery code",
        body=CODE,
        answers={200: SESSION, 400: PROBLEM, 401: MISSING, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="post",
        path="auth/2fa/reauthenticate",
        name="proveItIsYouBySecondStep",
        summary="Type a code of the app again, or a recovery code; who has no password does this instead",
        body=CODE,
        answers=CHANGE,
        needs_token=True,
    ),
    Call(
        method="get",
        path="account/authenticators",
        name="listSecondSteps",
        summary="List your second factors",
        answers={200: "CustomerFactors", 401: MISSING, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="get",
        path="account/authenticators/totp",
        name="getTotp",
        summary="Read your authenticator app, or get a secret for one",
        answers={200: "CustomerFactor", 401: MISSING, 404: "CustomerTotpSecret", 409: PROBLEM, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="post",
        path="account/authenticators/totp",
        name="linkTotp",
        summary="Link an authenticator app by the code it shows",
        body=CODE,
        answers={200: "CustomerFactor", 400: PROBLEM, 401: MISSING, 409: PROBLEM, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="delete",
        path="account/authenticators/totp",
        name="unlinkTotp",
        summary="Unlink your authenticator app",
        answers={200: "CustomerSessionConfig", 401: MISSING, 409: PROBLEM, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="get",
        path="account/authenticators/recovery-codes",
        name="getRecoveryCodes",
        summary="Read your recovery codes",
        answers={200: "CustomerFactor", 401: MISSING, 404: None, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="post",
        path="account/authenticators/recovery-codes",
        name="makeRecoveryCodes",
        summary="Make new recovery codes; the old ones work no more",
        answers={200: "CustomerFactor", 400: PROBLEM, 401: MISSING, 410: MISSING},
        needs_token=True,
    ),
    Call(
        method="get",
        path="config",
        name="getSignInConfig",
        summary="Read how one can sign in: by e-mail always, by phone and providers when they are offered",
        answers={200: "CustomerSignInConfig"},
    ),
)


def in_json(schema: dict[str, Any], example: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the content of a JSON body."""
    return {"content": {"application/json": {"schema": schema, **({"example": example} if example else {})}}}


def operation(call: Call) -> dict[str, Any]:
    """Return a call as OpenAPI has it."""
    answers = {
        str(status): {
            "description": call.words.get(status, STATUS_TEXT[status]),
            **(in_json({"$ref": f"#/components/schemas/{name}"}) if name else {}),
        }
        for status, name in call.answers.items()
    }
    return {
        "operationId": call.name,
        "tags": ["Customers"],
        "summary": call.summary,
        **({"description": call.description} if call.description else {}),
        "security": [{"customerToken": []}] if call.needs_token else [{}],
        **({"parameters": [PLATFORM]} if call.answers.items() >= ENTRY.items() else {}),
        **({"requestBody": {**in_json(call.body, call.example), "required": True}} if call.body else {}),
        "responses": answers,
    }


CLOSING = thing(password=PASSWORD, code={**TEXT, "description": "Of an account without a password."})


def add_sign_in(result: dict[str, Any], **_arguments: Any) -> dict[str, Any]:
    """drf-spectacular's hook: add the calls and what they answer, and the body of the one DELETE that has one."""
    result["paths"]["/api/v1/me/"]["delete"]["requestBody"] = in_json(CLOSING)
    for call in CALLS:
        result["paths"].setdefault(PREFIX + call.path, {})[call.method] = operation(call)
    result["components"].setdefault("schemas", {}).update(SCHEMAS)
    return result
