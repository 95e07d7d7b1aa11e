// The run sheet's two extras: number keys choose an outcome while the choice has the focus, and the timer's words keep time.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const group = event.target.closest ? event.target.closest("[data-number-keys]") : null;
    if (!group || event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
    const choices = group.querySelectorAll("input[type=radio]");
    if (event.key >= "1" && event.key <= "9" && choices[event.key - 1]) {
      event.preventDefault();
      choices[event.key - 1].checked = true;
      choices[event.key - 1].focus();
      choices[event.key - 1].dispatchEvent(new Event("change", { bubbles: true }));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const form = event.target.form;
      form.requestSubmit(form.querySelector("button:not([name])"));
    }
  });

  // The chair of the case on the table begins at the outcomes: a number, Enter, and Enter again to confirm.
  const outcomes = document.querySelector("[data-number-keys]");
  if (outcomes && !location.hash && (!document.activeElement || document.activeElement === document.body) && !document.querySelector(".govuk-error-summary")) {
    const first = outcomes.querySelector("input[type=radio]:checked") || outcomes.querySelector("input[type=radio]");
    if (first) first.focus({ preventScroll: true });
  }

  // Counted from when the case was called, by the server's clock; silent for screen readers until it is asked for.
  const drawn = Date.now();
  function tick() {
    document.querySelectorAll("[data-timer]").forEach((timer) => {
      const offset = Date.parse(timer.dataset.now) - (timer.dataset.seen ? Number(timer.dataset.seen) : drawn);
      if (!timer.dataset.seen) timer.dataset.seen = String(drawn);
      const used = Math.max(0, Math.floor((Date.now() + offset - Date.parse(timer.dataset.called)) / 60000));
      const planned = Number(timer.dataset.planned);
      const strip = timer.closest(".house-strip");
      const words = used > planned ? `${used - planned} min over` : used === planned ? "time is up" : `${used} of ${planned} min used, ${planned - used} min left`;
      if (timer.textContent !== words) timer.textContent = words;
      if (strip) {
        strip.classList.toggle("house-strip--bad", used >= planned);
        strip.classList.toggle("house-strip--warn", used < planned && used * 100 >= planned * 70);
      }
    });
  }
  setInterval(tick, 5000);
})();
