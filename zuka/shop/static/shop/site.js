// What the shell says about this page, and where the other pages are.

const facts = document.body.dataset;

/** This page: its kind, and the slug or number that its address names. */
export const page = { kind: facts.page, slug: facts.slug, number: facts.number };
/** Days in which something can be sent back; 0 where it cannot. */
export const returnDays = Number(facts.returns || 0);
export const shopName = facts.name;
export const currency = facts.currency;
export const api = facts.api;
export const accounts = facts.accounts;
export const streams = facts.streams;

const query = (parts) => {
  const text = new URLSearchParams(parts).toString();
  return text && `?${text}`;
};

/** Addresses of the shop's pages. */
export const address = {
  home: facts.shop,
  cart: `${facts.shop}cart/`,
  checkout: `${facts.shop}checkout/`,
  account: (next) => `${facts.shop}account/${query(next ? { next } : {})}`,
  product: (slug) => `${facts.shop}product/${slug}/`,
  category: (slug) => `${facts.shop}category/${slug}/`,
  search: (parts = {}) => `${facts.shop}search/${query(parts)}`,
  wishlist: `${facts.shop}wishlist/`,
  pet: `${facts.shop}pet/`,
  rewards: `${facts.shop}rewards/`,
  games: `${facts.shop}games/`,
  order: (number) => `${facts.shop}thank-you/${number}/`,
};

/** Where to go after signing in: a page of this shop named by `?next=`, else null. */
export function nextPage() {
  const next = new URLSearchParams(location.search).get("next") || "";
  return /^[a-z-]+(\/[\w-]+)?$/.test(next) ? `${facts.shop}${next}/` : null;
}

/** Name the page in the tab and for search engines. */
export function describePage(title, description) {
  document.title = `${title} · ${shopName}`;
  if (description) document.querySelector('meta[name="description"]').content = description;
}
