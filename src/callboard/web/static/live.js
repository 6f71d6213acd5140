// Keeps what a page shows up to date while it is looked at. Everything works without this file.
"use strict";
(() => {
  const parts = (root) => new Map([...root.querySelectorAll("[data-live]")].map((part) => [part.dataset.live, part]));
  if (!parts(document).size || !window.EventSource) return;

  const PAUSE = 5000;
  const still = (part) => part.innerHTML.replace(/<time[^>]*>[^<]*<\/time>| open=""/g, "");
  const say = (text) => { document.querySelector("[data-status]").textContent = text; };
  let known = null;
  let line = null;
  let waiting = 0;
  let last = 0;

  // Where the reader is: the row in focus, else the first row in sight.
  const place = () => {
    const rows = [...document.querySelectorAll("[data-live] [data-key]")];
    const row = document.activeElement.closest("[data-key]") || rows.find((each) => each.getBoundingClientRect().bottom > 80);
    if (!row) return null;
    const links = [...row.querySelectorAll("a, button")];
    return { key: row.dataset.key, top: row.getBoundingClientRect().top, link: links.indexOf(document.activeElement) };
  };
  const back = (was) => {
    const row = was && document.querySelector(`[data-live] [data-key="${CSS.escape(was.key)}"]`);
    if (!row) return;
    if (scrollY > 0) scrollBy(0, row.getBoundingClientRect().top - was.top);
    const link = was.link < 0 ? null : row.querySelectorAll("a, button")[was.link];
    if (link) link.focus({ preventScroll: true });
  };

  const refresh = async () => {
    waiting = 0;
    last = Date.now();
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return;
    const fresh = parts(new DOMParser().parseFromString(await answer.text(), "text/html"));
    const was = place();
    let changed = false;
    for (const [name, part] of parts(document)) {
      const other = fresh.get(name);
      // What the reader is in the middle of stays as it is: an open menu, a field.
      if (!other || part.querySelector("details.menu[open]") || part.contains(document.activeElement.closest("input"))) continue;
      changed ||= still(part) !== still(other);
      const open = [...part.querySelectorAll("details")].map((each) => each.open);
      part.replaceChildren(...other.childNodes);
      part.querySelectorAll("details").forEach((each, at) => { each.open = open[at] || false; });
    }
    back(was);
    if (changed) say(`Updated at ${new Date().toLocaleTimeString()}.`);
  };

  const heard = (event) => {
    const { revision } = JSON.parse(event.data);
    const news = known !== null && revision !== known;
    known = revision;
    if (news && !waiting) waiting = setTimeout(() => refresh().catch(() => {}), Math.max(0, last + PAUSE - Date.now()));
  };

  // Only a page that is looked at holds a line: a browser has few of them.
  const listen = () => {
    if (document.hidden) {
      if (line) line.close();
      line = null;
    } else if (!line) {
      line = new EventSource("/api/v1/live");
      line.addEventListener("revision", heard);
    }
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => { if (line) line.close(); line = null; });
  addEventListener("pageshow", listen);
  listen();
})();
