"use strict";
// Rows that can be ticked: one box at the head ticks them all, and a line says how many are. Without this
// script the box at the head stays hidden, and each row is ticked by itself.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  const boxes = () => [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]`)];
  const said = document.querySelector(`[data-ticked="${all.dataset.tickAll}"]`);

  function draw() {
    const n = boxes().filter((box) => box.checked).length;
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && !all.checked;
    if (said) said.textContent = n === 0 ? said.dataset.none : n === 1 ? said.dataset.one : said.dataset.many.replace("{n}", n);
  }

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    draw();
  });
  document.addEventListener("change", (event) => event.target.name === all.dataset.tickAll && draw());
  draw();
}
