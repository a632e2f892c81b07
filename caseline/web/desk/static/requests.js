// Request tables: rows by keyboard, columns dragged and resized. Everything works without it, too.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("table.requests tbody tr")];
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  // Up and down go from row to row, Enter opens, space ticks.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const current = event.target.closest("table.requests tbody tr");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = rows();
      if (!all.length) return;
      const at = current ? all.indexOf(current) : -1;
      if (at < 0 && event.target.closest("a, button, summary, input")) return;
      const to = at < 0 ? (event.key === "ArrowDown" ? 0 : all.length - 1) : at + (event.key === "ArrowDown" ? 1 : -1);
      if (all[to]) { event.preventDefault(); all[to].focus(); all[to].scrollIntoView({ block: "nearest" }); }
    } else if (current === event.target && event.key === "Enter") {
      event.preventDefault();
      location.assign(current.dataset.href);
    } else if (current === event.target && event.key === " ") {
      const box = current.querySelector("input[name=tick]");
      if (box) { event.preventDefault(); box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    }
  });

  // A double click beside a link opens the row.
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("table.requests tbody tr");
    if (row && !event.target.closest("a, input, button")) location.assign(row.dataset.href);
  });

  // What a cell is too narrow for is told under the pointer.
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("table.requests td[data-key]");
    const wide = cell && [cell, ...cell.children].some((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth || one.scrollHeight > one.clientHeight + 4 && one.clientHeight);
    if (wide && !cell.title) cell.title = cell.textContent.trim();
  });

  const heads = (table) => [...table.querySelectorAll("thead th[data-key]")];

  function keep(table) {
    const layout = table.closest(".request-table").dataset.layout;
    const columns = heads(table).map((head) => `${head.dataset.key}:${head.dataset.width || ""}`).join("\n");
    return fetch("/requests/columns/arrange", {
      method: "POST",
      headers: { "X-Form-Token": document.body.dataset.formToken, "HX-Request": "true" },
      body: new URLSearchParams({ layout, columns }),
    }).then((answer) => { if (!answer.ok) throw new Error(answer.status); })
      .catch(() => say(document.getElementById("said"), document.body.dataset.failed));
  }

  // Widths that are chosen hold exactly once one is; a column without one gets what it had.
  function widen(table) {
    const chosen = heads(table).some((head) => head.dataset.width);
    table.classList.toggle("fixed", chosen);
    if (!chosen) return;
    for (const head of heads(table)) head.style.width = `${head.dataset.width || Math.max(60, head.dataset.natural)}px`;
  }

  function dress(table) {
    if (table.dataset.dressed) return;
    table.dataset.dressed = "1";
    for (const head of heads(table)) {
      head.dataset.natural = Math.round(head.getBoundingClientRect().width);
      head.draggable = true;
      const grip = document.createElement("span");
      grip.className = "grip";
      grip.setAttribute("aria-hidden", "true"); // by keyboard: the page of columns
      head.append(grip);
    }
    widen(table);
  }
  const dressAll = () => document.querySelectorAll("table.requests").forEach(dress);
  document.addEventListener("htmx:afterSettle", dressAll);
  dressAll();

  // A column's edge is drawn to its width.
  let drawn = null;
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip) return;
    event.preventDefault();
    const head = grip.closest("th");
    drawn = { grip, head, table: head.closest("table"), from: event.clientX, width: head.getBoundingClientRect().width };
    for (const each of heads(drawn.table)) each.dataset.natural = Math.round(each.getBoundingClientRect().width);
    grip.classList.add("on");
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drawn) return;
    const width = Math.round(drawn.width + event.clientX - drawn.from);
    drawn.head.dataset.width = Math.max(48, Math.min(900, width));
    widen(drawn.table);
  });
  document.addEventListener("pointerup", () => {
    if (!drawn) return;
    drawn.grip.classList.remove("on");
    const { table, head } = drawn;
    drawn = null;
    if (head.dataset.width) keep(table);
  });
  document.addEventListener("click", (event) => { // the end of drawing is no click on the head
    if (event.target.closest(".grip")) event.preventDefault();
  }, true);

  // A head is dragged to another place.
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    const head = event.target.closest("table.requests th[data-key]");
    if (!head) return;
    if (drawn) { event.preventDefault(); return; }
    dragged = head;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", head.dataset.key);
  });
  const over = (target) => {
    const head = target.closest ? target.closest("table.requests th[data-key]") : null;
    return dragged && head && head !== dragged && head.closest("table") === dragged.closest("table") ? head : null;
  };
  document.addEventListener("dragover", (event) => {
    const head = over(event.target);
    if (!head) return;
    event.preventDefault();
    for (const each of heads(head.closest("table"))) each.classList.toggle("over", each === head);
  });
  document.addEventListener("drop", (event) => {
    const head = over(event.target);
    if (!head) return;
    event.preventDefault();
    const table = head.closest("table");
    const all = [...head.parentElement.children];
    const from = all.indexOf(dragged), to = all.indexOf(head);
    for (const row of table.rows) row.insertBefore(row.cells[from], row.cells[to + (from < to ? 1 : 0)] || null);
    keep(table);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    document.querySelectorAll("table.requests th.over").forEach((head) => head.classList.remove("over"));
  });
})();
