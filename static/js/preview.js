"use strict";
// A form that is tried out: nothing of it is sent, and which questions are asked is drawn when it comes anew.
document.addEventListener("submit", (event) => event.target.matches("[data-preview]") && event.preventDefault());
document.addEventListener("htmx:load", (event) => {
  const { elt } = event.detail;
  if (["preview", "builder"].includes(elt.id)) window.reviewapp.prepareQuestions(elt);
});
document.addEventListener("focus-on", (event) => {
  const found = document.getElementById(event.detail.id);
  const other = found?.disabled ? found.closest("details").querySelector("summary") : found;
  other?.focus();
});
