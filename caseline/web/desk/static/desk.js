// What pages do beyond plain forms. Every form works without it.
"use strict";

// A form with data-piece="#place" puts its answer into that place instead of loading a page: on every change of what is
// typed (data-live), or when a button with data-piece is pressed. An older answer never overwrites a newer one.
const asked = new WeakMap();

async function fill(form, button) {
  const place = document.querySelector((button && button.dataset.piece) || form.dataset.piece);
  const turn = (asked.get(place) || 0) + 1;
  asked.set(place, turn);
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch((button && button.formAction) || form.action, {
      method: "POST",
      body: new FormData(form, button || undefined),
      headers: { "X-Piece": "1", "X-Form-Token": document.body.dataset.formToken },
    });
    if (asked.get(place) !== turn) return;
    if (answer.status === 401) { // to load the page anew would lose what is typed
      place.replaceChildren(document.getElementById("signed-out").content.cloneNode(true));
      return;
    }
    place.innerHTML = await answer.text(); // drawn and escaped by our own server
  } catch {
    if (asked.get(place) === turn) place.textContent = place.dataset.offline || "…";
  } finally {
    if (asked.get(place) === turn) place.removeAttribute("aria-busy");
  }
}

// A page of a new session tells its token to those that are open, so that what is typed there can still be sent.
const tokens = new BroadcastChannel("form-token");
tokens.onmessage = ({ data }) => {
  document.body.dataset.formToken = data;
  for (const field of document.querySelectorAll("input[name=form_token]")) field.value = data;
};
if (document.querySelector("form[action='/sign-out']")) tokens.postMessage(document.body.dataset.formToken);

const waiting = new WeakMap();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !form.hasAttribute("data-live")) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => fill(form), 250));
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const whole = button && button.hasAttribute("data-whole");
  if (whole || !((button && button.dataset.piece) || event.target.dataset.piece)) return;
  event.preventDefault();
  fill(event.target, button);
});

// A box in the head of a table ticks all of its rows.
document.addEventListener("change", (event) => {
  const all = event.target;
  if (!all.matches("[data-ticks]")) return;
  for (const box of document.querySelectorAll(all.dataset.ticks)) box.checked = all.checked;
});

// Changed fields keep the page from being left by mistake.
let changed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-guard]")) changed = true;
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

// "/" goes to the search field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  const search = document.querySelector("input[type=search]");
  if (search) { event.preventDefault(); search.focus(); search.select(); }
});
