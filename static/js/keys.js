"use strict";
// Keys are declared in the markup: data-key="a" on what they press, with data-key-label and data-key-group
// for the help sheet. A single key acts only when no field has the focus and no dialog is open (inside an
// open dialog only its own keys act); "mod+enter" and "mod+k" act everywhere. Before a key presses its element,
// the element gets a "key" event that can be cancelled. reviewapp.guards may forbid keys for the moment.
// "g q" is two keys, one after the other.
// data-keys="off" on the body: this person has switched single keys off. The palette reads the same markup.
window.reviewapp ??= {};
reviewapp.guards = [];
{
  const isField = (element) =>
    element?.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
  const openDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });
  // [data-commands]: what is hidden there can be pressed all the same.
  const isUsable = (element) =>
    element.isConnected && !element.matches(":disabled, [aria-disabled=true]") && (element.closest("[data-commands]") !== null || isSeen(element));
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
  const isChord = (key) => key.startsWith("mod+");

  // The key as printed on it; on keyboards without Latin letters, by its place.
  function printed({ key, code }) {
    if (key.length === 1 && key.charCodeAt(0) > 127) return code.replace(/^Key/, "").toLowerCase();
    return key.length === 1 ? key.toLowerCase() : key;
  }

  function nameOf(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return "mod+enter";
    // On a Mac, Ctrl+K belongs to its text fields.
    const isMod = (isMac ? event.metaKey : event.ctrlKey) && event.metaKey !== event.ctrlKey && !event.altKey && !event.shiftKey;
    if (isMod && printed(event) === "k") return "mod+k";
    if (event.ctrlKey || event.metaKey || event.altKey) return "";
    if (/^Digit\d$/.test(event.code) && !event.shiftKey) return event.code.slice(5);
    return printed(event);
  }

  const keyIn = (place, name) => [...place.querySelectorAll("[data-key]")].find((e) => e.dataset.key === name && isUsable(e));

  const isText = (element) => isField(element) || element.closest?.("select");
  const isAllowed = (element) => reviewapp.guards.every((allows) => allows(element));

  function press(element, name) {
    const event = new CustomEvent("key", { bubbles: true, cancelable: true, detail: name });
    if (!element.dispatchEvent(event)) return;
    element.click();
    if (element.parentElement?.matches("details.menu")) element.focus();
  }

  // ---- two keys, one after the other

  const WAITS_MS = 1500;
  let begun = null; // the first of them, and when it was pressed
  const beginsSequence = (name) => [...document.querySelectorAll("[data-key]")].some((e) => e.dataset.key.startsWith(`${name} `) && isUsable(e));

  // While the second is awaited, a character is that one and nothing else, for whatever listens to keys.
  function second(event) {
    if (!begun || event.isComposing || event.key === "Shift") return;
    const name = nameOf(event);
    const both = `${begun.name} ${name}`;
    const isHeld = event.repeat && name === begun.name;
    const isInTime = event.timeStamp - begun.at < WAITS_MS;
    if (!isHeld) begun = null;
    if (!isInTime || isText(event.target) || openDialog() || !(name.length === 1 || name === "Escape")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const found = event.repeat ? null : keyIn(document, both);
    if (found && isAllowed(found)) press(found, both);
  }
  window.addEventListener("keydown", second, true);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    const dialog = openDialog();
    // Enter on a radio or checkbox would submit the form unasked.
    if (event.key === "Enter" && name !== "mod+enter" && event.target.matches?.("input:is([type=radio], [type=checkbox])"))
      event.preventDefault();
    if (!name) return;
    if (!isChord(name) && (isText(event.target) || document.body.dataset.keys === "off")) return;
    if (name === "mod+enter" && event.target.closest?.("select")) return;
    const digit = /^\d$/.test(name) && !dialog;
    let found = digit ? reviewapp.digit?.(name) : keyIn(dialog ?? document, name);
    if (name === "mod+k") found ??= keyIn(document, name); // also over an open dialog
    if (!found) {
      if (!dialog && !event.repeat && beginsSequence(name)) begun = { name, at: event.timeStamp };
      return;
    }
    event.preventDefault();
    if (event.repeat || !isAllowed(found)) return;
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
        term.append(kbdOf(key));
        keys.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
      }
      section.append(Object.assign(document.createElement("h3"), { textContent: group }), keys);
      body.append(section);
    }
  }
  // A key as it stands on a button. A chord acts also for who has switched single keys off.
  function kbdOf(key) {
    const control = isMac ? "⌘" : document.getElementById("keys-help").dataset.ctrl;
    const shown = isChord(key) ? `${control} ${key === "mod+enter" ? "⏎" : key.slice(4)}` : key;
    const letters = isChord(key) ? /.$/ : /^.( .)?$/;
    const textContent = shown.replace(letters, (found) => found.toUpperCase());
    return Object.assign(document.createElement("kbd"), { textContent, className: isChord(key) ? "always" : "" });
  }
  reviewapp.keys = { press, isSeen, isUsable, openDialog, kbdOf };

  // The first field of a search that is seen, with its text selected.
  function toSearch() {
    const fields = document.querySelectorAll("form[role=search] :is(textarea, input:not([type=hidden], [type=checkbox], [type=radio]))");
    const field = [...fields].find((one) => isSeen(one) && !one.disabled);
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener && !("search" in opener.dataset && toSearch())) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog.id === "keys-help") drawHelp(dialog);
      dialog.dispatchEvent(new Event("opens"));
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
