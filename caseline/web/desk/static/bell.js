// The bell in the head of every page counts what is unread, without loading the page anew.
"use strict";

(() => {
  const bell = document.querySelector("[data-stream]");
  if (!bell || !window.EventSource) return;
  const number = bell.querySelector(".count");
  const said = document.getElementById("bell-said");
  const title = document.title;
  let source = null;
  let over = false;
  let known = Number(bell.dataset.unread);

  function show(count) {
    number.textContent = count >= 100 ? "99+" : String(count);
    number.hidden = count === 0;
    document.title = count ? `(${number.textContent}) ${title}` : title;
    if (count > known) said.textContent = bell.dataset.news;
    if (count !== known) document.body.dispatchEvent(new CustomEvent("news"));
    known = count;
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  // Browsers keep few connections to a server: only the page that somebody looks at holds one.
  function open() {
    if (source || over || document.hidden) return;
    const mine = source = new EventSource(bell.dataset.stream);
    mine.addEventListener("unread", ({ data }) => show(Number(data)));
    mine.addEventListener("elsewhere", close); // until somebody comes back to this window
    mine.addEventListener("signed-out", () => { over = true; close(); });
    mine.addEventListener("error", () => {
      if (mine.readyState !== EventSource.CLOSED || source !== mine) return; // else it comes back by itself
      close();
      setTimeout(open, 60000);
    });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("focus", open);
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
})();
