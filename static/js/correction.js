"use strict";
// The copy of the output that becomes the correction, with its live diff by word.
window.reviewapp ??= {};
{
  const LONG = 60_000; // characters of both texts: from here on, compare only in pauses
  const MANY_LINES = 500; // Chromium takes minutes to type ten thousand

  reviewapp.Correction = class {
    constructor(desk, isShown) {
      this.desk = desk;
      this.isShown = isShown;
      this.output = desk.querySelector("[data-output]").textContent.replace(/\r\n?/g, "\n");
      this.editor = desk.querySelector("[name=corrected_text]");
      this.editor.addEventListener("input", () => this.compareSoon());
      // A long text comes into the editor only when it is needed there; until then nothing is sent of it.
      const typed = desk.querySelector("[data-typed]");
      if (typed) this.fill(typed.textContent);
      desk.addEventListener("input", (event) => event.target.value === "correct" && this.fill());
      this.compare();
    }

    get isFilled() {
      return !("toFill" in this.editor.dataset);
    }

    get isChanged() {
      return this.isFilled && this.editor.value !== this.output;
    }

    get isEmpty() {
      return this.isFilled && !this.editor.value.trim();
    }

    fill(text = this.output) {
      if (this.isFilled) return;
      delete this.editor.dataset.toFill;
      this.editor.disabled = false;
      this.editor.value = text;
    }

    compareSoon() {
      clearTimeout(this.timer);
      const isLong = this.output.length + this.editor.value.length > LONG;
      if (isLong) this.note(reviewapp.say("too-long"));
      this.timer = setTimeout(() => this.compare(), isLong ? 600 : 80);
    }

    compare() {
      const changes = this.desk.querySelector(".changes");
      const appears = this.isChanged && changes.hidden && this.isShown();
      changes.hidden = !this.isChanged;
      this.desk.querySelector(".edit").classList.toggle("changed", this.isChanged);
      const parts = this.isChanged ? reviewapp.diff(this.output, this.editor.value) : [];
      reviewapp.drawDiff(this.desk.querySelector(".diff"), parts);
      this.note(this.isChanged ? sentenceOf(changedWords(parts)) : reviewapp.say("no-change"));
      if (appears) this.showBothTexts();
    }

    note(text) {
      this.desk.querySelector("[data-changes]").textContent = text;
    }

    // The output at the top and the editor below it, where they scroll in a pane of their own.
    showBothTexts() {
      const pane = this.desk.querySelector(".read");
      if (getComputedStyle(pane).overflowY !== "auto") return;
      this.desk.querySelector(".output").scrollIntoView({ block: "start" });
    }

    begin() {
      this.fill();
      this.showBothTexts();
      reviewapp.moveTo(this.editor);
      this.editor.setSelectionRange(0, 0);
    }

    // As if typed, so that Ctrl+Z brings the text back; only what differs, for browsers type line by line.
    restore() {
      this.fill();
      const [start, end, text] = reviewapp.whatDiffers(this.editor.value, this.output);
      this.editor.focus();
      this.editor.setSelectionRange(start, end);
      if (text.split("\n").length < MANY_LINES) document.execCommand(text ? "insertText" : "delete", false, text);
      if (!this.isChanged) return;
      this.editor.value = this.output; // without Ctrl+Z, but whole and at once
      this.editor.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  // Two outputs side by side are compared, not corrected.
  const NOTHING_TO_CORRECT = { isChanged: false, isEmpty: true, begin() {}, restore() {} };
  reviewapp.correctionOf = (desk, isShown) =>
    desk.querySelector("[name=corrected_text]") ? new reviewapp.Correction(desk, isShown) : NOTHING_TO_CORRECT;

  function sentenceOf(words) {
    return words === 1 ? reviewapp.say("one-change") : reviewapp.say("changes", words);
  }

  function changedWords(parts) {
    const words = (kind) =>
      parts.reduce((sum, part) => sum + (part.kind === kind ? reviewapp.countWords(part.text) : 0), 0);
    return Math.max(words("del"), words("ins"));
  }
}
