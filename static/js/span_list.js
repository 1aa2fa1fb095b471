"use strict";
// The list of places that are marked in a text. The hidden input's JSON is the truth: whoever changes it
// sends an "input" event on it, and the list is drawn again. "mark-jump" and "mark-edit" with detail {index}
// go out on the same input, to whoever shows the text.
window.reviewapp ??= {};
{
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

  // The texts as code points, which offsets count; read once for a whole list.
  function textsOf(box) {
    const desk = box.closest(".desk");
    const read = (name) => [...(desk?.querySelector(`[data-${name}]`)?.textContent ?? "")];
    return { output: read("output"), input: read("input") };
  }

  function wordsOf(texts, place) {
    const words = (texts[place.on ?? "output"] ?? []).slice(place.start, place.end);
    return words.length > LONGEST ? `${words.slice(0, LONGEST - 1).join("")}…` : words.join("");
  }

  function labelOf(codes, value) {
    return codes.find((code) => code.value === value)?.label ?? value;
  }

  function drawMark(box, texts, place, index) {
    const codes = JSON.parse(box.dataset.codes);
    const severity = place.severity ? ` · ${labelOf(JSON.parse(box.dataset.severities), place.severity)}` : "";
    const line = document.createElement("li");
    line.append(made("span", { className: "pill accent", textContent: labelOf(codes, place.category ?? place.mark) + severity }));
    line.append(made("bdi", { className: "words", dir: "auto", textContent: wordsOf(texts, place) }));
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

  reviewapp.drawMarks = (box) => {
    const places = placesOf(box);
    const texts = places.length ? textsOf(box) : {};
    const lines = places.map((place, index) => drawMark(box, texts, place, index));
    box.querySelector("[data-marks]").replaceChildren(...lines);
    const none = box.querySelector("[data-none]");
    none.disabled = places.length > 0;
    if (places.length) none.checked = false;
  };

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
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const box = button.closest("[data-marked]");
    const index = Number(button.dataset.index);
    if (button.dataset.mark === "remove") remove(box, index);
    else valueOf(box).dispatchEvent(new CustomEvent(`mark-${button.dataset.mark}`, { bubbles: true, detail: { index } }));
  });
}
