"use strict";
// The panel under the text while a place is being marked: what is selected, the codes with their digits, and the
// comment. It only draws, and tells what was chosen; static/js/marking.js decides.
window.reviewapp ??= {};
{
  const QUOTED = 90; // characters of the place that the panel shows
  const made = (tag, fields) => Object.assign(document.createElement(tag), fields);

  reviewapp.MarkingPanel = class {
    // on: { code(value), page(), comment(text), document(id), remove(), close() }
    constructor(box, on) {
      this.box = box;
      const part = (name) => box.querySelector(`[data-${name}]`);
      this.parts = Object.fromEntries(["quote", "where", "title", "codes", "commented", "comment", "cited", "document", "hint", "leave-keys", "told"].map((name) => [name, part(name)]));
      box.addEventListener("pointerdown", (event) => {
        if (!event.target.closest("textarea, select")) event.preventDefault(); // the focus stays in the text
      });
      box.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.code !== undefined) on.code(button.dataset.code);
        else if (button?.matches("[data-turn]")) on.page();
        else if (button?.matches("[data-take-away]")) on.remove();
        else if (button?.matches("[data-leave]")) on.close();
      });
      this.parts.comment.addEventListener("input", () => on.comment(this.parts.comment.value));
      this.parts.document.addEventListener("change", () => on.document(this.parts.document.value));
    }

    get isOpen() {
      return !this.box.hidden;
    }

    close() {
      this.box.hidden = true;
    }

    // quote, where: the place and its offsets; codes: [{value, label}], of which `first` is the first to have a
    // digit; chosen: the code that it has; isSeverity: which of the two is asked; place: the stored one, or null.
    draw({ quote, where, codes, first, chosen, isSeverity, place, kind, documents }) {
      const { parts } = this;
      this.box.hidden = false;
      parts.quote.textContent = quote.length > QUOTED ? `${[...quote].slice(0, QUOTED).join("")}…` : quote;
      parts.where.textContent = where;
      parts.title.textContent = this.said(isSeverity ? "severity" : kind === "claims" ? "claim" : "category");
      const shown = codes.slice(first, first + 10);
      parts.codes.replaceChildren(...shown.map((code, n) => this.chip(code, (n + 1) % 10, code.value === chosen)));
      if (codes.length > 10) parts.codes.append(this.box.querySelector("template[data-turn-page]").content.cloneNode(true));
      parts.commented.hidden = !place || kind === "claims";
      parts.cited.hidden = !place || kind !== "claims" || !documents.length;
      if (place && document.activeElement !== parts.comment) parts.comment.value = place.comment ?? "";
      const options = documents.map((id) => made("option", { value: id, textContent: id, selected: id === place?.document }));
      parts.document.replaceChildren(parts.document.options[0], ...options);
      this.box.querySelector("[data-take-away]").hidden = !place;
      parts["leave-keys"].textContent = isSeverity || place ? "Esc Esc" : "Esc";
      parts.hint.textContent = this.said(isSeverity ? "hint-severity" : place ? "hint-marked" : kind === "claims" ? "hint-claims" : "hint");
    }

    chip(code, digit, isOn) {
      const chip = made("button", { type: "button", className: "chip" });
      chip.dataset.code = code.value;
      chip.setAttribute("aria-pressed", String(isOn));
      const key = made("b", { textContent: digit });
      key.setAttribute("aria-hidden", "true");
      chip.append(key, made("span", { textContent: code.label }));
      return chip;
    }

    said(name) {
      return this.box.querySelector("template[data-says]").content.querySelector(`[data-say="${name}"]`).textContent;
    }

    // To people who do not see it.
    tell(text) {
      this.parts.told.textContent = text;
    }
  };
}
