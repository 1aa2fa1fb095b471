"use strict";
// The adjudication desk: a digit picks the answer that holds, or answers a question of a verdict of one's
// own; the next dispute comes without a page load (the form's hx attributes), and the reader starts at its top.
{
  const openQuestions = () =>
    [...document.querySelectorAll(".third .question[data-digits]")].filter((one) => reviewapp.isAsked(one) && !reviewapp.isAnswered(one));
  const isWritten = () => Boolean(document.querySelector("input[name=source][value=written]:checked"));

  // The question in focus, else the first that is open. While there is an answer to pick instead, only
  // once the focus has left the choice of whose answer holds.
  function questionNow() {
    const focused = document.activeElement;
    const isPicking = focused?.closest(".holds") && document.querySelector("input[name=source]:not([value=written])");
    if (!isWritten() || isPicking) return null;
    return focused?.closest(".third .question") ?? openQuestions()[0] ?? null;
  }

  reviewapp.digit = (name) => {
    const question = questionNow();
    if (question) return question.querySelector(`[data-digit="${name}"]:not(:disabled)`);
    return document.querySelectorAll("input[name=source]:not([value=written])")[Number(name) - 1];
  };

  // One of several leads on to the next open question; where several may be chosen, the focus stays.
  document.addEventListener("key", (event) => {
    const question = event.target.closest?.(".third .question");
    if (!question || !event.target.matches("[data-digit]")) return;
    const isOne = event.target.type === "radio";
    setTimeout(() => ((isOne && openQuestions()[0]) || question).focus());
  });
}
document.addEventListener("key", (event) => {
  if (event.target.matches("#verdict-why")) {
    event.preventDefault();
    event.target.focus();
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  const main = document.getElementById("main");
  if (main?.querySelector(".question")) reviewapp.prepareQuestions?.(main);
  if (main?.querySelector("[role=alert]")) main.querySelector("[role=alert]").scrollIntoView({ block: "center" });
  else if (event.detail.requestConfig?.verb === "post") main?.focus({ preventScroll: true });
});
// Who unfolds the hidden text has looked at it, and need not say so; "toggle" does not bubble.
document.addEventListener("toggle", (event) => {
  const unveiled = document.querySelector("input[name=unveiled]");
  if (unveiled && event.target.matches?.(".veiled") && event.target.open) unveiled.checked = true;
}, true);
