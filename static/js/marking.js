"use strict";
// Marking places in a text: select with the mouse, or press H and move by word, then a digit for the category and
// one for the severity; Enter writes a comment. Claims are the sentences of the output, each with a mark.
window.reviewapp ??= {};
{
  const PAUSE = 250; // ms after the last key of a comment
  const LOOK_AFTER = 200; // ms: a selection that no pointer made (touch handles, caret browsing) is looked at then
  const { segments } = reviewapp;
  const panel = new reviewapp.MarkingPanel(document.getElementById("marking"), {
    code: (value) => choose(value),
    page: () => turnPage(),
    comment: () => commentSoon(),
    document: (id) => change({ document: id }),
    remove: () => remove(),
    close: () => (leaveToText(), end()),
  });

  // What is being marked: { desk, places, on, map, start, end, isBack, index, code, page }. start, end: units of
  // the text; isBack: the start is the edge that moves; index: of the stored place that this is, or null; code:
  // the category for which a severity is asked, or null.
  let now = null;
  let lastBox = null; // the question that had the focus last
  let timer;

  const deskNow = () => document.querySelector("#review .desk");
  const boxesOf = (desk) => [...desk.querySelectorAll("[data-marked]")].filter((box) => box.getClientRects().length > 0);

  // The question that marks would belong to, if there is one.
  function questionOf(desk) {
    const boxes = boxesOf(desk);
    const box = boxes.includes(lastBox) ? lastBox : boxes[0];
    return box ? new reviewapp.Places(box) : null;
  }

  // ---- beginning and ending

  function begin(places, on, [start, end], index = null) {
    tellDropped();
    const desk = places.box.closest(".desk");
    const map = reviewapp.textsOf(desk).get(on);
    if (!map) return;
    now = { desk, places, on, map, start, end, isBack: false, index, code: null, page: 0 };
    draw();
  }

  function end() {
    if (!now) return;
    keepComment();
    tellDropped();
    const { map } = now;
    now = null;
    panel.close();
    reviewapp.paintCurrent(null);
    const selection = getSelection();
    if (selection.anchorNode && map.contains(selection.anchorNode)) selection.removeAllRanges();
  }

  // A place whose severity was never chosen is not marked; nobody is to believe that it is.
  const isHalf = () => now !== null && now.code !== null;
  const tellDropped = () => isHalf() && reviewapp.toastText(panel.said("dropped"));

  // What is still to be said of the place in hand before this form can be submitted, as `reviewapp.missing`.
  reviewapp.halfMarked = (form) =>
    isHalf() && now.desk.contains(form) ? { stop: now.map.boxes[0], text: panel.said("half") } : null;

  // H: into the text, at the first word that can be seen; again: into the other text.
  function enter() {
    const desk = deskNow();
    const places = questionOf(desk);
    if (!places) return;
    reviewapp.showRaw?.(desk);
    const texts = places.texts.filter((name) => reviewapp.textsOf(desk).has(name));
    if (!texts.length) return;
    const on = now && texts.includes(now.on) ? texts[(texts.indexOf(now.on) + 1) % texts.length] : texts[0];
    if (now?.places.box === places.box && texts.length === 1) return focusText();
    const map = reviewapp.textsOf(desk).get(on);
    const first = segments.at(map.text, firstSeen(map), unitOf(places)) ?? [0, 0];
    begin(places, on, places.kind === "claims" ? nextClaim(places, map, 0) ?? first : first);
    focusText();
  }

  const unitOf = (places) => (places.kind === "claims" ? "sentence" : "word");

  // The first unit that is not scrolled away.
  function firstSeen(map) {
    const box = map.boxes[0];
    if (!box.scrollTop) return 0;
    const { left, top } = box.getBoundingClientRect();
    const caret = document.caretPositionFromPoint?.(left + 24, top + 24);
    return caret && map.contains(caret.offsetNode) ? map.unitAt(caret.offsetNode, caret.offset) : 0;
  }

  function focusText() {
    const box = now?.map.boxes[0];
    if (!box) return;
    if (!box.hasAttribute("tabindex")) box.tabIndex = -1;
    box.focus({ preventScroll: true });
    draw();
  }

  const leaveToText = () => (keepComment(), focusText());

  // The first sentence at `from` or later that has no mark yet.
  function nextClaim(places, map, from) {
    const marked = new Set(places.all.map((place) => map.unitOf(place.start)));
    let found = segments.next(map.text, from, "sentence");
    while (found && marked.has(found[0])) found = segments.next(map.text, found[1], "sentence");
    return found;
  }

  // ---- drawing

  function draw() {
    const { map, places, start, end, index, code, page } = now;
    const list = code === null ? places.codes : places.severities;
    const place = index === null ? null : places.all[index];
    const [from, to] = [map.pointOf(start), map.pointOf(end, { up: true })];
    panel.draw({
      quote: map.text.slice(start, end),
      where: `${from.toLocaleString(document.documentElement.lang)}–${to.toLocaleString(document.documentElement.lang)}`,
      codes: list,
      first: page * 10,
      chosen: code ?? place?.[places.field] ?? null,
      isSeverity: code !== null,
      place: code === null ? place : null,
      kind: places.kind,
      documents: [...now.desk.querySelectorAll("[data-document-id]")].map((one) => one.dataset.documentId),
    });
    const range = start < end ? map.rangeOf(start, end) : null;
    reviewapp.paintCurrent(range);
    if (!range || panel.box.contains(document.activeElement)) return; // a field keeps its caret
    getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    intoView(range);
    requestAnimationFrame(() => now && intoView(range)); // what came near has its true height only now
  }

  // The edge that moves, scrolled to in its box and in the pane around it, above the panel.
  function intoView(range) {
    const edge = document.createRange();
    if (now.isBack) edge.setStart(range.startContainer, range.startOffset);
    else edge.setStart(range.endContainer, range.endOffset);
    const rect = edge.getClientRects()[0];
    if (!rect) return;
    const floor = panel.box.getBoundingClientRect().top;
    for (let pane = now.map.boxes[0]; pane; pane = pane.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(pane).overflowY)) continue;
      const seen = pane.getBoundingClientRect();
      const [top, bottom] = [seen.top + 8, Math.min(seen.bottom, floor) - 8];
      const here = edge.getClientRects()[0] ?? rect;
      if (here.top < top) pane.scrollTop -= top - here.top;
      else if (here.bottom > bottom) pane.scrollTop += here.bottom - bottom;
    }
  }

  // All places of the item on the screen, over its texts.
  function paint() {
    const desk = deskNow();
    const drawn = [];
    for (const box of desk?.querySelectorAll("[data-marked]") ?? []) {
      const places = new reviewapp.Places(box);
      for (const place of places.all) {
        const map = reviewapp.textsOf(desk).get(place.on ?? "output");
        if (!map) continue;
        const [start, end] = [map.unitOf(place.start), Math.min(map.text.length, map.unitOf(place.end))];
        const code = places.codes.findIndex((one) => one.value === place[places.field]);
        if (start < end) drawn.push({ map, kind: places.kind, code: Math.max(0, code), start, end });
      }
    }
    reviewapp.paintPlaces(drawn.sort((a, b) => a.start - b.start || b.end - a.end));
  }

  // ---- moving

  // One step of a key: which edges move, and to where. A place that is stored already changes with its edges.
  function move(key, { shiftKey, altKey }) {
    const { map, start, end } = now;
    const isForward = isAhead(key, map.boxes[0]);
    const kind = altKey ? "grapheme" : /Up|Down/.test(key) ? "sentence" : shiftKey ? "word" : unitOf(now.places);
    if (!shiftKey && !altKey) return stepTo(isForward ? segments.next(map.text, end, kind) : segments.previous(map.text, start, kind));
    if (altKey) now.isBack = !shiftKey;
    else if (isSingle(kind)) now.isBack = !isForward;
    if (now.isBack) now.start = moved(start, isForward, kind, { most: end });
    else now.end = moved(end, isForward, kind, { least: start });
    if (now.start >= now.end) Object.assign(now, { start, end });
    store();
  }

  function isAhead(key, box) {
    if (/Up|Down/.test(key)) return key === "ArrowDown";
    return (key === "ArrowRight") === (getComputedStyle(box).direction === "ltr");
  }

  // Whether no more is selected than one unit, so that either edge may move.
  function isSingle(kind) {
    const [start, end] = segments.at(now.map.text, now.start, kind) ?? [0, 0];
    return now.start >= start && now.end <= end;
  }

  function moved(at, isForward, kind, { least = 0, most = Infinity }) {
    const { text } = now.map;
    let to;
    if (kind === "grapheme") to = (isForward ? segments.next(text, at, kind)?.[1] : segments.previous(text, at, kind)?.[0]) ?? at;
    else if (now.isBack) to = (isForward ? segments.next(text, segments.at(text, at, kind)?.[1] ?? at, kind) : segments.previous(text, at, kind))?.[0] ?? at;
    else to = (isForward ? segments.next(text, at, kind) : segments.previous(text, segments.at(text, at - 1, kind)?.[0] ?? at, kind))?.[1] ?? at;
    return to <= least || to >= most ? at : to;
  }

  function stepTo(segment) {
    if (!segment) return;
    Object.assign(now, { start: segment[0], end: segment[1], isBack: false, index: null, code: null, page: 0 });
    draw();
  }

  // To the next or previous marked place of this question.
  function jump(step) {
    const { places, map, start, on } = now;
    const all = places.all;
    if (!all.length) return;
    const here = all.findIndex((place) => (place.on ?? "output") === on && place.start >= map.pointOf(start));
    const from = now.index ?? (step > 0 ? (here < 0 ? all.length : here) - 1 : here < 0 ? all.length : here);
    show(places, (from + step + all.length) % all.length);
  }

  function show(places, index) {
    const place = places.all[index];
    const on = place?.on ?? "output";
    const desk = places.box.closest(".desk");
    reviewapp.showRaw?.(desk);
    const map = reviewapp.textsOf(desk).get(on);
    if (!map) return;
    keepComment();
    reviewapp.listAround(places.box, index);
    begin(places, on, [map.unitOf(place.start), Math.min(map.text.length, map.unitOf(place.end))], index);
    focusText();
  }

  // ---- marking

  function digit(n) {
    const list = now.code === null ? now.places.codes : now.places.severities;
    const code = list[now.page * 10 + (n || 10) - 1];
    if (code) choose(code.value);
  }

  function turnPage() {
    const list = now.code === null ? now.places.codes : now.places.severities;
    now.page = (now.page + 1) % Math.max(1, Math.ceil(list.length / 10));
    draw();
  }

  function choose(value) {
    const { places } = now;
    if (now.start >= now.end) return;
    if (now.code === null && places.severities.length) {
      Object.assign(now, { code: value, page: 0 });
      return draw();
    }
    mark(now.code ?? value, now.code === null ? null : value);
  }

  function mark(code, severity) {
    const { places, map } = now;
    const before = now.index === null ? {} : places.all[now.index];
    const place = { ...before, ...where(), [places.field]: code };
    if (severity) place.severity = severity;
    Object.assign(now, { code: null, page: 0, index: places.put(place, now.index) });
    panel.tell([places.label(code), severity && places.label(severity)].filter(Boolean).join(", "));
    const further = places.kind === "claims" && document.activeElement !== panel.parts.document ? nextClaim(places, map, now.end) : null;
    if (further) stepTo(further);
    else draw();
  }

  const where = () => ({
    start: now.map.pointOf(now.start),
    end: now.map.pointOf(now.end, { up: true }),
    ...(now.on === "output" ? {} : { on: now.on }),
  });

  // The stored place takes over edges that were moved.
  function store() {
    if (now.index !== null) change(where());
    else draw();
  }

  function change(fields) {
    const place = { ...now.places.all[now.index], ...fields };
    for (const name of ["comment", "document"]) if (!place[name]) delete place[name];
    now.index = now.places.put(place, now.index);
    draw();
  }

  function remove() {
    const index = now.index ?? exactly();
    if (index < 0) return;
    now.places.remove(index);
    now.index = null;
    panel.tell(panel.said("removed"));
    focusText();
  }

  // The stored place that is just what is selected; -1 for none.
  function exactly() {
    const { start, end } = where();
    return now.places.all.findIndex((one) => one.start === start && one.end === end && (one.on ?? "output") === now.on);
  }

  const isStill = (place) => place && place.start === where().start && place.end === where().end;

  // ---- the comment

  function commentSoon() {
    clearTimeout(timer);
    timer = setTimeout(keepComment, PAUSE);
  }

  function keepComment() {
    clearTimeout(timer);
    if (!now || now.index === null || now.places.kind === "claims") return;
    const place = now.places.all[now.index];
    const typed = panel.parts.comment.value;
    if (!place || panel.parts.commented.hidden || typed === (place.comment ?? "")) return;
    const { comment: _before, ...rest } = place;
    now.index = now.places.put(typed ? { ...rest, comment: typed } : rest, now.index);
  }

  function intoComment() {
    if (now.index === null && exactly() >= 0) now.index = exactly();
    if (now.index === null) return;
    draw();
    const field = now.places.kind === "claims" ? panel.parts.document : panel.parts.comment;
    if (field.getClientRects().length) field.focus();
  }

  // ---- keys

  const isText = (element) => now.map.contains(element) || element.matches?.(".read, body");

  function inText(event) {
    const { key, code } = event;
    if (event.ctrlKey || event.metaKey) return false;
    const number = /^Digit(\d)$/.exec(code)?.[1] ?? /^\d$/.exec(key)?.[0];
    if (/^Arrow/.test(key)) move(key, event);
    else if (event.altKey) return false;
    else if (number && !event.shiftKey) digit(Number(number));
    else if (key === ".") turnPage();
    else if (key === "n" || key === "p") jump(key === "n" ? 1 : -1);
    else if (key === "h") enter();
    else if (key === "Enter") intoComment();
    else if (key === "Delete" || key === "Backspace") remove();
    else if (key === "Escape") outward();
    else return false;
    return true;
  }

  // Esc: out of the severity, of the stored place, of the text.
  function outward() {
    if (now.code !== null) Object.assign(now, { code: null, page: 0 });
    else if (now.index !== null) now.index = null;
    else return end();
    draw();
  }

  function inPanel(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keepComment();
    else if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea, select"))) {
      leaveToText();
      return true;
    }
    return false;
  }

  addEventListener(
    "keydown",
    (event) => {
      if (!now || event.isComposing || document.querySelector("dialog[open]")) return;
      const isDone = panel.box.contains(event.target) ? inPanel(event) : isText(event.target) && inText(event);
      if (!isDone) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // ---- the mouse, and other ways to select

  // What is selected in a text, as a place to be marked.
  function takeSelection() {
    const selection = getSelection();
    const desk = deskNow();
    if (selection.isCollapsed || !selection.rangeCount || !desk) return false;
    const places = questionOf(desk);
    const range = selection.getRangeAt(0);
    for (const on of places?.texts ?? []) {
      const map = reviewapp.textsOf(desk).get(on);
      if (!map || !(map.contains(selection.anchorNode) || map.contains(selection.focusNode))) continue;
      const start = map.unitAt(range.startContainer, range.startOffset);
      const end = map.unitAt(range.endContainer, range.endOffset);
      if (start >= end || (now?.map === map && now.start === start && now.end === end)) return start < end;
      keepComment();
      begin(places, on, [start, end]);
      return true;
    }
    return false;
  }

  // A press on a marked place leads to it; on one of several that overlap, each press to the next of them.
  function takePlace() {
    const { anchorNode, anchorOffset } = getSelection();
    const desk = deskNow();
    const places = desk && questionOf(desk);
    if (!places || !anchorNode) return false;
    for (const on of places.texts) {
      const map = reviewapp.textsOf(desk).get(on);
      if (!map?.contains(anchorNode)) continue;
      const at = map.pointOf(map.unitAt(anchorNode, anchorOffset));
      const there = [...places.all.keys()].filter((n) => isOver(places.all[n], on, at));
      if (!there.length) return false;
      const next = there.find((n) => n > (now?.index ?? -1)) ?? there[0];
      show(places, next);
      return true;
    }
    return false;
  }

  const isOver = (place, on, at) => (place.on ?? "output") === on && place.start <= at && at < place.end;

  // Pressed on what is selected, a browser would drag it; here it begins a new selection.
  document.addEventListener("pointerdown", (event) => {
    const selection = getSelection();
    if (now && !event.shiftKey && now.map.contains(event.target) && !selection.isCollapsed) selection.removeAllRanges();
  });
  document.addEventListener("pointerup", (event) => {
    if (event.button || panel.box.contains(event.target) || !event.target.closest?.(".read")) return;
    if (event.target.closest("button, a, summary, textarea")) return;
    if (!takeSelection() && !takePlace()) end();
  });
  let looking;
  document.addEventListener("selectionchange", () => {
    clearTimeout(looking);
    looking = setTimeout(look, LOOK_AFTER);
  });

  function look() {
    if (takeSelection() || !now) return;
    const { isCollapsed, anchorNode } = getSelection();
    if (isCollapsed && now.map.contains(anchorNode) && !takePlace()) end();
  }

  // ---- what happens around it

  document.addEventListener("focusin", (event) => {
    lastBox = event.target.closest?.(".question")?.querySelector("[data-marked]") ?? lastBox;
    if (!now || panel.box.contains(event.target) || isText(event.target)) return;
    if (event.target.closest?.("#palette")) return; // from there one comes back
    if (isHalf() && event.target.id === "submit") return; // the press is told what is missing
    end();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-mark-here]")) enter();
  });
  for (const name of ["mark-jump", "mark-edit"])
    document.addEventListener(name, (event) => {
      lastBox = event.target.closest("[data-marked]");
      show(new reviewapp.Places(lastBox), event.detail.index);
      if (name === "mark-edit") intoComment();
    });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-marked-value]")) return;
    if (now?.index != null && !isStill(now.places.all[now.index])) now.index = null; // removed in the list
    paint();
  });
  document.addEventListener("retext", () => {
    if (now) end();
    paint();
  });
  // Another item is on the screen.
  document.addEventListener("shown", () => {
    now = null;
    panel.close();
    reviewapp.paintCurrent(null);
    paint();
  });
  addEventListener("pagehide", keepComment, true);
  document.addEventListener("visibilitychange", keepComment, true);
  paint();
}
