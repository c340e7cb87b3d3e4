// What one does is kept, and the page says whether it is.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, isReady, url, withPage } from "./harness.mjs";
import { lesson, names, network, node, output, run, show, terminal } from "./student.mjs";

const makeVpc = (cidr, name) =>
  `aws ec2 create-vpc --cidr-block ${cidr} --tag-specifications 'ResourceType=vpc,Tags=[{Key=Name,Value=${name}}]'`;
const state = (page, word) => page.getByText(`State: ${word}`, { exact: true });
const saved = (page) => state(page, "Saved").waitFor();
const safety = (page) => page.getByRole("region", { name: names.SAFETY });
const menu = (page) => page.getByRole("dialog", { name: names.WORLDS });
const openMenu = async (page) => {
  await page.getByRole("button", { name: /^Worlds?/ }).click();
  await menu(page).waitFor();
};
const vpc = (page, name) => node(page, `VPC ${name}`);
const reload = async (page) => {
  await page.reload();
  await isReady(page);
};
/** All labels of the map, sorted: equal for equal maps. */
const labels = async (page) =>
  (await network(page).locator("[aria-label]").evaluateAll((all) => all.map((it) => it.getAttribute("aria-label")))).sort();

test("a reload keeps the world, the terminal's variables and what was typed", () =>
  withPage({}, async (page) => {
    await run(page, `shop=$(${makeVpc("10.1.0.0/16", "shop")} --query Vpc.VpcId --output text)`, "mkdir lab; cd lab");
    await vpc(page, "shop").waitFor();
    await saved(page);
    const before = await labels(page);
    await reload(page);
    await vpc(page, "shop").waitFor();
    assert.deepEqual(await labels(page), before);
    await run(page, "echo is $shop in $PWD");
    await output(page).getByText(/is vpc-0\w+ in \/home\/student\/lab/).waitFor();
    // What undo brings back is there as well.
    await page.getByRole("button", { name: names.UNDO }).first().click();
    await page.getByRole("button", { name: names.UNDO }).first().click();
    await vpc(page, "shop").waitFor({ state: "detached" });
  }));

test("what was shown as saved outlives a killed tab", () =>
  withPage({}, async (page, faults) => {
    await run(page, makeVpc("10.1.0.0/16", "first"), makeVpc("10.2.0.0/16", "second"));
    await vpc(page, "second").waitFor();
    await saved(page);
    const other = await page.context().newPage();
    const session = await page.context().newCDPSession(page);
    const killed = page.waitForEvent("crash");
    session.send("Page.crash").catch(() => {});
    await killed;
    await other.goto(url);
    await isReady(other);
    await vpc(other, "first").waitFor();
    await vpc(other, "second").waitFor();
    // The lock of the killed tab went with it.
    await run(other, makeVpc("10.3.0.0/16", "third"));
    await vpc(other, "third").waitFor();
    faults.length = 0;
  }));

test("a world that ended the program is left alone once", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "shop"));
    await saved(page);
    await page.evaluate(() => sessionStorage.setItem("hopwise.replaying", "world-1"));
    await reload(page);
    await safety(page).getByText("“My world” can't be opened, and stays as it is: it ended the program").waitFor();
    await openMenu(page);
    await menu(page).getByRole("link", { name: /^My world/ }).click();
    await vpc(page, "shop").waitFor();
    await saved(page);
  }));

test("a second tab looks on, takes over, and nothing is lost", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "first"));
    await saved(page);
    const other = await page.context().newPage();
    await other.goto(url);
    await isReady(other);
    await safety(other).getByText("This world is open in another tab.").waitFor();
    await vpc(other, "first").waitFor();
    // It changes nothing, and what was typed is still there.
    await run(other, makeVpc("10.9.0.0/16", "forbidden"));
    assert.match(await terminal(other).inputValue(), /forbidden/);
    assert.equal(await vpc(other, "forbidden").count(), 0);
    // An act of the first tab just before the second one takes over.
    await run(page, makeVpc("10.2.0.0/16", "last"));
    await safety(other).getByRole("button", { name: "Take over here" }).click();
    await state(other, "Saved").waitFor();
    await vpc(other, "last").waitFor();
    await safety(page).getByText("Another tab has taken over.").waitFor();
    await terminal(other).fill("");
    await run(other, makeVpc("10.3.0.0/16", "mine"));
    await saved(other);
    await run(page, makeVpc("10.9.0.0/16", "late"));
    assert.equal(await vpc(page, "late").count(), 0);
    // The first one takes it back, with what the other did.
    await safety(page).getByRole("button", { name: "Take it back" }).click();
    await vpc(page, "mine").waitFor();
    await safety(other).getByText("Another tab has taken over.").waitFor();
    // Or goes on with a copy.
    await safety(other).getByRole("button", { name: "Open a copy" }).click();
    await state(other, "Saved").waitFor();
    await run(other, makeVpc("10.4.0.0/16", "copied"));
    await vpc(other, "copied").waitFor();
    await saved(other);
    await reload(page);
    assert.equal(await vpc(page, "copied").count(), 0);
    await vpc(page, "mine").waitFor();
  }));

test("a tab that answers nothing loses the world and writes no more", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "first"));
    await saved(page);
    // It holds its lock and hears nobody.
    await page.evaluate(() => {
      BroadcastChannel.prototype.postMessage = () => {};
    });
    const other = await page.context().newPage();
    await other.addInitScript(() => {
      BroadcastChannel.prototype.postMessage = () => {};
    });
    await other.goto(url);
    await isReady(other);
    await safety(other).getByRole("button", { name: "Take over here" }).click();
    await state(other, "Saved").waitFor();
    await safety(page).getByText("Another tab has taken over.").waitFor();
    await run(other, makeVpc("10.2.0.0/16", "second"));
    await saved(other);
    await reload(other);
    await vpc(other, "second").waitFor();
  }));

const denied = (page) =>
  page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  });

test("without storage the page works, says so, and offers the file", () =>
  withPage({ before: denied }, async (page) => {
    await safety(page).getByText("This browser lets the page keep nothing").waitFor();
    await state(page, "Not saved").waitFor();
    await run(page, makeVpc("10.1.0.0/16", "shop"));
    await vpc(page, "shop").waitFor();
    await state(page, "Not saved").waitFor();
    // Within the tab a lesson doesn't cost the world.
    await lesson(page).getByRole("link", { name: "What makes a subnet public" }).click();
    await page.getByRole("region", { name: "Step 1" }).waitFor();
    await lesson(page).getByRole("link", { name: "All lessons" }).click();
    await vpc(page, "shop").waitFor();
    const download = page.waitForEvent("download");
    await safety(page).getByRole("button", { name: names.EXPORT }).click();
    const text = await readFile(await (await download).path(), "utf8");
    assert.equal(JSON.parse(text).hopwise, 3);
  }));

test("a storage that is full is told, and what was kept before is untouched", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "kept"));
    await saved(page);
    await page.evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...args) {
        if (globalThis.full !== false) throw new DOMException("No room.", "QuotaExceededError");
        return put.apply(this, args);
      };
    });
    await run(page, makeVpc("10.2.0.0/16", "more"));
    await safety(page).getByText("no more room").waitFor();
    await vpc(page, "more").waitFor();
    const other = await page.context().newPage();
    await other.goto(url);
    await isReady(other);
    await vpc(other, "kept").waitFor();
    assert.equal(await vpc(other, "more").count(), 0);
    await other.close();
    // There is room again.
    await page.evaluate(() => {
      globalThis.full = false;
    });
    await safety(page).getByRole("button", { name: "Try again" }).click();
    await saved(page);
    await reload(page);
    await vpc(page, "more").waitFor();
  }));

test("worlds are made, named, switched, deleted and brought back", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "mine"));
    await saved(page);
    await openMenu(page);
    await menu(page).getByRole("button", { name: /^Two tiers/ }).click();
    await node(page, "Instance web").waitFor();
    await page.getByRole("button", { name: "World: Two tiers" }).waitFor();
    await openMenu(page);
    await menu(page).getByLabel(names.WORLD_NAME).fill("Shop");
    await menu(page).getByLabel(names.WORLD_NAME).press("Enter");
    await page.getByRole("button", { name: "World: Shop" }).waitFor();
    await saved(page);
    await menu(page).getByRole("button", { name: names.DUPLICATE }).click();
    await page.getByRole("button", { name: "World: Shop 2" }).waitFor();
    await saved(page);
    await openMenu(page);
    await menu(page).getByRole("link", { name: /^My world/ }).click();
    await vpc(page, "mine").waitFor();
    await openMenu(page);
    await menu(page).getByRole("button", { name: "Delete My world" }).click();
    await safety(page).getByText("“My world” is deleted.").waitFor();
    await vpc(page, "mine").waitFor({ state: "detached" });
    await safety(page).getByRole("button", { name: names.UNDO_DELETE }).click();
    await vpc(page, "mine").waitFor();
    await reload(page);
    await vpc(page, "mine").waitFor();
    await openMenu(page);
    assert.deepEqual(
      await menu(page).getByRole("link").allInnerTexts().then((all) => all.map((it) => it.split("\n")[0])),
      ["My world", "Shop", "Shop 2"],
    );
  }));

test("a lesson keeps its own world, hints and answers, and is ticked when it is done", () =>
  withPage({ path: "/#lesson=vpc-18-public-subnet" }, async (page) => {
    const step = (number) => page.getByRole("region", { name: `Step ${number}` });
    await step(1).waitFor();
    const before = await step(1).innerText();
    await step(1).getByRole("button", { name: names.HINT }).click();
    await run(page, "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)");
    await saved(page);
    const hinted = await step(1).innerText();
    assert.notEqual(hinted, before);
    await reload(page);
    await step(1).waitFor();
    assert.equal(await step(1).innerText(), hinted);
    await run(
      page,
      "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
      "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
      "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
      "aws ec2 associate-address --instance-id $web --allocation-id $eip",
      "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
    );
    await page.getByRole("region", { name: "Done" }).waitFor();
    const question = page.getByRole("group", { name: "What makes a subnet public?" });
    await question.getByLabel(/The route table it uses/).check();
    await question.getByRole("button", { name: "Check the answer" }).click();
    await saved(page);
    await page.goto(`${url}/#sandbox`);
    await lesson(page).getByRole("listitem").filter({ hasText: "What makes a subnet public" }).getByText("done").waitFor();
    await page.goto(`${url}/#lesson=vpc-18-public-subnet`);
    await question.getByText("Right.").waitFor();
    // Undo goes back to the lesson's start and no further.
    for (let count = 0; count < 6; count += 1) await page.getByRole("button", { name: names.UNDO }).first().click();
    await page.locator(`button[aria-disabled="true"]`, { hasText: names.UNDO }).first().waitFor();
    await step(1).waitFor();
  }));

test("a lesson that has changed keeps what is refused as text", () =>
  withPage({ path: "/#lesson=vpc-18-public-subnet" }, async (page) => {
    await page.getByRole("region", { name: "Step 1" }).waitFor();
    await run(page, "aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.77.0/24", "aws ec2 create-internet-gateway");
    await saved(page);
    await page.route("**/lessons/vpc/18-public-subnet.md", async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replaceAll("10.0.", "10.19.");
      await route.fulfill({ response: answer, body });
    });
    await reload(page);
    await safety(page).getByText(/The lesson has changed since you worked on it. Step 1 of what you did is refused now/).waitFor();
    await safety(page).getByText("What is left of it").click();
    await safety(page).getByText(/create-internet-gateway/).waitFor();
    await run(page, "aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.19.77.0/24");
    await saved(page);
    await reload(page);
    await safety(page).getByText(/What is left of it/).waitFor();
    await safety(page).getByRole("button", { name: "Put away" }).click();
    await saved(page);
    await reload(page);
    await page.getByRole("region", { name: "Step 1" }).waitFor();
    assert.equal(await safety(page).count(), 0);
  }));

test("a file brings a world to another browser, and a bad one is told with its place", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "shop"));
    await saved(page);
    await openMenu(page);
    const download = page.waitForEvent("download");
    await menu(page).getByRole("button", { name: names.EXPORT }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), "my-world.hopwise.json");
    const text = await readFile(await file.path(), "utf8");
    const before = await labels(page);
    await withPage({}, async (other) => {
      const choose = async (name, body) => {
        if (!(await menu(other).isVisible())) await openMenu(other);
        await menu(other)
          .getByLabel(names.IMPORT)
          .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(body) });
      };
      await choose("broken.json", text.slice(0, 200));
      await safety(other).getByText(/“broken.json” can't be opened: this is not a saved world: .*line 1 column/).waitFor();
      await choose("odd.json", text.replace('"acts"', '"arts"'));
      await safety(other).getByText("damaged at step 1").waitFor();
      await choose("new.json", text.replace('"hopwise":3', '"hopwise":9'));
      await safety(other).getByText("saved by a newer Hopwise").waitFor();
      await choose("shop.json", text);
      await vpc(other, "shop").waitFor();
      assert.deepEqual(await labels(other), before);
      await reload(other);
      await vpc(other, "shop").waitFor();
      // Dropped anywhere it opens as well, as a world of its own.
      await other.evaluate((body) => {
        const data = new DataTransfer();
        data.items.add(new File([body], "dropped.json", { type: "application/json" }));
        const options = { dataTransfer: data, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent("drop", options));
      }, text);
      await other.getByRole("button", { name: "World: My world 2" }).waitFor();
      await vpc(other, "shop").waitFor();
    });
  }));

const shareLink = async (page) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: names.SHARE }).click();
  const box = page.getByRole("dialog", { name: names.SHARE });
  const link = await box.getByLabel(names.LINK).inputValue();
  await box.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("status", { name: names.NEWS }).getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await page.keyboard.press("Escape");
  return link.slice(link.indexOf("#"));
};

test("a link gives the equal map in a fresh profile, and overwrites nothing", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "shop"), "aws ec2 create-internet-gateway");
    await saved(page);
    const link = await shareLink(page);
    assert.match(link, /^#s=1[\w-]+$/);
    const before = await labels(page);
    await withPage({}, async (other) => {
      await run(other, makeVpc("10.9.0.0/16", "own"));
      await saved(other);
      await other.goto(`${url}/${link}`);
      await vpc(other, "shop").waitFor();
      assert.deepEqual(await labels(other), before);
      await state(other, "Not kept").waitFor();
      // The first change makes it a world of its own, and the page says so.
      await run(other, makeVpc("10.2.0.0/16", "more"));
      await vpc(other, "more").waitFor();
      await safety(other).getByText("this is a world of its own: “My world 2”").waitFor();
      await saved(other);
      await openMenu(other);
      await menu(other).getByRole("link", { name: /^My world 1 step/ }).click();
      await vpc(other, "own").waitFor();
      assert.equal(await vpc(other, "shop").count(), 0);
      await openMenu(other);
      await menu(other).getByRole("link", { name: /^My world 2/ }).click();
      await vpc(other, "shop").waitFor();
      await vpc(other, "more").waitFor();
      await reload(other);
      await vpc(other, "more").waitFor();
      await other.goto(`${url}/${link}`);
      await vpc(other, "shop").waitFor();
      await safety(other).getByRole("button", { name: "Keep it" }).click();
      await saved(other);
      await reload(other);
      await vpc(other, "shop").waitFor();
      await openMenu(other);
      assert.equal(await menu(other).getByRole("link").count(), 3);
    });
    await withPage({ path: `/${link.slice(0, -40)}` }, async (other) => {
      await safety(other).getByText("This link is not whole").waitFor();
    });
  }));

test("a link to a lesson opens it where it stands, beside one's own", () =>
  withPage({ path: "/#lesson=vpc-18-public-subnet" }, async (page) => {
    await page.getByRole("region", { name: "Step 1" }).waitFor();
    await run(page, "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)");
    await saved(page);
    const link = await shareLink(page);
    assert.match(link, /^#l=vpc-18-public-subnet\.1[\w-]+$/);
    const before = await labels(page);
    await withPage({ path: `/${link}` }, async (other) => {
      await page.getByRole("region", { name: "Step 1" }).waitFor();
      assert.deepEqual(await labels(other), before);
      await safety(other).getByRole("button", { name: "Keep it" }).click();
      await saved(other);
      assert.match(other.url(), /#lesson=vpc-18-public-subnet$/);
      await run(other, "echo got $igw");
      await output(other).getByText(/got igw-0/).waitFor();
      // Now there is work of one's own: what is done in the link's is kept beside it.
      await run(other, makeVpc("10.7.0.0/16", "mine"));
      await saved(other);
      await other.goto(`${url}/${link}`);
      await safety(other).getByText("Your own is untouched").waitFor();
      await run(other, makeVpc("10.8.0.0/16", "theirs"));
      await safety(other).getByText("this is a world of its own").waitFor();
      await saved(other);
      await other.goto(`${url}/#lesson=vpc-18-public-subnet`);
      await vpc(other, "mine").waitFor();
      assert.equal(await vpc(other, "theirs").count(), 0);
      await openMenu(other);
      await menu(other).getByRole("link", { name: /^What makes a subnet public/ }).click();
      await vpc(other, "theirs").waitFor();
      await reload(other);
      await vpc(other, "theirs").waitFor();
      await other.getByRole("region", { name: "Step 1" }).waitFor();
    });
  }));

for (const [id, file] of [
  ["vpc-21-stateless", "vpc/21-stateless"],
  ["iam-06-bucket-and-star", "iam/06-bucket-and-star"],
]) {
  test(`a link to the end of ${id} opens the equal world in a fresh profile`, () =>
    withPage({ path: `/#lesson=${id}` }, async (page) => {
      const text = await readFile(new URL(`../../lessons/${file}.md`, import.meta.url), "utf8");
      const blocks = [...text.matchAll(/^```solution\n([^]*?)\n```$/gm)];
      await page.getByRole("region", { name: "Step 1" }).waitFor();
      await run(page, ...blocks.flatMap(([, lines]) => lines.split("\n")));
      await page.getByRole("region", { name: "Done" }).waitFor();
      await saved(page);
      const link = await shareLink(page);
      const rows = (page) => page.getByRole("treeitem").evaluateAll((all) => all.map((it) => it.getAttribute("aria-label")));
      const seen = async (page) => {
        await page.getByRole("tab", { name: names.OUTLINE }).click();
        return [await labels(page), await rows(page)];
      };
      const before = await seen(page);
      assert.ok(before[1].length > 3);
      await withPage({ path: `/${link}` }, async (other) => {
        await other.getByRole("region", { name: "Done" }).waitFor();
        assert.deepEqual(await seen(other), before);
        assert.equal(await safety(other).getByText("could not be replayed").count(), 0);
      });
    }));
}

test("without storage a page that holds another world's work asks before it is left", () =>
  withPage({ before: denied }, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "shop"));
    await vpc(page, "shop").waitFor();
    await lesson(page).getByRole("link", { name: "What makes a subnet public" }).click();
    await page.getByRole("region", { name: "Step 1" }).waitFor();
    const asked = page.waitForEvent("dialog");
    const reloaded = page.reload().catch(() => {});
    const question = await asked;
    assert.equal(question.type(), "beforeunload");
    await question.accept();
    await reloaded;
  }));

test("the top bar says who the laptop is, and its Region is the map's", () =>
  withPage({}, async (page) => {
    await run(page, makeVpc("10.1.0.0/16", "east"));
    await vpc(page, "east").waitFor();
    const region = page.getByLabel(names.REGION, { exact: true });
    await region.selectOption("eu-central-1");
    await output(page).getByText("export AWS_DEFAULT_REGION=eu-central-1").waitFor();
    await vpc(page, "east").waitFor({ state: "detached" });
    await run(page, "export AWS_DEFAULT_REGION=us-east-1");
    await vpc(page, "east").waitFor();
    assert.equal(await region.inputValue(), "us-east-1");
    await page.getByText("root", { exact: true }).first().waitFor();
    await run(
      page,
      "aws iam create-user --user-name ana > /dev/null; aws iam create-access-key --user-name ana > k.json",
      "export AWS_ACCESS_KEY_ID=$(jq -r .AccessKey.AccessKeyId k.json) AWS_SECRET_ACCESS_KEY=$(jq -r .AccessKey.SecretAccessKey k.json)",
    );
    await page.getByText("user ana", { exact: true }).waitFor();
    await saved(page);
    await reload(page);
    await page.getByText("user ana", { exact: true }).waitFor();
    await run(page, "unset AWS_ACCESS_KEY_ID");
    await page.getByText("no credentials", { exact: true }).waitFor();
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in menu, link and notices, ${colorScheme}`, () =>
    withPage({ colorScheme, bypassCSP: true, before: denied }, async (page) => {
      await run(page, makeVpc("10.1.0.0/16", "shop"));
      await vpc(page, "shop").waitFor();
      await openMenu(page);
      await axe(page);
      await page.keyboard.press("Escape");
      await shareLink(page);
      await page.getByRole("button", { name: names.SHARE }).click();
      await page.getByRole("dialog", { name: names.SHARE }).waitFor();
      await axe(page);
    }));
}

test("on a phone the Region is in the menu", () =>
  withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    await openMenu(page);
    await menu(page).getByLabel(names.REGION, { exact: true }).selectOption("eu-west-1");
    await show(page, names.TERMINAL);
    await output(page).getByText("export AWS_DEFAULT_REGION=eu-west-1").waitFor();
  }));
