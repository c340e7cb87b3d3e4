// Building with the mouse, with single clicks and with keys: lesson 18, solved each way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import {
  carry,
  dialog,
  drag,
  handle,
  inspector,
  lesson,
  menuItem,
  names,
  network,
  node,
  outline,
  output,
  palette,
  run,
  spot,
  terminal,
  twoTier,
} from "./student.mjs";

const path = "/#lesson=vpc-18-public-subnet";

/** The three steps of the lesson pass, and the promise holds. */
const solved = async (page) => {
  await page.getByText("3/3").first().waitFor({ timeout: 5_000 });
};

/** Fills the dialog of a new thing in. */
const create = async (page, title, name) => {
  const form = dialog(page, title);
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Create" }).click();
  await form.waitFor({ state: "detached" });
};

test("lesson 18 is solved by mouse with drag", () =>
  withPage({ path }, async (page) => {
    await node(page, "VPC shop").waitFor();
    // The gateway onto the VPC, and from its routes to it.
    await carry(page, "New internet gateway", "VPC shop");
    await create(page, "New internet gateway", "door");
    const gateway = node(page, "Internet gateway");
    await gateway.waitFor();
    await drag(page, await handle(page, "Route table public-routes"), await spot(page, "Internet gateway"));
    await node(page, "Subnet public, public").waitFor();
    // An address of one's own for web.
    await carry(page, "New Elastic IP address", "Instance web");
    await node(page, "Instance web, 10.0.1.4, public").waitFor();
    // The internet is let in.
    await drag(page, await spot(page, "Internet, everyone"), await spot(page, "Instance web"));
    const form = dialog(page, "Let everybody into web");
    await form.getByLabel("Port").fill("80");
    await form.getByText("aws ec2 authorize-security-group-ingress").waitFor();
    await form.getByRole("button", { name: "Connect" }).click();
    await solved(page);
    // What was done is shown as what one would have typed.
    const strip = page.getByRole("region", { name: names.STRIP });
    await strip.getByText("aws ec2 authorize-security-group-ingress --protocol tcp --port 80").first().waitFor();
  }));

test("lesson 18 is solved by single clicks", () =>
  withPage({ path }, async (page) => {
    await node(page, "VPC shop").waitFor();
    const click = async (label) => {
      const at = await spot(page, label);
      await page.mouse.click(at.x, at.y);
    };
    // From the palette, and then there.
    await palette(page, "New internet gateway").click();
    await click("VPC shop");
    await create(page, "New internet gateway", "door");
    await node(page, "Internet gateway").waitFor();
    // Connect …, and then the other one.
    const connect = async (from, to) => {
      const at = await spot(page, from);
      await page.mouse.click(at.x, at.y, { button: "right" });
      await menuItem(page, "Connect to …").click();
      await click(to);
    };
    await connect("Internet gateway", "Subnet public");
    await node(page, "Subnet public, public").waitFor();
    await palette(page, "New Elastic IP address").click();
    await click("Instance web");
    await node(page, "Instance web, 10.0.1.4, public").waitFor();
    // The rule, in the table of the inspector.
    await click("Security group web-door");
    const inbound = inspector(page).getByRole("region", { name: "Inbound rules" });
    await inbound.getByRole("button", { name: names.ADD_RULE }).click();
    await inbound.getByText("aws ec2 authorize-security-group-ingress").waitFor();
    await inbound.getByRole("button", { name: names.APPLY }).click();
    await solved(page);
  }));

test("lesson 18 is solved by keyboard alone", () =>
  withPage({ path }, async (page) => {
    await node(page, "VPC shop").waitFor();
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () =>
      page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
    const until = async (what, ...keys) => {
      for (let i = 0; i < 20 && !what.test(await focused()); i++) await press(...keys);
      assert.match(await focused(), what);
    };
    await network(page).focus();
    await press("ArrowDown");
    assert.match(await focused(), /^VPC shop/);
    // N makes something new in what is selected.
    await press("n");
    await until(/Internet gateway/, "ArrowDown");
    await press("Enter");
    // Its name may stay empty.
    await dialog(page, "New internet gateway").waitFor();
    await press("Enter");
    await node(page, "Internet gateway").waitFor();
    await until(/^Internet gateway/, "ArrowDown");
    // C connects it.
    await press("c");
    await until(/route to public/, "ArrowDown");
    await press("Enter");
    await node(page, "Subnet public, public").waitFor();
    // To web, and an address for it.
    await network(page).locator('[tabindex="0"]').first().focus();
    await until(/^VPC shop/, "ArrowUp");
    await press("ArrowDown", "End");
    await until(/^Subnet public/, "ArrowLeft");
    await press("ArrowDown");
    assert.match(await focused(), /^Instance web/);
    await press("n");
    await until(/Elastic IP address/, "ArrowDown");
    await press("Enter");
    await node(page, "Instance web, 10.0.1.4, public").waitFor();
    // The rule: from the internet into the security group.
    await network(page).focus();
    await press("Escape", "Escape");
    await press("ArrowDown", "ArrowUp", "Home");
    await until(/^Internet/, "ArrowRight");
    await press("c");
    await until(/let into web-door/, "ArrowDown");
    await press("Enter");
    const form = dialog(page, "Let everybody into web-door");
    await form.waitFor();
    await press("Enter");
    await solved(page);
  }));

const stateless = "/#lesson=vpc-21-stateless";

test("lesson 21 is solved in the rule tables", () =>
  withPage({ path: stateless }, async (page) => {
    await node(page, "Network ACL guard").waitFor();
    const at = await spot(page, "Network ACL guard");
    await page.mouse.click(at.x, at.y);
    const add = async (title, row, port) => {
      const table = inspector(page).getByRole("region", { name: title });
      await table.getByRole("button", { name: names.ADD_RULE }).click();
      await table.getByLabel(`Port ${row}`).fill(port);
      await table.getByText("aws ec2 create-network-acl-entry").waitFor();
      await table.getByRole("button", { name: names.APPLY }).click();
      await table.getByRole("button", { name: names.APPLY }).waitFor({ state: "detached" });
    };
    await add("Inbound rules", 1, "80");
    await add("Outbound rules", 1, "1024-65535");
    await page.getByText("1/2").first().waitFor();
    await add("Outbound rules", 2, "443");
    await add("Inbound rules", 2, "1024-65535");
    await page.getByText("2/2").first().waitFor();
  }));

test("lesson 21 is solved in the terminal", () =>
  withPage({ path: stateless }, async (page) => {
    await node(page, "Network ACL guard").waitFor();
    const entry = (way, number, from, to) =>
      `aws ec2 create-network-acl-entry --network-acl-id $guard --${way} --rule-number ${number} --protocol tcp ` +
      `--port-range From=${from},To=${to} --cidr-block 0.0.0.0/0 --rule-action allow`;
    await run(page, entry("ingress", 100, 80, 80), entry("egress", 100, 1024, 65535));
    await page.getByText("1/2").first().waitFor();
    await run(page, entry("egress", 110, 443, 443), entry("ingress", 110, 1024, 65535));
    await page.getByText("2/2").first().waitFor();
  }));

test("a click with Alt puts the id into the terminal's line", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await terminal(page).fill("aws ec2 describe-subnets --subnet-ids ");
    const at = await spot(page, "Subnet back");
    await page.keyboard.down("Alt");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.up("Alt");
    assert.match(await terminal(page).inputValue(), /--subnet-ids subnet-[0-9a-f]{17} ?$/);
    await terminal(page).press("Enter");
    await output(page).getByText('"CidrBlock": "10.0.2.0/24"').waitFor();
  }));

test("what AWS does not move is refused live, and a copy is offered", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await node(page, "Subnet back").waitFor();
    const [from, to] = [await spot(page, "Instance web"), await spot(page, "Subnet back")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.getByText("An instance stays in the subnet it was launched in").first().waitFor();
    await page.mouse.up();
    const refusal = page.getByRole("region", { name: names.REFUSAL });
    await refusal.getByRole("button", { name: "Launch a copy in back" }).click();
    await node(page, "Instance web-2").waitFor();
    // Escape lets go of what is held.
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.keyboard.press("Escape");
    await page.mouse.up();
    assert.equal(await refusal.count(), 0);
  }));

test("what one moves stays moved, and tidying up brings it back", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await node(page, "Instance web").waitFor();
    const place = async () => {
      const [inner, outer] = [
        await node(page, "Instance web").boundingBox(),
        await node(page, "Subnet front").boundingBox(),
      ];
      return { x: Math.round(inner.x - outer.x), y: Math.round(inner.y - outer.y) };
    };
    const before = await place();
    const from = await spot(page, "Instance web");
    await drag(page, from, { x: from.x + 60, y: from.y + 40 });
    const moved = await place();
    assert.ok(moved.x > before.x && moved.y > before.y, "it moved");
    await run(page, "aws ec2 create-security-group --group-name later --description d --vpc-id $vpc");
    await node(page, "Security group later").waitFor();
    const close = (a, b) => Math.abs(a.x - b.x) < 4 && Math.abs(a.y - b.y) < 4;
    assert.ok(close(await place(), moved), "what came later moved nothing");
    await network(page).focus();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    assert.ok(close(await place(), before), "undone");
  }));

test("a delete shows what goes with it, and undo brings all back", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await node(page, "VPC shop").waitFor();
    const at = await spot(page, "VPC shop");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press("Delete");
    const preview = dialog(page, "Delete shop");
    await preview.getByText("These 9 things go:").waitFor();
    await preview.getByRole("button", { name: "Delete" }).click();
    await node(page, "VPC shop").waitFor({ state: "detached" });
    await page.getByRole("region", { name: names.STRIP }).getByRole("button", { name: names.UNDO }).click();
    await node(page, "Instance web").waitFor();
  }));

test("what is drafted waits for its thing, and the last act covers nothing", () =>
  withPage({ viewport: { width: 1280, height: 800 } }, async (page) => {
    await run(page, ...twoTier);
    await node(page, "VPC shop").waitFor();
    const pick = async (name) => {
      const at = await spot(page, name);
      await page.mouse.click(at.x, at.y);
      await inspector(page).waitFor();
    };
    const field = inspector(page).getByLabel("Name", { exact: true });
    await pick("Instance web");
    await field.fill("door");
    await inspector(page).getByRole("button", { name: names.APPLY }).click();
    const strip = page.getByRole("region", { name: names.STRIP });
    await strip.getByRole("button", { name: names.UNDO }).waitFor();
    await field.fill("window");
    const apply = inspector(page).getByRole("button", { name: names.APPLY });
    await apply.scrollIntoViewIfNeeded();
    const [a, b, map] = await Promise.all([apply.boundingBox(), strip.boundingBox(), network(page).boundingBox()]);
    const apart = (a, b) => a.y + a.height <= b.y || b.y + b.height <= a.y || a.x + a.width <= b.x || b.x + b.width <= a.x;
    assert.ok(apart(a, b) && apart(map, b), "the strip has a place of its own");
    // Something else is done: its undo would not be that of the strip.
    await run(page, "aws ec2 create-internet-gateway");
    await strip.getByRole("button", { name: names.UNDO }).waitFor({ state: "detached" });
    await inspector(page).getByRole("button", { name: "Close" }).click();
    const waiting = page.getByRole("region", { name: names.WAITING });
    await waiting.getByRole("button", { name: "door" }).click();
    assert.equal(await field.inputValue(), "window");
    await apply.click();
    await node(page, "Instance window").waitFor();
    await waiting.waitFor({ state: "detached" });
  }));

test("an instance is stopped from the inspector, and only then is another type", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    const at = await spot(page, "Instance web");
    await page.mouse.click(at.x, at.y);
    const type = inspector(page).getByLabel("Instance type");
    const power = inspector(page).getByRole("group", { name: names.POWER });
    await power.getByRole("button", { name: "Reboot" }).waitFor();
    assert.equal(await power.getByRole("button", { name: "Start" }).count(), 0);
    assert.ok(await type.isDisabled());
    await inspector(page).getByText("web_image ami-").waitFor();
    await inspector(page).getByRole("button", { name: names.STOP_FIRST }).click();
    await power.getByRole("button", { name: "Start" }).waitFor();
    await type.selectOption("t3.small");
    await inspector(page).getByRole("button", { name: names.APPLY }).click();
    await power.getByRole("button", { name: "Start" }).click();
    await power.getByRole("button", { name: "Reboot" }).waitFor();
    assert.equal(await type.inputValue(), "t3.small");
  }));

test("the sheet of keys has a button, and the history opens at the present", () =>
  withPage({}, async (page) => {
    await page.getByRole("button", { name: names.SHORTCUTS }).click();
    await dialog(page, names.SHORTCUTS).getByText("Undo", { exact: true }).first().waitFor();
    await page.keyboard.press("Escape");
    await run(page, ...twoTier);
    await page.getByRole("tab", { name: names.HISTORY }).click();
    const now = page.getByRole("list", { name: "Your steps" }).locator('[aria-current="step"]');
    const [row, panel] = await Promise.all([now.boundingBox(), page.getByRole("tabpanel", { name: names.HISTORY }).boundingBox()]);
    assert.ok(row.y >= panel.y && row.y + row.height <= panel.y + panel.height + 1, "it is in sight");
  }));

test("the outline has the powers of the map", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier);
    await page.getByRole("tab", { name: names.OUTLINE }).click();
    const item = (name) => outline(page).getByRole("treeitem", { name });
    await item(/^Subnet front/).click();
    await inspector(page).getByRole("heading", { name: "front" }).waitFor();
    await item(/^Subnet front/).press("n");
    await dialog(page, "New in front").getByRole("button", { name: "Instance", exact: true }).click();
    const form = dialog(page, "New instance");
    await form.getByLabel("Name", { exact: true }).fill("cache");
    await form.getByRole("button", { name: "Create" }).click();
    await item(/^Instance cache/).waitFor();
    await item(/^Instance cache/).click({ button: "right" });
    await menuItem(page, "Stop").click();
    await outline(page).getByRole("treeitem", { name: /^Instance cache.*stopped/ }).waitFor();
    await item(/^VPC shop/).focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await item(/^Subnet front/).count(), 0, "folded");
  }));

test("a rule that never decides is marked, and the draft is discarded", () =>
  withPage({}, async (page) => {
    await run(page, ...twoTier, "aws ec2 create-network-acl --vpc-id $vpc --tag-specifications 'ResourceType=network-acl,Tags=[{Key=Name,Value=fence}]'");
    const at = await spot(page, "Network ACL fence");
    await page.mouse.click(at.x, at.y);
    const inbound = inspector(page).getByRole("region", { name: "Inbound rules" });
    const add = inbound.getByRole("button", { name: names.ADD_RULE });
    await add.click();
    await add.click();
    await inbound.getByText("Never reached: rule 100 matches first.").waitFor();
    await inbound.getByLabel("Number 2").fill("90");
    await inbound.getByText("Never reached: rule 90 matches first.").waitFor();
    await inbound.getByLabel("Port 2").fill("443");
    assert.equal(await inbound.getByText("Never reached").count(), 0);
    await inbound.getByRole("button", { name: names.APPLY }).click();
    await inbound.getByRole("button", { name: names.APPLY }).waitFor({ state: "detached" });
    await add.click();
    await inbound.getByRole("button", { name: names.DISCARD }).click();
    assert.equal(await inbound.getByLabel("Number 3").count(), 0);
  }));

test("the sheet behind ? lists the keys, and every dialog ends with Escape", () =>
  withPage({}, async (page) => {
    await network(page).focus();
    await page.keyboard.press("?");
    const sheet = dialog(page, "Shortcuts");
    await sheet.getByText("Move to …").waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
  }));

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing while one builds in ${colorScheme}, ${width} px wide`, () =>
      withPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true }, async (page) => {
        if (width < 900) {
          await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Terminal" }).click();
        }
        await run(page, ...twoTier);
        if (width < 900) {
          await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Map" }).click();
        }
        await node(page, "Security group web").click();
        await inspector(page).getByRole("button", { name: names.ADD_RULE }).first().click();
        await axe(page);
        await network(page).locator('[tabindex="0"]').first().focus();
        await page.keyboard.press("n");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Shift+F10");
        await axe(page);
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await axe(page);
      }));
  }
}
