// Lesson 18 as a student works through it, and lessons by strangers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import { lesson, names, run, terminal, trace } from "./student.mjs";

const path = "/#lesson=vpc-18-public-subnet";
const step = (page, number) => lesson(page).getByRole("region", { name: `Step ${number}` });
const check = (page, name) =>
  lesson(page).getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });

test("lesson 18 is solved in the terminal, and undone to its start", () =>
  withPage({ path }, async (page) => {
    await lesson(page).getByRole("heading", { name: "What makes a subnet public" }).waitFor();
    await check(page, "admin").getByText("not yet").waitFor();
    assert.match(await step(page, 2).innerText(), /Opens after step 1/);

    await run(
      page,
      "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
      "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
    );
    // The classic mistake: the route in the main table. It earns its sentence.
    await run(
      page,
      "main=$(aws ec2 describe-route-tables --filters Name=vpc-id,Values=$vpc Name=association.main,Values=true --query 'RouteTables[0].RouteTableId' --output text)",
      "aws ec2 create-route --route-table-id $main --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
    );
    await check(page, "admin").getByText("NO_ROUTE_TO_DESTINATION").waitFor();
    await page.getByRole("button", { name: names.UNDO, exact: true }).click();

    await terminal(page).fill(
      "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
    );
    const took = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const input = document.activeElement;
          const start = performance.now();
          const seen = new MutationObserver(() => {
            if (document.querySelector(".turned")?.textContent.includes("admin: now passes")) {
              seen.disconnect();
              resolve(performance.now() - start);
            }
          });
          seen.observe(document.body, { subtree: true, childList: true, characterData: true });
          input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        }),
    );
    console.log(`from Enter to the check that turned over: ${took.toFixed(1)} ms`);
    assert.ok(took < 500, `${took} ms`);
    await check(page, "admin").getByText(/✓\s*passes/).waitFor();

    await run(
      page,
      "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
      "aws ec2 associate-address --instance-id $web --allocation-id $eip",
    );
    await check(page, "out").getByText(/✓\s*passes/).waitFor();
    // The check's own packet, in the tracer.
    await check(page, "page").getByRole("button", { name: "Trace" }).click();
    await trace(page).getByText("stops").first().waitFor();
    await page.getByRole("tab", { name: names.TERMINAL }).click();
    await run(
      page,
      "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
    );
    await lesson(page).getByRole("heading", { name: "Done: 7 of 7 points" }).waitFor();
    await check(page, "no-ssh").getByText(/✓\s*passes/).waitFor();

    for (let undone = 0; undone < 6; undone += 1) {
      await page.getByRole("button", { name: names.UNDO, exact: true }).click();
    }
    await page.locator('button[aria-disabled="true"]', { hasText: names.UNDO }).waitFor();
    await lesson(page).getByText("0 of 3 steps").waitFor();
    await check(page, "admin").getByText("not yet").waitFor();
  }));

test("hints come one by one, each after an attempt", () =>
  withPage({ path }, async (page) => {
    const button = step(page, 1).getByRole("button", { name: names.HINT });
    const hints = step(page, 1).getByRole("list", { name: "Hints" }).getByRole("listitem");
    await button.click();
    await hints.first().waitFor();
    await button.click();
    await step(page, 1).getByText("Try something first").waitFor();
    assert.equal(await hints.count(), 1);
    await run(page, "aws ec2 create-internet-gateway");
    await button.click();
    await hints.nth(1).waitFor();
  }));

test("an answer of the quiz earns its reason", () =>
  withPage({ path }, async (page) => {
    await step(page, 1).waitFor();
    await run(
      page,
      "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
      "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
      "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
      "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
      "aws ec2 associate-address --instance-id $web --allocation-id $eip",
      "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
    );
    const question = page.getByRole("group", { name: "What makes a subnet public?" });
    await question.getByLabel(/Its name is/).check();
    await question.getByRole("button", { name: "Check the answer" }).click();
    await question.getByText("A name is a tag.").waitFor();
    await question.getByText("Not yet").waitFor();
    await question.getByLabel(/The route table it uses/).check();
    await question.getByRole("button", { name: "Check the answer" }).click();
    await question.getByText("Right.").waitFor();
  }));

test("code of a lesson comes into the terminal", () =>
  withPage({ path }, async (page) => {
    await step(page, 1).getByRole("button", { name: "Put in terminal" }).click();
    assert.match(await terminal(page).inputValue(), /^aws ec2 describe-route-tables/);
  }));

test("the sandbox waits while a lesson runs", () =>
  withPage({}, async (page) => {
    await run(page, "aws ec2 create-vpc --cidr-block 10.9.0.0/16");
    await lesson(page).getByRole("link", { name: "What makes a subnet public" }).click();
    await step(page, 1).waitFor();
    assert.equal(await page.locator('[aria-label*="10.9.0.0/16"]').count(), 0);
    await lesson(page).getByRole("link", { name: "All lessons" }).click();
    await page.locator('[role="graphics-symbol"][aria-label*="10.9.0.0/16"]').waitFor();
  }));

// A lesson of a stranger takes the place of lesson 18.
const foreign = (body) => (page) =>
  page.route("**/lessons/vpc/18-public-subnet.md", (route) =>
    route.fulfill({ contentType: "text/markdown", body }),
  );
const head = (title) => `---
format: 1
id: vpc-18-public-subnet
title: ${title}
track: vpc
minutes: 5
objectives: SAA-C03/1.2
sources: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
---
`;

test("a hostile lesson is text and nothing else", () => {
  const hostile = `${head("<img src=x onerror=alert(1)>")}
<script>globalThis.hacked = true</script> <b onclick="alert(1)">bold</b> [link](javascript:globalThis.hacked=true) ![picture](https://example.com/x.png)

## 1 <svg onload=alert(1)> {#one points=1}

<iframe src="https://example.com"></iframe>

\`\`\`checks
x   exists vpc   "<b>There</b> is no VPC"
\`\`\`

\`\`\`hints
<script>alert(1)</script>
\`\`\`

\`\`\`solution
aws ec2 create-vpc --cidr-block 10.0.0.0/16
\`\`\`
`;
  return withPage({ path, before: foreign(hostile) }, async (page) => {
    await lesson(page).locator(".lesson-title").waitFor();
    const found = await lesson(page).evaluate((it) => ({
      elements: it.querySelectorAll("script, iframe, img, b, [onclick], [onerror], [onload]").length,
      links: [...it.querySelectorAll("a")].map((a) => a.protocol),
      hacked: globalThis.hacked,
    }));
    assert.equal(found.elements, 0);
    assert.deepEqual(found.links.filter((it) => !["http:", "https:"].includes(it)), []);
    assert.equal(found.hacked, undefined);
  });
});

test("a broken lesson says where", () =>
  withPage({ path, before: foreign(`${head("Broken")}\n## 1 A step {#one points=1}\n\n\`\`\`cheks\nx exists vpc "no"\n\`\`\`\n`) }, async (page) => {
    await lesson(page).getByRole("heading", { name: "can't be shown" }).waitFor();
    const wrong = lesson(page).getByRole("list", { name: "What is wrong" });
    await wrong.getByText(/^\d+:\d+$/).first().waitFor();
    await wrong.getByText("did you mean `checks`?").waitFor();
  }));

test("a lesson that is not there is told", () =>
  withPage({ path: "/#lesson=vpc-99-nothing" }, async (page) => {
    await lesson(page).getByText("The pack has no lesson `vpc-99-nothing`.").waitFor();
  }));

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing in a lesson in ${colorScheme}, ${width} px wide`, () =>
      withPage({ path, colorScheme, viewport: { width, height: 844 }, bypassCSP: true }, async (page) => {
        const hint = step(page, 1).getByRole("button", { name: names.HINT });
        await hint.click();
        await axe(page);
      }));
  }
}
