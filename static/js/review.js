"use strict";
// The review screen. The next item is fetched ahead and held; a submit shows it at once while the POST
// runs, and brings the old one back, text intact, when the POST fails.
{
  const TOO_SOON = 500; // ms: an item shown for less is not decided on
  const AHEAD_EVERY = 90_000; // ms: the short lease of a held item is renewed before it ends
  const place = document.getElementById("review");
  const toasts = document.getElementById("toasts");
  const held = []; // items rendered ahead, the next one first
  let shown, shownAt, isBusy = false;

  const sentences = document.getElementById("sentences").content;
  const say = (name, number) => sentences.querySelector(`[data-say="${name}"]`).textContent.replace("%s", number);
  const slotOf = (item) => item.desk.dataset.slot;
  const formOf = (item) => item.desk.querySelector("form");

  reviewapp.post = (url, data, { keepalive = false } = {}) =>
    fetch(url, { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, keepalive });

  // Parsed as a document of its own: nothing in it runs or loads.
  reviewapp.parse = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html");
    const take = (selector) => document.adoptNode(found.querySelector(selector) ?? document.createElement("i"));
    return {
      bar: take(".item-bar"),
      desk: take(".desk"),
      toast: found.querySelector(".toast") && take(".toast"),
      refusal: found.querySelector("[data-refusal]")?.textContent,
    };
  };

  // ---- one item on the screen

  function prepare(item) {
    if (!slotOf(item) || item.lease) return item;
    item.lease = new reviewapp.Lease(item.desk, item.bar, (text) => lost(item, text));
    item.draft = new reviewapp.Draft(item.desk, {
      state: (name) => {
        if (name === "saved") item.isInConflict = false;
        if (item === shown) drawDraftState(name);
      },
      lost: (text) => item.lease.lose(text),
      conflict: (html) => (item.isChoosing ? showVersions(item, html) : tellConflict(item)),
      offline: (isOffline) => tellOffline(isOffline && "offline"),
      signedOut: () => tellOffline("signed-out"),
    });
    item.output = item.desk.querySelector("[data-output]").textContent.replace(/\r\n?/g, "\n");
    item.editor = item.desk.querySelector("[name=corrected_text]");
    item.desk.addEventListener("input", () => clearSaid(item));
    item.editor.addEventListener("input", () => compareSoon(item));
    compare(item);
    return item;
  }

  function show(item) {
    document.querySelector(".item-bar").replaceWith(item.bar);
    place.querySelector(".desk").replaceWith(item.desk);
    shown = item;
    shownAt = performance.now();
    item.desk.removeAttribute("aria-busy");
    if (!slotOf(item)) return;
    item.editor ?? prepare(item);
    item.lease.draw();
    drawDraftState(item.draft.savedAt ? "saved" : "");
    item.desk.querySelector(".read").focus({ preventScroll: true });
    if (item.lease.total < 150) item.lease.renew({ now: true });
  }

  function tell(item, text, { bad = true, action } = {}) {
    const box = item.desk.querySelector(".said");
    const notice = Object.assign(document.createElement("div"), { className: `notice ${bad ? "bad" : ""}` });
    notice.append(Object.assign(document.createElement("div"), { className: "grow", textContent: text }));
    if (action) notice.append(action);
    box.replaceChildren(notice);
    box.scrollIntoView({ block: "nearest" });
  }

  const clearSaid = (item) => item.lease?.isLost || item.isInConflict || item.desk.querySelector(".said").replaceChildren();

  function drawDraftState(name) {
    const box = document.getElementById("draft-state");
    if (name !== "saved") return (box.textContent = name && say(name));
    const seconds = Math.round((performance.now() - shown.draft.savedAt) / 1000);
    if (seconds < 1) box.textContent = say("saved-now");
    else box.textContent = seconds < 90 ? say("saved", seconds) : say("saved-minutes", Math.round(seconds / 60));
  }

  function countDone(step) {
    const number = document.querySelector("[data-done-today] b");
    number.textContent = Number(number.textContent) + step;
  }

  function tellOffline(name) {
    const bar = document.getElementById("offline");
    bar.hidden = !name;
    if (name) bar.querySelector(".grow").textContent = say(name);
  }

  // ---- the correction and its diff

  function compareSoon(item) {
    clearTimeout(item.comparing);
    const isLong = item.output.length + item.editor.value.length > 60_000;
    if (isLong) item.desk.querySelector("[data-changes]").textContent = say("too-long");
    item.comparing = setTimeout(() => compare(item), isLong ? 600 : 80);
  }

  function compare(item) {
    const isChanged = item.editor.value !== item.output;
    item.desk.querySelector(".edit").classList.toggle("changed", isChanged);
    item.desk.querySelector(".changes").hidden = !isChanged;
    const parts = isChanged ? reviewapp.diff(item.output, item.editor.value) : [];
    if (isChanged) reviewapp.drawDiff(item.desk.querySelector(".diff"), parts);
    const words = (kind) => parts.reduce((n, part) => n + (part.kind === kind ? reviewapp.countWords(part.text) : 0), 0);
    const changed = Math.max(words("del"), words("ins"));
    item.desk.querySelector("[data-changes]").textContent = isChanged ? say("changes", changed) : say("no-change");
  }

  // ---- deciding

  const decisionOf = (form) => form.elements.decision.value;

  // What the form still needs before this decision can be submitted: an element and a sentence, or null.
  function missing(item) {
    const form = formOf(item);
    const decision = decisionOf(form);
    if (!decision) return { stop: form.querySelector("[data-stop=decision]"), text: say("decide") };
    if (decision === "correct" && (!item.editor.value.trim() || item.editor.value === item.output))
      return { stop: item.editor, text: say("unchanged") };
    for (const stop of form.querySelectorAll("[data-required-for]")) {
      const isNote = stop.dataset.stop === "note";
      const isNeeded = stop.dataset.requiredFor.split(" ").includes(decision) || (isNote && form.querySelector("[data-needs-note]:checked"));
      const isGiven = isNote ? form.elements.note.value.trim() : stop.querySelector(":checked");
      if (isNeeded && !isGiven) return { stop: isNote ? form.elements.note : stop, text: stop.dataset.missing };
    }
    return null;
  }

  function moveTo(element) {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }

  // A decision by key. Approve submits when nothing else is needed; the others lead on.
  function decide(radio) {
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    if (radio.value === "correct") {
      shown.desk.querySelector(".output").scrollIntoView({ block: "start" }); // both texts in view
      moveTo(shown.editor);
      shown.editor.setSelectionRange(0, 0);
      return;
    }
    const lack = missing(shown);
    if (!lack && radio.value === "approve") return submit();
    if (lack && radio.value === "approve") tell(shown, lack.text, { bad: false });
    moveTo(lack?.stop ?? formOf(shown).querySelector("[data-stop=reasons], [data-stop=note]"));
  }

  function submit() {
    const item = shown;
    const lack = missing(item);
    if (lack) {
      tell(item, lack.text);
      return moveTo(lack.stop);
    }
    leave(item, item.desk.dataset.submit, new FormData(formOf(item)));
  }

  const isReady = () => !isBusy && shown && slotOf(shown) && performance.now() - shownAt >= TOO_SOON;

  // Send an item off and show the next one meanwhile.
  async function leave(item, url, data) {
    if (isBusy) return;
    isBusy = true;
    item.draft.stop();
    for (const other of held) data.append("shown", slotOf(other));
    if (held.length > 1) data.append("next", "no");
    const next = held[0]?.lease.secondsLeft > 3 ? held.shift() : null;
    if (next) show(next);
    else item.desk.setAttribute("aria-busy", "true");
    try {
      await item.draft.saving;
      await settle(item, next, await reviewapp.post(url, data));
      tellOffline(false);
    } catch (error) {
      bringBack(item, next);
      tell(item, say("failed"));
      tellOffline("offline");
    }
    isBusy = false;
    fetchAhead();
  }

  async function settle(item, next, answer) {
    if (answer.status === 401) {
      bringBack(item, next);
      return tell(item, say("signed-out"));
    }
    const found = reviewapp.parse(await answer.text());
    if (answer.ok) {
      if (found.toast) {
        toast(found.toast);
        countDone(1);
      }
      if (!next) show(prepare(found));
      else if (slotOf(found) && slotOf(found) !== slotOf(shown)) held.push(prepare(found));
    } else if (answer.status === 422 && slotOf(found)) {
      bringBack(prepare(found), next);
      if (next) toast(plainToast(say("not-accepted")));
      moveTo(formOf(found).querySelector(".said"));
    } else {
      bringBack(item, next);
      if (answer.status === 409) {
        formOf(item).elements.revision.value = ""; // the server has just kept this text: no other window did
        item.lease.lose(found.refusal);
      } else tell(item, found.refusal ?? say("failed"));
    }
  }

  function bringBack(item, next) {
    if (next) held.unshift(next);
    show(item);
    item.draft?.resume();
  }

  // ---- the item after this one

  async function fetchAhead() {
    clearTimeout(fetchAhead.timer);
    if (isBusy || !shown || !slotOf(shown)) return;
    fetchAhead.timer = setTimeout(fetchAhead, AHEAD_EVERY);
    if (held.length && held[0].lease.secondsLeft > 60) return;
    if (!reviewapp.isInUse()) return;
    const current = shown;
    try {
      const answer = await fetch(`${place.dataset.ahead}?beside=${slotOf(current)}`, { headers: { "HX-Request": "true" } });
      if (answer.status !== 200 || isBusy || shown !== current) return;
      const item = prepare(reviewapp.parse(await answer.text()));
      const same = held.findIndex((other) => slotOf(other) === slotOf(item));
      if (same >= 0) held[same].lease.begin(item.lease.secondsLeft);
      else held.splice(0, held.length, item);
    } catch {
      // No connection: the submit will ask for the next item itself.
    }
  }

  const giveBack = (item) => {
    const form = formOf(item);
    const data = new URLSearchParams({ token: form.elements.token.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    return reviewapp.post(item.desk.dataset.giveBack, data, { keepalive: true }).catch(() => null);
  };

  // ---- lease lost, two windows, undo, skip

  function lost(item, text) {
    const again = Object.assign(document.createElement("button"), { className: "btn", type: "button" });
    again.dataset.key = "l";
    again.append(say("again"), Object.assign(document.createElement("kbd"), { textContent: "L" }));
    again.addEventListener("click", () => claimAgain(item));
    tell(item, text || say("lost"), { action: again });
    item.lease.draw();
  }

  async function claimAgain(item) {
    if (isBusy) return;
    isBusy = true;
    try {
      await item.draft.save(); // kept by the server although the lease has ended
      const beside = held.map((other) => `beside=${slotOf(other)}`).join("&");
      const answer = await fetch(`${place.dataset.page}?${beside}`, { headers: { "HX-Request": "true" } });
      if (answer.ok) show(prepare(reviewapp.parse(await answer.text())));
    } catch {
      tellOffline("offline");
    }
    isBusy = false;
  }

  // Another window saved a newer draft: said beside the form, for a dialog would swallow what is being typed.
  function tellConflict(item) {
    item.isInConflict = true;
    item.draft.stop();
    const compare = Object.assign(document.createElement("button"), { className: "btn", type: "button" });
    compare.append(say("compare"));
    compare.addEventListener("click", async () => {
      item.isChoosing = true;
      await item.draft.resume(); // refused again, with both versions as they are now
      item.isChoosing = false;
    });
    tell(item, say("conflict"), { action: compare });
  }

  function showVersions(item, html) {
    const dialog = document.getElementById("draft-conflict");
    const found = new DOMParser().parseFromString(html, "text/html");
    dialog.replaceChildren(...[...found.body.children].map((child) => document.adoptNode(child)));
    item.draft.stop();
    dialog.onclick = (event) => {
      const choice = event.target.closest("[data-choose]");
      if (!choice) return;
      dialog.close();
      if (choice.dataset.choose === "theirs") return location.reload();
      formOf(item).elements.revision.value = choice.dataset.revision;
      item.isInConflict = false;
      clearSaid(item);
      item.draft.resume();
    };
    dialog.showModal();
  }

  const plainToast = (text) => {
    const element = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
    element.dataset.seconds = 6;
    return element;
  };

  function toast(element) {
    toasts.replaceChildren(element);
    setTimeout(() => element.remove(), 1000 * element.dataset.seconds);
  }

  async function undo(form) {
    if (isBusy) return;
    isBusy = true;
    const current = shown;
    try {
      await current.draft?.save();
      const answer = await reviewapp.post(form.action, new FormData(form));
      const found = reviewapp.parse(await answer.text());
      toast(plainToast(answer.ok ? say("undone") : found.refusal ?? say("failed")));
      if (answer.ok) {
        if (slotOf(current)) held.unshift(current);
        while (held.length > 2) giveBack(held.pop());
        countDone(-1);
        show(prepare(found));
      }
    } catch {
      tellOffline("offline");
    }
    isBusy = false;
  }

  // ---- keys and clicks

  reviewapp.guards.push((element) => (element.closest("dialog, [data-opens]") ? true : !isBusy && performance.now() - shownAt >= TOO_SOON));

  // A digit belongs to the question in focus, else to the reasons.
  reviewapp.digit = (name) => {
    const stop = document.activeElement.closest("[data-digits]") ?? place.querySelector("[data-digits]");
    return stop?.querySelector(`[data-digit="${name}"]`);
  };

  function move(step) {
    const stops = [...formOf(shown).querySelectorAll("[data-stop]")];
    const here = stops.indexOf(document.activeElement.closest("[data-stop]"));
    const next = stops[Math.min(stops.length - 1, Math.max(0, here + step))];
    moveTo(next);
  }

  document.addEventListener("key", (event) => {
    const element = event.target;
    if (element.name === "decision" || element.id === "submit") event.preventDefault();
    if (element.name === "decision" && isReady()) decide(element);
    if (element.id === "submit" && isReady()) submit();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.move) move(Number(button.dataset.move));
    if (button?.matches("[data-invisible]")) reviewapp.toggleInvisible(shown.desk.querySelector("[data-output]"), button);
    if (button?.matches("[data-restore]")) {
      shown.editor.focus();
      shown.editor.select();
      document.execCommand("insertText", false, shown.output); // so that Ctrl+Z brings the text back
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "review-form") {
      event.preventDefault();
      if (isReady()) submit();
    } else if (form.matches("[data-undo]")) {
      event.preventDefault();
      undo(form);
    } else if (form.id === "skip-form") {
      event.preventDefault();
      form.closest("dialog").close();
      const source = formOf(shown).elements;
      const data = new URLSearchParams({ token: source.token.value, csrfmiddlewaretoken: source.csrfmiddlewaretoken.value });
      data.append("reason", event.submitter.value);
      shown.draft.save().then(() => leave(shown, shown.desk.dataset.skip, data));
    }
  });

  // Out of a field, to where digits and letters act again.
  document.addEventListener("leave-field", (event) => {
    if (!shown?.desk.contains(event.target)) return;
    event.preventDefault();
    const form = formOf(shown);
    moveTo(event.target.closest("[data-stop]") ?? form.querySelector("[data-stop=reasons]") ?? form.querySelector("[data-stop]"));
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") shown?.draft?.save({ keepalive: true });
    else fetchAhead();
  });
  addEventListener("pagehide", () => {
    shown?.draft?.save({ keepalive: true });
    held.splice(0).forEach(giveBack);
  });
  addEventListener("online", () => shown?.draft?.save());
  addEventListener("offline", () => tellOffline("offline"));

  setInterval(() => {
    shown?.lease?.draw();
    if (shown?.draft?.savedAt && !shown.draft.isDirty && !shown.draft.isSaving) drawDraftState("saved");
  }, 1000);
  setInterval(() => shown?.lease?.renew(), reviewapp.LOOK_EVERY);

  document.documentElement.classList.add("js");
  show(prepare({ bar: document.querySelector(".item-bar"), desk: place.querySelector(".desk") }));
  const already = document.querySelector(".toast");
  if (already) toast(already);
  fetchAhead();
}
