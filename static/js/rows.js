"use strict";
// Keys lead through the rows of a page's lists: the focus goes to a row's main link, or to what else it offers.
{
  const { isSeen } = reviewapp.keys;
  const MAIN = ["th a[href]", "a.btn[href]", "a[href]", "button"];

  function mainOf(row) {
    for (const kind of MAIN) {
      const found = [...row.querySelectorAll(kind)].find((one) => isSeen(one) && !one.disabled);
      if (found) return found;
    }
  }

  function move(step) {
    const rows = [...document.querySelectorAll("#main :is(.rows > li, .table > tbody > tr)")].filter(mainOf);
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 && step < 0 ? rows.length - 1 : here + step;
    if (rows[next]) mainOf(rows[next]).focus();
  }

  document.addEventListener("click", (event) => {
    const { row } = event.target.closest("[data-row]")?.dataset ?? {};
    if (row) move(Number(row));
  });
}
