"use strict";
// The adjudication desk: a digit picks the answer that holds; the next dispute comes without a page load
// (the form's hx attributes), and the reader starts at its top.
reviewapp.digit = (name) => document.querySelectorAll("input[name=source]:not([value=written])")[Number(name) - 1];
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
