// The card of a request: drafts of what is being written, templates, files that are too large. Forms work without it.
"use strict";
{
// What is typed stays in this browser until it is sent: over a reload, a closed window, an expired session.
const place = document.querySelector("[data-login]");
const key = (form) => `draft:${place.dataset.login}:${place.dataset.request}:${form.dataset.draft}`;
const KEPT = ["text", "title", "contact", "hours", "f:subject", "f:description"];

function fields(form) {
  return [...form.elements].filter((field) => KEPT.includes(field.name) && field.type !== "hidden");
}

function typed(form) {
  return fields(form).some((field) => field.value !== field.defaultValue && field.value.trim());
}

function keep(form) {
  const found = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  const any = typed(form);
  try {
    if (any) localStorage.setItem(key(form), JSON.stringify(found));
    else localStorage.removeItem(key(form));
  } catch { return; } // no room, or forbidden: then nothing is kept
  const said = form.querySelector("[data-kept]");
  if (said) said.textContent = any ? said.dataset.kept : "";
}

function restore(form) {
  let found = null;
  try { found = JSON.parse(localStorage.getItem(key(form))); } catch { return; }
  if (!found) return;
  let any = false;
  for (const field of fields(form)) {
    // What the server has filled in again is newer.
    if (typeof found[field.name] === "string" && (field.value === "" || field.type === "number")) {
      field.value = found[field.name];
      any = any || field.value !== "";
    }
  }
  const said = form.querySelector("[data-kept]");
  if (any && said) said.textContent = said.dataset.kept;
  const editor = form.closest("details");
  if (any && editor) editor.open = true;
}

if (place) {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (typed(form)) keep(form); // somebody was quicker than this script
    else restore(form);
  }
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-draft]");
    if (form) keep(form);
  });
  // 204: it is done, and the page goes on to what is new.
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const form = detail.elt.closest("form[data-draft]");
    if (form && detail.xhr.status === 204) localStorage.removeItem(key(form));
  });
}

// Whoever signs out leaves no drafts to whoever comes next.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const kept of Object.keys(localStorage)) if (kept.startsWith("draft:")) localStorage.removeItem(kept);
});

// A template begins the letter; what stands there already stays below it.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-begin]");
  const field = button?.closest("form")?.querySelector("textarea[name=text]");
  if (!field) return;
  field.value = field.value.trim() ? `${button.dataset.begin}\n\n${field.value}` : button.dataset.begin;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest(".beginnings").open = false;
  field.focus();
});

// Files that are too large are told before they are sent.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-most]")) return;
  const size = [...target.files].reduce((sum, file) => sum + file.size, 0);
  target.setCustomValidity(size > Number(target.dataset.most) ? target.dataset.large : "");
  target.reportValidity();
});

// A link to an editor opens it.
function unfold() {
  const found = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!found) return;
  if (found.matches("details")) found.open = true;
  found.closest("details")?.setAttribute("open", "");
  found.querySelector("textarea, input:not([type=hidden])")?.focus();
}
addEventListener("hashchange", unfold);
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[href^='#']");
  if (link && link.hash === location.hash) unfold();
});
if (["#reply", "#comment", "#assignment"].includes(location.hash)) unfold();

// A product that was added is a change of one's own: the other forms of the page go on from it.
document.addEventListener("htmx:afterSettle", () => {
  const now = Number(document.getElementById("products")?.dataset.version);
  for (const field of document.querySelectorAll(".request-head input[name=version], .facts input[name=version]")) {
    if (Number(field.value) === now - 1) field.value = now;
  }
});
}
