// A help for the page of an ask, which works without it: it sends the value that was clicked in the letter when a
// person looks at the page, and shows the questions to which the answers lead.
"use strict";
(() => {
  const form = document.getElementById("answer");
  if (!form) return;
  const LOOKED_MS = 1500;
  const path = form.dataset.path;
  const mark = form.elements["page-mark"].value;

  const show = (id) => {
    for (const one of ["chosen", "kept", "press"]) {
      const box = document.getElementById(one);
      if (box) box.hidden = one !== id;
    }
  };

  const send = async (where) => {
    const body = new URLSearchParams({ "page-mark": mark });
    const answer = await fetch(path + where, { method: "POST", body, credentials: "omit", cache: "no-store" });
    return answer.ok ? answer.json() : {};
  };

  // Only an answer of our own script says so: a page that was fetched ahead, or is looked at by a machine, is silent.
  const seen = async () => {
    const value = form.dataset.value;
    try {
      if (value === undefined) {
        await send("/seen");
      } else if (!touched) {
        const { told } = await send("/" + value);
        show(told === "kept" ? "kept" : "press");
      }
    } catch {
      if (value !== undefined) show("press");
    }
  };

  let touched = false; // whoever has chosen another value meanwhile presses Save himself
  let timer = 0;
  let done = false;
  const looks = () => document.visibilityState === "visible" && document.hasFocus();
  const watch = () => {
    clearTimeout(timer);
    if (done || !looks()) return;
    timer = setTimeout(() => {
      if (!looks() || done) return;
      done = true;
      seen();
    }, LOOKED_MS);
  };
  const begin = () => {
    if (navigator.webdriver) return;
    for (const [where, what] of [[document, "visibilitychange"], [window, "focus"], [window, "blur"]]) {
      where.addEventListener(what, watch);
    }
    watch();
  };

  const lead = () => {
    const said = new FormData(form);
    const asked = new Set();
    for (const box of form.querySelectorAll("[data-key]")) {
      const { key, leads, by } = box.dataset;
      const there = leads === undefined || (asked.has(leads) && by.split(" ").includes(said.get(leads)));
      box.hidden = !there;
      if (there) asked.add(key);
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") touched = true;
    lead();
  });
  form.addEventListener("submit", () => {
    done = true;
    clearTimeout(timer);
  });
  lead();
  document.getElementById("summary")?.focus();
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();
