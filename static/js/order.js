"use strict";
// A ranking by pressing the options in their order: each takes the next place, and gives it up when pressed
// again. The places themselves are the selects that are posted.
window.reviewapp ??= {};
{
  const placesOf = (order) => [...order.parentElement.querySelectorAll("[data-places] select")];

  function draw(order) {
    const ranked = placesOf(order).map((select) => select.value);
    for (const button of order.querySelectorAll("[data-value]")) {
      const place = ranked.indexOf(button.dataset.value) + 1;
      button.setAttribute("aria-pressed", String(place > 0));
      button.querySelector("[data-place]").textContent = place ? `#${place}` : "";
    }
  }

  function press(order, value) {
    const places = placesOf(order);
    const ranked = places.map((select) => select.value).filter(Boolean);
    const next = ranked.includes(value) ? ranked.filter((other) => other !== value) : [...ranked, value];
    places.forEach((select, n) => (select.value = next[n] ?? ""));
    draw(order);
    places[0].dispatchEvent(new Event("input", { bubbles: true }));
  }

  reviewapp.prepareRanking = (order) => {
    order.hidden = false;
    order.parentElement.querySelector("[data-places]").hidden = true;
    draw(order);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order] [data-value]");
    if (button) press(button.closest("[data-order]"), button.dataset.value);
  });
  // "Unsure" says that there is no order.
  document.addEventListener("input", (event) => {
    const order = event.target.matches("[data-unsure]:checked") && event.target.closest(".question")?.querySelector("[data-order]");
    if (!order) return;
    placesOf(order).forEach((select) => (select.value = ""));
    draw(order);
  });
}
