"use strict";
// Keeps what is typed on the server: soon after the last key, on leaving a field, and when the page is hidden.
window.reviewapp ??= {};
{
  const PAUSE = 600;
  const LONGEST = 1500; // without a pause, too: who types on and on is saved all the same
  const RETRY = 3000;

  reviewapp.Draft = class {
    // on: { state(name), lost(text), conflict(html), offline(isOffline), signedOut() }
    constructor(desk, on) {
      this.desk = desk;
      this.form = desk.querySelector("form");
      this.on = on;
      this.isDirty = this.isSaving = this.isStopped = this.isRefused = false;
      this.savedAt = null;
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
      const size = () => String(new URLSearchParams(new FormData(this.form))).length;
      return this.isUnsaved && (this.isRefused || size() > reviewapp.MOST_KEPT_ALIVE);
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
      if (!this.isDirty || this.isStopped || this.isSaving) return this.saving;
      this.isDirty = false;
      this.isSaving = true;
      this.on.state("saving");
      this.saving = this.send(keepalive);
      await this.saving;
      this.isSaving = false;
      if (this.isDirty && !this.isStopped && !this.isRefused) this.timer = setTimeout(() => this.save(), PAUSE);
    }

    async send(keepalive) {
      let answer;
      try {
        answer = await reviewapp.post(this.desk.dataset.draft, new FormData(this.form), { keepalive });
      } catch {
        this.again();
        this.on.offline(true);
        return;
      }
      this.on.offline(false);
      if (answer.ok) this.kept((await answer.json()).revision);
      else await this.refused(answer);
    }

    // revision null: the server has it, but did not say as which revision; the next save overwrites it.
    kept(revision) {
      Object.assign(this.form.elements.revision, { value: revision ?? "", disabled: revision === null });
      this.isRefused = false;
      this.savedAt = performance.now();
      this.on.state("saved");
    }

    // Over which revision a submit was typed: known only once no save is under way any more.
    stamp(data) {
      const { value, disabled } = this.form.elements.revision;
      data.delete("revision");
      if (!disabled) data.append("revision", value);
    }

    again() {
      this.isDirty = this.isRefused = true;
      this.timer = setTimeout(() => this.save(), RETRY);
      this.on.state("unsaved");
    }

    async refused(answer) {
      if (answer.status === 401) {
        this.again(); // until somebody has signed in again, in another tab
        return this.on.signedOut();
      }
      const html = await answer.text();
      if (answer.status === 409 && html.includes("data-choose")) {
        this.isDirty = this.isRefused = true;
        this.on.state("unsaved");
        return this.on.conflict(html);
      }
      if (answer.status === 409) {
        this.kept(null); // the lease has ended, the text is stored all the same
        return this.on.lost(reviewapp.parse(html).refusal);
      }
      if (answer.status >= 500) return this.again();
      this.isRefused = true;
      this.on.state("unsaved");
    }
  };
}
