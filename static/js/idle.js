// Warns before an idle session ends, keeps it alive while somebody types, and lets them carry on after it has ended.
// The server ends sessions by itself; this script only saves people from being surprised by it.
(() => {
  "use strict";
  const dialog = document.getElementById("idle-warning");
  if (!dialog || !dialog.dataset.stayUrl || typeof dialog.showModal !== "function") return;

  const idle = Number(dialog.dataset.idleSeconds) * 1000;
  const warning = Math.min(Number(dialog.dataset.warningSeconds) * 1000, idle / 2);
  const every = Math.min(60000, idle / 6); // how often typing is reported at the most
  const left = dialog.querySelector("[data-idle-left]");
  const said = dialog.querySelector("[data-idle-said]");
  const title = document.getElementById("idle-title");
  const text = document.getElementById("idle-text");
  const stay = dialog.querySelector("[data-idle-stay]");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("panel-session") : null;
  let alive = Date.now(); // when the server last knew that somebody was here
  let asking = false;
  let ended = false;

  function known(at) {
    alive = Math.max(alive, at);
    if (dialog.open && !ended) dialog.close();
  }

  async function ping() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(dialog.dataset.stayUrl, {
        method: "POST",
        body: new URLSearchParams({ csrfmiddlewaretoken: token() }),
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (answer.ok && !answer.redirected) {
        known(Date.now());
        if (tabs) tabs.postMessage("alive");
      } else if (answer.redirected || answer.status === 401 || answer.status === 403) {
        end();
      }
    } catch {
      // No connection: the count goes on, the next key press tries again.
    } finally {
      asking = false;
    }
  }

  function token() {
    return dialog.querySelector("input[name=csrfmiddlewaretoken]").value;
  }

  function end() {
    if (ended) return;
    ended = true;
    title.textContent = "You have been signed out";
    text.textContent = "What you typed is still on this page. Sign in again in a new tab, come back here, and carry on.";
    left.replaceChildren();
    const link = document.createElement("a");
    link.href = dialog.dataset.signInUrl || "/";
    link.target = "_blank";
    link.rel = "noopener";
    link.className = "govuk-link";
    link.textContent = "Sign in (opens in a new tab)";
    left.removeAttribute("role");
    left.append(link);
    stay.textContent = "Carry on";
    if (!dialog.open) dialog.showModal();
    link.focus();
  }

  // After signing in again the page's tokens are old; the same page, asked for again, brings new ones.
  async function back() {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    const page = answer && answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page && page.querySelector("input[name=csrfmiddlewaretoken]");
    if (!fresh || page.body.dataset.person !== document.body.dataset.person) {
      text.textContent = "You are not signed in yet. Sign in with the same account in a new tab, then carry on here.";
      return;
    }
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = fresh.value; });
    ended = false;
    known(Date.now());
    dialog.close();
    document.dispatchEvent(new CustomEvent("panel:back"));
  }

  function tick() {
    if (ended) return;
    const remaining = alive + idle - Date.now();
    if (remaining <= 0) {
      ping(); // the server has the last word: it may know of another page
      return;
    }
    if (remaining > warning) return;
    const minutes = Math.ceil(remaining / 60000);
    const words = remaining > 60000 ? `${minutes} minutes left` : `${Math.ceil(remaining / 1000)} seconds left`;
    left.textContent = words;
    const spoken = remaining > 60000 ? words : "Less than a minute left";
    if (said.textContent !== spoken) said.textContent = spoken;
    if (!dialog.open) {
      dialog.showModal();
      stay.focus();
    }
  }

  function active() {
    if (!dialog.open && Date.now() - alive > every) ping();
  }

  ["keydown", "input", "pointerdown"].forEach((kind) => document.addEventListener(kind, active, { passive: true, capture: true }));
  stay.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (ended) back(); else ping();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!ended) ping();
  });
  if (tabs) tabs.addEventListener("message", () => known(Date.now()));
  document.addEventListener("panel:alive", () => known(Date.now()));
  document.addEventListener("panel:ended", end);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  setInterval(tick, 1000);
})();
