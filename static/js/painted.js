"use strict";
// Draws marked places over a text without touching it: the text stays the very nodes that the server sent.
// Overlapping places lie in lanes, each with a line of its own form and height (css/marking.css).
window.reviewapp ??= {};
{
  const LANES = 4; // the last one is shared by all further places
  const isAble = "highlights" in CSS;

  // The lane of each place, for places [start, end) that are sorted by their start.
  reviewapp.lanesOf = (places) => {
    const ends = [];
    return places.map(([start, end]) => {
      const free = ends.findIndex((last) => last <= start);
      const lane = free >= 0 ? free : Math.min(ends.length, LANES - 1);
      ends[lane] = Math.max(end, ends[lane] ?? 0);
      return lane;
    });
  };

  // groups: name of a highlight → ranges. What is not named is wiped.
  function draw(names, groups) {
    if (!isAble) return;
    for (const name of names) {
      const ranges = (groups.get(name) ?? []).filter(Boolean);
      if (ranges.length) CSS.highlights.set(name, Object.assign(new Highlight(...ranges), { priority: Number(name.at(-1)) || 0 }));
      else CSS.highlights.delete(name);
    }
  }

  const PLACES = [...Array(LANES).keys()].flatMap((lane) => [`place-${lane}`, `claim-${lane}`]);

  // drawn: [{ map, kind: "spans" | "claims", code: which of the codes, start, end }] in units, sorted by start.
  reviewapp.paintPlaces = (drawn) => {
    const groups = new Map(PLACES.map((name) => [name, []]));
    const lanes = reviewapp.lanesOf(drawn.map(({ start, end }) => [start, end]));
    drawn.forEach(({ map, kind, code, start, end }, n) => {
      const name = kind === "claims" ? `claim-${Math.min(code, LANES - 1)}` : `place-${lanes[n]}`;
      groups.get(name).push(map.rangeOf(start, end));
    });
    draw(PLACES, groups);
  };

  // The place that is being looked at; null for none.
  reviewapp.paintCurrent = (range) => draw(["current-9"], new Map([["current-9", [range]]]));
}
