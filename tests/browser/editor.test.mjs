// Building by the terminal and reading on the map: what a student sees and does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import { inspector, names, network, node, output, run, show, terminal, twoTier } from "./student.mjs";

const selected = (page) =>
  network(page).evaluate((it) => {
    const focused = document.activeElement;
    return it.contains(focused) ? focused.getAttribute("aria-label") : `outside: ${focused.outerHTML}`;
  });

test("a line in the terminal draws a VPC", () =>
  withPage({}, async (page) => {
    await page.getByText("Nothing here yet").waitFor();
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    await node(page, "VPC vpc-").waitFor();
    await output(page).getByText('"CidrBlock": "10.0.0.0/16"').first().waitFor();
    assert.equal(await page.getByText("Nothing here yet").count(), 0);
    assert.match(await page.getByLabel(names.NEWS).innerText(), /^New on the map: /);
  }));

test("the example of the empty map comes into the terminal and is not run", () =>
  withPage({}, async (page) => {
    await page.getByRole("button", { name: names.PUT_IN_TERMINAL }).click();
    assert.equal(await terminal(page).inputValue(), "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
    assert.ok(await terminal(page).evaluate((it) => it === document.activeElement));
    assert.equal(await node(page, "VPC").count(), 0);
  }));

test("a command is drawn within a frame or two", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await terminal(page).fill("aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.3.0/24");
    const took = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const input = document.activeElement;
          const start = performance.now();
          const seen = new MutationObserver(() => {
            if (document.querySelector('[role="graphics-symbol"][aria-label*="10.0.3.0/24"]')) {
              seen.disconnect();
              resolve(performance.now() - start);
            }
          });
          seen.observe(document.body, { subtree: true, childList: true, attributes: true });
          input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        }),
    );
    console.log(`from Enter to the map: ${took.toFixed(1)} ms`);
    assert.ok(took < 500, `${took} ms`);
  }));

test("selecting shows the inspector and the relations", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    assert.equal(await inspector(page).count(), 0);
    await node(page, "Subnet front").click({ position: { x: 20, y: 12 } });
    await inspector(page).getByRole("heading", { name: "front" }).waitFor();
    await inspector(page).getByText("public: a route to an internet gateway").waitFor();
    assert.equal(await network(page).locator(".edge-forward").count(), 1, "its route table");
    // A relation leads on.
    await inspector(page).getByRole("button", { name: "to-internet" }).click();
    await inspector(page).getByRole("heading", { name: "to-internet" }).waitFor();
    await inspector(page).getByRole("combobox", { name: "Destination 2" }).waitFor();
    await inspector(page).getByRole("button", { name: "Close" }).click();
    assert.equal(await inspector(page).count(), 0);
  }));

test("undo and redo by button, by key and by command", () =>
  withPage({}, async (page) => {
    const vpcs = () => node(page, "VPC").count();
    const button = (name) => page.getByRole("button", { name, exact: true });
    assert.equal(await button(names.UNDO).getAttribute("aria-disabled"), "true");
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16", "aws ec2 create-vpc --cidr-block 10.1.0.0/16");
    await node(page, "VPC").nth(1).waitFor();
    await button(names.UNDO).click();
    await node(page, "VPC").nth(1).waitFor({ state: "detached" });
    await button(names.REDO).click();
    await node(page, "VPC").nth(1).waitFor();
    await network(page).focus();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await page.getByText("Nothing here yet").waitFor();
    await page.keyboard.press("Control+y");
    await page.keyboard.press("Control+Shift+z");
    await node(page, "VPC").nth(1).waitFor();
    // Within a text the keys undo the typing.
    await terminal(page).fill("echo");
    await page.keyboard.press("Control+z");
    assert.equal(await vpcs(), 2);
    await run(page, "undo");
    await node(page, "VPC").nth(1).waitFor({ state: "detached" });
  }));

test("the map is walked by keys", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await network(page).focus();
    await page.keyboard.press("ArrowDown");
    assert.match(await selected(page), /^VPC shop/);
    await page.keyboard.press("ArrowDown");
    assert.match(await selected(page), /^Internet gateway/);
    await page.keyboard.press("ArrowRight");
    assert.match(await selected(page), /^Route table/);
    await page.keyboard.press("End");
    assert.match(await selected(page), /^Subnet back, private, 10.0.2.0\/24, 2 inside/);
    await page.keyboard.press("ArrowLeft");
    assert.match(await selected(page), /^Subnet front, public/);
    await page.keyboard.press("ArrowDown");
    assert.match(
      await selected(page),
      /^Instance web, 10\.0\.1\.4, public 54\.[\d.]+, running, in subnet front$/,
    );
    await page.keyboard.press("Enter");
    assert.ok(await inspector(page).evaluate((it) => it === document.activeElement));
    await network(page).focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.match(await selected(page), /^VPC shop/);
    await page.keyboard.press("Escape");
    assert.equal(await inspector(page).count(), 0);
    assert.equal(await selected(page), names.NETWORK, "the focus stays on the map");
  }));

test("the camera zooms at the pointer, is dragged, and fits again", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    const box = () => node(page, "VPC shop").boundingBox();
    const before = await box();
    await page.mouse.move(before.x, before.y);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    const closer = await box();
    assert.ok(closer.width > before.width * 1.2, "closer");
    assert.ok(Math.abs(closer.x - before.x) < 2 && Math.abs(closer.y - before.y) < 2, "the pointer's place stays");
    await page.mouse.move(closer.x + 8, closer.y + 80);
    await page.mouse.down({ button: "middle" });
    await page.mouse.move(closer.x + 108, closer.y + 110, { steps: 4 });
    await page.mouse.up({ button: "middle" });
    const moved = await box();
    assert.ok(Math.abs(moved.x - closer.x - 100) < 2, "dragged");
    assert.equal(await inspector(page).count(), 0, "a drag is no click");
    await network(page).focus();
    await page.keyboard.press("Shift+Digit1");
    const fitted = await box();
    assert.ok(Math.abs(fitted.x - before.x) < 2 && Math.abs(fitted.width - before.width) < 2);
  }));

test("history, continuation, the keyboard of a command, and clear", () =>
  withPage({}, async (page) => {
    const input = terminal(page);
    await run(page, "echo one", "echo two");
    await input.press("ArrowUp");
    await input.press("ArrowUp");
    assert.equal(await input.inputValue(), "echo one");
    await input.press("ArrowDown");
    assert.equal(await input.inputValue(), "echo two");
    await input.press("ArrowDown");
    assert.equal(await input.inputValue(), "");
    await run(page, "echo 'open", "and closed'");
    await output(page).getByText("open\nand closed", { exact: true }).waitFor();
    await run(page, "read name; echo hello $name", "Ana");
    await output(page).getByText("hello Ana").waitFor();
    await input.fill("half a line");
    await input.press("Control+c");
    await output(page).getByText("half a line^C").waitFor();
    assert.equal(await input.inputValue(), "");
    await input.press("Control+l");
    assert.equal((await output(page).innerText()).includes("hello"), false);
  }));

test("a paste of several lines runs them and leaves the last", () =>
  withPage({}, async (page) => {
    await terminal(page).focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "echo first\r\nfor n in 1 2\ndo echo line $n\ndone\necho la");
      document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    });
    await output(page).getByText("line 1\nline 2").waitFor();
    assert.equal(await terminal(page).inputValue(), "echo la");
  }));

test("the history lists the commands of each step", () =>
  withPage({}, async (page) => {
    await run(page, "aws ec2 create-vpc --cidr-block 10.0.0.0/16 > /dev/null");
    await show(page, names.HISTORY);
    const panel = page.getByRole("tabpanel", { name: names.HISTORY });
    await panel.getByText("aws ec2 create-vpc --cidr-block 10.0.0.0/16", { exact: true }).waitFor();
    await page.getByRole("button", { name: names.UNDO, exact: true }).click();
    await panel.getByText("undone").waitFor();
  }));

test("the theme is chosen, kept, and otherwise the system's", () =>
  withPage({ colorScheme: "light" }, async (page) => {
    const dark = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).colorScheme === "dark");
    const button = page.getByRole("button", { name: names.THEME });
    assert.equal(await dark(), false);
    await button.click();
    await button.click();
    await page.getByRole("button", { name: `${names.THEME}: dark` }).waitFor();
    assert.equal(await dark(), true);
    await page.reload();
    await page.getByRole("button", { name: `${names.THEME}: dark` }).waitFor();
    assert.equal(await dark(), true);
    await button.click();
    await page.getByRole("button", { name: `${names.THEME}: system` }).waitFor();
    assert.equal(await dark(), false);
  }));

test("on a phone every panel has a tab", () =>
  withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    await page.getByRole("heading", { name: "A small AWS" }).waitFor();
    await show(page, names.TERMINAL);
    await run(page, ...twoTier);
    await show(page, names.MAP);
    await node(page, "Instance web").click();
    await inspector(page).getByText("running").waitFor();
    for (const name of [names.TRACE, names.HISTORY, names.LESSON]) {
      await show(page, name);
      assert.equal(await network(page).isVisible(), false, name);
      const [inner, outer] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.equal(inner, outer, `${name} scrolls sideways`);
    }
  }));

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 1024, 390]) {
    test(`axe finds nothing on a full page in ${colorScheme}, ${width} px wide`, () =>
      withPage({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true }, async (page) => {
        await show(page, names.TERMINAL);
        await run(page, ...twoTier, "aws ec2 describe-vpc");
        await show(page, names.MAP);
        await node(page, "Route table to-internet").click();
        await axe(page);
        await show(page, names.TERMINAL);
        await axe(page);
        await show(page, names.TRACE);
        await page.getByRole("button", { name: names.SEND_PACKET }).click();
        await page.getByText(/✕\s*timeout/).waitFor();
        await axe(page);
        await show(page, names.HISTORY);
        await axe(page);
      }));
  }
}
