"use strict";
// The places that a question has marked in the texts of an item: [{start, end, category, severity, comment, on}]
// or, of claims, [{start, end, mark, document, on}], in code points, as the hidden input of the question holds them.
window.reviewapp ??= {};
{
  const TEXTS = ["output", "input"];
  const rank = (place) => TEXTS.indexOf(place.on ?? "output");
  const inOrder = (a, b) => rank(a) - rank(b) || a.start - b.start || a.end - b.end;
  const listed = (json) => {
    try {
      const found = JSON.parse(json || "[]");
      return Array.isArray(found) ? found.filter((one) => Number.isInteger(one?.start) && Number.isInteger(one?.end)) : [];
    } catch {
      return [];
    }
  };

  reviewapp.Places = class {
    // box: the question's [data-marked].
    constructor(box) {
      this.box = box;
      this.input = box.querySelector("[data-marked-value]");
      this.kind = box.dataset.marked;
      this.field = this.kind === "claims" ? "mark" : "category";
      this.codes = JSON.parse(box.dataset.codes);
      this.severities = JSON.parse(box.dataset.severities || "[]");
      this.texts = (box.dataset.on || "output").split(" ");
    }

    get all() {
      return listed(this.input.value);
    }

    label(value) {
      return [...this.codes, ...this.severities].find((code) => code.value === value)?.label ?? value;
    }

    // Write the list, in the order of the texts; whoever draws it hears of it by the "input" event.
    write(places) {
      this.input.value = places.length ? JSON.stringify(places.sort(inOrder)) : "";
      this.input.dispatchEvent(new Event("input", { bubbles: true }));
    }

    // Where the place is in the list once it stands there, instead of the one at `index` if that is given. A
    // place that is already marked with the same is not marked twice.
    put(place, index = null) {
      const isSame = (other) =>
        rank(other) === rank(place) &&
        ["start", "end", this.field, "severity"].every((name) => (other[name] || "") === (place[name] || ""));
      const rest = this.all.filter((_, n) => n !== index);
      if (!rest.some(isSame)) rest.push(place);
      this.write(rest);
      return this.all.findIndex(isSame);
    }

    remove(index) {
      this.write(this.all.filter((_, n) => n !== index));
    }
  };

  // The texts of the item in which places can be marked, by their names; a comparison of two outputs has none.
  const maps = new WeakMap();
  reviewapp.textsOf = (desk) => {
    if (!maps.has(desk)) {
      const outputs = [...desk.querySelectorAll("[data-output]")];
      const parts = [...desk.querySelectorAll("[data-input-part]")];
      const found = new Map();
      if (outputs.length === 1) found.set("output", new reviewapp.TextMap(outputs));
      if (parts.length) found.set("input", new reviewapp.TextMap(parts));
      maps.set(desk, found);
    }
    return maps.get(desk);
  };
  // The DOM below a text has changed (static/js/invisible.js): its places are looked for anew.
  document.addEventListener("retext", (event) => maps.delete(event.target.closest(".desk")), true);
}
