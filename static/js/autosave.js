// Saves a form while it is filled in, valid or not, and keeps a copy in this tab until the server has it.
// A form asks for it with data-autosave-url. The server answers 200 {"version": n, "saved": "10:42am"},
// or 409 {"message": "...", "version": n, "fields": [{"name", "label", "theirs"}]} when somebody else saved first.
(() => {
  "use strict";
  const PAUSE = 1200; // milliseconds without a key press before saving: within the two seconds promised
  const PATIENCE = [2000, 4000, 8000, 15000]; // between tries while the server does not answer
  const LONGEST_WAIT = 2000; // milliseconds a submit waits for a save that is under way
  const person = document.body.dataset.person || "";
  const PREFIX = "panel-draft:";

  // Copies belong to one person: those of anybody else, and all of them at sign-out, go.
  function forget(isOurs) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && !(isOurs && key.startsWith(`${PREFIX}${person}:`))) sessionStorage.removeItem(key);
    }
  }
  forget(Boolean(person));
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) forget(false);
  });

  document.querySelectorAll("form[data-autosave-url]").forEach(watch);

  function watch(form) {
    const key = `${PREFIX}${person}:${form.dataset.autosaveUrl}`;
    const state = form.querySelector("[data-save-state]") || document.querySelector("[data-save-state]") || placed(form);
    const base = form.elements.namedItem("base_version");
    let typed = 0; // counts changes; what the server has is the change it was sent with
    let saved = 0;
    let tries = 0;
    let timer = 0;
    let flying = null;
    let landed = null; // ends when what flies has been answered
    let stopped = false; // by a conflict or a submit
    let unheard = []; // what was sent and may have arrived although no answer came back

    function say(kind, words) {
      if (state.dataset.state === kind && state.textContent === words) return;
      state.dataset.state = kind;
      state.textContent = words;
    }

    function fields() {
      return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    }

    function keep(isSent) {
      try {
        sessionStorage.setItem(key, JSON.stringify({ base: base ? base.value : "", sent: isSent, fields: fields().filter(([name]) => name !== "base_version") }));
      } catch {
        // Storage is full or forbidden: the server's copy is the only one.
      }
    }

    function soon(wait) {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    }

    async function save() {
      clearTimeout(timer);
      if (flying || stopped || typed === saved) return;
      const sending = typed;
      flying = new AbortController();
      let land = null;
      landed = new Promise((answered) => { land = answered; });
      if (tries === 0) say("saving", "Saving");
      const data = new FormData();
      unheard.push(new Map(fields()));
      fields().forEach(([name, value]) => data.append(name, value));
      const token = form.elements.namedItem("csrfmiddlewaretoken");
      if (token) data.append("csrfmiddlewaretoken", token.value);
      let answer = null;
      let told = {};
      try {
        answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST",
          body: data,
          signal: flying.signal,
          keepalive: document.hidden,
          headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        });
        if ((answer.headers.get("Content-Type") || "").includes("json")) told = await answer.json();
        else if (answer.status === 409) told = { message: await answer.text() };
      } catch {
        answer = null;
      }
      flying = null;
      land();
      if (stopped) return;
      if (answer && answer.ok && !answer.redirected) {
        saved = sending;
        tries = 0;
        unheard = [];
        if (base && told.version !== undefined) base.value = told.version;
        document.dispatchEvent(new CustomEvent("panel:alive"));
        if (typed === saved) {
          sessionStorage.removeItem(key);
          say("saved", `Saved ${told.saved || clock()}`);
        } else {
          keep(false);
          soon(0);
        }
      } else if (answer && answer.status === 409 && isOurs(told)) {
        base.value = told.version; // our own words had arrived after all: save on from there
        unheard = [];
        soon(0);
      } else if (answer && answer.status === 409) {
        conflict(told);
      } else {
        if (answer && (answer.redirected || answer.status === 401)) document.dispatchEvent(new CustomEvent("panel:ended"));
        say("failed", navigator.onLine === false ? "Not saved – kept on this computer, trying again" : "Not saved – trying again");
        soon(PATIENCE[Math.min(tries, PATIENCE.length - 1)]);
        tries += 1;
      }
    }

    function isOurs(told) {
      const theirs = told.fields || [];
      if (!base || told.version === undefined || !theirs.length) return false;
      return unheard.some((sent) => theirs.every((field) => sent.get(field.name) === String(field.theirs ?? "")));
    }

    // Both texts are shown; nothing is overwritten until somebody says which one stands.
    function conflict(told) {
      stopped = true;
      say("conflict", "Not saved – somebody else has changed this");
      const box = document.createElement("section");
      box.className = "house-conflict";
      box.tabIndex = -1;
      box.setAttribute("aria-label", "Somebody else has changed this");
      const message = document.createElement("p");
      message.className = "govuk-body govuk-!-font-weight-bold";
      message.textContent = told.message || "Somebody else has changed this since you opened it.";
      box.append(message);
      for (const field of told.fields || []) {
        const label = document.createElement("p");
        label.className = "govuk-body govuk-!-margin-bottom-1";
        label.textContent = `${field.label || field.name}: their text`;
        const theirs = document.createElement("pre");
        theirs.textContent = field.theirs;
        box.append(label, theirs);
      }
      const mine = button("Keep mine", () => {
        if (base && told.version !== undefined) base.value = told.version;
        done();
      });
      const theirs = button("Take theirs", () => {
        for (const field of told.fields || []) fill(form, [[field.name, String(field.theirs ?? "")]]);
        if (base && told.version !== undefined) base.value = told.version;
        done();
      });
      const row = document.createElement("div");
      row.className = "house-actions govuk-!-margin-bottom-0";
      if (told.version !== undefined) row.append(mine);
      if ((told.fields || []).length) row.append(theirs);
      if (row.childElementCount) box.append(row);
      function done() {
        box.remove();
        stopped = false;
        typed += 1;
        keep(false);
        save();
      }
      form.prepend(box);
    }

    function changed() {
      typed += 1;
      keep(false);
      soon(PAUSE);
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("focusout", () => { if (tries === 0) save(); });
    // A copy that is under way must not arrive after what is sent now: it would come back as words not saved.
    form.addEventListener("submit", (event) => {
      const isFirst = !stopped;
      keep(true);
      stopped = true;
      clearTimeout(timer);
      if (!flying) return;
      if (isFirst) {
        event.preventDefault();
        const press = event.submitter;
        Promise.race([landed, new Promise((late) => { setTimeout(late, LONGEST_WAIT); })]).then(() => form.requestSubmit(press));
      } else {
        flying.abort();
      }
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
    window.addEventListener("online", () => save());
    document.addEventListener("panel:back", () => { tries = 0; save(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });

    // What this tab still held when the page was loaded again.
    const copy = read(key);
    if (!copy) return;
    const isSame = JSON.stringify(copy.fields) === JSON.stringify(fields().filter(([name]) => name !== "base_version"));
    const hasMovedOn = copy.sent && (!base || String(copy.base) !== base.value);
    if (isSame || hasMovedOn) {
      sessionStorage.removeItem(key);
      return;
    }
    fill(form, copy.fields);
    if (base) base.value = copy.base; // an older base makes the server show both texts
    typed += 1;
    say("failed", "Not saved – what you typed has been put back, saving it now");
    save();
  }

  function fill(form, pairs) {
    const wanted = new Map();
    pairs.forEach(([name, value]) => wanted.set(name, [...(wanted.get(name) || []), value]));
    const isWhole = pairs.length > 1;
    for (const element of form.elements) {
      if (!element.name || element.type === "file" || element.type === "submit" || element.type === "hidden") continue;
      const values = wanted.get(element.name);
      if (element.type === "radio" || element.type === "checkbox") {
        if (values || isWhole) element.checked = Boolean(values) && values.includes(element.value);
      } else if (element.type === "select-multiple") {
        if (values || isWhole) for (const option of element.options) option.selected = Boolean(values) && values.includes(option.value);
      } else if (values) {
        element.value = values[0];
      }
    }
  }

  function read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key) || "null");
    } catch {
      return null;
    }
  }

  function placed(form) {
    const state = document.createElement("p");
    state.className = "house-save";
    state.setAttribute("role", "status");
    form.append(state);
    return state;
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "govuk-button govuk-button--secondary house-button--small";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function clock() {
    const now = new Date();
    const hours = now.getHours();
    return `${hours % 12 || 12}:${String(now.getMinutes()).padStart(2, "0")}${hours < 12 ? "am" : "pm"}`;
  }
})();
