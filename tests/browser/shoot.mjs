// Photographs the states of shots.mjs into HOPWISE_SHOTS. Arguments choose states by name.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isReady, launch, url } from "./browser.mjs";
import { sizes, states, themes } from "./shots.mjs";

const folder = process.env.HOPWISE_SHOTS;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !states.some((state) => state.name === name));
if (unknown.length > 0) {
  console.error(`There is no state ${unknown}; there are: ${states.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });

const browser = await launch();
let failed = 0;
for (const state of states.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  for (const colorScheme of themes) {
    for (const viewport of sizes) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const name = `${state.name}-${colorScheme}-${viewport.width}.png`;
      try {
        const page = await context.newPage();
        await page.goto(new URL(state.path, url).href);
        await isReady(page);
        await state.act(page);
        await page.screenshot({ path: join(folder, name) });
        console.log(join(folder, name));
      } catch (error) {
        failed += 1;
        console.error(`${name}: ${error.message}`);
      } finally {
        await context.close();
      }
    }
  }
}
await browser.close();
process.exitCode = failed > 0 ? 1 : 0;
