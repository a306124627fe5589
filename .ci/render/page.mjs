// Renders a Markdown page as a browser would show it on a forge, to take a picture of:
//
//     node page.mjs FILE.md OUT.html

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { load, modules } from "./modules.mjs";
import { markdown } from "./reader.mjs";

const [source, target] = process.argv.slice(2);
if (!target) {
  console.error("usage: node page.mjs FILE.md OUT.html");
  process.exit(2);
}

const katex = load("katex");
const reader = markdown();
const escape = reader.utils.escapeHtml;

reader.renderer.rules.math_stray = (tokens, n) => escape(tokens[n].content);
// A wrong formula is shown in red: a picture of it says more than no picture.
reader.renderer.rules.math = (tokens, n) => {
  const { content, meta, block } = tokens[n];
  const html = katex.renderToString(content, { displayMode: meta.display, throwOnError: false });
  return block ? `<p>${html}</p>\n` : html;
};

const fence = reader.renderer.rules.fence;
reader.renderer.rules.fence = (tokens, n, ...others) => {
  const { content, info } = tokens[n];
  if (info.trim() !== "math") return fence(tokens, n, ...others);
  return `<p>${katex.renderToString(content, { displayMode: true, throwOnError: false })}</p>\n`;
};

const text = readFileSync(source, "utf8");
const title = escape(text.match(/^#\s+(.*)$/m)?.[1] ?? source);
const css = escape(pathToFileURL(join(modules, "katex", "dist", "katex.min.css")).href);

writeFileSync(
  target,
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="${css}">
<style>
body { box-sizing: border-box; max-width: 900px; margin: 0 auto; padding: 32px; color: #1f2328; background: #fff;
  font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
h1, h2 { padding-bottom: .3em; border-bottom: 1px solid #d1d9e0; line-height: 1.25; }
h1 { font-size: 2em; } h2 { font-size: 1.5em; margin-top: 24px; }
pre, code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 85%; background: #f6f8fa; border-radius: 6px; }
pre { padding: 16px; overflow: auto; } pre code { padding: 0; font-size: 100%; } code { padding: .2em .4em; }
table { border-collapse: collapse; } th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 2px 0; }
</style>
</head>
<body>
${reader.render(text)}</body>
</html>
`,
);
