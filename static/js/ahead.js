"use strict";
// Items rendered ahead: fetched while the one before is looked at, leased for a moment, given back unused.
window.reviewapp ??= {};
{
  const RENEW_EVERY = 90_000; // ms: a short lease is asked for again before it ends
  const TOO_LATE = 3; // s: an item whose lease ends now is not shown any more

  reviewapp.slotOf = (item) => item.desk.dataset.slot;

  reviewapp.Ahead = class {
    // prepare: makes a parsed item ready; current: the item on the screen, or null while none may be asked for.
    constructor(address, prepare, current) {
      Object.assign(this, { address, prepare, current, items: [] });
    }

    get slots() {
      return this.items.map(reviewapp.slotOf);
    }

    // The next item to show, or undefined.
    take() {
      this.items = this.items.filter((item) => item.lease.secondsLeft > TOO_LATE);
      return this.items.shift();
    }

    putFirst(item) {
      if (reviewapp.slotOf(item)) this.items.unshift(item);
      while (this.items.length > 2) this.giveBack(this.items.pop());
    }

    putLast(item) {
      if (reviewapp.slotOf(item) && !this.slots.includes(reviewapp.slotOf(item))) this.items.push(this.prepare(item));
    }

    async fetch() {
      clearTimeout(this.timer);
      const current = this.current();
      if (!current) return;
      this.timer = setTimeout(() => this.fetch(), RENEW_EVERY);
      if (this.items[0]?.lease.secondsLeft > RENEW_EVERY / 1000 || !reviewapp.isInUse()) return;
      try {
        const answer = await reviewapp.get(`${this.address}?beside=${reviewapp.slotOf(current)}`);
        const html = await answer.text();
        // Asked last: while the answer came in, a submit may have been sent, which brings this very item.
        if (answer.status === 200 && this.current() === current) this.hold(reviewapp.parse(html));
      } catch {
        // No connection: the submit will ask for the next item itself.
      }
    }

    // The same item again has only its lease renewed, so that nothing typed on it is lost.
    hold(item) {
      const same = this.items.find((other) => reviewapp.slotOf(other) === reviewapp.slotOf(item));
      if (same) same.lease.begin(Number(item.desk.dataset.secondsLeft));
      else this.items = [this.prepare(item)];
    }

    giveBack(item) {
      const claim = reviewapp.claimOf(item.desk.querySelector("form"));
      reviewapp.post(item.desk.dataset.giveBack, claim, { keepalive: true }).catch(() => null);
    }

    giveAllBack() {
      this.items.splice(0).forEach((item) => this.giveBack(item));
    }
  };
}
