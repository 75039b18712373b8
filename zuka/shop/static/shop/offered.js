// How one can sign in here besides by e-mail; asked once a page.

import { callAccounts } from "./api.js";

let asked = null;

async function ask() {
  try {
    return (await callAccounts("GET", "config")).data;
  } catch (error) {
    asked = null;
    throw error;
  }
}

/** What is offered: `phone.is_offered`, and `providers` with their pages. */
export function offered() {
  asked ||= ask();
  return asked;
}
