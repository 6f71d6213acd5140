// Keys for people who read lists all day. Everything works without this file; single keys can be switched off (WCAG 2.1.4).
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const search = one("[data-search]");
  if (!search) return;

  const rows = () => [...document.querySelectorAll("[data-row] .open")];
  const dialog = one("[data-keys-dialog]");
  const say = (text) => { one("[data-status]").textContent = text; };
  const setting = {
    get on() { try { return localStorage.getItem("callboard.keys") !== "off"; } catch { return true; } },
    set on(value) { try { localStorage.setItem("callboard.keys", value ? "on" : "off"); } catch { /* a private window */ } },
  };

  const step = (by) => {
    const links = rows();
    if (!links.length) return;
    const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    links[next].focus();
    links[next].closest("[data-row]").scrollIntoView({ block: "nearest" });
  };

  const actions = {
    "/": () => { search.focus(); search.select(); },
    j: () => step(1),
    k: () => step(-1),
    o: () => {
      const row = document.activeElement.closest("[data-row]");
      const deep = row ? row.querySelector("[data-deep]") : rows().length ? null : one("[data-deep]");
      if (deep) deep.click();
      else say(row ? "This row has no link to its source." : "No row is in focus.");
    },
    w: () => {
      const row = document.activeElement.closest("[data-row]");
      const whose = (row || one("main")).querySelector("[data-pop]:not([data-decide])");
      if (whose) whose.click();
      else say("Nothing here says whose it is.");
    },
    a: () => decide("take"),
    h: () => decide("snooze"),
    d: () => decide("dismiss"),
    n: () => actions.w(),
    x: () => {
      const row = document.activeElement.closest("[data-row]");
      if (!row || !row.querySelector("[data-decide]")) return say("Nothing here is yours to decide.");
      row.toggleAttribute("data-on");
      const n = marked().length;
      say(n === 1 ? "1 row selected." : `${n} rows selected.`);
    },
    u: () => {
      const back = one("[data-undo] button");
      const pop = back && back.closest(".pop");
      const at = pop ? Number(pop.dataset.at) : performance.timeOrigin;
      if (!back || Date.now() - at > 10000) return say("Nothing was said here in the last 10 seconds.");
      if (pop && !pop.matches(":popover-open")) pop.showPopover();
      back.click();
    },
    "?": () => dialog.showModal(),
  };
  const marked = () => [...document.querySelectorAll("[data-row][data-on] [data-decide]")];
  // Several rows as one question: findings by their numbers, or pieces of work that differ in nothing but their key.
  const together = (links) => {
    const asked = links.map((link) => new URL(link.href).searchParams);
    const ids = asked.map((each) => each.get("id"));
    if (ids.every(Boolean)) return `id:${ids.join(",")}`;
    const parts = asked.map((each) => /^(.*\bbundle:)(\S+)(.*)$/.exec(each.get("q") || ""));
    if (!parts.every((each) => each && each[1] === parts[0][1] && each[3] === parts[0][3])) return null;
    return parts[0][1] + parts.map((each) => each[2]).join(",") + parts[0][3];
  };
  const open = (link, href) => {
    const plain = link.href;
    link.href = href;
    link.click();
    link.href = plain;
  };
  // What may be said about the row in focus, or all that are marked, with one form open. On a finding's own page the forms
  // are there.
  function decide(act) {
    const all = marked();
    if (all.length > 1) {
      const q = together(all);
      if (!q) return say("These rows are not put together alike: decide about one at a time.");
      all.forEach((link) => link.closest("[data-row]").removeAttribute("data-on"));
      return open(all[0], `/decide?q=${encodeURIComponent(q)}&act=${act}`);
    }
    const row = document.activeElement.closest("[data-row]");
    const link = row && row.querySelector("[data-decide]");
    if (!link) {
      const here = !row && (one(`#decide [data-act="${act}"]`) || one(`#decide form:has([value="${act}"])`));
      if (!here) return say("Nothing here is yours to decide.");
      here.open = true;
      return here.querySelector("select, input:not([type=hidden]), button").focus();
    }
    open(link, `${link.href}&act=${act}`);
  }
  // "The" team or component is that of the row in focus, else the page's own when it names just one.
  const nearest = (start) => {
    const row = document.activeElement.closest("[data-row]");
    const found = (row || one("main")).querySelectorAll(`a[href^="${start}"]`);
    const own = location.pathname.startsWith(start) ? location.pathname : null;
    if (!row && own) return own;
    return row || new Set([...found].map((link) => link.pathname)).size === 1 ? found[0]?.pathname : null;
  };
  const places = {
    i: () => "/",
    t: () => nearest("/teams/"),
    c: () => nearest("/components/") || "/components",
    f: () => "/findings",
    w: () => "/ownership",
  };
  let going = 0;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    // Until it draws again a browser leaves the focus on what a closed dialog held: nobody types there.
    if (typing?.checkVisibility()) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
      return;
    }
    if (!setting.on) return;
    if (Date.now() - going < 1500 && places[event.key]) {
      event.preventDefault();
      const place = places[event.key]();
      if (place) location.assign(place);
      else say("No team is named here.");
      return;
    }
    going = event.key === "g" ? Date.now() : 0;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // One menu at a time, and none when the reader goes elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  const opener = one("[data-keys]");
  opener.addEventListener("click", () => dialog.showModal());
  const box = one("[data-keys-on]");
  box.checked = setting.on;
  box.addEventListener("change", () => { setting.on = box.checked; });
})();
