// The formulas of a Markdown text: `$x$`, `` $`x`$ ``, `$$x$$` and fences of the language `math`.

import { load } from "./modules.mjs";

const word = /[\p{L}\p{N}]/u;

/** Where the dollars at `start` close, by the rules that GitHub and Pandoc share; -1 if nowhere. */
function closing(text, start, dollars) {
  const from = start + dollars.length;
  if (dollars === "$`") return text.indexOf("`$", from + 1);
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
  const dollars = ["$$", "$`"].find((opening) => state.src.startsWith(opening, state.pos)) ?? "$";
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

// What Jekyll and Marp read before the Markdown: the lines stay, so that the numbers of the others do.
function bodyOf(text) {
  const front = text.match(/^---[ \t]*\n[^]*?\n---[ \t]*(?=\n|$)/);
  if (!front) return text;
  const body = text.slice(front[0].length).replace(/\{%-?\s*(end)?raw\s*-?%\}/g, "");
  return front[0].replace(/[^\n]/g, "") + body;
}

/** The formulas of a text in order: { tex, display, line, stray }. */
export function formulas(reader, text) {
  const found = [];
  let at = 1;
  const walk = (tokens) => {
    for (const token of tokens) {
      // The cells of a table have no lines of their own; their row has.
      if (token.map) at = token.map[0] + 1;
      const hidden = token.type.startsWith("html") && token.content.includes("$");
      if (token.type === "fence" && token.info.trim() === "math") {
        found.push({ tex: token.content.trimEnd(), display: true, line: at, stray: false });
      } else if (token.type.startsWith("math") || hidden) {
        const stray = hidden || token.type === "math_stray";
        found.push({ tex: token.content, display: token.meta?.display, line: at, stray });
      }
      if (token.children) walk(token.children);
    }
  };
  walk(reader.parse(bodyOf(text), {}));
  return found;
}
