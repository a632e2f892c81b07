// Fields in which part of a name finds something: arrows walk through what is found, Enter takes it. Each works without it.
"use strict";
{
const field = (target) => target instanceof Element && target.closest(".combo input[role=combobox]");
const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const options = (list) => [...list.querySelectorAll("[data-value]")];
const marked = (list) => list.querySelector("[aria-selected=true]");
const inputOf = (list) => document.querySelector(`input[aria-controls="${CSS.escape(list.id)}"]`);
const statusOf = (input) => input.closest(".combo").querySelector("[role=status]");

const pending = new WeakSet(); // fields whose list was found for other words than stand there now
const shut = new WeakSet(); // fields whose list somebody has closed: no answer opens it, only keys do
let eager = null; // the field in which Enter was pressed before the answer came

function open(input, on) {
  listOf(input).hidden = !on;
  input.setAttribute("aria-expanded", String(on));
  if (!on) mark(input, null);
}

function mark(input, option) {
  marked(listOf(input))?.setAttribute("aria-selected", "false");
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function close(input) {
  shut.add(input);
  if (eager === input) eager = null;
  open(input, false);
}

// What is taken stands in the field by its name and beside it by its key, unless the page does something else with it.
function take(input, option) {
  close(input);
  pending.delete(input);
  const { value, name } = option.dataset;
  const told = new CustomEvent("combo:taken", { bubbles: true, cancelable: true, detail: { value, name } });
  if (!input.dispatchEvent(told)) return;
  const place = input.closest(".combo");
  input.value = place.querySelector("[data-called]").value = name;
  place.querySelector("[data-key]").value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// What the arrows have marked is taken as it is, else the first that is found for all that is typed, as soon as it is found.
// Where nothing is found the first Enter does nothing, so that words without a meaning are not sent by mistake.
function enter(event, input, list) {
  const waits = pending.has(input) && !shut.has(input);
  const chosen = list.hidden ? null : marked(list) || (waits ? null : options(list)[0]);
  if (chosen || waits || event.repeat || input.id === "product-name") event.preventDefault();
  if (event.repeat) return;
  if (chosen) take(input, chosen);
  else if (waits) eager = input;
}

document.addEventListener("keydown", (event) => {
  const input = field(event.target);
  if (!input || event.isComposing) return;
  const list = listOf(input), all = options(list), here = all.indexOf(marked(list));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    shut.delete(input);
    eager = null;
    if (!all.length) return;
    open(input, true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(input, all[here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length]);
  } else if (event.key === "Enter") {
    enter(event, input, list);
  } else if (event.key === "Escape" && (!list.hidden || pending.has(input))) {
    event.preventDefault();
    close(input);
  }
});

document.addEventListener("input", (event) => {
  const input = field(event.target);
  if (!input || !window.htmx) return; // nobody searches
  pending.add(input);
  shut.delete(input);
  eager = null;
  mark(input, null);
});
// What was typed before the scripts came is searched for all the same.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll(".combo input[role=combobox]")) {
    if (input.value !== input.defaultValue) input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

const answered = ({ detail }) => detail.target.matches(".combo [role=listbox]") && inputOf(detail.target);
const current = ({ detail }, input) => detail.requestConfig.parameters[input.name] === input.value;
let kept = null; // what was marked before the list is written anew
document.addEventListener("htmx:beforeSwap", (event) => {
  if (answered(event)) kept = marked(event.detail.target)?.dataset.value;
});
// Settling takes no time in these lists: what it undoes at an option of the same id is undone by now.
document.addEventListener("htmx:afterOnLoad", (event) => {
  const list = event.detail.target, input = answered(event);
  if (!input || !event.detail.successful) return;
  const all = options(list), here = document.activeElement === input;
  if (current(event, input)) pending.delete(input);
  open(input, here && !shut.has(input) && list.children.length > 0);
  if (!list.hidden) mark(input, all.find((option) => option.dataset.value === kept));
  statusOf(input).textContent = all.length || list.textContent.trim();
  if (eager !== input || pending.has(input)) return;
  eager = null;
  if (all.length && here) take(input, all[0]);
});
// What failed is said by the page; what had been found before is no answer to what stands there now.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const input = answered(event);
    if (!input || !current(event, input)) return;
    listOf(input).replaceChildren();
    statusOf(input).textContent = "";
    pending.delete(input);
    if (eager === input) eager = null;
    open(input, false);
  });
}

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".combo [role=listbox] [data-value]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  take(inputOf(option.closest("[role=listbox]")), option);
});
document.addEventListener("focusout", (event) => {
  const input = field(event.target);
  if (!input) return;
  if (eager === input) eager = null;
  open(input, false);
});
}
