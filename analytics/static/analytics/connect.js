"use strict";

/* Asks every two seconds how many events of the key have arrived, and says so, while the page is looked at. */

const EVERY = 2000;
const line = document.getElementById("arrived");

function events(number) {
  return number === 1 ? "1 event" : `${number.toLocaleString()} events`;
}

function say(told) {
  const { accepted, rejected, problem } = told;
  line.dataset.state = accepted ? "connected" : rejected ? "refused" : "waiting";
  if (accepted) {
    line.textContent = `Connected: ${events(accepted)} received${rejected ? `, ${events(rejected)} refused` : ""}.`;
  } else if (rejected) {
    line.textContent = `Something arrives, but is refused: ${problem}`;
  } else {
    line.textContent = "Waiting for the first event…";
  }
}

async function ask() {
  if (!document.hidden) {
    try {
      const answer = await fetch(line.dataset.url, { headers: { Accept: "application/json" } });
      if (answer.ok) say(await answer.json());
    } catch {
      line.textContent = "The back office does not answer; trying again…";
    }
  }
  setTimeout(ask, EVERY);
}

if (line) {
  const { accepted, rejected, problem } = line.dataset;
  say({ accepted: Number(accepted), rejected: Number(rejected), problem });
  setTimeout(ask, EVERY);
}
