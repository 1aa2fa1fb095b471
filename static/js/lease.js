"use strict";
// The lease of the item on the screen: counts down, and is renewed while the page is visible and used.
window.reviewapp ??= {};
{
  const USED_WITHIN = 120_000;
  const LOOK_EVERY = 5000;
  const SOON = 60; // s before the end
  let usedAt = performance.now();
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"])
    addEventListener(kind, () => (usedAt = performance.now()), { passive: true, capture: true });
  reviewapp.isInUse = () => document.visibilityState === "visible" && performance.now() - usedAt < USED_WITHIN;

  reviewapp.Lease = class {
    constructor(desk, bar, onLost) {
      this.desk = desk;
      this.bar = bar;
      this.onLost = onLost;
      this.isLost = false;
      this.begin(Number(desk.dataset.secondsLeft));
    }

    begin(seconds) {
      this.total = seconds;
      this.end = performance.now() + seconds * 1000;
    }

    get secondsLeft() {
      return Math.max(0, Math.round((this.end - performance.now()) / 1000));
    }

    draw() {
      const left = this.secondsLeft;
      const box = this.bar.querySelector("[data-countdown]");
      if (!box) return;
      box.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      box.parentElement.classList.toggle("ending", left < SOON);
      box.parentElement.classList.toggle("lost", this.isLost);
      if (this.desk.isConnected) reviewapp.tellLease(left > 0 && left < SOON && !this.isLost);
      if (!left) this.lose();
    }

    // Renew once a third of the time is gone; `now` for an item that was rendered ahead and is looked at from now on.
    async renew({ now = false } = {}) {
      const isDue = this.end - performance.now() < this.total * 667;
      if (this.isLost || this.isAsking || !(now || (isDue && reviewapp.isInUse()))) return;
      this.isAsking = true;
      try {
        const claim = reviewapp.claimOf(this.desk.querySelector("form"));
        if (now) claim.append("look", "first");
        const answer = await reviewapp.post(this.desk.dataset.heartbeat, claim);
        if (answer.ok) this.begin((await answer.json()).seconds);
        else if (answer.status === 409) this.lose(reviewapp.parse(await answer.text()).refusal);
      } catch {
        // No connection: the countdown goes on, and the next look tries again.
      }
      this.isAsking = false;
      this.draw();
    }

    lose(text) {
      if (this.isLost) return;
      this.isLost = true;
      this.onLost(text);
    }
  };
  reviewapp.LOOK_EVERY = LOOK_EVERY;
}
