// Tabs as people with keyboards expect them: arrows move, Home and End jump.

import { show } from "./elements.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Make a tab list work; the first tab is open, or the one that the address names: `#notices` opens `tab-notices`. */
export function openTabs(list) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      show(document.getElementById(tab.getAttribute("aria-controls")), tab === chosen);
    }
  };
  const goTo = (tab) => {
    choose(tab);
    tab.focus();
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    if (event.key in STEPS) goTo(tabs[(at + STEPS[event.key] + tabs.length) % tabs.length]);
    else if (event.key === "Home") goTo(tabs[0]);
    else if (event.key === "End") goTo(tabs[tabs.length - 1]);
    else return;
    event.preventDefault();
  });
  const named = () => tabs.find((tab) => tab.id === `tab-${location.hash.slice(1)}`);
  window.addEventListener("hashchange", () => named() && choose(named()));
  choose(named() || tabs[0]);
}
