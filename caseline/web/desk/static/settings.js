// What the settings do beyond plain forms. Every form works without it.
"use strict";

// On wide screens the menu of sections stands open; on a phone it is opened by a tap.
for (const menu of document.querySelectorAll("details[data-wide-open]")) {
  const wide = matchMedia("(min-width: 62.01rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

// A field above a long list of ticks leaves only those whose words fit; ticks that are hidden stay as they are.
for (const field of document.querySelectorAll("[data-narrows]")) {
  field.hidden = false;
  const rows = [...document.getElementById(field.dataset.narrows).querySelectorAll("label")];
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// In the picture of a year a click on a day fills the form below it.
for (const field of document.querySelectorAll("#day-changed input[name=day]")) {
  document.querySelector(".year").addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!cell) return;
    field.value = cell.dataset.day;
    field.scrollIntoView({ block: "center" });
    field.focus();
  });
}
