"use strict";
// A diff by word. Small texts: Myers' shortest edit script (1986). Long ones are first cut at words that
// occur once in both (patience diff), so that 20,000 words take milliseconds; what is still too different
// to compare within EDITS steps is shown as replaced.
window.reviewapp ??= {};
{
  const EDITS = 1200;
  const LONG = 3000;
  // Words, single characters of scripts without spaces, runs of space, and single marks.
  const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*|\s+|[^]/gu;
  const tokens = (text) => text.match(TOKEN) ?? [];

  // [start, end) of equal stretches in both lists, in order.
  function matches(a, b, aStart, aEnd, bStart, bEnd, found) {
    while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) found.push([aStart++, bStart++]);
    const tail = [];
    while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) tail.push([--aEnd, --bEnd]);
    if (aStart < aEnd && bStart < bEnd) {
      const anchors = aEnd - aStart + bEnd - bStart > LONG ? uniqueInBoth(a, b, aStart, aEnd, bStart, bEnd) : [];
      if (anchors.length) {
        let [aFrom, bFrom] = [aStart, bStart];
        for (const [i, j] of [...anchors, [aEnd, bEnd]]) {
          matches(a, b, aFrom, i, bFrom, j, found);
          if (i < aEnd) found.push([i, j]);
          [aFrom, bFrom] = [i + 1, j + 1];
        }
      } else found.push(...shortest(a, b, aStart, aEnd, bStart, bEnd));
    }
    for (let i = tail.length; i--; ) found.push(tail[i]);
    return found;
  }

  // Pairs of tokens that occur once on each side, the longest chain of them in the same order.
  function uniqueInBoth(a, b, aStart, aEnd, bStart, bEnd) {
    const places = new Map();
    for (let i = aStart; i < aEnd; i++) places.set(a[i], places.has(a[i]) ? null : [i, -1]);
    for (let j = bStart; j < bEnd; j++) {
      const place = places.get(b[j]);
      if (place) place[1] = place[1] === -1 ? j : -2;
    }
    const pairs = [...places.values()].filter((place) => place && place[1] >= 0);
    const piles = [];
    const before = new Map();
    for (const pair of pairs) {
      let [low, high] = [0, piles.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (piles[middle][1] < pair[1]) low = middle + 1;
        else high = middle;
      }
      before.set(pair, piles[low - 1]);
      piles[low] = pair;
    }
    const chain = [];
    for (let pair = piles.at(-1); pair; pair = before.get(pair)) chain.push(pair);
    return chain.reverse();
  }

  // Myers: the furthest x on each diagonal after d edits; [] when more than EDITS are needed.
  function shortest(a, b, aStart, aEnd, bStart, bEnd) {
    const [n, m] = [aEnd - aStart, bEnd - bStart];
    const limit = Math.min(n + m, EDITS);
    const furthest = new Int32Array(2 * limit + 3);
    const trace = [];
    const at = (k) => k + limit + 1;
    for (let d = 0; d <= limit; d++) {
      trace.push(furthest.slice(at(-d) - 1, at(d) + 2));
      for (let k = -d; k <= d; k += 2) {
        const goesDown = k === -d || (k !== d && furthest[at(k - 1)] < furthest[at(k + 1)]);
        let x = goesDown ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
        while (x < n && x - k < m && a[aStart + x] === b[bStart + x - k]) x++;
        furthest[at(k)] = x;
        if (x >= n && x - k >= m) return backtrack(trace, d, n, m, aStart, bStart);
      }
    }
    return [];
  }

  function backtrack(trace, edits, n, m, aStart, bStart) {
    const pairs = [];
    let [x, y] = [n, m];
    for (let d = edits; d >= 0; d--) {
      const reached = (k) => trace[d][k + d + 1];
      const k = x - y;
      const cameDown = k === -d || (k !== d && reached(k - 1) < reached(k + 1));
      const beforeX = d ? reached(cameDown ? k + 1 : k - 1) : 0;
      const beforeY = d ? beforeX - (cameDown ? k + 1 : k - 1) : 0;
      while (x > beforeX && y > beforeY) pairs.push([aStart + --x, bStart + --y]);
      [x, y] = [beforeX, beforeY];
    }
    return pairs.reverse();
  }

  // Parts {kind: same | del | ins, text} that give `before` without ins and `after` without del.
  reviewapp.diff = (before, after) => {
    const [a, b] = [tokens(before), tokens(after)];
    const parts = [];
    const add = (kind, text) => {
      if (!text) return;
      if (parts.at(-1)?.kind === kind) parts.at(-1).text += text;
      else parts.push({ kind, text });
    };
    let [i, j, removed, added] = [0, 0, "", ""];
    const flush = () => {
      add("del", removed);
      add("ins", added);
      [removed, added] = ["", ""];
    };
    const pairs = [...matches(a, b, 0, a.length, 0, b.length, []), [a.length, b.length]];
    for (let p = 0; p < pairs.length; p++) {
      const [nextA, nextB] = pairs[p];
      removed += a.slice(i, nextA).join("");
      added += b.slice(j, nextB).join("");
      [i, j] = [nextA + 1, nextB + 1];
      if (nextA === a.length) break;
      // A lone space between two edits belongs to them: whole phrases read better than single words.
      const follows = pairs[p + 1];
      const isBridge = (removed || added) && /^[^\S\n]+$/.test(a[nextA]) && (follows[0] > i || follows[1] > j);
      if (isBridge) {
        removed += a[nextA];
        added += a[nextA];
      } else {
        flush();
        add("same", a[nextA]);
      }
    }
    flush();
    return parts;
  };

  reviewapp.countWords = (text) => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

  reviewapp.drawDiff = (box, parts) =>
    box.replaceChildren(
      ...parts.map(({ kind, text }) =>
        kind === "same" ? document.createTextNode(text) : Object.assign(document.createElement(kind), { textContent: text }),
      ),
    );
}
