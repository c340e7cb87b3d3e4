// The map for hands, eyes and ears: taps, what is held, what is said, system colours, calm motion.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withPage } from "./harness.mjs";
import {
  dialog,
  drag,
  inspector,
  names,
  network,
  node,
  openDoor,
  palette,
  run,
  show,
  spot,
  trace,
  twoTier,
} from "./student.mjs";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const news = (page) => page.getByLabel(names.NEWS);
const send = async (page) => {
  await show(page, names.TRACE);
  await page.getByLabel(names.TO, { exact: true }).selectOption({ label: "web (10.0.1.4)" });
  await page.getByRole("button", { name: names.SEND_PACKET }).click();
  await trace(page).waitFor();
};

test("a tap that places a thing is no tap on the dialog that it opens", () =>
  withPage(phone, async (page) => {
    await show(page, names.MAP);
    await palette(page, "New VPC").tap();
    await page.getByText("Choose where the new VPC goes.").waitFor();
    // Where the dialog's buttons will stand.
    await page.touchscreen.tap(280, 800);
    const form = dialog(page, "New VPC");
    await form.waitFor();
    await page.waitForTimeout(400);
    assert.ok(await form.isVisible(), "it is still open");
    assert.equal(await node(page, "VPC").count(), 0, "and nothing was made");
    await form.getByRole("button", { name: "Create" }).tap();
    await node(page, "VPC").waitFor();
  }));

test("a phone's empty map is told where its palette is, and can be tapped", () =>
  withPage(phone, async (page) => {
    await show(page, names.MAP);
    const card = page.getByText("Nothing here yet");
    assert.match(await card.innerText(), /drag one from above/);
    const [map, box] = [await network(page).boundingBox(), await card.boundingBox()];
    assert.ok(box.y > map.y + map.height / 2, "the upper half is free");
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.match(await card.innerText(), /drag one from the left/);
  }));

test("a tool in the hand says what a click does, and Escape or a button puts it back", () =>
  withPage({ viewport: { width: 1280, height: 800 } }, async (page) => {
    await run(page, ...twoTier);
    const hint = page.getByText("Choose where the new subnet goes.");
    await palette(page, "New subnet").click();
    await hint.waitFor();
    await page.keyboard.press("Escape");
    await hint.waitFor({ state: "detached" });
    await palette(page, "New subnet").click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await hint.waitFor({ state: "detached" });
  }));

test("the palette is whole at 800 px, and shades its end where it isn't", () =>
  withPage({ viewport: { width: 1280, height: 800 } }, async (page) => {
    const bar = page.getByRole("toolbar", { name: names.PALETTE });
    const rest = () => bar.evaluate((it) => it.scrollHeight - it.clientHeight);
    assert.equal(await rest(), 0);
    await page.setViewportSize({ width: 1280, height: 600 });
    assert.ok((await rest()) > 0);
    assert.match(await bar.evaluate((it) => getComputedStyle(it).backgroundAttachment), /local.*scroll/);
  }));

test("what the trace lights is no selection, and goes out with the trace or the world it was true in", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier, openDoor);
    const lit = network(page).locator(".node-lit");
    await send(page);
    await lit.first().waitFor();
    assert.equal(await network(page).locator(".node-selected").count(), 0);
    assert.match(await lit.first().locator(".node-box").evaluate((it) => getComputedStyle(it).strokeDasharray), /5/);
    await page.getByRole("button", { name: names.END_TRACE }).click();
    assert.equal(await lit.count(), 0);
    assert.equal(await page.locator("#packet").count(), 0);
    assert.equal(await trace(page).count(), 0);
    await send(page);
    await lit.first().waitFor();
    await show(page, names.TERMINAL);
    await run(page, "aws ec2 create-security-group --group-name later --description d --vpc-id $vpc");
    await node(page, "Security group later").waitFor();
    assert.equal(await lit.count(), 0, "the world is another");
  }));

test("what one acts on stands where the inspector doesn't", () =>
  withPage({ viewport: { width: 1024, height: 768 } }, async (page) => {
    await run(page, ...twoTier);
    const free = async (label) => {
      await page.waitForTimeout(500);
      const [box, over] = [await node(page, label).last().boundingBox(), await inspector(page).boundingBox()];
      assert.ok(box.x + box.width <= over.x + 1 || box.y + box.height <= over.y + 1, `${label} is covered`);
    };
    const at = await spot(page, "Subnet back");
    await page.mouse.click(at.x, at.y);
    await inspector(page).waitFor();
    await free("Subnet back");
    // What is made there comes into sight too.
    await network(page).press("n");
    await dialog(page, "New in back").getByRole("button", { name: "Instance", exact: true }).click();
    await dialog(page, "New instance").getByLabel("Name", { exact: true }).fill("cache");
    await page.keyboard.press("Enter");
    await node(page, "Instance cache").waitFor();
    await free("Instance cache");
    // So does what an address, which has no box, was given to.
    await palette(page, "New Elastic IP address").click();
    const host = await spot(page, "Instance cache");
    await page.mouse.click(host.x, host.y);
    await inspector(page).getByText("Elastic IP address").first().waitFor();
    await free("Instance cache");
    // What was done is told beside the inspector, not over it.
    const [strip, over] = [
      await page.getByRole("region", { name: names.STRIP }).boundingBox(),
      await inspector(page).boundingBox(),
    ];
    const apart = strip.x + strip.width <= over.x || strip.y >= over.y + over.height;
    assert.ok(apart, "the strip lies over the inspector");
    // On a phone it lies over the lower half.
    await page.setViewportSize({ width: 390, height: 844 });
    await show(page, names.MAP);
    await free("Instance cache");
  }));

test("a pointer leaves no ring, a key does", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    const from = await spot(page, "Instance web");
    await drag(page, from, { x: from.x + 40, y: from.y + 30 });
    const ring = () => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    await node(page, "Instance web").and(page.locator(".node-selected")).waitFor();
    assert.equal(await ring(), "none");
    await page.keyboard.press("ArrowUp");
    assert.equal(await ring(), "solid");
  }));

test("a command is broken between its words only", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    const at = await spot(page, "VPC shop");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press("Delete");
    const commands = dialog(page, "Delete shop").getByRole("list", { name: "Commands" });
    await commands.waitFor();
    const broken = await commands.locator(".word").evaluateAll((words) =>
      words.filter((word) => word.getBoundingClientRect().height > 24).map((word) => word.textContent),
    );
    assert.deepEqual(broken, []);
    assert.match(await commands.innerText(), /aws ec2 terminate-instances --instance-ids i-\w+/);
  }));

test("a table of a lesson is read whole", () =>
  withPage({ path: "/#lesson=vpc-21-stateless", viewport: { width: 1280, height: 800 } }, async (page) => {
    const acl = (way, number, ports) =>
      `aws ec2 create-network-acl-entry --network-acl-id $guard --${way} --rule-number ${number} --protocol tcp ` +
      `--port-range ${ports} --cidr-block 0.0.0.0/0 --rule-action allow`;
    await node(page, "Network ACL guard").waitFor();
    await run(
      page,
      acl("ingress", 100, "From=80,To=80"),
      acl("egress", 100, "From=1024,To=65535"),
      acl("egress", 110, "From=443,To=443"),
      acl("ingress", 110, "From=1024,To=65535"),
    );
    const table = page.getByRole("group", { name: "Table" });
    await table.getByRole("columnheader", { name: "security group" }).waitFor();
    assert.equal(await table.evaluate((it) => it.scrollWidth - it.clientWidth), 0);
  }));

test("what happens is said", () =>
  withPage({}, async (page) => {
    const says = async (words) => {
      await page.waitForFunction(
        ([label, text]) => document.querySelector(`[aria-label="${label}"]`).textContent.includes(text),
        [names.NEWS, words],
      );
    };
    assert.equal(await news(page).getAttribute("aria-live"), "polite");
    await run(page, ...twoTier);
    await palette(page, "New internet gateway").click();
    await says("Choose where to put an internet gateway");
    // Refused: a VPC has one.
    let at = await spot(page, "VPC shop");
    await page.mouse.click(at.x, at.y);
    await says("has an internet gateway");
    await page.keyboard.press("Escape");
    await network(page).focus();
    await page.keyboard.press("Control+z");
    await says("Undone: ");
    await page.keyboard.press("Control+y");
    await says("Redone: ");
    at = await spot(page, "Security group web");
    await page.mouse.click(at.x, at.y, { button: "right" });
    await page.getByRole("menuitem", { name: "Connect to …" }).click();
    await page.keyboard.press("Escape");
    await node(page, "Instance web").first().waitFor();
    at = await spot(page, "Instance database");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press("Delete");
    await says("Gone from the map: Instance database");
    await send(page);
    await page.getByRole("status").filter({ hasText: "timeout" }).waitFor();
  }));

test("what a drop would mean is said while it is held", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    const [from, to] = [await spot(page, "Instance web"), await spot(page, "Subnet back")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.waitForFunction(
      (label) => document.querySelector(`[aria-label="${label}"]`).textContent.includes("stays in the subnet"),
      names.NEWS,
    );
    await page.mouse.up();
  }));

test("with the system's own colours nothing vanishes", () =>
  withPage({ forcedColors: "active" }, async (page) => {
    await run(page, ...twoTier);
    const box = (label) => node(page, label).first().locator(".node-box").first();
    const stroke = (label) => box(label).evaluate((it) => getComputedStyle(it).stroke);
    const at = await spot(page, "Instance web");
    await page.mouse.click(at.x, at.y);
    await node(page, "Instance web").and(page.locator(".node-selected")).waitFor();
    assert.notEqual(await stroke("Instance web"), await stroke("Instance database"), "the selection shows");
    await send(page);
    await page.getByRole("status").filter({ hasText: /✕\s*timeout/ }).waitFor();
    const tab = (name) => page.getByRole("tab", { name, exact: true });
    const line = (name) => tab(name).evaluate((it) => getComputedStyle(it).borderBottomColor);
    assert.notEqual(await line(names.TRACE), await line(names.HISTORY), "the open tab shows");
  }));

test("with reduced motion nothing glides, and the packet steps", () =>
  withPage({ reducedMotion: "reduce" }, async (page) => {
    await run(page, ...twoTier, openDoor);
    await network(page).press("Shift+Digit1");
    const moving = await page.evaluate(() =>
      document.getAnimations().filter((it) => it.playState === "running").map((it) => it.animationName ?? it.transitionProperty),
    );
    assert.deepEqual(moving, []);
    await send(page);
    const places = new Set();
    for (let i = 0; i < 20; i++) {
      places.add(await page.locator("#packet").getAttribute("transform"));
      await page.waitForTimeout(50);
    }
    assert.ok(places.size < 6, `${places.size} places in a second`);
  }));

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
  test(`targets are 24 px and words 12 px at least, ${viewport.width} px wide`, () =>
    withPage({ viewport }, async (page) => {
      await show(page, names.TERMINAL);
      await run(page, ...twoTier, openDoor);
      const look = () =>
        page.evaluate(() => {
          const seen = (it) => it.checkVisibility({ visibilityProperty: true }) && !it.closest(".unseen, [role=graphics-document]");
          const small = [...document.querySelectorAll("button, input, select, textarea, summary, [role=tab], [role=treeitem]")]
            .filter(seen)
            // All of the terminal is aimed at for its line.
            .filter((it) => it.tagName !== "TEXTAREA")
            .map((it) => [it, it.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && box.height > 0 && (box.width < 23.5 || box.height < 23.5))
            // A tick is aimed at by its label.
            .filter(([it]) => !(it.type === "checkbox" || it.type === "radio") || (it.closest("label")?.offsetHeight ?? 24) < 24)
            .map(([it, box]) => `${it.className || it.tagName} ${it.textContent.slice(0, 20)} ${box.width}×${box.height}`);
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const tiny = new Set();
          while (walker.nextNode()) {
            const it = walker.currentNode.parentElement;
            if (walker.currentNode.textContent.trim() && seen(it) && parseFloat(getComputedStyle(it).fontSize) < 12) {
              tiny.add(`${it.className || it.tagName}: ${it.textContent.slice(0, 20)} ${getComputedStyle(it).fontSize}`);
            }
          }
          return { small, tiny: [...tiny] };
        });
      for (const name of [names.MAP, names.OUTLINE, names.TRACE, names.HISTORY, names.LESSON]) {
        await show(page, name);
        if (name === names.MAP) {
          const at = await spot(page, "Security group web");
          await page.mouse.click(at.x, at.y);
        }
        if (name === names.TRACE) await page.getByRole("button", { name: names.SEND_PACKET }).click();
        assert.deepEqual(await look(), { small: [], tiny: [] }, name);
      }
    }));
}
