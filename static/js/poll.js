// Keeps the parts of a shared page fresh: asks for the versions, fetches only what changed, never touches what is in use.
// <div data-poll-url="/meetings/7/version/"> holds parts <div data-region="money" data-region-url="..." data-version="9">.
// The answer is {"money": 10, ...}; 304 means nothing new, 286 means the meeting is over.
(() => {
  "use strict";
  const page = document.querySelector("[data-poll-url]");
  if (!page) return;

  const BRISK = 3000;
  const CALM = 10000;
  const QUIET = 120000; // without input for this long, the pace is calm
  const SPEAK = 30000; // between two announcements
  let touched = Date.now();
  let etag = "";
  let timer = 0;
  let isOver = false;
  let spoken = 0;
  let isAsking = false;

  ["keydown", "input", "pointerdown"].forEach((kind) => document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true }));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });

  function next() {
    clearTimeout(timer);
    if (isOver || document.hidden) return;
    const pace = Number(page.dataset.pollSeconds) * 1000 || (Date.now() - touched > QUIET ? CALM : BRISK);
    timer = setTimeout(ask, pace * (0.8 + Math.random() * 0.4));
  }

  async function ask() {
    if (isAsking || isOver || document.hidden) return;
    isAsking = true;
    try {
      const headers = { Accept: "application/json", "X-Background": "1", "X-Requested-With": "XMLHttpRequest" };
      if (etag) headers["If-None-Match"] = etag;
      const answer = await fetch(page.dataset.pollUrl, { headers, cache: "no-store" });
      if (answer.status === 286 || answer.status === 401 || answer.redirected) {
        isOver = true;
        if (answer.status !== 286) document.dispatchEvent(new CustomEvent("panel:ended"));
      } else if (answer.status === 200) {
        const versions = await answer.json();
        const done = await Promise.all([...page.querySelectorAll("[data-region]")].map((region) => refresh(region, versions)));
        etag = done.every(Boolean) ? answer.headers.get("ETag") || "" : ""; // what was left alone is looked at again
      }
    } catch {
      // The next round tries again; the page still shows what was true when it was drawn.
    } finally {
      isAsking = false;
      next();
    }
  }

  document.addEventListener("panel:back", () => { isOver = false; ask(); });

  function isInUse(region) {
    if (region.contains(document.activeElement)) return true;
    return [...region.querySelectorAll("input, textarea, select")].some((field) => {
      if (field.type === "hidden" || field.type === "submit") return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected && field.selectedIndex > 0);
      return field.value !== field.defaultValue;
    });
  }

  // True when the part is as new as the server says; false when it was in use and had to wait.
  async function refresh(region, versions) {
    const version = versions[region.dataset.region];
    if (version === undefined || String(version) === region.dataset.version) return true;
    if (isInUse(region)) {
      note(region);
      return false;
    }
    const answer = await fetch(region.dataset.regionUrl, { headers: { "X-Background": "1", "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isInUse(region)) return false; // somebody stepped in while it was on its way
    region.replaceChildren(...fresh.body.childNodes);
    region.dataset.version = String(version);
    if (window.htmx) window.htmx.process(region);
    speak(region);
    return true;
  }

  function note(region) {
    if (region.querySelector("[data-changed-note]")) return;
    const words = document.createElement("p");
    words.className = "house-strip house-strip--warn";
    words.dataset.changedNote = "";
    words.textContent = "This part has changed elsewhere. It will be shown when you have finished here.";
    region.append(words);
  }

  function speak(region) {
    const said = region.querySelector("[data-said]");
    const place = document.getElementById("announcer");
    if (!said || !place || Date.now() - spoken < SPEAK || place.textContent === said.dataset.said) return;
    spoken = Date.now();
    place.textContent = said.dataset.said;
  }

  next();
})();
