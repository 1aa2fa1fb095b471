"use strict";
// The palette: every action that the page offers now, found by typing. It keeps no list of its own but reads what
// stands there: what the help sheet names (data-key-label), the buttons, the links of the bar, of the menu and at
// the head of a page, and what can be downloaded. What is chosen goes the way of its key, or of a press on it, so
// the same guards hold.
{
  const { press, isSeen, isUsable, openDialog, kbdOf } = reviewapp.keys;
  const palette = document.getElementById("palette");
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const status = palette.querySelector("[role=status]");
  const ACTIONS = "[data-key-label]:not([data-key-shown]), button:not([tabindex='-1']), .btn:not(.skip-link), .tabs a, .page > header a, .page > nav a, a[download], a.card, .places a, .menu a";
  const PAGE = 8; // rows
  let actions = [], rows = [], chosen = -1, from = null;

  // ---- what the page offers

  // The words on it, as they are seen; without its key.
  function words(element) {
    const isShown = isSeen(element);
    const word = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      const isLeftOut = node.nodeType !== Node.ELEMENT_NODE || node.matches("kbd, svg, [aria-hidden=true]") || (isShown && !isSeen(node));
      return isLeftOut ? "" : ` ${words(node)} `;
    };
    return [...element.childNodes].map(word).join("").replace(/\s+/g, " ").trim();
  }

  function nameOf(place) {
    const { ariaLabel } = place;
    if (ariaLabel) return ariaLabel;
    const named = document.getElementById(place.getAttribute("aria-labelledby"));
    if (named) return words(named);
    if (place.matches("details")) return place.querySelector("summary").dataset.keyLabel ?? words(place.querySelector("summary"));
    const title = place.querySelector(place.matches("tr") ? "th, td" : ":scope > :is(legend, h2, h3, h4), :scope > header > :is(h2, h3, h4), :scope > b, :scope > .grow b");
    return title ? words(title) : "";
  }

  // Under what it stands: the group of its key, else the row, card or part of the page that has a name.
  function groupOf(element) {
    if (element.dataset.keyGroup) return element.dataset.keyGroup;
    for (let place = element.parentElement; place && place.id !== "main"; place = place.parentElement) {
      if (!place.matches("tr, li, nav, section, form, fieldset, aside, dialog, details, .card, [role=group]")) continue;
      const name = nameOf(place);
      if (name && name !== words(element)) return name;
    }
    return palette.dataset.here;
  }

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();

  function actionOf(element) {
    const { key, keyLabel } = element.dataset;
    const seen = element.ariaLabel ?? words(element.querySelector(":scope.card > b") ?? element);
    const label = keyLabel ?? seen;
    const group = groupOf(element);
    return { element, key, label, group, words: plain(label), all: plain(`${label} ${seen} ${group}`) };
  }

  // In the order of the page, the bar last; a link that stands twice, once. Over a dialog, only what is in it.
  function offered(place) {
    const isOther = (element) => isUsable(element) && element.dataset.opens !== "palette" && element.href !== location.href;
    const found = [...place.querySelectorAll(ACTIONS)].filter(isOther);
    const isLast = (element) => element.closest(".bar") !== null;
    const all = [...found.filter((one) => !isLast(one)), ...found.filter(isLast)].map(actionOf).filter((one) => one.label);
    const isSame = (a, b) => a.element.href && a.element.href === b.element.href && a.label === b.label;
    return all.filter((one, n) => all.findIndex((other) => other === one || isSame(other, one)) === n);
  }

  // ---- what fits, and the list of it

  const begins = (text, word) => text.startsWith(word) || text.includes(` ${word}`);

  // 0: its label begins so; 1: it has words that begin so; 2: it has them within words; 3: they are elsewhere.
  function rank(action, asked) {
    if (action.words.startsWith(asked.join(" "))) return 0;
    if (asked.every((word) => begins(action.words, word))) return 1;
    return asked.every((word) => action.words.includes(word)) ? 2 : 3;
  }

  function fitting() {
    const asked = plain(field.value).split(/\s+/).filter(Boolean);
    const found = actions.filter((action) => asked.every((word) => action.all.includes(word)));
    return asked.length ? found.sort((a, b) => rank(a, asked) - rank(b, asked)) : found;
  }

  const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

  function rowOf(action, n, isAlone) {
    const row = made("div", { id: `palette-${n}`, role: "option", ariaSelected: "false" });
    row.append(made("span", { className: "grow", dir: "auto", textContent: action.label }));
    if (isAlone) row.append(made("span", { className: "note clip", dir: "auto", textContent: action.group }));
    if (action.key) row.append(kbdOf(action.key));
    row.action = action;
    return row;
  }

  // All of them stand in their groups; what was asked for stands in the order of how well it fits.
  function draw() {
    const found = fitting();
    const isAsked = field.value.trim() !== "";
    list.replaceChildren();
    if (isAsked) list.append(...found.map((action, n) => rowOf(action, n, true)));
    else for (const [group, members] of Map.groupBy(found, (action) => action.group)) drawGroup(group, members);
    rows = [...list.querySelectorAll("[role=option]")];
    list.hidden = !rows.length;
    field.ariaExpanded = String(!list.hidden);
    status.textContent = said(rows.length);
    // Nothing is chosen before one types or moves, so that Enter alone never decides.
    choose(isAsked && rows.length ? 0 : -1);
    list.scrollTop = 0;
  }

  function drawGroup(group, members) {
    const id = `palette-group-${list.childElementCount}`;
    const box = made("div", { role: "group" });
    box.setAttribute("aria-labelledby", id);
    box.append(made("div", { id, role: "presentation", className: "group clip", dir: "auto", textContent: group }));
    box.append(...members.map((action, n) => rowOf(action, `${list.childElementCount}-${n}`, false)));
    list.append(box);
  }

  function said(count) {
    const { none, one, many } = palette.dataset;
    if (!count) return none.replace("%s", () => field.value.trim());
    return count === 1 ? one : many.replace("%s", count);
  }

  function choose(n) {
    if (rows[chosen]) rows[chosen].ariaSelected = "false";
    chosen = n;
    if (!rows[n]) return field.removeAttribute("aria-activedescendant");
    rows[n].ariaSelected = "true";
    rows[n].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", rows[n].id);
  }

  // ---- to open, to act, to come back

  // Where somebody is, with what they have selected there.
  function placeNow() {
    const element = document.activeElement;
    const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = element;
    if (Number.isInteger(start)) return { element, caret: [start, end, direction] };
    const selection = getSelection();
    return { element, range: selection.isCollapsed ? null : selection.getRangeAt(0).cloneRange() };
  }

  function back() {
    if (!from) return;
    const { element, caret, range } = from;
    from = null;
    // What had the focus may have gone meanwhile.
    const target = element.isConnected ? element : (document.querySelector(".desk .read") ?? document.getElementById("main"));
    if (target !== document.body) target.focus({ preventScroll: true });
    if (caret && element.isConnected) element.setSelectionRange(...caret);
    if (range) getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  }

  // At once: whoever types on is in the field again.
  function shut() {
    palette.close();
    back();
  }

  function act({ element, key }) {
    if (!isUsable(element)) return redraw();
    if (!reviewapp.guards.every((allows) => allows(element))) {
      status.textContent = palette.dataset.notYet;
      return;
    }
    shut();
    if ("keyLabel" in element.dataset) press(element, key);
    else element.click();
  }

  // What was there is not there any more, or cannot be pressed now.
  function redraw() {
    actions = actions.filter((action) => isUsable(action.element));
    draw();
  }

  palette.addEventListener("opens", () => {
    from = placeNow();
    actions = offered(openDialog() ?? document);
    field.value = "";
    draw();
  });
  palette.addEventListener("close", () => {
    list.replaceChildren();
    rows = [];
    // Closed by its button or by a gesture: the browser has led back, and somebody may have typed since.
    if (from?.caret && from.element === document.activeElement) from = null;
    back();
  });

  // ---- keys and presses

  const MOVES = {
    ArrowDown: () => (chosen + 1) % rows.length,
    ArrowUp: () => (chosen < 1 ? rows.length : chosen) - 1,
    Home: () => 0,
    End: () => rows.length - 1,
    PageDown: () => Math.min(chosen + PAGE, rows.length - 1),
    PageUp: () => Math.max(chosen - PAGE, 0),
  };

  field.addEventListener("input", draw);
  palette.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation(); // it is not for what lies below
    shut();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const move = MOVES[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    if (move && rows.length) choose(move());
    else if (event.key === "Enter" && !event.repeat && rows[chosen]) act(rows[chosen].action);
  });

  palette.addEventListener("click", ({ target }) => {
    const row = target.closest("[role=option]");
    if (row) act(row.action);
    else if (target === palette) shut(); // beside it
  });
  // A press takes the focus neither from the field nor, on the button, from where one was.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-opens=palette], #palette-list")) event.preventDefault();
  });

  document.querySelector("[data-opens=palette] kbd").replaceWith(kbdOf("mod+k"));
}
