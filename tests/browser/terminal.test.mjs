// Typing in the terminal: what completes a line, what the history remembers, what is pasted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import { names, output, run, show, terminal, twoTier } from "./student.mjs";

const menu = (page) => page.getByRole("listbox", { name: names.SUGGESTIONS });
const option = (page, text) => menu(page).getByRole("option").filter({ hasText: text });
const type = async (page, text) => {
  await terminal(page).focus();
  await page.keyboard.type(text);
};
const value = (page) => terminal(page).inputValue();
const focused = (page) => terminal(page).evaluate((it) => it === document.activeElement);
const paste = (page, text) =>
  page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, text);

test("Tab completes what is sure, and shows what can be chosen", () =>
  withPage({}, async (page) => {
    await type(page, "aws ec");
    await page.keyboard.press("Tab");
    assert.equal(await value(page), "aws ec2 ");
    await page.keyboard.type("create-");
    await page.keyboard.press("Tab");
    await page.getByRole("option", { name: "create-vpc", exact: true }).waitFor();
    await option(page, "needs --vpc-id").first().waitFor();
    // What is typed on narrows the list.
    await page.keyboard.type("v");
    await page.waitForFunction(() => document.querySelectorAll('[role="option"]').length < 10);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await value(page), "aws ec2 create-vpc ");
    assert.equal(await menu(page).count(), 0);
    await page.keyboard.type("--ci");
    await page.keyboard.press("Tab");
    assert.equal(await value(page), "aws ec2 create-vpc --cidr-block ");
    await page.keyboard.type("10.0.0.0/16");
    await page.keyboard.press("Enter");
    await output(page).getByText('"CidrBlock": "10.0.0.0/16"').first().waitFor();
  }));

test("a name leads to the id, by keys and by the mouse", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier.slice(0, 3));
    await type(page, "aws ec2 delete-subnet --subnet-id fro");
    await page.keyboard.press("Tab");
    assert.match(await value(page), /--subnet-id subnet-0[0-9a-f]{16} $/);
    await terminal(page).fill("");
    await type(page, "aws ec2 delete-subnet --subnet-id ");
    await page.keyboard.press("Tab");
    await option(page, "back").waitFor();
    assert.equal(await terminal(page).getAttribute("aria-activedescendant"), null);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await terminal(page).getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${active}`).getAttribute("aria-selected"), "true");
    assert.match(await page.locator(`#${active}`).innerText(), /back/);
    // Beside the line, and wholly on the page.
    const box = await menu(page).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 900 && box.x + box.width <= 1440);
    await option(page, "front").click();
    assert.match(await value(page), /--subnet-id subnet-0[0-9a-f]{16} $/);
    assert.ok(await focused(page), "the focus stays in the line");
    // A variable by its name.
    await terminal(page).fill("");
    await type(page, "aws ec2 describe-subnets --subnet-ids $fr");
    await page.keyboard.press("Tab");
    assert.match(await value(page), /\$front $/);
  }));

test("filters are completed within their word", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier.slice(0, 1));
    await type(page, "aws ec2 describe-subnets --filters Na");
    await page.keyboard.press("Tab");
    await page.keyboard.type("vpc-i");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.match(await value(page), /--filters Name=vpc-id,Values=vpc-0[0-9a-f]{16} $/);
  }));

test("Tab leaves an empty prompt, and any prompt after Escape", () =>
  withPage({}, async (page) => {
    await terminal(page).focus();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), false);
    await type(page, "aws ");
    await page.keyboard.press("Tab");
    await option(page, "ec2").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await menu(page).count(), 0);
    assert.ok(await focused(page));
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), false);
    assert.equal(await value(page), "aws ");
    await terminal(page).focus();
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), false, "Shift+Tab goes back");
  }));

test("the history is remembered as one types, and searched", () =>
  withPage({}, async (page) => {
    await run(page, "echo one two", "pwd", "echo three");
    await type(page, "echo o");
    await page.getByText("ne two", { exact: true }).waitFor();
    await page.keyboard.press("ArrowRight");
    assert.equal(await value(page), "echo one two");
    await page.keyboard.press("Control+u");
    assert.equal(await value(page), "");
    await page.keyboard.press("Control+r");
    await page.keyboard.type("cho");
    await option(page, "echo three").waitFor();
    await page.keyboard.press("Control+r");
    await page.keyboard.press("Enter");
    assert.equal(await value(page), "echo one two");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".term-out").length === 4);
  }));

test("the keys of a shell edit the line", () =>
  withPage({}, async (page) => {
    await type(page, "one two three");
    const place = () => terminal(page).evaluate((it) => it.selectionStart);
    await page.keyboard.press("Control+w");
    assert.equal(await value(page), "one two ");
    await page.keyboard.press("Control+a");
    assert.equal(await place(), 0);
    await page.keyboard.press("Control+e");
    assert.equal(await place(), 8);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+k");
    assert.equal(await value(page), "");
  }));

test("a long paste shows how far it is and can be stopped", () =>
  withPage({}, async (page) => {
    await terminal(page).focus();
    const lines = Array.from({ length: 1900 }, (_, at) => `echo line ${at}`);
    await paste(page, `${lines.join("\n")}\n`);
    await page.getByRole("status").filter({ hasText: /^Line \d+ of 1900 pasted ones$/ }).waitFor();
    await page.getByRole("button", { name: names.STOP, exact: true }).click();
    await output(page).getByText(/^Stopped: \d+ lines were not run\./).waitFor();
    await run(page, "echo after");
    await output(page).getByText("after", { exact: true }).waitFor();
  }));

test("a line that ends in a backslash goes on, and completes", () =>
  withPage({}, async (page) => {
    await run(page, "aws ec2 \\");
    await type(page, "describe-vpc");
    await page.keyboard.press("Tab");
    assert.equal(await value(page), "describe-vpc");
    await page.keyboard.type("s");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await output(page).getByText('"Vpcs": []').waitFor();
  }));

for (const [colorScheme, width] of [["light", 1280], ["dark", 1440], ["light", 390]]) {
  test(`axe finds nothing at the open list in ${colorScheme}, ${width} px wide`, () =>
    withPage({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true }, async (page) => {
      await show(page, names.TERMINAL);
      await run(page, ...twoTier.slice(0, 3), "aws ec2 describe-vpcs --query 'Vpcs[0].VpcId'");
      await type(page, "aws ec2 describe-vpcs");
      await axe(page);
      await page.keyboard.type(" --vpc-ids ");
      await page.keyboard.press("Tab");
      await terminal(page).fill("");
      await type(page, "aws ec2 d");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await option(page, "describe-vpcs").waitFor();
      await axe(page);
    }));
}
