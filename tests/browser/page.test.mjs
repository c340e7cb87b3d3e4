// The frame of the page: it comes up, before and after the wasm, under its real headers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, expectedHeaders, isReady, url, withPage } from "./harness.mjs";

test("the page starts without an error", () =>
  withPage({}, async (page) => {
    assert.match(await page.title(), /Hopwise/);
    await page.getByRole("heading", { name: "Hopwise", level: 1 }).waitFor();
    assert.equal(await page.locator("h1").count(), 1, "the static frame is gone");
  }));

test("the frame stands before the wasm has come", () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const before = (page) =>
    page.route("**/*.wasm", async (route) => {
      await held;
      await route.continue();
    });
  return withPage({ before, ready: false }, async (page) => {
    await page.getByRole("heading", { name: "Hopwise" }).waitFor();
    for (const name of ["Side", "Map", "Dock"]) {
      const box = await page.getByRole("region", { name }).boundingBox();
      assert.ok(box.width > 200 && box.height > 100, `${name} has its place`);
    }
    assert.equal(await page.locator("[data-ready]").count(), 0, "the application hasn't begun");
    const bar = await page.locator(".topbar").boundingBox();
    assert.equal(bar.height, 44, "the style sheet has come");
    release();
    await isReady(page);
    assert.deepEqual(await page.locator(".topbar").boundingBox(), bar, "nothing jumps");
  });
});

for (const [path, shown, hidden] of [
  ["/#lesson=vpc-18-public-subnet", "What makes a subnet public", "A small AWS in this tab"],
  ["/", "A small AWS in this tab", "What makes a subnet public"],
]) {
  test(`${path} has something to read before the wasm has come`, () => {
    const before = (page) => page.route("**/*.wasm", () => {});
    return withPage({ path, before, ready: false }, async (page) => {
      await page.getByRole("heading", { name: shown }).waitFor();
      assert.equal(await page.getByRole("heading", { name: hidden }).count(), 0);
    });
  });
}

test("a crash is told where it is seen, with a way on", () =>
  withPage({}, async (page, faults) => {
    const crash = page.getByRole("alertdialog", { name: "Hopwise has stopped" });
    assert.equal(await crash.count(), 0);
    // What the browser raises when a module of WebAssembly panics.
    await page.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });
    await crash.waitFor();
    assert.match(faults.splice(0).join(), /unreachable/);
    await crash.getByRole("button", { name: "Reload the page" }).click();
    await isReady(page);
    assert.equal(await crash.count(), 0);
  }));

test("a page that can't start says so", () => {
  const before = (page) => page.route("**/*.wasm", (route) => route.abort());
  return withPage({ before, ready: false }, async (page, faults) => {
    await page.getByRole("status").filter({ hasText: "could not start" }).waitFor();
    assert.notEqual(faults.splice(0).length, 0, "the console tells why");
  });
});

test("every answer has the headers of deploy/headers.toml", async () => {
  const expected = expectedHeaders();
  assert.ok(expected.length >= 6 && expected.some(([name]) => name === "content-security-policy"));
  const index = await fetch(url);
  const text = await index.clone().text();
  const [wasm] = text.match(/hopwise-app-[0-9a-f]{10,16}_bg\.wasm/);
  const [css] = text.match(/app-[0-9a-f]{10,16}\.css/);
  for (const [path, type, kept] of [
    ["/", "text/html; charset=utf-8", "no-cache"],
    [`/${wasm}`, "application/wasm", "public, max-age=31536000, immutable"],
    [`/${css}`, "text/css; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/lessons/index.json", "application/json", "no-cache"],
    ["/manifest.webmanifest", "application/manifest+json", "no-cache"],
    ["/none", "text/plain; charset=utf-8", "no-store"],
  ]) {
    const { headers } = await fetch(new URL(path, url));
    for (const [name, value] of expected) assert.equal(headers.get(name), value, `${path} ${name}`);
    assert.equal(headers.get("content-type"), type, path);
    assert.equal(headers.get("cache-control"), kept, path);
  }
});

test("the list of lessons names files that are there", async () => {
  const names = await (await fetch(new URL("/lessons/index.json", url))).json();
  assert.ok(Array.isArray(names));
  for (const name of names) {
    const answer = await fetch(new URL(`/lessons/${name}`, url));
    assert.equal(answer.status, 200, name);
  }
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing in ${colorScheme}, ${width} px wide`, () =>
      withPage({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true }, axe));
  }
  test(`axe finds nothing in ${colorScheme} before the wasm`, () => {
    const before = (page) => page.route("**/*.wasm", () => {});
    return withPage({ colorScheme, before, ready: false, bypassCSP: true }, axe);
  });
}

test("the policy blocks a script and a style that were slipped in", () =>
  withPage({}, async (page, faults) => {
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.slipped = true";
      document.body.append(script);
      document.body.setAttribute("style", "display: none");
    });
    assert.equal(await page.evaluate(() => globalThis.slipped), undefined);
    assert.ok(await page.locator("body").isVisible(), "the style was refused");
    const breaches = faults.splice(0).filter((fault) => fault.includes("policy breach"));
    assert.ok(breaches.some((fault) => fault.includes("script-src-elem inline")), `${breaches}`);
    assert.ok(breaches.some((fault) => fault.includes("style-src-attr inline")), `${breaches}`);
  }));

test("the page fits a phone without scrolling sideways", () =>
  withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    const [inner, outer] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.equal(inner, outer);
  }));
