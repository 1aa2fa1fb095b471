"use strict";
// Keeps what is typed on the server: soon after the last key, on leaving a field, and when the page is hidden.
window.reviewapp ??= {};
{
  const PAUSE = 600;
  const LONGEST = 1500; // without a pause, too: who types on and on is saved all the same
  const RETRY = 3000;
  const STALE = 412; // the server has another text than the one that was changed here
  // This page's own id among all tabs (crypto.randomUUID is missing where a site has no https).
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const TAB = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  let saves = 0; // of this page, in the order in which they were sent
  const number = (data) => (data.append("tab", TAB), data.append("tab_save", (saves += 1)));
  const LONG = 20_000; // characters of a corrected text: from here on only what changed of it is sent

  reviewapp.Draft = class {
    // on: { state(name), lost(text), conflict(html), offline(isOffline), signedOut() }
    constructor(desk, on) {
      this.desk = desk;
      this.form = desk.querySelector("form");
      this.on = on;
      this.isDirty = this.isSaving = this.isStopped = this.isRefused = false;
      this.savedAt = null;
      this.base = this.corrected(); // of the corrected text: what the server has; null when it is not known
      desk.addEventListener("input", () => this.touch());
      desk.addEventListener("focusout", (event) => event.target.matches("textarea") && this.save());
    }

    get isSaved() {
      return this.savedAt !== null && !this.isDirty && !this.isSaving;
    }

    // Whether something was typed that the server may not have.
    get isUnsaved() {
      return (this.isDirty || this.isSaving) && (this.isRefused || !this.isStopped);
    }

    // Whether leaving the page now would lose it.
    get isAtRisk() {
      const size = () => String(new URLSearchParams(this.content())).length;
      return this.isUnsaved && (this.isRefused || size() > reviewapp.MOST_KEPT_ALIVE);
    }

    // The corrected text as it is now; the model's, as long as nobody has asked for a copy to edit.
    corrected() {
      const editor = this.desk.querySelector("[name=corrected_text]");
      const text = editor?.disabled ? this.desk.querySelector("[data-output]").textContent : (editor?.value ?? "");
      return text.replace(/\r\n?/g, "\n");
    }

    // What is sent; base: the corrected text that the server then has.
    content(base = this.base) {
      const data = new FormData(this.form);
      const text = this.corrected();
      number(data);
      if (data.has("corrected_text") && base !== null && text.length > LONG) reviewapp.spliceInto(data, base, text);
      return data;
    }

    // The person has chosen another text instead of this one.
    discard() {
      this.stop();
      this.isDirty = this.isRefused = false;
    }

    touch() {
      if (!this.isDirty) this.dirtySince = performance.now();
      this.isDirty = true;
      clearTimeout(this.timer);
      const left = this.dirtySince + LONGEST - performance.now();
      this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(PAUSE, left)));
      this.on.state("unsaved");
    }

    // No save may start once the item is being submitted: it would arrive after the review.
    stop() {
      this.isStopped = true;
      clearTimeout(this.timer);
    }

    resume() {
      this.isStopped = false;
      this.isDirty = true;
      return this.save();
    }

    async save({ keepalive = false } = {}) {
      clearTimeout(this.timer);
      if (!this.isDirty || this.isStopped) return this.saving;
      if (this.isSaving) {
        if (keepalive) this.sendBehind();
        return this.saving;
      }
      this.isDirty = false;
      this.isSaving = true;
      this.on.state("saving");
      this.saving = this.send(keepalive);
      await this.saving;
      await this.behind;
      this.behind = null;
      this.isSaving = false;
      if (this.isDirty && !this.isStopped && !this.isRefused) this.timer = setTimeout(() => this.save(), PAUSE);
    }

    // The page is going while a save is under way: what was typed since is sent as if that one were stored.
    sendBehind() {
      const { revision } = this.form.elements;
      if (this.behind || revision.disabled) return;
      const text = this.corrected();
      const data = this.content(this.underWay);
      data.set("revision", Number(revision.value) + 1);
      this.isDirty = false;
      const sent = reviewapp.post(this.desk.dataset.draft, data, { keepalive: true });
      this.behind = sent.then(async (answer) => {
        if (answer.ok) this.kept((await answer.json()).revision, text);
        else this.isDirty = true;
      }).catch(() => (this.isDirty = true));
      this.saving = Promise.all([this.saving, this.behind]);
    }

    async send(keepalive) {
      let answer, said;
      const text = (this.underWay = this.corrected());
      try {
        answer = await reviewapp.post(this.desk.dataset.draft, this.content(), { keepalive });
        said = await answer.text(); // a connection may be cut in the middle of it
      } catch {
        this.again();
        this.on.offline(true);
        return;
      }
      this.on.offline(false);
      if (answer.ok) return this.kept(JSON.parse(said).revision, text);
      this.base = null;
      if (answer.status === STALE) return this.send(keepalive); // all of the text
      this.refused(answer.status, said);
    }

    // revision null: the server has it, but did not say as which revision; the next save overwrites it.
    kept(revision, text = null) {
      const there = this.form.elements.revision;
      if (revision !== null && !there.disabled && revision < Number(there.value)) return; // an older one, told late
      this.base = text;
      Object.assign(this.form.elements.revision, { value: revision ?? "", disabled: revision === null });
      this.isRefused = false;
      this.savedAt = performance.now();
      this.on.state("saved");
    }

    // Over which revision a submit was typed, and in which tab: known only once no save is under way any more.
    stamp(data) {
      const { value, disabled } = this.form.elements.revision;
      data.delete("revision");
      number(data);
      if (!disabled) data.append("revision", value);
    }

    again() {
      this.isDirty = this.isRefused = true;
      this.timer = setTimeout(() => this.save(), RETRY);
      this.on.state("unsaved");
    }

    refused(status, html) {
      if (status === 401) {
        this.again(); // until somebody has signed in again, in another tab
        return this.on.signedOut();
      }
      if (status === 409 && html.includes("data-choose")) {
        this.isDirty = this.isRefused = true;
        this.on.state("unsaved");
        return this.on.conflict(html);
      }
      if (status === 409) {
        this.kept(null); // the lease has ended, the text is stored all the same
        return this.on.lost(reviewapp.parse(html).refusal);
      }
      if (status >= 500) return this.again();
      this.isRefused = true;
      this.on.state("unsaved");
    }
  };
}
