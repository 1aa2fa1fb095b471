"use strict";
// The form of an item: what it still lacks, and moving through it by key.
window.reviewapp ??= {};
{
  reviewapp.moveTo = (element) => {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  };

  reviewapp.veilOf = (form) => form.closest(".desk").querySelector(".veil");

  // What was hidden has been looked at once it was unfolded; the form says so from then on.
  function unfolded(veil) {
    const desk = veil.closest(".desk");
    const { unveiled } = desk.querySelector("form").elements;
    unveiled.disabled = false;
    // What says that this is still hidden goes.
    desk.querySelector("#unveiled-fault")?.remove();
    const said = desk.querySelector(".said");
    if (said.textContent.trim() === unveiled.dataset.missing) said.replaceChildren();
  }
  document.addEventListener("toggle", ({ target }) => target.matches?.(".veil") && target.open && unfolded(target), true);

  // What is missing before the chosen decision can be submitted: where, and a sentence; null when nothing is.
  // The server checks the same and more; this only spares the way there.
  reviewapp.missing = (form, correction) => {
    const half = reviewapp.halfMarked?.(form);
    if (half) return half;
    const decision = form.elements.decision.value;
    if (!decision) return { stop: form.querySelector("[data-stop=decision]"), text: reviewapp.say("decide") };
    const unveiled = form.elements.unveiled;
    const veil = reviewapp.veilOf(form);
    if (veil?.open) unfolded(veil); // the browser tells of it a moment later
    if (unveiled?.disabled && (decision === "approve" || decision === "correct"))
      return { stop: veil.querySelector("summary"), text: unveiled.dataset.missing };
    if (decision === "correct" && (correction.isEmpty || !correction.isChanged))
      return { stop: correction.editor, text: reviewapp.say("unchanged") };
    const reasons = form.querySelector("[data-not-with-approve]");
    if (decision === "approve" && reasons?.querySelector(":checked"))
      return { stop: reasons, text: reasons.dataset.notWithApprove };
    for (const stop of form.querySelectorAll("[data-required-for]")) {
      const isQuestion = stop.matches(".question");
      if (isQuestion && !reviewapp.isAsked(stop)) continue;
      const isNote = stop.dataset.stop === "note";
      const needsNote = isNote && form.querySelector("[data-needs-note]:checked");
      const isNeeded = needsNote || stop.dataset.requiredFor.split(" ").includes(decision);
      const isGiven = isNote ? form.elements.note.value.trim() : isQuestion ? reviewapp.isAnswered(stop) : stop.querySelector(":checked");
      if (isNeeded && !isGiven) return { stop: isNote ? form.elements.note : stop, text: isNote && decision === "escalate" ? stop.dataset.missingQuestion : stop.dataset.missing };
    }
    return null;
  };

  // From question to question; step 1 or -1.
  reviewapp.step = (form, step) => {
    const stops = [...form.querySelectorAll("[data-stop]")].filter((stop) => stop.getClientRects().length > 0);
    const here = stops.indexOf(document.activeElement.closest("[data-stop]"));
    reviewapp.moveTo(stops[Math.min(stops.length - 1, Math.max(0, here + step))]);
  };

  // Where letters and digits act again after a field was left.
  reviewapp.besideField = (form, field) =>
    field.closest("[data-stop]") ?? form.querySelector("[data-stop=reasons]") ?? form.querySelector("[data-stop]");

  // A digit belongs to the question in focus, else to the reasons. In a question with a field it is typed there.
  reviewapp.digit = (name) => {
    const question = document.activeElement.closest(".question");
    const stop = question ?? document.activeElement.closest("[data-digits]") ?? document.querySelector("[data-digits]");
    const found = stop?.querySelector(`[data-digit="${name}"]`);
    if (!found && question?.matches(":focus")) reviewapp.enterField(question);
    return found;
  };
}
