"use strict";
// The list of places that are marked in a text. The hidden input's JSON is the truth: whoever changes it
// sends an "input" event on it, and the list is drawn again. "mark-jump" and "mark-edit" with detail {index}
// go out on the same input, to whoever shows the text.
window.reviewapp ??= {};
{
  const LISTED = 100; // places at a time: a list of thousands would take seconds to draw
  const LONGEST = 60; // characters of a marked place that the list shows
  const made = (tag, fields) => Object.assign(document.createElement(tag), fields);
  const valueOf = (box) => box.querySelector("[data-marked-value]");

  function placesOf(box) {
    try {
      const found = JSON.parse(valueOf(box).value || "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  // The words of a place: the code points of its text, whatever is shown of it (static/js/textmap.js).
  function wordsOf(box, place) {
    const desk = box.closest(".desk");
    const map = desk && reviewapp.textsOf?.(desk).get(place.on ?? "output");
    const words = map ? [...map.text.slice(map.unitOf(place.start), map.unitOf(Math.min(place.end, place.start + LONGEST + 1)))] : [];
    return words.length > LONGEST ? `${words.slice(0, LONGEST - 1).join("")}…` : words.join("");
  }

  function labelOf(codes, value) {
    return codes.find((code) => code.value === value)?.label ?? value;
  }

  function drawMark(box, place, index, codes, severities) {
    const severity = place.severity ? ` · ${labelOf(severities, place.severity)}` : "";
    const line = document.createElement("li");
    line.append(made("span", { className: "pill accent", textContent: labelOf(codes, place.category ?? place.mark) + severity }));
    line.append(made("bdi", { className: "words", dir: "auto", textContent: wordsOf(box, place) }));
    for (const name of ["jump", "edit", "remove"]) {
      const button = box.querySelector(`template[data-mark-${name}]`).content.firstElementChild.cloneNode(true);
      button.dataset.mark = name;
      button.dataset.index = index;
      line.append(button);
    }
    if (place.comment || place.document)
      line.append(made("bdi", { className: "comment", dir: "auto", textContent: place.comment || place.document }));
    return line;
  }

  // The line that leads to the places before or after those that are listed; count: how many there are.
  function turn(box, name, count) {
    const line = document.createElement("li");
    line.append(box.querySelector(`template[data-marks-${name}]`).content.firstElementChild.cloneNode(true));
    line.querySelector("b").textContent = count.toLocaleString(document.documentElement.lang);
    return line;
  }

  // List the places around this one.
  reviewapp.listAround = (box, index) => {
    const first = String(Math.floor(index / LISTED) * LISTED);
    if ((box.dataset.first ?? "0") === first) return;
    box.dataset.first = first;
    reviewapp.drawMarks(box);
  };

  reviewapp.drawMarks = (box) => {
    const places = placesOf(box);
    const [codes, severities] = [JSON.parse(box.dataset.codes), JSON.parse(box.dataset.severities || "[]")];
    const first = Math.min(Number(box.dataset.first ?? 0), Math.max(0, places.length - 1));
    const shown = places.slice(first, first + LISTED);
    const lines = shown.map((place, n) => drawMark(box, place, first + n, codes, severities));
    if (first) lines.unshift(turn(box, "earlier", first));
    if (first + LISTED < places.length) lines.push(turn(box, "later", places.length - first - LISTED));
    box.querySelector("[data-marks]").replaceChildren(...lines);
    const none = box.querySelector("[data-none]");
    none.disabled = places.length > 0;
    if (places.length) none.checked = false;
  };

  function turnTo(box, step) {
    reviewapp.listAround(box, Math.max(0, Number(box.dataset.first ?? 0) + step * LISTED));
    box.querySelector("[data-mark=jump]")?.focus();
  }

  function change(box, places) {
    valueOf(box).value = places.length ? JSON.stringify(places) : "";
    valueOf(box).dispatchEvent(new Event("input", { bubbles: true }));
  }

  function remove(box, index) {
    change(box, placesOf(box).filter((_, n) => n !== index));
    const left = box.querySelectorAll("[data-mark=remove]");
    (left[Math.min(index, left.length - 1)] ?? box.closest("[data-stop]"))?.focus();
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-marked-value]")) reviewapp.drawMarks(event.target.closest("[data-marked]"));
  });
  document.addEventListener("click", (event) => {
    const turned = event.target.closest("[data-turn-marks]");
    if (turned) return turnTo(turned.closest("[data-marked]"), Number(turned.dataset.turnMarks));
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const box = button.closest("[data-marked]");
    const index = Number(button.dataset.index);
    if (button.dataset.mark === "remove") remove(box, index);
    else valueOf(box).dispatchEvent(new CustomEvent(`mark-${button.dataset.mark}`, { bubbles: true, detail: { index } }));
  });
}
