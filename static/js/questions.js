"use strict";
// The questions of a form: which are asked as things stand, "unsure" and "none" as answers of their own, and
// keys into fields. Everything is delegated, so that items that are put on the screen later need no set-up
// but `reviewapp.prepareQuestions`.
window.reviewapp ??= {};
{
  const CHECKS = "[type=radio], [type=checkbox]";
  const controlsOf = (stop) => [...stop.querySelectorAll("[name^='answer.']")];
  const isOn = (control) => (control.matches(CHECKS) ? control.checked : control.value.trim() !== "");
  const stopOf = (element) => element.closest?.(".question");

  // What a question is answered with now, as the strings that are posted.
  const valuesOf = (stop) => controlsOf(stop).filter(isOn).map((control) => control.value.trim());

  reviewapp.isAsked = (stop) => !stop.dataset.askedWhen || "asked" in stop.dataset;
  reviewapp.isAnswered = (stop) => controlsOf(stop).some(isOn);

  // ---- which questions are asked

  const isSame = (value, wanted) => value === String(wanted) || (typeof wanted === "number" && value !== "" && Number(value) === wanted);

  function holds(when, decision, before) {
    if (when.decision) return when.decision.includes(decision);
    const earlier = before.get(when.question);
    return earlier !== undefined && valuesOf(earlier).some((value) => when.any_of.some((wanted) => isSame(value, wanted)));
  }

  // In their order: a question depends only on earlier ones that are themselves asked.
  function drawAsked(form) {
    const decision = form.elements.decision?.value ?? "";
    const asked = new Map();
    for (const stop of form.querySelectorAll(".question")) {
      const isAsked = !stop.dataset.askedWhen || holds(JSON.parse(stop.dataset.askedWhen), decision, asked);
      if (stop.dataset.askedWhen) stop.toggleAttribute("data-asked", isAsked);
      if (isAsked) asked.set(stop.dataset.stop, stop);
    }
  }

  // What is submitted: without answers to questions that are not asked, which stay on the screen and in the
  // draft; and where "unsure" was chosen, without what was typed beside it.
  reviewapp.dataOf = (form) => {
    const data = new FormData(form);
    for (const stop of form.querySelectorAll(".question")) {
      const name = controlsOf(stop)[0]?.name;
      const unsure = stop.querySelector("[data-unsure]:checked");
      if (name && !reviewapp.isAsked(stop)) data.delete(name);
      else if (unsure) data.set(name, unsure.value);
    }
    return data;
  };

  // ---- "unsure" and "none" exclude the rest

  function exclude(changed) {
    const stop = stopOf(changed);
    if (!stop || !changed.name?.startsWith("answer.") || !isOn(changed)) return;
    const isAlone = changed.matches("[data-unsure], [data-none]");
    for (const other of controlsOf(stop)) {
      if (other === changed || !other.matches(CHECKS)) continue;
      if (isAlone || other.matches("[data-unsure], [data-none]")) other.checked = false;
    }
  }

  document.addEventListener("input", (event) => {
    exclude(event.target);
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.querySelector("[data-asked-when]")) drawAsked(form);
  });

  // ---- keys

  reviewapp.enterField = (stop) => {
    const field = [...(stop?.querySelectorAll("[data-field]") ?? [])].find((one) => !one.disabled);
    if (field) reviewapp.moveTo(field);
    return Boolean(field);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches?.(".question")) return;
    if (reviewapp.enterField(event.target)) event.preventDefault();
  });

  // U and N: "unsure" and "none", in the question in focus.
  document.addEventListener("click", (event) => {
    const which = event.target.closest("[data-unsure-here]") ? "unsure" : event.target.closest("[data-none-here]") && "none";
    if (which) stopOf(document.activeElement)?.querySelector(`[data-${which}]:not(:disabled)`)?.click();
  });

  reviewapp.prepareQuestions = (root) => {
    root.querySelectorAll("form").forEach((form) => form.querySelector(".question") && drawAsked(form));
    root.querySelectorAll("[data-order]").forEach(reviewapp.prepareRanking);
    root.querySelectorAll("[data-marked]").forEach(reviewapp.drawMarks);
  };
  addEventListener("DOMContentLoaded", () => reviewapp.prepareQuestions(document));
}
