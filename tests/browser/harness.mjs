// What the browser tests share: pages that tell of every error, axe, the expected headers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { isReady, launch, url } from "./browser.mjs";

export { isReady, url };
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// One browser for all tests of a file.
let browser;
after(() => browser?.close());

/**
 * Opens a page and gives `use` the page and the list of what went wrong so far: errors and
 * warnings of the console, uncaught exceptions, breaches of the content security policy,
 * answers from 400 up. When `use` has ended and the list isn't empty, the test fails; a test
 * that provokes an error takes it out of the list.
 *
 * options: path, ready (wait for the application: true), before(page) (runs before the page is
 * opened), and those of a Playwright context, e.g. colorScheme, viewport, bypassCSP.
 */
export const withPage = async (options, use) => {
  const { path = "/", ready = true, before, ...context } = options;
  browser ??= await launch();
  const opened = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    ...context,
  });
  const faults = [];
  try {
    const page = await opened.newPage();
    page.on("console", (message) => {
      const type = message.type();
      if (type === "error" || type === "warning") faults.push(`console ${type}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
    page.on("response", (answer) => {
      if (answer.status() >= 400) faults.push(`${answer.status()} ${answer.url()}`);
    });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy breach: ${event.effectiveDirective} ${event.blockedURI}`);
      });
    });
    await before?.(page);
    await page.goto(new URL(path, url).href);
    if (ready) await isReady(page);
    await use(page, faults);
  } finally {
    await opened.close();
  }
  assert.deepEqual(faults, [], "the page reported errors");
};

/** Runs axe with all its rules, which needs a context with `bypassCSP: true`. */
export const axe = async (page) => {
  await page.addScriptTag({ path: axePath });
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 5, "axe has looked at the page");
  const findings = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" | ")}`,
  );
  assert.deepEqual(findings, [], "axe has findings");
};

/** The headers that deploy/headers.toml sets for every path, by lower-case name. */
export const expectedHeaders = () => {
  const text = readFileSync(new URL("../../deploy/headers.toml", import.meta.url), "utf8");
  const [, table] = text.match(/^\[headers\]\n((?:.+\n)+)/m);
  return table
    .trim()
    .split("\n")
    .map((line) => line.match(/^([\w-]+) = "(.*)"$/))
    .map(([, name, value]) => [name.toLowerCase(), value]);
};
