"use strict";
// Keeps what is typed on the server: soon after the last key, on leaving a field, and when the page is hidden.
window.reviewapp ??= {};
{
  const PAUSE = 1200;
  const RETRY = 3000;

  reviewapp.Draft = class {
    // on: { state(name, savedAt), lost(text), conflict(html), offline(isOffline), signedOut() }
    constructor(desk, on) {
      this.desk = desk;
      this.form = desk.querySelector("form");
      this.on = on;
      this.isDirty = this.isSaving = this.isStopped = false;
      this.savedAt = null;
      desk.addEventListener("input", () => this.touch());
      desk.addEventListener("focusout", () => this.isDirty && this.save());
    }

    touch() {
      this.isDirty = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE);
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
      this.save();
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
      if (this.isDirty && !this.isStopped) this.timer = setTimeout(() => this.save(), PAUSE);
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
      if (answer.ok) {
        this.form.elements.revision.value = (await answer.json()).revision;
        this.savedAt = performance.now();
        this.on.state("saved", this.savedAt);
      } else await this.refused(answer);
    }

    again() {
      this.isDirty = true;
      this.timer = setTimeout(() => this.save(), RETRY);
      this.on.state("unsaved");
    }

    async refused(answer) {
      if (answer.status === 401) return this.on.signedOut();
      const html = await answer.text();
      if (answer.status === 409 && html.includes("data-choose")) return this.on.conflict(html);
      if (answer.status === 409) return this.on.lost(reviewapp.parse(html).refusal);
      if (answer.status >= 500) return this.again();
      this.on.state("unsaved");
    }
  };
}
