"use strict";
// What the page says to the person: beside the form, as a toast, in the bar, at the foot. All sentences are
// in the page (templates/review/_sentences.html), so that they are translated with it.
window.reviewapp ??= {};
{
  const sentences = document.getElementById("sentences").content;
  const say = (name, number) => sentences.querySelector(`[data-say="${name}"]`).textContent.replace("%s", number);
  const made = (tag, fields) => Object.assign(document.createElement(tag), fields);
  reviewapp.say = say;
  reviewapp.made = made;

  // A sentence beside the form of an item, with a button if something can be done about it.
  reviewapp.tell = (item, text, { bad = true, action } = {}) => {
    const box = item.desk.querySelector(".said");
    const notice = made("div", { className: `notice ${bad ? "bad" : ""}` });
    notice.append(made("div", { className: "grow", textContent: text }));
    if (action) notice.append(action);
    box.replaceChildren(notice);
    box.scrollIntoView({ block: "nearest" });
  };

  // The sentence goes with the next key, unless what it says still holds.
  reviewapp.clearSaid = (item) => {
    if (!item.lease?.isLost && !item.isInConflict) item.desk.querySelector(".said").replaceChildren();
  };

  reviewapp.toast = (element) => {
    document.getElementById("toasts").replaceChildren(element);
    setTimeout(() => element.remove(), 1000 * element.dataset.seconds);
  };

  reviewapp.toastText = (text) => {
    const element = made("div", { className: "toast", textContent: text });
    element.dataset.seconds = 6;
    reviewapp.toast(element);
  };

  // Once, when the lease of the item on the screen is about to end: its countdown is not read out.
  reviewapp.tellLease = (isEnding) => {
    const told = document.getElementById("lease-told");
    const words = isEnding ? say("ending") : "";
    if (told.textContent !== words) told.textContent = words;
  };

  // name: a sentence, or "" to hide the bar.
  reviewapp.tellConnection = (name) => {
    const bar = document.getElementById("offline");
    bar.hidden = !name;
    if (name) bar.querySelector(".grow").textContent = say(name);
  };

  // Seen, it counts the seconds; said, it is said once for an item: a live region that changes every second
  // would talk over everything else.
  reviewapp.drawDraftState = (name, savedAt) => {
    const box = document.getElementById("draft-state");
    const told = document.getElementById("draft-told");
    const words = { saved: say("saved-now"), "": "" }[name] ?? told.textContent;
    if (told.textContent !== words) told.textContent = words;
    const seconds = Math.round((performance.now() - savedAt) / 1000);
    if (name !== "saved") box.textContent = name && say(name);
    else if (seconds < 1) box.textContent = say("saved-now");
    else box.textContent = seconds < 90 ? say("saved", seconds) : say("saved-minutes", Math.round(seconds / 60));
  };

  reviewapp.countDone = (step) => {
    const number = document.querySelector("[data-done-today] b");
    number.textContent = Number(number.textContent) + step;
  };
}
