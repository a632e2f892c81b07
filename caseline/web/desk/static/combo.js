// Fields in which part of a name finds something: arrows walk through what is found, Enter takes it. Each works without it.
"use strict";
{
const field = (target) => target instanceof Element && target.closest(".combo input[role=combobox]");
const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const options = (list) => [...list.querySelectorAll("[data-value]")];
const marked = (list) => list.querySelector("[aria-selected=true]");
const inputOf = (list) => document.querySelector(`input[aria-controls="${CSS.escape(list.id)}"]`);

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

// What is taken stands in the field by its name and beside it by its key, unless the page does something else with it.
function take(input, option) {
  open(input, false);
  const { value, name } = option.dataset;
  const told = new CustomEvent("combo:taken", { bubbles: true, cancelable: true, detail: { value, name } });
  if (!input.dispatchEvent(told)) return;
  const place = input.closest(".combo");
  input.value = place.querySelector("[data-called]").value = name;
  place.querySelector("[data-key]").value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  const input = field(event.target);
  if (!input) return;
  const list = listOf(input), all = options(list), here = all.indexOf(marked(list));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!all.length) return;
    open(input, true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(input, all[here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length]);
  } else if (event.key === "Enter") {
    const chosen = list.hidden ? null : marked(list) || all[0];
    if (chosen || input.id === "product-name") event.preventDefault();
    if (chosen) take(input, chosen);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    open(input, false);
  }
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const list = detail.target;
  const input = list.matches(".combo [role=listbox]") && inputOf(list);
  if (!input) return;
  open(input, list.children.length > 0 && document.activeElement === input);
  list.closest(".combo").querySelector("[role=status]").textContent = options(list).length || "";
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".combo [role=listbox] [data-value]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  take(inputOf(option.closest("[role=listbox]")), option);
});
document.addEventListener("focusout", (event) => {
  const input = field(event.target);
  if (input) open(input, false);
});
}
