// Which rows were in sight is told, by nobody's name: half of a row for two seconds, in a list that is read as one. Everything
// works without this file, and for who asks not to be tracked it does nothing.
"use strict";
(() => {
  const may = navigator.sendBeacon && window.IntersectionObserver;
  if (!may || navigator.globalPrivacyControl || navigator.doNotTrack === "1") return;
  const MOST = 50, LONG = 2000, PAUSE = 10000;
  const told = new Set();
  const waiting = new Set();
  const inSight = new Map();
  let sending = 0;

  const send = () => {
    clearTimeout(sending);
    sending = 0;
    const findings = [...waiting].slice(0, MOST);
    if (!findings.length) return;
    const body = new Blob([JSON.stringify({ findings })], { type: "application/json" });
    if (!navigator.sendBeacon("/api/v1/seen", body)) return;
    findings.forEach((id) => { waiting.delete(id); told.add(id); });
    if (waiting.size) send();
  };
  const saw = (row) => {
    inSight.set(row, 0);
    const id = Number(row.dataset.seen);
    if (!row.isConnected || told.has(id)) return;
    waiting.add(id);
    sending ||= setTimeout(send, PAUSE);
  };
  const isShort = (row) => row.parentElement && row.parentElement.children.length <= MOST;
  const begin = (row) => {
    clearTimeout(inSight.get(row));
    inSight.set(row, document.hidden || !isShort(row) ? 0 : setTimeout(saw, LONG, row));
  };
  const end = (row) => {
    clearTimeout(inSight.get(row));
    inSight.delete(row);
  };
  const eye = new IntersectionObserver((changes) => {
    changes.forEach(({ target, isIntersecting, intersectionRatio }) => {
      if (isIntersecting && intersectionRatio >= 0.5) begin(target);
      else end(target);
    });
  }, { threshold: 0.5 });
  // What a page reads again by itself are new rows.
  const watch = () => document.querySelectorAll("[data-seen]").forEach((row) => eye.observe(row));
  new MutationObserver(watch).observe(document.querySelector("main"), { childList: true, subtree: true });
  watch();

  document.addEventListener("visibilitychange", () => {
    [...inSight.keys()].forEach(begin);
    if (document.hidden) send();
  });
  addEventListener("pagehide", send);
})();
