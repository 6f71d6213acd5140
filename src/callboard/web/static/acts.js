// The few things a reader can do here: follow a link, say that it is broken, copy an id, keep a query as a view, remove one.
"use strict";
(() => {
  const say = (text) => { document.querySelector("[data-status]").textContent = text; };
  const send = async (method, url, body) => {
    const headers = body ? { "content-type": "application/json" } : {};
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const problem = await answer.json().catch(() => ({}));
    throw new Error([problem.detail || problem.title || "That did not work.", problem.hint].filter(Boolean).join(" "));
  };

  // That a link into the source is followed is counted, by nobody's name. The link itself works without this.
  const counts = navigator.sendBeacon && !navigator.globalPrivacyControl && navigator.doNotTrack !== "1";
  const follow = (event) => {
    const link = event.target.closest("[data-deep]");
    if (counts && link && event.button < 2) navigator.sendBeacon(`/api/v1/findings/${link.dataset.deep}/followed`);
  };
  ["click", "auxclick"].forEach((kind) => document.addEventListener(kind, follow));

  // Heard for the whole document, since a page that keeps itself up to date brings new buttons and forms.
  const clicked = (selector, act) => document.addEventListener("click", async (event) => {
    const button = event.target.closest(selector);
    if (!button) return;
    try {
      await act(button);
    } catch (error) {
      say(error.message);
    }
  });

  clicked("[data-broken]", async (button) => {
    const { counted } = await send("POST", button.dataset.broken);
    say(counted ? "Thanks. The link is checked first next time." : "Thanks. It was reported today already.");
    button.textContent = "Reported, thanks";
    button.disabled = true;
  });
  clicked("[data-remove-view]", async (button) => {
    await send("DELETE", `/api/v1/views/${button.dataset.removeView}`);
    say("The view is removed.");
    button.closest("li").remove();
  });
  clicked("[data-copy]", async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      throw new Error("The browser did not allow copying.");
    }
    say("Copied.");
    button.textContent = "Copied";
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-save-view]");
    if (!form) return;
    event.preventDefault();
    const told = form.querySelector("[data-told]");
    try {
      const { name, q } = form.elements;
      await send("POST", "/api/v1/views", { name: name.value.trim(), query: q.value });
      told.textContent = "Saved.";
      say(`The view ${name.value.trim()} is saved.`);
      location.reload();
    } catch (error) {
      told.textContent = error.message;
    }
  });

  // Pressed twice is said once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - Number(form.dataset.sentAt || 0) < 1000) event.preventDefault();
    else form.dataset.sentAt = Date.now();
  });

  document.documentElement.toggleAttribute("data-scripted", true);
})();
