// What this browser keeps for the shop. Where storage is refused, it is kept until the page is left.

function keeper(open) {
  const memory = new Map();
  const attempt = (act, otherwise) => {
    try {
      return act(open());
    } catch {
      return otherwise();
    }
  };
  return {
    read: (name) =>
      attempt(
        (store) => store.getItem(name),
        () => memory.get(name) ?? null,
      ),
    keep: (name, value) =>
      attempt(
        (store) => store.setItem(name, value),
        () => memory.set(name, value),
      ),
    forget: (name) =>
      attempt(
        (store) => store.removeItem(name),
        () => memory.delete(name),
      ),
    forgetAll: (prefix) => {
      memory.clear();
      attempt(
        (store) =>
          Object.keys(store)
            .filter((name) => name.startsWith(prefix))
            .forEach((name) => store.removeItem(name)),
        () => null,
      );
    },
  };
}

/** The name of what was looked at lately: ids of products, the last first. */
export const RECENT = "zuka.shop.recent";
/** The name of the code of the friend whose link brought this visitor. */
export const FRIEND = "zuka.shop.friend";
/** The name of the coupon that a pet was told to use: the checkout asks for it. */
export const PET_CODE = "zuka.shop.pet-code";
/** Kept until it is forgotten. */
export const local = keeper(() => window.localStorage);
/** Kept until this tab is closed. */
export const tab = keeper(() => window.sessionStorage);

/** Read JSON that was kept; null when there is none or it cannot be read. */
export function readJson(store, name) {
  try {
    return JSON.parse(store.read(name));
  } catch { // as if nothing had been kept
    return null;
  }
}

export const keepJson = (store, name, value) => store.keep(name, JSON.stringify(value));

/** A key of its own for what is to be made once, however often it is sent. */
export const newKey = () =>
  crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;
