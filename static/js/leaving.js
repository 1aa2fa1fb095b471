"use strict";
// Leaving the page and coming back to it: what is unsaved is sent, or asked about, and looked for again.
window.reviewapp ??= {};
{
  const LEFT_AT = "left-at"; // the slot on which something was being saved when its page was left; never a text
  const revisionOf = (item) => Number(item.desk.querySelector("form").elements.revision.value);
  const { slotOf, parse } = reviewapp;

  // screen: { shown(), isBusy(), ahead, show(item), address }
  reviewapp.watchLeaving = (screen) => {
    const draft = () => screen.shown().draft;
    const isTyped = () => draft().isUnsaved || draft().savedAt !== null;

    // The page may have been made while what was typed last was on its way: look again, unless more was typed.
    async function lookAgain() {
      for (const wait of [100, 1000]) {
        await new Promise((done) => setTimeout(done, wait));
        const before = screen.shown();
        if (screen.isBusy() || !slotOf(before) || isTyped()) return;
        const beside = screen.ahead.slots.map((slot) => `beside=${slot}`).join("&");
        const answer = await reviewapp.get(`${screen.address}?${beside}`).catch(() => null);
        const found = answer?.ok ? parse(await answer.text()) : null;
        if (!found || screen.shown() !== before || screen.isBusy() || slotOf(found) !== slotOf(before) || isTyped()) return;
        if (revisionOf(found) > revisionOf(before)) return screen.show(found);
      }
    }

    // Earlier than "pagehide", so that a page that is asked for now is made with what was typed last, where it
    // can be. What cannot be sent is asked about.
    addEventListener("beforeunload", (event) => {
      if (!draft()?.isUnsaved) return;
      sessionStorage.setItem(LEFT_AT, slotOf(screen.shown()));
      if (draft().isAtRisk) event.preventDefault();
      draft().save({ keepalive: true });
    });
    addEventListener("pagehide", () => {
      draft()?.save({ keepalive: true });
      screen.ahead.giveAllBack();
    });
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") draft()?.save({ keepalive: true });
      else screen.ahead.fetch();
    });
    addEventListener("offline", () => reviewapp.tellConnection("offline"));
    addEventListener("online", () => {
      reviewapp.tellConnection("");
      draft()?.save();
    });

    if (sessionStorage.getItem(LEFT_AT) === slotOf(screen.shown())) lookAgain();
    sessionStorage.removeItem(LEFT_AT);
  };
}
