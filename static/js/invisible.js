"use strict";
// Shows characters that cannot be seen, by name. The same list as INVISIBLE in queues/web/text.py.
window.reviewapp ??= {};
{
  const INVISIBLE =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

  function mark(character) {
    const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return Object.assign(document.createElement("span"), { className: "invisible-mark", textContent: `U+${code}` });
  }

  // A copy of a text node's content in which each invisible character is replaced by its mark.
  function revealed(text) {
    const pieces = document.createDocumentFragment();
    let end = 0;
    for (const match of text.matchAll(INVISIBLE)) {
      pieces.append(text.slice(end, match.index), mark(match[0]));
      end = match.index + match[0].length;
    }
    pieces.append(text.slice(end));
    return pieces;
  }

  const originals = new WeakMap();

  // Of two outputs both: one looks for what makes them differ.
  reviewapp.toggleAllInvisible = (desk) => {
    reviewapp.showRaw?.(desk); // there they are
    for (const output of desk.querySelectorAll(".output"))
      toggle(output.querySelector("[data-output]"), output.querySelector("[data-invisible]"));
  };

  // Turns the marks of one text box on or off; off puts back the very nodes that the server sent.
  function toggle(box, button) {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    if (isOn) {
      originals.set(box, [...box.childNodes].map((node) => node.cloneNode(true)));
      const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      const nodes = [];
      while (walker.nextNode()) nodes.push(walker.currentNode);
      for (const node of nodes) node.replaceWith(revealed(node.data));
    } else box.replaceChildren(...originals.get(box));
    button.setAttribute("aria-pressed", String(isOn));
    box.dispatchEvent(new Event("retext", { bubbles: true })); // whoever holds places of it looks anew
  }
}
