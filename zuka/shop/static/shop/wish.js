// What a list is asked for. Its address keeps it, so that it can be sent to others and gone back to.

export const SEVERAL = ["gender", "size", "colour", "brand", "tags"];
export const SINGLE = ["category", "min_price", "max_price", "min_rating", "on_sale", "in_stock", "ordering"];

/** The wish in an address, without what was left open. */
export function readWish(search = location.search) {
  const asked = new URLSearchParams(search);
  const several = SEVERAL.map((name) => [name, asked.getAll(name).filter(Boolean)]).filter(([, all]) => all.length);
  const single = SINGLE.map((name) => [name, asked.get(name)]).filter(([, value]) => value);
  return Object.fromEntries([...several, ...single]);
}

/** Keep a wish in the address, as a step that the back button undoes. */
export function keepWish(wish) {
  const asked = new URLSearchParams(location.search);
  for (const name of [...SEVERAL, ...SINGLE]) asked.delete(name);
  for (const [name, value] of Object.entries(wish)) for (const each of [value].flat()) asked.append(name, each);
  const text = asked.toString();
  if (text !== location.search.slice(1)) history.pushState(null, "", `${location.pathname}${text && `?${text}`}`);
}

/** A wish without one value of a filter, or without the filter. */
export function without(wish, name, value) {
  const left = SEVERAL.includes(name) ? (wish[name] || []).filter((each) => each !== value) : [];
  const { [name]: _, ...rest } = wish;
  return left.length ? { ...rest, [name]: left } : rest;
}

/** The filters of a wish, a pair of name and value each. */
export const filtersOf = (wish) =>
  Object.entries(wish)
    .filter(([name]) => name !== "ordering")
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
