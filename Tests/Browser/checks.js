// What is wrong with the page as it stands, in words: an empty list where nothing is. Colours are those that the browser computed.
const faults = [];
const where = (node) => {
  const text = (node.textContent || node.getAttribute("name") || "").trim().replace(/\s+/g, " ").slice(0, 50);
  return `<${node.tagName.toLowerCase()}${node.id ? "#" + node.id : ""}> “${text}”`;
};
const isSeen = (node) => {
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && !node.closest(".unseen") && !node.closest(".skip:not(:focus)");
};

// WCAG 1.4.3. A ground may be partly transparent: what is under it shows through.
const parse = (colour) => {
  const numbers = (colour.match(/[\d.]+/g) || []).map(Number);
  return colour.startsWith("color(") ? [...numbers.slice(0, 3).map((n) => n * 255), numbers[3] ?? 1] : [...numbers.slice(0, 3), numbers[3] ?? 1];
};
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const ground = (node) => {
  const layers = [];
  for (let at = node; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  return layers.reverse().reduce((under, top) => over(top, under), canvas);
};
const light = (colour) => {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = walker.nextNode(); text; text = walker.nextNode()) {
  const node = text.parentElement;
  if (!text.textContent.trim() || ["SCRIPT", "STYLE", "OPTION"].includes(node.tagName) || !isSeen(node)) continue;
  // A drawing's text lies on its shapes, which no background tells of: its colours are pairs of the style sheet's tokens.
  if (node.closest("svg")) continue;
  texts += 1;
  const style = getComputedStyle(node), under = ground(node);
  const ratio = contrast(over(parse(style.color), under), under);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
  if (ratio < (isLarge ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)} of ${where(node)}: ${style.color}`);
  if (size < 12) faults.push(`type of ${size} px: ${where(node)}`);
}
if (texts === 0) faults.push("no text was looked at");

// WCAG 1.3.1, 2.4.6, 3.3.2, 4.1.2.
const name = (node) => {
  const by = (node.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const label = node.labels ? [...node.labels].map((one) => one.textContent).join(" ") : "";
  const own = ["A", "BUTTON", "SUMMARY"].includes(node.tagName) ? node.textContent : "";
  return (by || node.getAttribute("aria-label") || label || own).trim();
};
for (const node of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href], summary, [tabindex='0']")) {
  if (!name(node)) faults.push(`no name: ${where(node)}`);
}
for (const node of document.querySelectorAll("input[aria-describedby]")) {
  for (const id of node.getAttribute("aria-describedby").split(" ")) {
    if (!document.getElementById(id)) faults.push(`described by nothing: ${id}`);
  }
}
const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`id twice: ${id}`);
for (const image of document.querySelectorAll("svg, img")) {
  const isNamed = image.getAttribute("aria-label") || image.getAttribute("aria-labelledby") || image.getAttribute("alt") || image.querySelector("title");
  if (!isNamed && image.getAttribute("aria-hidden") !== "true") faults.push(`a picture without words: ${where(image)}`);
}

// WCAG 1.3.1: headings in order, one first.
const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(isSeen).map((node) => Number(node.tagName[1]));
if (levels.filter((level) => level === 1).length !== 1) faults.push(`${levels.filter((level) => level === 1).length} headings of the first level`);
levels.forEach((level, at) => { if (level > (levels[at - 1] ?? 0) + 1) faults.push(`a heading of level ${level} after ${levels[at - 1] ?? "none"}`); });

// WCAG 1.4.10: nothing but a table or a drawing is wider than the page.
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) {
  faults.push(`the page is ${document.documentElement.scrollWidth} px wide of ${width}`);
}
for (const node of document.querySelectorAll("main *, header *")) {
  if (!isSeen(node) || node.closest(".scroll") || node.closest("pre") || node.closest("svg")) continue;
  const box = node.getBoundingClientRect();
  if (box.right > width + 1 || box.left < -1) faults.push(`out of the page (${Math.round(box.left)}…${Math.round(box.right)} of ${width}): ${where(node)}`);
}
// Text that is cut: a box that hides what is more.
for (const node of document.querySelectorAll("main *")) {
  const style = getComputedStyle(node);
  if (isSeen(node) && style.overflowX === "hidden" && node.scrollWidth > node.clientWidth + 1) faults.push(`cut: ${where(node)}`);
}

// WCAG 2.5.8: what is pressed is 24 px high at least, links in sentences apart.
for (const node of document.querySelectorAll("button, .button, select, input:not([type=hidden]):not([type=radio])")) {
  const box = node.getBoundingClientRect();
  if (isSeen(node) && box.height < 24) faults.push(`${Math.round(box.height)} px high: ${where(node)}`);
}
if (!["en", "ko"].includes(document.documentElement.lang)) faults.push(`lang is “${document.documentElement.lang}”`);
if (!document.title.trim()) faults.push("no title");
return faults;
