// The form for a new assignment shows the field of whoever is chosen: a person of the house, or an outsider.
"use strict";

for (const either of document.querySelectorAll("[data-either]")) {
  const show = () => {
    const chosen = either.querySelector("input[name=for]:checked");
    for (const part of either.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen?.value;
  };
  either.addEventListener("change", show);
  show();
}
