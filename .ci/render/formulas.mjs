// Checks every formula of Markdown files with KaTeX and MathJax:
//
//     node formulas.mjs FILE.md...
//
// One line per fault, then a count. Exits with 1 on any fault, and for a file without a formula:
// a check that found nothing to check has not passed.

import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);
export const modules = process.env.DERIVE_NODE_MODULES || join(dirname(here), "node_modules");
const require = createRequire(import.meta.url);

export function load(name) {
  try {
    return require(join(modules, name));
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    console.error(`${name} is not in ${modules}: run 'npm install --no-package-lock' in .ci/render.`);
    process.exit(2);
  }
}

const word = /[\p{L}\p{N}]/u;

/** Where the dollars at `start` close, by the rules that GitHub and Pandoc share; -1 if nowhere. */
function closing(text, start, dollars) {
  const from = start + dollars.length;
  if (dollars === "$" && (/\s/.test(text[from] ?? " ") || word.test(text[start - 1] ?? ""))) return -1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(dollars, at)) {
      if (at === from) return -1;
      if (dollars === "$" && (/\s/.test(text[at - 1]) || word.test(text[at + 1] ?? ""))) return -1;
      return at;
    }
  }
  return -1;
}

function inlineMath(state, silent) {
  if (state.src[state.pos] !== "$") return false;
  const dollars = state.src.startsWith("$$", state.pos) ? "$$" : "$";
  const end = closing(state.src, state.pos, dollars);
  if (!silent) {
    const token = state.push(end < 0 ? "math_stray" : "math", "", 0);
    token.content = end < 0 ? dollars : state.src.slice(state.pos + dollars.length, end);
    token.meta = { display: dollars === "$$" };
  }
  state.pos = end < 0 ? state.pos + dollars.length : end + dollars.length;
  return true;
}

// A display ends at its closing dollars whatever stands between, blank lines too, so that a blank
// line is found as the fault it is and not as two strays.
function displayMath(state, first, last, silent) {
  const line = (n) => state.src.slice(state.bMarks[n] + state.tShift[n], state.eMarks[n]).trimEnd();
  if (!line(first).startsWith("$$")) return false;
  const oneLine = line(first).length > 4 && line(first).endsWith("$$");
  if (!oneLine && line(first).slice(2).includes("$$")) return false;
  if (silent) return true;
  let end = first;
  if (!oneLine) do end++; while (end < last && !line(end).endsWith("$$"));
  const lines = [];
  for (let n = first; n <= Math.min(end, last - 1); n++) lines.push(line(n));
  lines[0] = lines[0].slice(2);
  if (end < last) lines.push(lines.pop().slice(0, -2));
  // The lines of the dollars themselves hold nothing else as a rule; they are not blank lines.
  if (lines.length > 1 && lines[0] === "") lines.shift();
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  const token = state.push(end < last ? "math" : "math_stray", "", 0);
  token.block = true;
  token.content = end < last ? lines.join("\n") : "$$";
  token.meta = { display: true };
  token.map = [first, end + 1];
  state.line = Math.min(end + 1, last);
  return true;
}

/** A Markdown reader whose formulas are tokens of type `math`, and lone dollars `math_stray`. */
export function markdown() {
  const reader = load("markdown-it")({ html: true });
  reader.inline.ruler.before("escape", "math", inlineMath);
  reader.block.ruler.before("fence", "math", displayMath, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  return reader;
}

/** The formulas of a text in order: { tex, display, line, stray }. */
function formulas(reader, text) {
  const found = [];
  const walk = (tokens, line) => {
    for (const token of tokens) {
      const at = token.map ? token.map[0] + 1 : line;
      const hidden = token.type.startsWith("html") && token.content.includes("$");
      if (token.type.startsWith("math") || hidden) {
        const stray = hidden || token.type === "math_stray";
        found.push({ tex: token.content, display: token.meta?.display, line: at, stray });
      }
      if (token.children) walk(token.children, at);
    }
  };
  walk(reader.parse(text, {}), 1);
  return found;
}

/** What a page must not hold although some renderer takes it: the message, or nothing. */
function refused({ tex, display }) {
  const macro = tex.match(/\\(operatorname|label|bm|mathop)(?![A-Za-z])/);
  if (macro) return `${macro[0]} is not for pages: some renderer lacks it or numbers by it`;
  if (!display) return;
  for (const line of tex.split("\n")) {
    if (line.trim() === "") return "a blank line ends the formula in TeX and the paragraph in Markdown";
    // A reader that looks for blocks first makes a heading or a list of such a line.
    if (/^\s*(=+|-+)\s*$/.test(line)) return `the line '${line.trim()}' underlines a heading in Markdown`;
    if (/^\s*([-+*>]|#+|\d+[.)])\s/.test(line)) return `the line '${line.trim()}' starts a block in Markdown`;
  }
}

function katexFault({ tex, display }, katex) {
  try {
    katex.renderToString(tex, { displayMode: display, strict: "error", throwOnError: true, trust: false });
  } catch (error) {
    return error.message;
  }
}

function mathjaxFault({ tex, display }, MathJax) {
  try {
    const mathml = MathJax.tex2mml(tex, { display });
    if (/<merror|data-mjx-error/.test(mathml)) return mathml.match(/data-mjx-error="([^"]*)"/)?.[1] ?? "merror";
  } catch (error) {
    return error.message;
  }
}

async function main(files) {
  const katex = load("katex");
  const MathJax = await load("mathjax").init({
    loader: { load: ["input/tex-base", "[tex]/ams"] },
    // 'noundefined' would show an unknown macro in red and call it a success.
    tex: { packages: ["base", "ams"] },
    startup: { typeset: false },
  });
  const reader = markdown();
  let count = 0;
  let faults = 0;
  const fault = (...parts) => {
    faults++;
    console.log(parts.map((part) => String(part).replace(/\s+/g, " ").trim()).join(": "));
  };
  for (const file of files) {
    const found = formulas(reader, readFileSync(file, "utf8"));
    const whole = found.filter((formula) => !formula.stray);
    count += whole.length;
    if (whole.length === 0) fault(file, "no formula at all");
    for (const formula of found) {
      const { tex, line, stray } = formula;
      const excerpt = tex.length > 160 ? `${tex.slice(0, 160)}...` : tex;
      const report = (message) => message && fault(`${file}:${line}`, excerpt, message);
      if (stray) {
        report("a dollar that opens or closes no formula");
        continue;
      }
      report(refused(formula));
      report(katexFault(formula, katex));
      const message = mathjaxFault(formula, MathJax);
      report(message && `MathJax: ${message}`);
    }
  }
  console.log(`${count} formulas in ${files.length} files, ${faults} faults`);
  return faults > 0 || files.length === 0 ? 1 : 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(here)) {
  process.exitCode = await main(process.argv.slice(2));
}
