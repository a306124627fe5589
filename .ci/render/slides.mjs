// Measures every slide of Marp decks that marp-cli has made HTML of, with its template `bare`:
//
//     node slides.mjs < PATHS
//
// where PATHS is a JSON list of files. Answers [{ file, slides, faults }]. A slide may neither overflow nor be
// shrunk to fit, and nothing on it may be smaller than a reader in the last row can read.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { inBrowser } from "./browser.mjs";
import { answer, asked, modules } from "./modules.mjs";

/** Runs in the page. All lengths are pixels of a slide as its theme sets it, 1280 by 720 as a rule. */
function measured({ smallest, slack }) {
  const faults = [];
  const sections = [...document.querySelectorAll("section")].filter((section) => !section.parentElement.closest("section"));
  const excerpt = (element) => {
    const formula = element.closest("mjx-container");
    if (formula) {
      const all = [...formula.closest("section").querySelectorAll("mjx-container")];
      return `formula ${all.indexOf(formula) + 1} of ${all.length}`;
    }
    const shown = element.getRootNode().host ?? element;
    return shown.textContent.trim().replace(/\s+/g, " ").slice(0, 50) || `<${shown.localName}>`;
  };
  // What KaTeX and MathJax keep for screen readers stands outside of what is seen.
  const unseen = ".katex-mathml, mjx-assistive-mml, script, style, annotation";
  const written = (node) => node.nodeType === Node.TEXT_NODE && /[^\s\u200b]/.test(node.data);
  const canvas = document.createElement("canvas").getContext("2d");
  /** Where something is seen: KaTeX stacks by empty boxes, and gives letters boxes, that reach far above and below them. */
  const seen = (element, kind, rect) => {
    if (!element.closest(".katex") || element.localName === "svg") return rect;
    const border = parseFloat(kind.borderTopWidth) + parseFloat(kind.borderBottomWidth);
    if (border > 0) return rect;
    const text = [...element.childNodes].filter(written).map((node) => node.data).join("");
    if (!text) return null;
    canvas.font = `${kind.fontStyle} ${kind.fontWeight} ${kind.fontSize} ${kind.fontFamily}`;
    const drawn = canvas.measureText(text);
    const scale = rect.height / (drawn.fontBoundingBoxAscent + drawn.fontBoundingBoxDescent);
    const line = rect.top + drawn.fontBoundingBoxAscent * scale;
    const [top, bottom] = [line - drawn.actualBoundingBoxAscent * scale, line + drawn.actualBoundingBoxDescent * scale];
    return { left: rect.left, right: rect.right, width: rect.width, top, bottom };
  };

  sections.forEach((section, index) => {
    const outer = section.getBoundingClientRect();
    const scale = outer.width / section.offsetWidth;
    const style = getComputedStyle(section);
    const pad = (side) => parseFloat(style[`padding${side}`]);
    const box = {
      left: outer.left / scale + pad("Left"),
      top: outer.top / scale + pad("Top"),
      right: outer.right / scale - pad("Right"),
      bottom: outer.bottom / scale - pad("Bottom"),
    };
    const over = { left: [0], top: [0], right: [0], bottom: [0] };
    const say = (fault) => faults.push(`slide ${index + 1}: ${fault}`);
    const worst = (side, by, element) => by > over[side][0] && (over[side] = [by, element]);
    let small = [Infinity];
    const letters = (size, element) => size < small[0] && (small = [size, element]);
    const shrunk = new Map();

    const look = (element) => {
      if (element.matches(unseen) || getComputedStyle(element).display === "none") return;
      const kind = getComputedStyle(element);
      // Headers, footers and what is pinned somewhere belong to the frame.
      if (element.matches("header, footer") && element.parentElement === section) return;
      const rect = element.getBoundingClientRect();
      const ink = seen(element, kind, rect);
      if (ink && rect.width > 0 && kind.display !== "contents") {
        worst("left", box.left - ink.left / scale, element);
        worst("top", box.top - ink.top / scale, element);
        worst("right", ink.right / scale - box.right, element);
        worst("bottom", ink.bottom / scale - box.bottom, element);
      }
      // The width of the element as it is laid out is rounded; of a short word that is some per cent.
      const rounded = element.offsetWidth - 0.5;
      const zoom = rounded > 0 && rect.width / scale < rounded ? rect.width / scale / element.offsetWidth : 1;
      const clips = kind.overflowX !== "visible" || kind.overflowY !== "visible";
      if (clips && element instanceof HTMLElement && !element.closest(".katex")) {
        const wide = element.scrollWidth - element.clientWidth;
        const tall = element.scrollHeight - element.clientHeight;
        if (wide > slack || tall > slack) say(`cut off by ${Math.ceil(Math.max(wide, tall))} px: ${excerpt(element)}`);
      }
      if (zoom < 0.99 && element.offsetWidth > 1 && !element.closest("h1, h2, h3, h4, h5, h6, .katex, mjx-container")) {
        shrunk.set(element, zoom);
      }
      const formula = element.closest("mjx-container");
      for (const node of element.childNodes) {
        if (written(node)) letters(parseFloat(kind.fontSize) * zoom, element);
      }
      if (element.localName === "svg" && formula) {
        const { width, height } = element.viewBox.baseVal;
        const unit = Math.min(rect.width / width, rect.height / height) / scale;
        const fit = (unit * height) / element.height.baseVal.value;
        if (fit < 0.99) shrunk.set(element, fit);
        // A thousand units of MathJax are the height of a letter; scripts are groups that are scaled again.
        for (const path of element.querySelectorAll("path, use")) {
          const nested = path.getScreenCTM().a / element.getScreenCTM().a;
          letters(unit * nested * 1000, formula);
        }
        return;
      }
      if (element.localName === "svg" && element.closest(".katex")) return;
      const inside = element.shadowRoot ? [...element.shadowRoot.children] : [];
      for (const child of [...inside, ...element.children]) look(child);
    };

    for (const child of section.children) look(child);
    const wide = section.scrollWidth - section.clientWidth;
    const tall = section.scrollHeight - section.clientHeight;
    if (wide > slack || tall > slack) say(`the slide itself overflows by ${Math.max(wide, tall)} px`);
    for (const [side, [by, element]] of Object.entries(over)) {
      if (by > slack) say(`${Math.ceil(by)} px beyond the ${side} margin: ${excerpt(element)}`);
    }
    for (const [element, zoom] of shrunk) {
      if (!shrunk.has(element.parentElement)) say(`shrunk to ${Math.floor(zoom * 100)} %: ${excerpt(element)}`);
    }
    if (small[0] < smallest) say(`letters of ${small[0].toFixed(1)} px, less than ${smallest}: ${excerpt(small[1])}`);
  });
  if (sections.length === 0) faults.push("no slide at all");
  return { slides: sections.length, faults };
}

/** Marp takes KaTeX's fonts from a public host; without them every formula would have another width. */
async function offline(route) {
  const url = route.request().url();
  const font = url.match(/\/(KaTeX_[\w-]+\.(?:woff2|woff|ttf))/);
  if (font) return route.fulfill({ body: readFileSync(join(modules, "katex", "dist", "fonts", font[1])) });
  return /^(file|data|blob|about):/.test(url) ? route.continue() : route.abort();
}

async function visit(browser, { file, smallest, slack }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    await context.route("**/*", offline);
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    // Marp's script fits what it fits once the fonts are there, a frame later.
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return { file, ...(await page.evaluate(measured, { smallest, slack })) };
  } catch (error) {
    return { file, slides: 0, faults: [`the browser gave up: ${error.message.split("\n")[0]}`] };
  } finally {
    await context.close();
  }
}

answer(await inBrowser(asked(), visit));
