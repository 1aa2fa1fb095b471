"use strict";
// Words, characters and sentences of a text, in any script, without looking at more of it than is near.
// Places are UTF-16 units; a segment is [start, end) and never blank.
window.reviewapp ??= {};
{
  const NEAR = { grapheme: 64, word: 400, sentence: 4000 }; // units: what is longer is taken in parts
  const cutters = new Map();
  const cutterOf = (kind) => {
    if (!cutters.has(kind)) cutters.set(kind, new Intl.Segmenter(undefined, { granularity: kind }));
    return cutters.get(kind);
  };
  const isLow = (text, at) => text[at] >= "\udc00" && text[at] <= "\udfff";

  // The segments of text[from, to), without the blanks around them.
  function* within(text, from, to, kind) {
    for (const { segment, index } of cutterOf(kind).segment(text.slice(from, to))) {
      const said = kind === "sentence" ? segment.trim() : segment;
      if (!said || (kind === "word" && !said.trim())) continue;
      const start = from + index + segment.indexOf(said);
      yield [start, start + said.length];
    }
  }

  // The first segment that starts at `from` or later; null behind the last.
  function next(text, from, kind) {
    for (let at = from; at < text.length; ) {
      let to = Math.min(text.length, at + NEAR[kind]);
      if (isLow(text, to)) to += 1;
      const found = within(text, at, to, kind).next().value;
      if (found && (found[1] < to || found[0] === at || to === text.length)) return found;
      at = found ? found[0] : to;
    }
    return null;
  }

  // The last segment that ends at `to` or earlier; null before the first.
  function previous(text, to, kind) {
    for (let at = to; at > 0; ) {
      let from = Math.max(0, at - NEAR[kind]);
      if (isLow(text, from)) from -= 1;
      const found = [...within(text, from, at, kind)].at(-1);
      if (found) return found;
      at = from;
    }
    return null;
  }

  // The segment at this unit, else the next one, else the last.
  function at(text, unit, kind) {
    let from = Math.max(0, unit - NEAR[kind]);
    if (isLow(text, from)) from -= 1;
    let to = Math.min(text.length, unit + NEAR[kind]);
    if (isLow(text, to)) to += 1;
    for (const found of within(text, from, to, kind)) if (found[1] > unit) return found;
    return next(text, to, kind) ?? previous(text, text.length, kind);
  }

  reviewapp.segments = { next, previous, at };
}
