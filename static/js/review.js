"use strict";
// The review screen. The next item is fetched ahead and held; a submit shows it at once while the POST
// runs, and brings the old one back, text intact, when the POST fails.
{
  const TOO_SOON = 500; // ms: an item shown for less is not decided on
  const SHORT = 150; // s: a lease this short was for rendering ahead, and is renewed when the item is shown
  const { say, tell, clearSaid, tellConnection, drawDraftState, moveTo, slotOf, parse, post } = reviewapp;
  const place = document.getElementById("review");
  const ahead = new reviewapp.Ahead(place.dataset.ahead, prepare, () => (!isBusy && shown && slotOf(shown) ? shown : null));
  let shown, shownAt, isBusy = false;

  const formOf = (item) => item.desk.querySelector("form");
  const isOld = () => performance.now() - shownAt >= TOO_SOON;
  const isReady = () => !isBusy && slotOf(shown) && isOld();

  // ---- one item on the screen: {bar, desk, lease, draft, correction}

  function prepare(item) {
    if (!slotOf(item) || item.lease) return item;
    item.lease = new reviewapp.Lease(item.desk, item.bar, (text) => lost(item, text));
    item.correction = reviewapp.correctionOf(item.desk, () => item === shown);
    item.draft = new reviewapp.Draft(item.desk, {
      state: (name) => {
        if (name === "saved") item.isInConflict = false;
        if (item === shown) drawDraftState(name, item.draft.savedAt);
      },
      lost: (text) => item.lease.lose(text),
      conflict: (html) => reviewapp.inConflict(item, html),
      offline: (isOffline) => tellConnection(isOffline ? "offline" : ""),
      signedOut: () => tellConnection("signed-out"),
    });
    item.desk.addEventListener("input", () => clearSaid(item));
    return item;
  }

  function show(item) {
    document.querySelector(".item-bar").replaceWith(item.bar);
    place.querySelector(".desk").replaceWith(item.desk);
    shown = prepare(item);
    reviewapp.prepareQuestions(item.desk);
    item.desk.dispatchEvent(new Event("shown", { bubbles: true }));
    shownAt = performance.now();
    item.desk.removeAttribute("aria-busy");
    drawDraftState(item.draft?.savedAt ? "saved" : "", item.draft?.savedAt);
    if (!slotOf(item)) return;
    item.lease.draw();
    item.desk.querySelector(".read").focus({ preventScroll: true });
    if (item.lease.total < SHORT) item.lease.renew({ now: true });
  }

  // ---- deciding

  // A decision by key. Approve submits when nothing else is needed; the others lead on.
  function decide(radio) {
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    if (radio.value === "correct") {
      shown.desk.querySelector(".veil")?.setAttribute("open", ""); // else one would type unseen
      return shown.correction.begin();
    }
    const form = formOf(shown);
    if (radio.value === "escalate") return moveTo(form.elements.note);
    const lack = reviewapp.missing(form, shown.correction);
    if (!lack && radio.value === "approve") return submit();
    if (lack && radio.value === "approve") tell(shown, lack.text, { bad: false });
    moveTo(lack?.stop ?? form.querySelector("[data-stop=reasons], [data-stop=note]"));
  }

  function submit() {
    const lack = reviewapp.missing(formOf(shown), shown.correction);
    if (!lack) return leave(shown, shown.desk.dataset.submit, reviewapp.dataOf(formOf(shown)));
    tell(shown, lack.text);
    moveTo(lack.stop);
  }

  async function skip(item, reason) {
    const claim = reviewapp.claimOf(formOf(item));
    claim.append("reason", reason);
    await item.draft.save();
    await leave(item, item.desk.dataset.skip, claim, say(reason.startsWith("later") ? "kept-for-later" : "skipped"));
  }

  // Send an item off and show the next one meanwhile. done: what is said of it, where the server says nothing.
  async function leave(item, url, data, done) {
    if (isBusy) return;
    isBusy = true;
    reviewapp.clearTold();
    item.draft.stop();
    for (const slot of ahead.slots) data.append("shown", slot);
    if (ahead.slots.length > 1) data.append("next", "no");
    const next = ahead.take();
    if (next) show(next);
    else item.desk.setAttribute("aria-busy", "true");
    try {
      await item.draft.saving; // a draft that arrived after the review would stay behind
      item.draft.stamp(data);
      await settle(item, next, await post(url, data, { keepalive: true }), done);
      tellConnection("");
    } catch {
      bringBack(item, next);
      tell(item, say("failed"));
      tellConnection("offline");
    }
    isBusy = false;
    ahead.fetch();
  }

  async function settle(item, next, answer, done) {
    const found = parse(await answer.text());
    if (answer.ok) {
      if (found.toast) {
        reviewapp.toast(found.toast);
        reviewapp.countDone(1);
      } else if (done) reviewapp.toastText(done); // nor does the one before offer its undo any more
      if (found.told) reviewapp.showTold(found.told);
      if (!next) show(found);
      else if (slotOf(found) !== slotOf(shown)) ahead.putLast(found);
    } else if (answer.status === 422 && slotOf(found)) {
      bringBack(prepare(found), next);
      if (next) reviewapp.toastText(say("not-accepted"));
    } else if (found.isChoice) bringBack(item, next); // its draft is refused too, and says what to do
    else refused(item, next, answer.status, found.refusal);
  }

  function refused(item, next, status, text) {
    // After a 409 the server has just kept this text itself: no other window did.
    if (status === 409) formOf(item).elements.revision.disabled = true;
    bringBack(item, next);
    if (status === 409) item.lease.lose(text);
    else tell(item, status === 401 ? say("signed-out") : (text ?? say("failed")));
  }

  function bringBack(item, next) {
    if (next) ahead.putFirst(next);
    show(item);
    item.draft.resume();
  }

  // ---- undo, and a lease that was lost

  // Runs alone: no key decides meanwhile.
  async function alone(work) {
    if (isBusy) return;
    isBusy = true;
    try {
      await work();
    } catch {
      tellConnection("offline");
    }
    isBusy = false;
    ahead.fetch();
  }

  const undo = (form) =>
    alone(async () => {
      const current = shown;
      await current.draft?.save();
      const answer = await post(form.action, new FormData(form));
      const found = parse(await answer.text());
      reviewapp.toastText(answer.ok ? say("undone") : (found.refusal ?? say("failed")));
      if (!answer.ok) return;
      ahead.putFirst(current);
      reviewapp.countDone(-1);
      show(found);
    });

  const claimAgain = (item) =>
    alone(async () => {
      await item.draft.save(); // kept by the server although the lease has ended
      const beside = ahead.slots.map((slot) => `beside=${slot}`).join("&");
      const answer = await reviewapp.get(`${place.dataset.page}?${beside}`);
      if (answer.ok) show(parse(await answer.text()));
    });

  function lost(item, text) {
    const again = reviewapp.made("button", { className: "btn", type: "button" });
    const { againKey } = document.body.dataset;
    again.dataset.key = againKey;
    again.append(say("again"), reviewapp.made("kbd", { textContent: againKey.toUpperCase() }));
    again.addEventListener("click", () => claimAgain(item));
    tell(item, text || say("lost"), { action: again });
    item.lease.draw();
  }

  // ---- keys, clicks, posts

  // What sends an item off waits for the answer to the one before, and until the item could be seen; a digit
  // waits for the latter. What leads into the item acts at once: else the keys after it would be commands.
  const isSending = (element) => element.matches("#submit, [name=decision][value=approve]") || element.closest("[data-undo]") !== null;
  const isFast = (element) => element.closest("dialog, [data-opens]") !== null || !(isSending(element) || element.dataset.digit);
  reviewapp.guards.push((element) => isFast(element) || (isOld() && !(isBusy && isSending(element))));

  document.addEventListener("key", (event) => {
    const element = event.target;
    if (element.name !== "decision" && element.id !== "submit") return;
    event.preventDefault();
    if (isSending(element) ? !isReady() : !slotOf(shown)) return;
    if (element.id === "submit") submit();
    else decide(element);
  });

  // A press on Correct or Escalate leads on as its key does; moving through the choices by arrows does not.
  let isPressed = false;
  document.addEventListener("pointerdown", ({ target }) => (isPressed = target.closest("label.decision") !== null));
  document.addEventListener("keydown", () => (isPressed = false));
  document.addEventListener("change", ({ target }) => {
    if (isPressed && target.name === "decision" && ["correct", "escalate"].includes(target.value)) decide(target);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.move) reviewapp.step(formOf(shown), Number(button.dataset.move));
    if (button?.matches("[data-invisible]")) reviewapp.toggleAllInvisible(shown.desk);
    if (button?.matches("[data-restore]")) shown.correction.restore();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || !form.matches("#review-form, #skip-form, [data-undo]")) return;
    event.preventDefault();
    if (form.id === "skip-form") {
      if (isBusy) return; // it stays open until the answer to the item before is there
      form.closest("dialog").close();
      skip(shown, event.submitter.value);
    } else if (form.id !== "review-form") undo(form);
    else if (isReady()) submit();
  });

  document.addEventListener("leave-field", (event) => {
    if (!shown.desk.contains(event.target)) return;
    event.preventDefault();
    moveTo(reviewapp.besideField(formOf(shown), event.target));
  });

  // ---- the clock

  setInterval(() => {
    shown.lease?.draw();
    if (shown.draft?.isSaved) drawDraftState("saved", shown.draft.savedAt);
  }, 1000);
  setInterval(() => shown.lease?.renew(), reviewapp.LOOK_EVERY);

  show({ bar: document.querySelector(".item-bar"), desk: place.querySelector(".desk") });
  reviewapp.watchLeaving({ shown: () => shown, isBusy: () => isBusy, ahead, show, address: place.dataset.page });
  const already = document.querySelector(".toast");
  if (already) reviewapp.toast(already);
  ahead.fetch();
}
