"use strict";
// What a person is told of a check after its submit. It takes no focus: the next item is already there.
window.reviewapp ??= {};
{
  const place = document.getElementById("told");

  reviewapp.showTold = (element) => place.replaceChildren(element);
  reviewapp.clearTold = () => place.replaceChildren();

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-told]")) return;
    reviewapp.clearTold();
    document.querySelector(".desk .read")?.focus({ preventScroll: true });
  });
}
