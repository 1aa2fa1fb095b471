"use strict";
// Keys are declared in the markup: data-key="a" on what they press, with data-key-label and data-key-group
// for the help sheet. A single key acts only when no field has the focus and no dialog is open (inside an
// open dialog only its own keys act); "mod+enter" acts everywhere. Before a key presses its element, the
// element gets a "key" event that can be cancelled. reviewapp.guards may forbid keys for the moment.
// data-keys="off" on the body: this person has switched single keys off.
window.reviewapp ??= {};
reviewapp.guards = [];
{
  const isField = (element) =>
    element?.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
  const openDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
  const isUsable = (element) =>
    !element.disabled && (element.closest("[data-commands]") || element.getClientRects().length > 0);

  // The key as printed on it; on keyboards without Latin letters, by its place.
  function nameOf(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return "mod+enter";
    if (event.ctrlKey || event.metaKey || event.altKey) return "";
    if (/^Digit\d$/.test(event.code) && !event.shiftKey) return event.code.slice(5);
    if (event.key.length === 1 && event.key.charCodeAt(0) > 127) return event.code.replace(/^Key/, "").toLowerCase();
    return event.key.length === 1 ? event.key.toLowerCase() : event.key;
  }

  function press(element, name) {
    const event = new CustomEvent("key", { bubbles: true, cancelable: true, detail: name });
    if (!element.dispatchEvent(event)) return;
    element.click();
    if (element.parentElement?.matches("details.menu")) element.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    const dialog = openDialog();
    // Enter on a radio or checkbox would submit the form unasked.
    if (event.key === "Enter" && name !== "mod+enter" && event.target.matches?.("input:is([type=radio], [type=checkbox])"))
      event.preventDefault();
    if (!name || (isField(event.target) && name !== "mod+enter")) return;
    if (document.body.dataset.keys === "off" && name !== "mod+enter") return;
    if (event.target.closest?.("select")) return;
    const place = dialog ?? document;
    const digit = /^\d$/.test(name) && !dialog;
    const found = digit ? reviewapp.digit?.(name) : [...place.querySelectorAll("[data-key]")].find((e) => e.dataset.key === name && isUsable(e));
    if (!found) return;
    event.preventDefault();
    if (event.repeat || !reviewapp.guards.every((allows) => allows(found))) return;
    press(found, name);
  });

  // The help sheet: every key that the page declares now.
  function drawHelp(sheet) {
    const groups = new Map();
    for (const element of document.querySelectorAll("[data-key-label]")) {
      const { key, keyShown, keyLabel, keyGroup = "" } = element.dataset;
      if (!key && !keyShown) continue; // an action that somebody gave no key
      const lines = groups.get(keyGroup) ?? groups.set(keyGroup, new Map()).get(keyGroup);
      lines.set(keyLabel, keyShown ?? key);
    }
    const body = sheet.querySelector(".body");
    body.replaceChildren();
    for (const [group, lines] of groups) {
      const section = document.createElement("section");
      const keys = Object.assign(document.createElement("dl"), { className: "keys" });
      for (const [label, key] of lines) {
        const term = document.createElement("dt");
        term.append(Object.assign(document.createElement("kbd"), { textContent: shownKey(key) }));
        keys.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
      }
      section.append(Object.assign(document.createElement("h3"), { textContent: group }), keys);
      body.append(section);
    }
  }
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
  const control = () => (isMac ? "⌘" : document.getElementById("keys-help").dataset.ctrl);
  const shownKey = (key) => (key === "mod+enter" ? `${control()} ⏎` : key.length === 1 ? key.toUpperCase() : key);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog.id === "keys-help") drawHelp(dialog);
      dialog.showModal();
    }
    event.target.closest("[data-closes]")?.closest("dialog").close();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // A key that only focuses: Esc leaves a field (and closes an open menu), and discards nothing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || openDialog()) return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu.contains(event.target)) menu.querySelector("summary").focus();
      menu.open = false;
    }
    if (isField(event.target)) {
      const left = new CustomEvent("leave-field", { bubbles: true, cancelable: true });
      if (event.target.dispatchEvent(left)) event.target.blur();
    }
  });
}
