"use strict";
// Where a place of the DOM stands in the text that was sent, and the other way round. Offsets that leave this
// page are code points; those inside of it are UTF-16 units, as JavaScript counts.
window.reviewapp ??= {};
{
  // The place of the first element that is not below `limit`, in a list for which `value` never falls.
  function lowest(length, isReached) {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isReached(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  reviewapp.TextMap = class {
    // boxes: the elements that hold the text, in its order. The mark of an invisible character counts as it.
    constructor(boxes) {
      this.boxes = boxes;
      this.pieces = []; // { node: a text node, unit: where it starts, units: how long it is, isMark }
      this.of = new Map();
      let text = "";
      for (const box of boxes) {
        const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          const isMark = node.parentNode.classList.contains("invisible-mark");
          const said = isMark ? String.fromCodePoint(parseInt(node.data.slice(2), 16)) : node.data;
          if (!said) continue;
          const piece = { node, unit: text.length, units: said.length, isMark };
          this.pieces.push(piece);
          this.of.set(node, piece);
          text += said;
        }
      }
      this.text = text;
      this.pairs = []; // where the characters of two units begin
      for (const found of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) this.pairs.push(found.index);
    }

    contains(node) {
      return this.boxes.some((box) => box.contains(node));
    }

    // Code points before this unit; the middle of a character is its beginning, or its end.
    pointOf(unit, { up = false } = {}) {
      const before = lowest(this.pairs.length, (n) => this.pairs[n] > unit - 2);
      const isInside = this.pairs[before] === unit - 1;
      return unit - before - (isInside && !up ? 1 : 0);
    }

    unitOf(point) {
      return point + lowest(this.pairs.length, (n) => this.pairs[n] - n >= point);
    }

    // The unit at a place of the DOM, also one between two nodes or outside of the text.
    unitAt(node, offset) {
      const piece = this.of.get(node);
      if (piece) return piece.unit + (piece.isMark ? (offset ? piece.units : 0) : offset);
      const probe = document.createRange();
      probe.setStart(node, offset);
      const next = lowest(this.pieces.length, (n) => probe.comparePoint(this.pieces[n].node, 0) >= 0);
      return next < this.pieces.length ? this.pieces[next].unit : this.text.length;
    }

    // A range of the DOM over [start, end) units; static: it does not follow later changes.
    rangeOf(start, end) {
      const first = lowest(this.pieces.length, (n) => this.pieces[n].unit + this.pieces[n].units > start);
      const last = lowest(this.pieces.length, (n) => this.pieces[n].unit + this.pieces[n].units >= end);
      const [from, to] = [this.pieces[first], this.pieces[last]];
      if (!from || !to) return null;
      const at = (piece, unit) => (piece.isMark ? (unit > piece.unit ? piece.node.length : 0) : unit - piece.unit);
      return new StaticRange({
        startContainer: from.node,
        startOffset: at(from, start),
        endContainer: to.node,
        endOffset: at(to, end),
      });
    }
  };
}
