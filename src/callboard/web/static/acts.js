// The few things a reader can do here: follow a link, say that it is broken, keep a query as a view, remove one.
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

  document.querySelectorAll("[data-broken]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        const { counted } = await send("POST", button.dataset.broken);
        say(counted ? "Thanks. The link is checked first next time." : "Thanks. It was reported today already.");
        button.textContent = "Reported, thanks";
        button.disabled = true;
      } catch (error) {
        say(error.message);
      }
    });
  });

  document.querySelectorAll("[data-views]").forEach((menu) => { menu.hidden = false; });
  document.querySelectorAll("form[data-save-view]").forEach((form) => {
    form.addEventListener("submit", async (event) => {
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
  });
  document.querySelectorAll("[data-remove-view]").forEach((button) => {
    button.addEventListener("click", async () => {
      try {
        await send("DELETE", `/api/v1/views/${button.dataset.removeView}`);
        say("The view is removed.");
        button.closest("li").remove();
      } catch (error) {
        say(error.message);
      }
    });
  });
})();
