// Buckets, users and policies by hand: made, set, joined and deleted without a line typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, withPage } from "./harness.mjs";
import { inspector, lesson, names, outline, output, run, show } from "./student.mjs";

const row = (page, name) => outline(page).getByRole("treeitem", { name });
const button = (where, name) => where.getByRole("button", { name, exact: true });
const dialog = (page, name) => page.getByRole("dialog", { name });
const settings = (page) => inspector(page).getByRole("region", { name: names.SETTINGS });
const may = (page) => inspector(page).getByRole("region", { name: names.MAY });
const answer = (page, word) => may(page).getByRole("status").filter({ hasText: new RegExp(`^\\W*${word}`, "i") });
const strip = (page) => page.getByRole("region", { name: names.STRIP });
const step = (page, number) => lesson(page).getByRole("region", { name: `Step ${number}` });

/** Makes something of a kind by the button above the outline. */
const make = async (page, kind, name) => {
  await show(page, names.OUTLINE);
  await button(page, names.NEW).or(button(page, "Make something")).click();
  await dialog(page, "New").getByRole("button", { name: kind, exact: true }).click();
  const form = dialog(page, `New ${kind.toLowerCase()}`);
  await form.getByRole("textbox", { name: "name" }).fill(name);
  await button(form, "Create").click();
  await inspector(page).getByRole("heading", { name, exact: true }).waitFor();
};

const policy = (action, resource) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
  });

test("lesson 6 is solved by hand", () =>
  withPage({ path: "/#lesson=iam-06-bucket-and-star" }, async (page) => {
    await step(page, 1).waitFor();
    await show(page, names.OUTLINE);
    await row(page, "User ana").click();
    await inspector(page).getByRole("heading", { name: "ana" }).waitFor();
    // What the terminal's `hopwise may` says, asked of the same engine.
    await may(page).getByRole("combobox", { name: "May" }).waitFor();
    await may(page).getByRole("textbox", { name: "on" }).fill("arn:aws:s3:::reports-4711");
    await answer(page, "no").waitFor();
    await may(page).getByText("nearest", { exact: true }).waitFor();
    // The inline policy is wrong, and is set right.
    await inspector(page).getByRole("button", { name: "reports", exact: true }).click();
    await inspector(page).getByText("Inline policy", { exact: true }).waitFor();
    const text = settings(page).getByRole("textbox", { name: "Policy document" });
    assert.match(await text.inputValue(), /reports-4711\/\*/);
    await text.fill(policy("s3:ListBucket", "arn:aws:s3:::reports-4711").replace("Allow", "Alow"));
    await settings(page).getByText(/^Line 1, column \d+: .*Alow/).waitFor();
    assert.equal(await text.getAttribute("aria-invalid"), "true");
    await settings(page).getByText("MalformedPolicyDocument").waitFor();
    await text.fill(policy("s3:ListBucket", "arn:aws:s3:::reports-4711"));
    await settings(page).getByText("aws iam put-user-policy --user-name ana --policy-name reports").waitFor();
    await button(settings(page), names.APPLY).click();
    await answer(page, "yes").waitFor();
    // Another one lets her read.
    await row(page, "User ana").click();
    await button(inspector(page), "New inline policy").click();
    const form = dialog(page, "New inline policy");
    await form.getByRole("textbox", { name: "Policy name" }).fill("read-reports");
    await form.getByRole("textbox", { name: "Policy document" }).fill(policy("s3:GetObject", "arn:aws:s3:::reports-4711/*"));
    await button(form, "Create").click();
    await row(page, "Inline policy read-reports").waitFor();
    await show(page, names.LESSON);
    await lesson(page).getByRole("heading", { name: /^Done: 4 of 4 points/ }).waitFor();
    // The terminal agrees.
    await run(page, "aws s3 cp s3://reports-4711/2026/january.csv - --profile ana");
    await output(page).getByText("month,sum").waitFor();
  }));

test("lesson 6 is solved in the terminal", () =>
  withPage({ path: "/#lesson=iam-06-bucket-and-star" }, async (page) => {
    await step(page, 1).waitFor();
    const put = (name, text) =>
      run(page, `aws iam put-user-policy --user-name ana --policy-name ${name} --policy-document '${text}'`);
    await put("reports", policy("s3:ListBucket", "arn:aws:s3:::reports-4711"));
    await put("read-reports", policy("s3:GetObject", "arn:aws:s3:::reports-4711/*"));
    await lesson(page).getByRole("heading", { name: /^Done: 4 of 4 points/ }).waitFor();
  }));

test("a bucket is made, filled, opened to everyone and deleted with what is in it", () =>
  withPage({}, async (page) => {
    await make(page, "Bucket", "shop-4711");
    await button(inspector(page), "New object").click();
    const form = dialog(page, "New object");
    await form.getByRole("textbox", { name: "Key" }).fill("index.html");
    await form.getByRole("textbox", { name: "Content", exact: true }).fill("<h1>it's open</h1>\n");
    await form.getByText("| aws s3api put-object --body /dev/stdin --bucket shop-4711").waitFor();
    await button(form, "Create").click();
    await row(page, "Object index.html, 19 bytes").waitFor();
    await run(page, "aws s3 cp s3://shop-4711/index.html -");
    await output(page).getByText("<h1>it's open</h1>").waitFor();
    // Its policy: an example, then everyone, which Block Public Access refuses.
    await row(page, "Bucket shop-4711").click();
    const text = settings(page).getByRole("textbox", { name: "Bucket policy" });
    await button(settings(page), names.EXAMPLE).click();
    const example = await text.inputValue();
    assert.match(example, /"Principal"/);
    await text.fill(example.replace(/\{ "AWS": "[^"]*" \}/, '"*"'));
    await settings(page).getByText("BlockPublicPolicy").waitFor();
    await settings(page).getByRole("switch", { name: "Block public policies" }).click();
    await settings(page).getByRole("switch", { name: "Restrict public buckets" }).click();
    await button(settings(page), names.APPLY).click();
    await row(page, /Bucket shop-4711.*public/).waitFor();
    await may(page).getByRole("combobox", { name: "May" }).selectOption("anybody, without a key");
    await may(page).getByRole("textbox", { name: "do" }).fill("s3:GetObject");
    await may(page).getByRole("textbox", { name: "on" }).fill("arn:aws:s3:::shop-4711/index.html");
    await answer(page, "yes").waitFor();
    // By keys: the outline's row, and Delete; first it is told what goes.
    await row(page, "Bucket shop-4711").focus();
    await page.keyboard.press("Delete");
    const preview = dialog(page, "Delete shop-4711");
    await preview.getByText("These 2 things go:").waitFor();
    await preview.getByText("aws s3api delete-bucket --bucket shop-4711").waitFor();
    await page.keyboard.press("Enter");
    await row(page, "Bucket").waitFor({ state: "detached" });
  }));

test("users, groups, keys and policies by keyboard", () =>
  withPage({}, async (page) => {
    await make(page, "User", "ana");
    await make(page, "User group", "devs");
    // N on a heading makes one more.
    await outline(page).getByRole("treeitem", { name: "Users", exact: true }).focus();
    await page.keyboard.press("n");
    await dialog(page, "New user").getByRole("textbox", { name: "User name" }).fill("eve");
    await page.keyboard.press("Enter");
    await row(page, "User eve").waitFor();
    // C connects: into the group, then to one of AWS's policies.
    await row(page, "User eve").focus();
    await page.keyboard.press("c");
    await dialog(page, "Connect eve to").getByRole("button", { name: "put into devs" }).press("Enter");
    await strip(page).getByText("aws iam add-user-to-group --group-name devs --user-name eve").first().waitFor();
    await row(page, "User group devs").focus();
    await page.keyboard.press("c");
    await dialog(page, "Connect devs to").getByRole("button", { name: "attach AmazonS3ReadOnlyAccess" }).press("Enter");
    await may(page).getByRole("combobox", { name: "May" }).waitFor();
    // A key: its secret is told once, and works.
    await row(page, "User eve").click();
    await answer(page, "yes").waitFor();
    await button(inspector(page), "New access key").click();
    const note = await strip(page).getByText("which AWS shows only now").first().innerText();
    const [, id, secret] = note.match(/of (AKIA\w+), which AWS shows only now: (\S+)/);
    await inspector(page).getByText(secret, { exact: true }).waitFor();
    await run(
      page,
      `aws configure set aws_access_key_id ${id} --profile eve`,
      `aws configure set aws_secret_access_key ${secret} --profile eve`,
      "aws sts get-caller-identity --profile eve",
    );
    await output(page).getByText("user/eve").first().waitFor();
    await settings(page).getByRole("switch", { name: "Active" }).click();
    await button(settings(page), names.APPLY).click();
    await row(page, /Access key AKIA.*inactive/).waitFor();
    // The user goes with key and membership, and comes back.
    await row(page, "User eve").click();
    await button(inspector(page), "Delete").click();
    await dialog(page, "Delete eve").getByText("aws iam remove-user-from-group").waitFor();
    await button(dialog(page, "Delete eve"), "Delete").click();
    await row(page, "User eve").waitFor({ state: "detached" });
    await button(page, names.UNDO).first().click();
    await row(page, "User eve").waitFor();
    // A policy is copied; AWS's own isn't deleted.
    await make(page, "Managed policy", "read");
    await row(page, "Managed policy read").focus();
    await page.keyboard.press("Control+d");
    await row(page, "Managed policy read-1").waitFor();
  }));

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing about access in ${colorScheme}, ${width} px wide`, () =>
      withPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true, path: "/#lesson=iam-06-bucket-and-star" }, async (page) => {
        await step(page, 1).waitFor();
        await show(page, names.OUTLINE);
        await row(page, "Inline policy reports").click();
        await may(page).getByRole("status").waitFor();
        await axe(page);
        await row(page, "Bucket reports-4711").click();
        await may(page).getByRole("status").waitFor();
        await axe(page);
      }));
  }
}
