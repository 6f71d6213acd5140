// Keeps what a page shows up to date while it is looked at. Everything works without this file.
"use strict";
(() => {
  const parts = (root) => new Map([...root.querySelectorAll("[data-live]")].map((part) => [part.dataset.live, part]));
  if (!parts(document).size || !window.EventSource) return;

  const PAUSE = 5000, LOOK = 30000, LONG = 300000;
  const still = (part) => part.innerHTML.replace(/<time[^>]*>[^<]*<\/time>| open=""| data-on=""/g, "");
  const say = (text) => { document.querySelector("[data-status]").textContent = text; };
  let known = null;
  let line = null;
  let waiting = 0;
  let last = 0;
  // When what is shown was read, and whether the line for news was lost since.
  let read = Date.now();
  let isLost = false;

  // Where the reader is: in the row or the part in focus, else at the first row in sight.
  const LINKS = "a, button, summary";
  const alike = (one, other) => one && one.tagName === other.tagName && one.textContent === other.textContent;
  const place = () => {
    const focus = document.activeElement;
    const rows = [...document.querySelectorAll("[data-live] [data-key]")];
    const holder = focus.closest("[data-live] [data-key]") || focus.closest("[data-live]")
      || rows.find((each) => each.getBoundingClientRect().bottom > 80);
    if (!holder) return null;
    const { key, live } = holder.dataset;
    const links = [...holder.querySelectorAll(LINKS)];
    return { key, live, top: holder.getBoundingClientRect().top, focus, at: links.indexOf(focus) };
  };
  const back = (was) => {
    if (!was || was.focus.isConnected && was.at >= 0) return;
    const name = was.key ? `[data-key="${CSS.escape(was.key)}"]` : `[data-live="${CSS.escape(was.live)}"]`;
    const holder = document.querySelector(was.key ? `[data-live] ${name}` : name);
    if (!holder) return;
    if (scrollY > 0) scrollBy(0, holder.getBoundingClientRect().top - was.top);
    if (was.at < 0) return;
    const links = [...holder.querySelectorAll(LINKS)];
    const link = alike(links[was.at], was.focus) ? links[was.at] : links.find((each) => alike(each, was.focus));
    (link || (was.key && links[was.at]) || holder.querySelector(LINKS))?.focus({ preventScroll: true });
  };

  // What the reader is in the middle of stays as it is: an open menu, a field in focus, words not sent yet, a text being copied.
  const isTouched = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
  };
  const isBusy = (part) => part.querySelector("details.menu[open]")
    || part.contains(document.activeElement.closest("input, select, textarea"))
    || [...part.querySelectorAll("input, select, textarea")].some(isTouched)
    || (!getSelection().isCollapsed && part.contains(getSelection().anchorNode));
  const title = (details) => details.querySelector("summary")?.textContent;
  const replace = (part, other) => {
    const opened = new Map([...part.querySelectorAll("details")].map((each) => [title(each), each.open]));
    const on = new Set([...part.querySelectorAll("[data-on]")].map((row) => row.dataset.key));
    part.replaceChildren(...other.cloneNode(true).childNodes);
    part.querySelectorAll("details").forEach((each) => { each.open = opened.get(title(each)) ?? each.open; });
    part.querySelectorAll("[data-key]").forEach((row) => { row.toggleAttribute("data-on", on.has(row.dataset.key)); });
  };

  // What cannot be read anew says so, and from when it is: "12 min ago" would go on looking true.
  const WHY = { 401: "You are signed out.", 404: "It is not there any more, or not for you to see." };
  const old = (status) => {
    const at = new Date(read).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const told = `${WHY[status] || "Callboard does not answer."} What stands here is as of ${at}.`;
    const note = document.querySelector("[data-old]") || document.createElement("p");
    if (note.dataset.old === told) return;
    note.className = "banner over";
    note.setAttribute("role", "alert");
    note.dataset.old = told;
    const head = document.createElement("b");
    head.textContent = "Not kept up to date. ";
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = "Open it again";
    note.replaceChildren(head, `${told} `, again);
    document.querySelector("main").prepend(note);
  };

  const refresh = async () => {
    waiting = 0;
    last = Date.now();
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => ({}));
    if (!answer.ok) return old(answer.status);
    document.querySelector("[data-old]")?.remove();
    isLost = false;
    read = last;
    const fresh = parts(new DOMParser().parseFromString(await answer.text(), "text/html"));
    const was = place();
    let changed = false;
    // A part may hold others: those first, so that what did not change within it stays.
    for (const [name, part] of [...parts(document)].reverse()) {
      const other = fresh.get(name);
      if (!other || isBusy(part)) continue;
      if (still(part) === still(other)) {
        const times = other.querySelectorAll("time");
        part.querySelectorAll("time").forEach((each, at) => { each.textContent = times[at].textContent; });
        continue;
      }
      changed = true;
      replace(part, other);
    }
    back(was);
    if (changed) say(`Updated at ${new Date().toLocaleTimeString()}.`);
  };

  const heard = (event) => {
    const { revision } = JSON.parse(event.data);
    isLost = false;
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
      line.addEventListener("error", () => { isLost = true; });
    }
  };
  // Without a line, and after a while in any case since "12 min ago" is true for a minute, the page looks for itself.
  const look = () => {
    if (document.hidden) return;
    if (line && line.readyState === EventSource.CLOSED) {
      line = null;
      listen();
    }
    if (isLost || document.querySelector("[data-old]") || Date.now() - read > LONG) refresh().catch(() => {});
  };
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => { if (line) line.close(); line = null; });
  addEventListener("pageshow", listen);
  listen();
})();
