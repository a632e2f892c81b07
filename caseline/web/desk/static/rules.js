// The editor of a rule: what is typed while its conditions are drawn anew stays, in the row that it was typed into.
"use strict";
{
const conditions = () => document.getElementById("conditions");
const controls = () => [...conditions().querySelectorAll("select[name], input[name]:not([type=hidden])")];
const said = (one) => (one.multiple ? [...one.selectedOptions].map((option) => option.value).join("\n") : one.value);
const told = () => new Map(controls().map((one) => [one.name, said(one)]));
const ours = ({ detail }) => detail.target?.id === "conditions";
let sent = null, newer = [];

document.addEventListener("htmx:beforeSend", (event) => {
  if (!ours(event)) return;
  const gone = event.detail.requestConfig.parameters.drop;
  sent = { values: told(), gone: gone === undefined || gone === "" ? null : Number(gone) };
});

document.addEventListener("htmx:beforeSwap", (event) => {
  newer = [];
  if (!ours(event) || !sent || !event.detail.shouldSwap) return;
  newer = controls().filter((one) => said(one) !== sent.values.get(one.name));
});

// Rows below one that was removed have moved up.
function now(name) {
  const [, row, part] = /^c(\d+)\.(.+)$/.exec(name) || [];
  if (row === undefined || sent.gone === null || Number(row) < sent.gone) return name;
  return Number(row) === sent.gone ? null : `c${Number(row) - 1}.${part}`;
}

document.addEventListener("htmx:afterSwap", () => {
  for (const old of newer) {
    const name = now(old.name);
    const one = name && controls().find((each) => each.name === name && each.tagName === old.tagName);
    if (!one) continue;
    if (!one.multiple) {
      one.value = old.value;
    } else {
      const chosen = new Set(said(old).split("\n"));
      for (const option of one.options) option.selected = chosen.has(option.value);
    }
  }
  newer = [];
});
}
