// Opens self-contained HTML documents as a reader would, and says what is wrong with each:
//
//     node standalone.mjs < PATHS
//
// where PATHS is a JSON list of files. Answers [{ file, faults }]. What counts: a request for anything but
// the file, whatever the console complains of, what axe-core finds in light and in dark, a page that has to
// be scrolled sideways on a telephone, MathML that is an error, a button for copying that does not copy.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { inBrowser } from "./browser.mjs";
import { answer, asked, modules } from "./modules.mjs";

const axe = () => readFileSync(join(modules, "axe-core", "axe.min.js"), "utf8");
const loud = new Set(["error", "warning", "assert"]);

/** Runs in the page before its own scripts: what is copied stays in a list. */
function keepCopies() {
  window.copies = [];
  const writeText = async (text) => void window.copies.push(String(text));
  const write = async (items) => {
    for (const item of items) window.copies.push(await (await item.getType("text/plain")).text());
  };
  Object.defineProperty(navigator, "clipboard", { value: { writeText, write }, configurable: true });
  document.addEventListener("copy", (event) => {
    window.copies.push(event.clipboardData.getData("text/plain") || String(getSelection()));
  });
  const execute = document.execCommand.bind(document);
  document.execCommand = (command, ...rest) => {
    if (command !== "copy") return execute(command, ...rest);
    const field = document.activeElement;
    window.copies.push(field?.matches("textarea, input") ? field.value : String(getSelection()));
    return true;
  };
}

async function axeFaults(page, scheme) {
  await page.evaluate(axe());
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, help, nodes }) => {
    const where = nodes.slice(0, 3).map(({ target, any }) => {
      const data = any.find((check) => check.data?.contrastRatio)?.data;
      return target.join(" ") + (data ? ` (${data.fgColor} on ${data.bgColor}: ${data.contrastRatio})` : "");
    });
    return `axe, ${scheme}: ${id}: ${help}: ${where.join(", ")}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""}`;
  });
}

/** Runs in the page: formulas that the browser was given wrongly, and a document in quirks mode. */
function structureFaults() {
  const faults = [];
  if (document.compatMode !== "CSS1Compat") faults.push("no <!DOCTYPE html>: the browser is in quirks mode");
  for (const error of document.querySelectorAll("math merror, math mtext[mathcolor=red]")) {
    faults.push(`MathML that is an error: ${error.textContent.trim()}`);
  }
  for (const math of document.querySelectorAll("math")) {
    if (math.namespaceURI !== "http://www.w3.org/1998/Math/MathML") faults.push("a <math> that is no MathML");
    const { width, height } = math.getBoundingClientRect();
    if (width * height === 0 && math.checkVisibility()) faults.push(`a formula without extent: ${math.textContent}`);
  }
  return faults;
}

function sidewaysFaults() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth + 1) return [];
  const wide = [...document.body.querySelectorAll("*")].find((element) => {
    const { right } = element.getBoundingClientRect();
    return right > clientWidth + 1 && element.children.length === 0;
  });
  const culprit = wide ? `, because of <${wide.localName}> ${wide.textContent.trim().slice(0, 40)}` : "";
  return [`${scrollWidth} px wide on a telephone of ${clientWidth} px${culprit}`];
}

async function copyFaults(page) {
  const faults = [];
  const buttons = await page.$$("button, [role=button], [data-copy], [data-clipboard-text]");
  for (const button of buttons) {
    const label = await button.evaluate((element) => {
      const { ariaLabel, className, title, dataset, textContent } = element;
      const name = (ariaLabel || textContent || title).trim();
      const all = [ariaLabel, className, title, textContent, ...Object.keys(dataset)].join(" ");
      return /cop(y|ied)|clipboard/i.test(all) && element.checkVisibility() ? name || "button" : "";
    });
    if (!label) continue;
    await page.evaluate(() => void (window.copies.length = 0));
    await button.click({ timeout: 2000 }).catch(() => {});
    const [text] = await page.waitForFunction(() => window.copies.length && window.copies, null, { timeout: 500 }).then(
      (handle) => handle.jsonValue(),
      () => [],
    );
    if (text === undefined || text.trim() === "") faults.push(`the button '${label}' copies nothing`);
    else if (!(await page.evaluate(knownText, text))) {
      faults.push(`the button '${label}' copies what the page does not hold: ${text}`);
    }
  }
  return faults;
}

/** Runs in the page: whether a text that was copied is one that the page has, shown or kept for copying. */
function knownText(text) {
  const plain = (given) => given.replace(/\s+/g, "");
  const page = document.documentElement.cloneNode(true);
  for (const program of page.querySelectorAll("script:not([type]), script[type*=javascript], script[type=module], style")) {
    program.remove();
  }
  const kept = [...page.querySelectorAll("*")].flatMap((element) => [...element.attributes].map(({ value }) => value));
  return [page.textContent, ...kept].some((given) => plain(given).includes(plain(text)));
}

async function visit(browser, file) {
  const url = pathToFileURL(file).href;
  const faults = new Set();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    await context.addInitScript(keepCopies);
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    // Nothing gets out; a document that asks for more than itself is seen to ask.
    await context.route("**/*", (route) => {
      const wanted = route.request().url().split(/[?#]/)[0];
      if (wanted === url || /^(data|blob|about):/.test(wanted)) return route.continue();
      faults.add(`a request for ${route.request().url()}`);
      return route.abort();
    });
    page.on("console", (message) => {
      if (loud.has(message.type())) faults.add(`console.${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.add(`uncaught: ${error.message}`));
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(url, { waitUntil: "load" });
      for (const fault of await axeFaults(page, colorScheme)) faults.add(fault);
    }
    for (const fault of await page.evaluate(structureFaults)) faults.add(fault);
    for (const fault of await copyFaults(page)) faults.add(fault);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const fault of await page.evaluate(sidewaysFaults)) faults.add(fault);
  } catch (error) {
    faults.add(`the browser gave up: ${error.message.split("\n")[0]}`);
  } finally {
    await context.close();
  }
  return { file, faults: [...faults] };
}

answer(await inBrowser(asked(), visit));
