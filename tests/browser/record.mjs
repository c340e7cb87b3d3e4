// Prints the numbers of the points that a start of the page passes in its program, one a line.
// `cargo xtask generate first-load` serves a program that tells them, and runs this.
import { isReady, launch, url } from "./browser.mjs";
import { lesson, terminal } from "./student.mjs";

// What the first load is for: to see the page, to read the lesson, to begin to type.
const starts = [
  { path: "/", width: 1440 },
  { path: "/", width: 390 },
  { path: "/#lesson=vpc-18-public-subnet", width: 1440 },
  { path: "/#lesson=vpc-18-public-subnet", width: 390 },
];

const browser = await launch();
const passed = new Set();
for (const { path, width } of starts) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.passed = new Set();
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = (source, imports) => {
      const record = { pass: (point) => globalThis.passed.add(point) };
      return instantiateStreaming(source, { ...imports, record });
    };
  });
  await page.goto(new URL(path, url).href);
  await isReady(page);
  if (path !== "/") {
    await lesson(page).getByRole("region", { name: "Step 1" }).waitFor({ state: "attached" });
  }
  if (await terminal(page).isVisible()) {
    await terminal(page).click();
    await terminal(page).pressSequentially("aws ec2 describe-vpcs");
    await page.keyboard.press("Backspace");
  }
  // What is drawn a frame or two later belongs to the first sight too.
  await page.waitForTimeout(1000);
  // Who leaves at once is not to wait for the rest: there is nothing to be written yet.
  await page.evaluate(() => {
    dispatchEvent(new Event("beforeunload", { cancelable: true }));
    dispatchEvent(new Event("pagehide"));
  });
  for (const point of await page.evaluate(() => [...globalThis.passed])) passed.add(point);
  await context.close();
}
await browser.close();
console.log([...passed].sort((a, b) => a - b).join("\n"));
