// Everything works without this file: it adds keys for quick reviewing and live counts.
"use strict";
document.documentElement.classList.add("js");

for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// Filters stand open where there is room beside the list.
const wide = window.matchMedia("(min-width: 1101px)");
for (const box of document.querySelectorAll("details[data-wide-open]")) box.open = wide.matches;

// An empty field does not belong into the address.
const filters = document.getElementById("filters");
if (filters) {
  filters.addEventListener("submit", () => {
    for (const field of filters.elements) if (!field.value) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of filters.elements) field.disabled = false;
  });
}

const counts = document.querySelector("[data-counts]");
if (counts) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(counts.dataset.counts, { headers: { accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const found = await answer.json();
      for (const place of counts.querySelectorAll("[data-count]")) {
        place.textContent = found[place.dataset.count] ?? place.textContent;
      }
    } catch { /* the next time, perhaps */ }
  }, 20000);
}

const turns = [...document.querySelectorAll("[data-turn]")];
if (turns.length) {
  let place = Math.max(0, turns.findIndex((turn) => "#" + turn.id === decodeURIComponent(location.hash)));

  const choose = (next, focus) => {
    turns[place].classList.remove("current");
    place = Math.min(Math.max(next, 0), turns.length - 1);
    turns[place].classList.add("current");
    if (focus) {
      turns[place].focus({ preventScroll: true });
      turns[place].scrollIntoView({ block: "nearest" });
    }
  };
  const press = (key, within) => {
    const target = within.querySelector(`[data-key="${key}"]`);
    if (target) target.click();
    return Boolean(target);
  };
  const openWrong = (select) => {
    const box = turns[place].querySelector("details.wrong");
    if (!box) return;
    box.open = true;
    const first = box.querySelector(select) ?? box.querySelector("select");
    first?.focus();
  };

  choose(place, location.hash !== "");
  for (const [number, turn] of turns.entries()) {
    turn.addEventListener("focusin", () => { if (place !== number) choose(number, false); });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select")) {
      if (event.key === "Escape") turns[place].focus();
      return;
    }
    const turn = turns[place];
    const open = turn.querySelector("details.wrong[open]");
    const choice = open && /^[1-9]$/.test(event.key)
      ? open.querySelector(`[data-number="${event.key}"]`) : null;
    if (choice) choice.click();
    else if (event.key === "j") choose(place + 1, true);
    else if (event.key === "k") choose(place - 1, true);
    else if (event.key === "r") press("r", turn);
    else if (event.key === "w") openWrong("[data-number]");
    else if (event.key === "c") openWrong("select");
    else if (event.key === "Escape" && open) { open.open = false; turn.focus(); }
    else if (event.key === "?") {
      const help = document.querySelector("details.keys");
      help.open = !help.open;
      help.querySelector("summary").focus();
    } else if (["n", "p", "e"].includes(event.key)) press(event.key, document);
    else return;
    event.preventDefault();
  });
}
