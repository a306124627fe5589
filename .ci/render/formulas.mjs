// Checks every formula of Markdown files with KaTeX and MathJax:
//
//     node formulas.mjs FILE.md...
//
// One line per fault, then a count. Exits with 1 on any fault, and for a file without a formula:
// a check that found nothing to check has not passed.
//
//     node formulas.mjs --json < PARTS
//
// does it for parts of other files: [{ name, markdown }] or, where somebody else has found them,
// [{ name, formulas: [{ tex, display, line }] }]. It answers [{ name, formulas, faults }].

import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { answer, asked, load } from "./modules.mjs";
import { formulas, markdown } from "./reader.mjs";

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

/** What says all that is wrong with one formula. */
async function judge() {
  const katex = load("katex");
  const MathJax = await load("mathjax").init({
    // A browser's MathJax loads \boldsymbol by itself.
    loader: { load: ["input/tex-base", "[tex]/ams", "[tex]/boldsymbol"] },
    // 'noundefined' would show an unknown macro in red and call it a success.
    tex: { packages: ["base", "ams", "boldsymbol"] },
    startup: { typeset: false },
  });
  const judgeOne = (formula) => {
    const message = mathjaxFault(formula, MathJax);
    return [refused(formula), katexFault(formula, katex), message && `MathJax: ${message}`].filter(Boolean);
  };
  const known = new Map(); // most formulas of a page stand on others too
  return (formula) => {
    if (formula.stray) return ["a dollar that opens or closes no formula"];
    const key = `${formula.display} ${formula.tex}`;
    if (!known.has(key)) known.set(key, judgeOne(formula));
    return known.get(key);
  };
}

const oneLine = (part) => String(part).replace(/\s+/g, " ").trim();

/** The faults of one part, each with its place, and how many whole formulas it has. */
function judged({ name, markdown: text, formulas: given }, reader, faultsOf) {
  const found = given ?? formulas(reader, text);
  const faults = found.flatMap((formula) => {
    const excerpt = formula.tex.length > 160 ? `${formula.tex.slice(0, 160)}...` : formula.tex;
    return faultsOf(formula).map((message) => [`${name}:${formula.line}`, excerpt, message].map(oneLine).join(": "));
  });
  return { name, formulas: found.filter((formula) => !formula.stray), faults };
}

async function main(files) {
  const faultsOf = await judge();
  const reader = markdown();
  let count = 0;
  let faults = 0;
  for (const name of files) {
    const part = judged({ name, markdown: readFileSync(name, "utf8") }, reader, faultsOf);
    count += part.formulas.length;
    if (part.formulas.length === 0) part.faults.unshift(`${name}: no formula at all`);
    faults += part.faults.length;
    for (const fault of part.faults) console.log(fault);
  }
  console.log(`${count} formulas in ${files.length} files, ${faults} faults`);
  return faults > 0 || files.length === 0 ? 1 : 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  if (process.argv[2] === "--json") {
    const faultsOf = await judge();
    const reader = markdown();
    answer(asked().map((part) => judged(part, reader, faultsOf)));
  } else {
    process.exitCode = await main(process.argv.slice(2));
  }
}
