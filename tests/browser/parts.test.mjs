// The program comes in two parts: the page starts with the first, the rest comes while one reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { url, withPage } from "./harness.mjs";
import { lesson, network, node, output, run, terminal } from "./student.mjs";

const REST = "**/hopwise-rest-*.wasm";
const path = "/#lesson=vpc-18-public-subnet";
const again =
  "the start needs functions that aren't in the first part: record it anew (cargo xtask generate first-load)";

/** Tells whether the page has fetched the rest because it couldn't wait. */
const watch = (page) =>
  page.addInitScript(() => {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (...request) {
      globalThis.couldNotWait = true;
      return open.apply(this, request);
    };
  });
const couldNotWait = (page) => page.evaluate(() => globalThis.couldNotWait === true);

for (const width of [1440, 390]) {
  test(`a lesson opens and keys are taken without the rest, ${width} px wide`, () => {
    let held = 0;
    const before = async (page) => {
      await watch(page);
      await page.route(REST, (route) => {
        held += 1;
        // Not by `await`: who can't wait for it would wait for ever.
        if (route.request().resourceType() === "xhr") route.abort();
      });
      page.on("dialog", (dialog) => dialog.dismiss());
    };
    return withPage({ path, before, ready: false, viewport: { width, height: 900 } }, async (page, faults) => {
      try {
        const title = lesson(page).getByRole("heading", { name: "What makes a subnet public" });
        await title.waitFor();
        await page.locator("[data-ready]").waitFor();
        await lesson(page).getByRole("region", { name: "Step 1" }).waitFor({ state: "attached" });
        await network(page).waitFor({ state: "attached" });
        if (width > 1000) {
          await node(page, "VPC").waitFor();
          await terminal(page).click();
          await terminal(page).pressSequentially("aws ec2 describe-vpcs");
          assert.equal(await terminal(page).inputValue(), "aws ec2 describe-vpcs");
        }
      } catch (error) {
        if (await couldNotWait(page)) faults.splice(0);
        throw (await couldNotWait(page)) ? new Error(again, { cause: error }) : error;
      }
      if (await couldNotWait(page)) faults.splice(0);
      assert.equal(await couldNotWait(page), false, again);
      assert.equal(held, 1, "the rest is fetched in the background");
    });
  });
}

test("the rest comes by itself, and what is typed then needs no second request", () =>
  withPage({ before: watch }, async (page) => {
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name, responseEnd }) => name.includes("hopwise-rest-") && responseEnd > 0),
    );
    // Fetched is not yet compiled.
    await page.waitForTimeout(1000);
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    await node(page, "VPC vpc-").waitFor();
    assert.equal(await couldNotWait(page), false);
  }));

test("who is faster than the rest waits for it and gets the answer", () => {
  const before = async (page) => {
    await watch(page);
    // The one in the background never arrives.
    await page.route(REST, (route) => {
      if (route.request().resourceType() === "xhr") route.continue();
    });
  };
  return withPage({ before }, async (page, faults) => {
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    await node(page, "VPC vpc-").waitFor();
    await run(page, "aws ec2 delete-vpc");
    await output(page).getByText("--vpc-id").first().waitFor();
    assert.equal(await couldNotWait(page), true);
    // Chromium says that such a request is out of fashion.
    assert.ok(faults.splice(0).every((fault) => fault.includes("Synchronous XMLHttpRequest")));
  });
});

test("offline, the page asks before it gives up, and nothing is lost", () => {
  let blocked = true;
  const before = (page) => page.route(REST, (route) => (blocked ? route.abort() : route.continue()));
  return withPage({ before }, async (page, faults) => {
    const questions = [];
    page.on("dialog", (dialog) => {
      questions.push(dialog.message());
      blocked = questions.length < 2;
      dialog.accept();
    });
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    await node(page, "VPC vpc-").waitFor();
    assert.equal(questions.length, 2);
    assert.match(questions[0], /could not be fetched.*Try again/);
    assert.notEqual(faults.splice(0).length, 0, "the console tells why");
  });
});

test("without the rest the page says that it can't go on", () => {
  const before = (page) => page.route(REST, (route) => route.abort());
  return withPage({ before }, async (page, faults) => {
    page.on("dialog", (dialog) => dialog.dismiss());
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    const crash = page.getByRole("alertdialog", { name: "Hopwise has stopped" });
    await crash.getByText("A part of the program could not be fetched").waitFor();
    await crash.getByRole("button", { name: "Reload the page" }).waitFor();
    assert.notEqual(faults.splice(0).length, 0, "the console tells why");
  });
});

test("the rest is kept for ever under its name", async () => {
  const index = await (await fetch(url)).text();
  const [, rest] = index.match(/data-rest="\.\/(hopwise-rest-[0-9a-f]{16}_bg\.wasm)"/);
  assert.ok(!index.replace(/data-rest="[^"]*"/, "").includes(rest), "the head doesn't ask for it");
  const { headers } = await fetch(new URL(rest, url));
  assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(headers.get("content-type"), "application/wasm");
});
