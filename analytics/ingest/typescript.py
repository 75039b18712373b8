"""`/t.d.ts`: TypeScript types of the browser tracker, made from the registry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from msgspec import NODEFAULT, inspect

from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Payload
from zuka.platform.documents import page

KEPT_SECONDS = 3600
NAMES: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "number | string",  # ingest reads numbers from text too: "5500", amounts also as "5,500.00"
    inspect.FloatType: "number | string",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
    inspect.DictType: "Record<string, unknown>",
}
HEAD = """\
// Types of Zuka's browser tracker, made from its registry of events. Save as zuka.d.ts in your project.

type ZukaConsent = true | false | "pending";
"""
CALLS = """\
interface Zuka {
  track<T extends keyof ZukaEvents>(type: T, ...properties: ZukaProperties<ZukaEvents[T]>): void;
  track<T extends string>(type: T extends keyof ZukaEvents ? never : T, properties?: Record<string, unknown>): void;
  page(properties?: ZukaEvents["page.viewed"]): void;
  product(properties: ZukaEvents["product.viewed"]): void;
  search(query: string, results?: number): void;
  cart<V extends ZukaVerb<"cart.">>(verb: V, ...properties: ZukaProperties<ZukaVerbs<"cart.", V>>): void;
  cart(verb: "added", properties: ZukaEvents["cart.item_added"]): void;
  cart(verb: "removed", properties: ZukaEvents["cart.item_removed"]): void;
  checkout<V extends ZukaVerb<"checkout.">>(
    verb: V,
    ...properties: ZukaProperties<ZukaVerbs<"checkout.", V>>
  ): void;
  order(properties: ZukaEvents["order.created"]): void;
  identify(user: string | number, traits?: ZukaEvents["user.identified"]): void;
  consent(said: ZukaConsent): void;
  reset(): void;
  headers(): Record<string, string>;
  /** With flags.js: a variant, or whether a flag is on. Only after `flags` has called back. */
  flag?(name: string): string | boolean;
  flags?(call: () => void): void;
  flush(): void;
}

// With nothing that must be said, the properties may be left out.
type ZukaProperties<P> = {} extends P ? [properties?: P] : [properties: P];
type ZukaVerb<N extends string> = keyof ZukaEvents extends infer T ? (T extends `${N}${infer V}` ? V : never) : never;
type ZukaVerbs<N extends string, V extends string> = `${N}${V}` extends keyof ZukaEvents
  ? ZukaEvents[`${N}${V}`]
  : never;

interface Window {
  /** Not there when the script is blocked or has not run. */
  zuka?: Zuka;
}
declare const zuka: Zuka;
"""


def type_name(each: inspect.Type) -> str:
    """Return the TypeScript name of a field's type; one that is not known here raises KeyError."""
    if isinstance(each, inspect.Metadata):
        return type_name(each.type)
    if isinstance(each, inspect.UnionType):
        return " | ".join(dict.fromkeys(name for part in each.types for name in type_name(part).split(" | ")))
    if isinstance(each, inspect.LiteralType):
        return " | ".join(json.dumps(value) for value in each.values)
    if isinstance(each, inspect.ListType):
        return f"Array<{type_name(each.item_type)}>"
    return NAMES[type(each)]


def interface_name(payload: type[Payload]) -> str:
    """Return the name of a payload's interface, which stands among the page's own global names."""
    return f"Zuka{payload.__name__}"


def field_line(each: inspect.Field) -> str:
    """Return a field's line; what has a default may be left out."""
    must = each.default is NODEFAULT and each.default_factory is NODEFAULT
    return f"  {each.encode_name}{'' if must else '?'}: {type_name(each.type)};"


def interface(payload: type[Payload]) -> str:
    """Return the interface of a payload; properties that are not declared are kept as sent."""
    info = inspect.type_info(payload)
    assert isinstance(info, inspect.StructType)
    lines = [
        f"interface {interface_name(payload)} {{",
        *map(field_line, info.fields),
        "  [name: string]: unknown;",
        "}",
    ]
    return "\n".join([f"/** {payload.__doc__} */", *lines, ""])


def event_lines() -> Iterable[str]:
    """Return the lines of the interface that has every event type."""
    yield "interface ZukaEvents {"
    for each in EVENT_TYPES.values():
        yield f"  /** {each.text} */"
        yield f'  "{each.name}": {interface_name(each.payload)};'
    yield "}\n"


@cache
def render_types() -> str:
    """Return the declaration file."""
    payloads = dict.fromkeys(each.payload for each in EVENT_TYPES.values())
    return "\n".join([HEAD, *map(interface, payloads), "\n".join(event_lines()), CALLS])


def types_page() -> str:
    """Return the page of the docs that has the types."""
    intro = "`GET /t.d.ts` of your Zuka answers this file; [tracker.md](tracker.md) says what the calls do."
    return page("Types of the browser tracker", intro, f"```ts\n{render_types()}```")


@require_safe
def send_types(_request: HttpRequest) -> HttpResponse:
    """Answer the declaration file."""
    response = HttpResponse(render_types(), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
