// Keeps the page of a chat fresh and sends without loading it anew; without it the page works by its forms and a link.
(() => {
  "use strict";
  const EVERY = 4000;
  let busy = false;

  const chat = () => document.getElementById("chat");
  const box = () => document.getElementById("text");
  const toEnd = () => window.scrollTo(0, document.documentElement.scrollHeight);

  // Lines that stand already stay, so that a reader of screens says the new ones alone.
  function putLines(old, fresh) {
    const before = [...old.children];
    const after = [...fresh.children];
    const same = before.every((line, at) => line.textContent === after[at]?.textContent);
    if (!same) old.replaceChildren();
    old.append(...(same ? after.slice(before.length) : after).map((line) => document.adoptNode(line)));
  }

  function put(html, keepTyped) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("chat");
    if (!fresh) return false;
    const typed = box() && keepTyped ? box().value : "";
    const here = box() && document.activeElement === box();
    putLines(chat().querySelector("ol"), fresh.querySelector("ol"));
    const rest = (whole) => [...whole.children].filter((part) => !part.matches(".log"));
    rest(chat()).forEach((part) => part.remove());
    chat().append(...rest(fresh).map((part) => document.adoptNode(part)));
    chat().dataset.mark = fresh.dataset.mark;
    if (box() && typed) box().value = typed;
    if (box() && (here || !keepTyped)) box().focus({ preventScroll: true });
    toEnd();
    return true;
  }

  async function look() {
    if (busy || document.hidden) return;
    try {
      const answer = await fetch(`${chat().dataset.path}/news?mark=${encodeURIComponent(chat().dataset.mark)}`);
      if (answer.status === 200 && !busy) put(await answer.text(), true);
    } catch { /* the next look tries again */ }
  }

  function lost(form) {
    form.querySelector(".lost")?.remove();
    const notice = document.createElement("p");
    notice.className = "notice bad lost";
    notice.setAttribute("role", "alert");
    notice.textContent = chat().dataset.lost;
    form.prepend(notice);
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".say")) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    const pressed = event.submitter;
    const data = new URLSearchParams(new FormData(form));
    if (pressed?.name) data.set(pressed.name, pressed.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      if (!put(await answer.text(), Boolean(pressed?.name))) window.location.reload();
    } catch {
      lost(form);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (event.target.value.trim()) event.target.form.requestSubmit(event.target.form.querySelector(".send"));
    }
  });

  document.querySelector(".refresh").hidden = true;
  toEnd();
  window.setInterval(look, EVERY);
})();
