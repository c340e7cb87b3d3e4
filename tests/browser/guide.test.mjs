// What keeps a student on the way: the strip of the lesson, its names, the verdict in sight.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import { lesson, names, network, output, run, show, terminal, trace } from "./student.mjs";

const path = "/#lesson=vpc-18-public-subnet";
const way = [
  "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
  "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
  "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
];
const step = (page, number) => lesson(page).getByRole("region", { name: `Step ${number}` });
const inView = (locator) => locator.evaluate((it) => {
  const box = it.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return it.contains(seen);
});

test("the step one is at stays in sight, and what passes is said in words", () =>
  withPage({ path, viewport: { width: 1280, height: 800 } }, async (page) => {
    const current = (name) => lesson(page).getByRole("button", { name });
    await current("1 Give the subnet a way").waitFor();
    const kept = lesson(page).getByRole("region", { name: "Must stay so" });
    await kept.getByText("Nobody on the internet reaches web on tcp/22.").waitFor();
    await step(page, 3).scrollIntoViewIfNeeded();
    assert.ok(await inView(current("1 Give the subnet a way")), "in sight at the end of the text");
    await run(page, ...way);
    await current("2 Give web a public address").waitFor();
    await lesson(page).getByText("0 of 1 check").waitFor();
    await page.getByRole("status").filter({ hasText: "admin: now passes" }).waitFor({ state: "attached" });
    await current("2 Give web a public address").click();
    assert.ok(await inView(step(page, 2).getByRole("heading")));
  }));

test("on a phone the progress is whole, and what passes is seen from the terminal", () =>
  withPage({ path, viewport: { width: 390, height: 844 } }, async (page) => {
    await step(page, 1).waitFor();
    const done = page.getByRole("banner").getByText("0/3");
    const box = await done.boundingBox();
    assert.ok(box.x + box.width < 390 && (await inView(done)));
    await show(page, names.TERMINAL);
    await run(page, ...way);
    const toast = page.locator(".toast", { hasText: "admin: now passes" });
    await toast.waitFor({ state: "visible" });
  }));

test("a name of the lesson comes into the terminal, where the cursor is", () =>
  withPage({ path }, async (page) => {
    await lesson(page).getByText(names.NAMES).click();
    const list = lesson(page).getByRole("list", { name: names.NAMES });
    await list.getByText(/^subnet-0/).first().waitFor();
    await terminal(page).fill("aws ec2 describe-subnets --subnet-ids");
    await list.getByRole("button", { name: "$public", exact: true }).click();
    assert.equal(await terminal(page).inputValue(), "aws ec2 describe-subnets --subnet-ids $public ");
    assert.ok(await terminal(page).evaluate((it) => it === document.activeElement));
    await run(page, "set | grep ^public_rt=");
    await output(page).getByText(/^public_rt=rtb-0/).waitFor();
  }));

test("the sources of a lesson have readable titles", () =>
  withPage({ path }, async (page) => {
    await lesson(page).getByRole("link", { name: "VPC user guide: Internet gateway" }).waitFor();
  }));

test("the history folds the lesson's set-up away", () =>
  withPage({ path }, async (page) => {
    await step(page, 1).waitFor();
    await run(page, way[0]);
    await show(page, names.HISTORY);
    const panel = page.getByRole("tabpanel", { name: names.HISTORY });
    const own = panel.getByRole("list", { name: "Your steps" }).getByRole("listitem");
    await own.first().waitFor();
    assert.equal(await own.count(), 1);
    const folded = panel.getByText(/^The lesson's set-up: \d+ steps$/);
    assert.equal(await panel.getByText("aws ec2 create-vpc").first().isVisible(), false);
    await folded.click();
    await panel.getByText("aws ec2 create-vpc").first().waitFor();
  }));

test("the verdict and the player stay in sight, and the packet's words hide no others", () =>
  withPage({ path, viewport: { width: 1280, height: 800 }, bypassCSP: true }, async (page) => {
    await step(page, 1).waitFor();
    await run(page, ...way);
    await step(page, 2).getByRole("button", { name: "Trace" }).click();
    await trace(page).waitFor();
    await page.getByLabel("Speed").selectOption("4×");
    await page.getByRole("button", { name: "Play", exact: true }).waitFor();
    await trace(page).getByRole("link").last().scrollIntoViewIfNeeded();
    assert.ok(await inView(page.getByText(/^✕\s*timeout$/)));
    assert.ok(await inView(page.getByRole("button", { name: "Step back" })));
    const hidden = await network(page).evaluate((map) => {
      const plate = document.querySelector("#packet-plate").getBoundingClientRect();
      const words = [...map.querySelectorAll(".node text")].filter((it) => it.textContent);
      return words.filter((it) => {
        const box = it.getBoundingClientRect();
        return box.x < plate.right && plate.x < box.right && box.y < plate.bottom && plate.y < box.bottom;
      }).map((it) => it.textContent);
    });
    assert.deepEqual(hidden, []);
    await axe(page);
  }));

test("a connection that is there already passes without a rule", () =>
  withPage({ path }, async (page) => {
    await step(page, 1).waitFor();
    await run(
      page,
      ...way,
      "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
      "aws ec2 associate-address --instance-id $web --allocation-id $eip",
    );
    await show(page, names.TRACE);
    await page.getByLabel(names.TO, { exact: true }).selectOption({ label: "web (10.0.1.4)" });
    await page.getByRole("button", { name: names.SEND_PACKET }).click();
    await page.getByText(/^✕\s*timeout$/).waitFor();
    await page.getByLabel(names.ESTABLISHED).check();
    await page.getByRole("button", { name: names.SEND_PACKET }).click();
    await page.getByText(/^✓\s*connected$/).waitFor();
    await trace(page).getByText("this one is established and tracked").first().waitFor();
  }));
