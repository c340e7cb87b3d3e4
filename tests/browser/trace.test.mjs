// Sending packets: what is said, and what moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withPage } from "./harness.mjs";
import { names, openDoor, run, show, trace, twoTier } from "./student.mjs";

const send = (page) => page.getByRole("button", { name: names.SEND_PACKET }).click();
const atEnd = async (page) => {
  await page.getByLabel("Speed").selectOption("4×");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
};

test("a packet is stopped by a rule, and delivered when the rule is there", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier.slice(0, 10));
    await show(page, names.TRACE);
    // The samples: from the internet to the newest instance, tcp 80.
    assert.equal(await page.getByLabel(names.FROM).inputValue(), "internet");
    assert.match(await page.getByLabel(names.TO, { exact: true }).inputValue(), /^i-/);
    await send(page);
    await page.getByText(/^✕\s*timeout$/).waitFor();
    const stopped = trace(page).getByRole("listitem").filter({ hasText: "stops" }).last();
    assert.match(await stopped.innerText(), /Security group/);
    assert.match(await stopped.innerText(), /SG_HAS_NO_RULES|ENI_SG_RULES_MISMATCH/);
    assert.match(await stopped.getByRole("link").getAttribute("href"), /^https:\/\/docs\.aws\.amazon\.com\//);
    await atEnd(page);
    assert.match(await page.locator("#packet").getAttribute("class"), /packet-stopped/);
    assert.match(await page.locator("#packet-label").textContent(), /tcp 80 ✕ /);

    await show(page, names.TERMINAL);
    await run(page, openDoor);
    await show(page, names.TRACE);
    // What was true before the last change is not shown as if it were true now.
    await page.getByText("The network has changed since this packet was sent.").waitFor();
    assert.equal(await page.locator("#packet").count(), 0);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator("#packet").waitFor();
    await page.getByRole("button", { name: "Redo" }).click();
    await send(page);
    await page.getByText(/^✓\s*connected$/).waitFor();
    assert.equal(await trace(page).getByText("stops").count(), 0);
    assert.ok((await trace(page).getByText("rewrites").count()) >= 2, "the gateway, there and back");
    const changed = trace(page).locator("mark");
    assert.ok((await changed.count()) >= 4, "what changed in the header stands out");
    await atEnd(page);
    assert.doesNotMatch(await page.locator("#packet").getAttribute("class"), /packet-stopped/);
    // An id in a sentence leads to the thing.
    await trace(page).getByRole("button", { name: "web" }).first().click();
    await page.getByRole("region", { name: names.INSPECTOR }).getByRole("heading", { name: "web" }).waitFor();
  }));

test("the packet steps forward and back", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier, openDoor);
    await show(page, names.TRACE);
    await page.getByLabel(names.TO, { exact: true }).selectOption({ label: "web (10.0.1.4)" });
    await send(page);
    await page.getByRole("button", { name: "Pause" }).click();
    const place = () => page.locator("#packet").getAttribute("transform");
    const lit = () => page.locator(".hop-now").count();
    const before = await place();
    await page.getByRole("button", { name: "Step forward" }).click();
    const after = await place();
    assert.notEqual(after, before);
    assert.ok((await lit()) >= 1, "the card of the hop stands out");
    await page.getByRole("button", { name: "Step back" }).click();
    assert.equal(await place(), before);
  }));

test("what can't be asked is told", () =>
  withPage({}, async (page) => {
    await show(page, names.TRACE);
    await send(page);
    await page.getByText("Choose where the packet goes.").waitFor();
    await page.getByLabel(names.TO, { exact: true }).selectOption("address");
    await page.getByLabel("To the address").fill("10.0.0.999");
    await page.getByLabel("To the address").press("Enter");
    await page.getByRole("status").filter({ hasText: "10.0.0.999" }).waitFor();
  }));
