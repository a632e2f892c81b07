// What pages do beyond plain forms. Every form works without it.
"use strict";

// Pieces of pages are fetched by htmx (vendor/htmx.min.js): a form or a link says so by its hx-… attributes.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-Form-Token"] = document.body.dataset.formToken;
});
// What somebody has opened before htmx was ready is fetched all the same.
document.addEventListener("DOMContentLoaded", () => {
  for (const opened of document.querySelectorAll("details[open][hx-get]")) htmx.trigger(opened, "toggle");
});
// So is what hangs on a choice that somebody has made before, or that the browser has kept from an earlier visit.
function moved(one) {
  if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
  if (one.options) {
    const options = [...one.options];
    const said = options.filter((option) => option.defaultSelected);
    const first = one.size > 1 ? [] : options.filter((option) => !option.disabled).slice(0, 1);
    const usual = one.multiple ? said : said.length ? said.slice(-1) : first;
    return options.some((option) => option.selected !== usual.includes(option));
  }
  if (one.matches("textarea")) return one.value !== one.defaultValue;
  const usual = one.cloneNode(); // browsers write some values otherwise than the page does
  usual.value = one.defaultValue;
  return one.value !== usual.value;
}
document.addEventListener("DOMContentLoaded", () => {
  for (const one of document.querySelectorAll("[hx-trigger^=change] :is(input, select, textarea)")) {
    if (moved(one)) one.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

function say(place, message) {
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  notice.textContent = message;
  place.replaceChildren(notice);
}

// What fails is said where the answer was expected, or at the top where that place holds what somebody typed, or a list.
let failed = null; // whose failure is said at the top, until it succeeds
document.addEventListener("htmx:responseError", ({ detail }) => {
  const other = detail.target.matches("[role=listbox], datalist") || detail.target.querySelector("input, textarea, select");
  const place = other ? document.getElementById("said") : detail.target;
  failed = other ? detail.elt : null;
  if (detail.xhr.status === 401) { // to load the page anew would lose what is typed
    place.replaceChildren(document.getElementById("signed-out").content.cloneNode(true));
  } else {
    say(place, document.body.dataset.failed);
  }
});
document.addEventListener("htmx:sendError", ({ detail }) => {
  failed = detail.elt;
  say(document.getElementById("said"), document.body.dataset.offline);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.elt !== failed) return;
  failed = null;
  document.getElementById("said").replaceChildren();
});

// A page of a new session tells its token to those that are open, so that what is typed there can still be sent.
const tokens = new BroadcastChannel("form-token");
tokens.onmessage = ({ data }) => {
  document.body.dataset.formToken = data;
  for (const field of document.querySelectorAll("input[name=form_token]")) field.value = data;
};
if (document.querySelector("form[action='/sign-out']")) tokens.postMessage(document.body.dataset.formToken);

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
document.addEventListener("DOMContentLoaded", () => {
  changed ||= [...document.querySelectorAll("[data-guard] :is(input, select, textarea)")].some(moved);
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

// What is folded out in the bar closes by Escape, and when somebody goes elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".bar .more[open]");
  if (!open) return;
  const within = open.contains(document.activeElement);
  open.open = false;
  if (within) open.querySelector("summary").focus();
});
for (const moved of ["click", "focusin"]) {
  document.addEventListener(moved, (event) => {
    const open = document.querySelector(".bar .more[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });
}
