"use strict";
// What changed in a long text, instead of all of it: a browser sends little for a page that is being closed.
window.reviewapp ??= {};
{
  const isHigh = (text, at) => text[at] >= "\ud800" && text[at] <= "\udbff";

  // Where `from` must be replaced, and by what, to become `to`: [start, end, text].
  reviewapp.whatDiffers = (from, to) => {
    const shortest = Math.min(from.length, to.length);
    let start = 0;
    while (start < shortest && from[start] === to[start]) start++;
    let same = 0; // characters at the end
    while (same < shortest - start && from[from.length - 1 - same] === to[to.length - 1 - same]) same++;
    if (isHigh(from, start - 1)) start--; // never between the two halves of a character
    if (same && isHigh(from, from.length - same - 1)) same--;
    return [start, from.length - same, to.slice(start, to.length - same)];
  };

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });

  // CRC-32 of the text in UTF-16, as the server computes it: both must mean the same text.
  reviewapp.crc = (text) => {
    let sum = -1;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      sum = TABLE[(sum ^ unit) & 255] ^ (sum >>> 8);
      sum = TABLE[(sum ^ (unit >>> 8)) & 255] ^ (sum >>> 8);
    }
    return (sum ^ -1) >>> 0;
  };

  // Puts into `data` what changed of the corrected text since `base`, in place of the text. Offsets: UTF-16.
  reviewapp.spliceInto = (data, base, text) => {
    const [start, end, inserted] = reviewapp.whatDiffers(base, text);
    data.delete("corrected_text");
    data.set("splice_of", reviewapp.crc(base));
    data.set("splice_start", start);
    data.set("splice_end", end);
    data.set("splice_text", inserted);
  };
}
