// What npm has installed for the checks, and how they are told what to check.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const modules = process.env.DERIVE_NODE_MODULES || join(dirname(fileURLToPath(import.meta.url)), "node_modules");
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

/** The JSON on standard input. */
export const asked = () => JSON.parse(readFileSync(0, "utf8"));

/** A program exits once all is written: process.exit would cut a long answer off. */
export function answer(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
