// Debian's Chromium for many documents: one browser, two documents at a time.

import { load } from "./modules.mjs";

// Without them Chromium calls its makers' hosts at every start.
const quiet =
  "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** What `visit(browser, item)` answers for each item, in order. */
export async function inBrowser(items, visit) {
  const browser = await load("playwright-core").chromium.launch({
    executablePath: process.env.CHROME_PATH || "/usr/bin/chromium",
    args: ["--no-sandbox", ...quiet.split(" ")],
  });
  try {
    const answers = [];
    let next = 0;
    const work = async () => {
      while (next < items.length) {
        const n = next++;
        answers[n] = await visit(browser, items[n]);
      }
    };
    await Promise.all([work(), work()]);
    return answers;
  } finally {
    await browser.close();
  }
}
