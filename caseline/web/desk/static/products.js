// Products of a request: one that a search has found fills the lists (combo.js lets it be chosen).
"use strict";
{
// The button that adds it is next at hand, once the new form is ready to be sent.
let taken = false;
document.addEventListener("combo:taken", (event) => {
  const input = event.target;
  if (input.id !== "product-name") return;
  event.preventDefault();
  const request = input.form.elements.request.value;
  taken = true;
  htmx.ajax("GET", `/products/pick?request=${request}&product=${event.detail.value}`, { target: "#picker", swap: "outerHTML" });
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.target.id === "picker" && !detail.successful) taken = false;
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (!taken || target.id !== "picker") return;
  taken = false;
  document.getElementById("product-add")?.focus();
});

// A product raises the version of the request; a form that stands open beside it is still about the same request.
let seen = document.getElementById("products")?.dataset.version;
document.addEventListener("htmx:afterSettle", () => {
  const panel = document.getElementById("products");
  if (!panel || panel.dataset.version === seen) return;
  if (Number(panel.dataset.version) === Number(seen) + 1) {
    for (const form of document.querySelectorAll(`form[action^="/requests/${panel.dataset.request}/"]`)) {
      const version = form.elements.version;
      if (version && version.value === seen) version.value = panel.dataset.version;
    }
  }
  seen = panel.dataset.version;
});
}
