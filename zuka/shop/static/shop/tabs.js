// Tabs as people with keyboards expect them: arrows move, Home and End jump.

import { show } from "./elements.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Make a tab list work; the first tab, or the one that `start` names, is open. */
export function openTabs(list, start = null) {
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
  choose(tabs.find((tab) => tab.id === start) || tabs[0]);
}
