// Whose something is, and what may be said about it, opens in place. Without this file the same links and forms lead to pages.
"use strict";
(() => {
  if (!HTMLElement.prototype.showPopover) return;
  const pop = document.createElement("div");
  pop.popover = "auto";
  pop.className = "pop";
  pop.setAttribute("role", "dialog");
  document.body.append(pop);
  let opener = null;

  const show = (text, url) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const part = page.querySelector("#whose") || page.querySelector("main");
    pop.replaceChildren(...part.childNodes);
    const head = pop.querySelector("h1");
    if (head) head.focus();
    pop.dataset.url = url;
    pop.dataset.at = Date.now();
  };
  // A page that keeps itself up to date may have another link in the place of the one that opened this.
  const isThere = () => {
    if (!opener.isConnected) opener = [...document.querySelectorAll("[data-pop]")].find((each) => each.href === opener.href) || opener;
    return opener.isConnected;
  };
  const place = () => {
    // When its row is gone, the popover stays where it stands.
    if (!isThere()) return;
    const at = opener.getBoundingClientRect();
    const box = pop.getBoundingClientRect();
    const below = at.bottom + 6;
    const top = below + box.height <= innerHeight ? below : Math.max(8, innerHeight - box.height - 8);
    pop.style.top = `${top}px`;
    // A little further out than the text below begins: nothing of that shows at the round corner.
    pop.style.left = `${Math.max(8, Math.min(at.left - 8, innerWidth - box.width - 8))}px`;
  };
  // What was asked for last is shown, in whichever order answers come.
  let asked = 0;
  const load = async (url, options) => {
    const mine = ++asked;
    try {
      const answer = await fetch(url, { headers: { accept: "text/html" }, ...options });
      const text = await answer.text();
      if (mine === asked) show(text, url);
    } catch {
      if (mine !== asked) return;
      if (!options) return location.assign(url);
      const told = document.createElement("p");
      told.className = "banner over";
      told.setAttribute("role", "alert");
      told.textContent = "Callboard did not answer, so it is not known whether this was taken down. Open it again once it answers: what was said stands there.";
      pop.querySelector("[role=alert]")?.remove();
      pop.prepend(told);
    }
    if (pop.matches(":popover-open")) place();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-pop]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    opener = link;
    pop.setAttribute("aria-label", link.dataset.pop || "Whose it is");
    pop.textContent = "Looking it up …";
    pop.showPopover();
    place();
    load(link.href);
  });
  // What is said in the popover is answered there.
  let isSaying = false;
  pop.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    if (isSaying) return;
    isSaying = true;
    await load(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    isSaying = false;
  });
  pop.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="/ownership/of"]');
    if (!link) return;
    event.preventDefault();
    load(link.href);
  });
  pop.addEventListener("toggle", (event) => {
    if (event.newState !== "closed" || !opener || !(pop.contains(document.activeElement) || document.activeElement === document.body)) return;
    if (isThere()) opener.focus();
  });
})();
