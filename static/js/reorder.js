// Moves rows without losing one's place. The form works without it: each button is a plain submit.
// <form method="post" data-reorder="agenda"> holds rows data-row="key" data-said="Case 14, now 3 of 9, starts 10:20am";
// "agenda" is the id of what is exchanged for the same part of the page that comes back.
(() => {
  "use strict";
  let isMoving = false;
  let dragged = "";

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-reorder]");
    const button = event.submitter;
    if (!form || !button || button.name !== "move") return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") {
      say("It cannot be moved further.");
    } else if (!isMoving) {
      move(form, button);
    }
  });

  // Enter in a position box moves that row, and not whichever button comes first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("form[data-reorder] [name^=position-]")) return;
    event.preventDefault();
    const press = event.target.form.querySelector(`button[value="${CSS.escape(event.target.name.slice(9))}:place"]`);
    if (press) press.click();
  });

  async function move(form, button) {
    isMoving = true;
    const row = button.value.split(":")[0];
    const data = new FormData(form);
    data.set("move", button.value);
    try {
      const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: data, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const old = document.getElementById(form.dataset.reorder);
      const fresh = page.getElementById(form.dataset.reorder);
      if (!answer.ok || !old || !fresh) throw new Error("the list did not come back");
      old.replaceWith(document.adoptNode(fresh));
      if (window.htmx) window.htmx.process(fresh);
      const again = document.getElementById(button.id) || fresh.querySelector(`[data-row="${CSS.escape(row)}"] button`);
      if (again) again.focus();
      const moved = fresh.querySelector(`[data-row="${CSS.escape(row)}"]`);
      say((moved && moved.dataset.said) || "Moved.");
    } catch {
      const chosen = document.createElement("input");
      chosen.type = "hidden";
      chosen.name = "move";
      chosen.value = button.value;
      form.append(chosen);
      form.submit(); // the plain way: the page comes back and says what happened
    } finally {
      isMoving = false;
    }
  }

  // Dragging by the handle is an extra: dropping a row fills in its position and presses its own Move button.
  document.addEventListener("dragstart", (event) => {
    const handle = event.target.closest ? event.target.closest("[data-drag]") : null;
    dragged = handle ? handle.closest("[data-row]").dataset.row : "";
    if (dragged) event.dataTransfer.setData("text/plain", ""); // some browsers drag nothing without data; keys stay here
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && event.target.closest("[data-row]")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const target = event.target.closest("[data-row]");
    if (!dragged || !target) return;
    event.preventDefault();
    const form = target.closest("form[data-reorder]");
    const rows = form ? [...form.querySelectorAll("[data-row]")] : [];
    const box = form && form.elements.namedItem(`position-${dragged}`);
    const press = form && form.querySelector(`button[value="${CSS.escape(dragged)}:place"]`);
    if (box && press && target.dataset.row !== dragged) {
      box.value = rows.indexOf(target) + 1;
      press.click();
    }
    dragged = "";
  });

  function say(words) {
    const place = document.getElementById("announcer");
    if (place) place.textContent = words;
  }
})();
