// Keeps the page of a chat fresh and sends without loading it anew; without it the page works by its forms and a link.
(() => {
  "use strict";
  const PAUSE = { usual: 4000, quiet: 15000, hidden: 60000, most: 60000 };
  const QUIET_AFTER = 5 * 60000;
  const PATIENCE = 30000;
  const waiting = []; // what was said here and is not known to have arrived, the oldest first
  let sending = false;
  let failures = 0;
  let heard = Date.now();
  let timer = 0;

  const chat = () => document.getElementById("chat");
  const box = () => document.getElementById("text");
  const toEnd = () => window.scrollTo(0, document.documentElement.scrollHeight);

  // By it the same message is known again when it is sent twice.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  async function ask(address, given) {
    const ends = new AbortController();
    const limit = window.setTimeout(() => ends.abort(), PATIENCE);
    try {
      const answer = await fetch(address, { ...given, signal: ends.signal });
      return { status: answer.status, html: await answer.text() };
    } finally {
      window.clearTimeout(limit);
    }
  }

  // Lines that stand already stay, so that a reader of screens says the new ones alone.
  function putLines(old, fresh) {
    const before = [...old.children];
    const after = [...fresh.children];
    const same = before.every((line, at) => line.textContent === after[at]?.textContent);
    if (!same) old.replaceChildren();
    old.append(...(same ? after.slice(before.length) : after).map((line) => document.adoptNode(line)));
  }

  // Takes over what the server shows; what is typed here, and what waits, stays.
  function put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("chat");
    if (!fresh) return false;
    const typed = box() ? box().value : "";
    const here = box() !== null && document.activeElement === box();
    putLines(chat().querySelector(".log ol"), fresh.querySelector(".log ol"));
    const rest = (whole) => [...whole.children].filter((part) => !part.matches(".log"));
    rest(chat()).forEach((part) => part.remove());
    chat().append(...rest(fresh).map((part) => document.adoptNode(part)));
    chat().dataset.mark = fresh.dataset.mark;
    if (box()) box().value = typed;
    else if (typed.trim()) showKept(typed);
    if (here && box()) box().focus({ preventScroll: true });
    toEnd();
    return true;
  }

  // Where nothing can be said any more, what was being written is still there to be taken away.
  function showKept(text) {
    const kept = document.createElement("p");
    kept.className = "text";
    kept.dir = "auto";
    kept.textContent = text;
    chat().append(kept);
  }

  function draw(lost) {
    const list = chat().querySelector(".waiting");
    list.replaceChildren(...waiting.map((one) => {
      const line = document.createElement("li");
      const text = document.createElement("p");
      const state = document.createElement("span");
      line.className = lost ? "theirs unsent" : "theirs";
      text.dir = "auto";
      text.textContent = one.shown;
      state.className = "state";
      state.textContent = lost ? chat().dataset.unsent : chat().dataset.sending;
      line.append(text, state);
      return line;
    }));
    chat().querySelector(".lost")?.remove();
    if (!lost) return;
    const notice = document.createElement("div");
    const words = document.createElement("p");
    const again = document.createElement("button");
    notice.className = "notice bad lost";
    notice.setAttribute("role", "alert");
    words.textContent = lost;
    again.type = "button";
    again.textContent = chat().dataset.again;
    again.addEventListener("click", () => { if (!sending) send(); });
    notice.append(words, again);
    list.after(notice);
    toEnd();
  }

  // One after the other, in the order in which they were said. What is sent twice has the same key and counts once.
  async function send() {
    sending = true;
    box()?.form.setAttribute("aria-busy", "true");
    draw("");
    toEnd();
    let lost = "";
    while (waiting.length && !lost) {
      let answer = { status: 0, html: "" };
      try {
        answer = await ask(chat().dataset.path, { method: "POST", body: new URLSearchParams(waiting[0].data) });
      } catch { /* told below */ }
      const taken = answer.status === 200 || answer.status === 409 || answer.status === 413;
      if (taken && put(answer.html)) {
        const one = waiting.shift();
        if (answer.status === 413 && box()) box().value = [one.shown, box().value].filter(Boolean).join("\n");
        if (!box()) waiting.splice(0).forEach((other) => showKept(other.shown));
        draw("");
      } else {
        lost = answer.status === 429 ? chat().dataset.often : chat().dataset.lost;
      }
    }
    sending = false;
    box()?.form.removeAttribute("aria-busy");
    heard = Date.now();
    draw(lost);
  }

  async function look() {
    if (!sending) {
      try {
        const mark = encodeURIComponent(chat().dataset.mark);
        const answer = await ask(`${chat().dataset.path}/news?mark=${mark}`, {});
        failures = answer.status === 200 || answer.status === 204 ? 0 : failures + 1;
        if (answer.status === 200 && !sending) {
          heard = Date.now();
          put(answer.html);
        }
      } catch {
        failures += 1;
      }
    }
    plan();
  }

  // Who looks away, or hears nothing for long, asks more seldom; a server that does not answer is left in peace.
  function plan() {
    const usual = Date.now() - heard > QUIET_AFTER ? PAUSE.quiet : PAUSE.usual;
    const pause = Math.max(document.hidden ? PAUSE.hidden : 0, Math.min(PAUSE.most, usual * 2 ** Math.min(failures, 5)));
    window.clearTimeout(timer);
    timer = window.setTimeout(look, pause);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".say")) return;
    event.preventDefault();
    const pressed = event.submitter?.name ? event.submitter : null;
    const text = pressed ? "" : box().value;
    if (pressed ? sending || waiting.length : !text.trim()) return; // a button is pressed once, whatever a finger does
    const data = { key: newKey(), turn: form.elements.turn.value, text };
    if (pressed) data[pressed.name] = pressed.value;
    waiting.push({ data, shown: pressed ? pressed.textContent.trim() : text });
    if (!pressed) {
      box().value = "";
      box().focus({ preventScroll: true });
    }
    if (sending) draw("");
    else send();
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (event.target.value.trim()) event.target.form.requestSubmit(event.target.form.querySelector(".send"));
    }
  });

  document.addEventListener("visibilitychange", () => (document.hidden ? plan() : look()));
  window.addEventListener("online", () => look());
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  document.querySelector(".refresh").hidden = true;
  toEnd();
  plan();
})();
