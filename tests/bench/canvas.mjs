// How smoothly the map moves with 300 boxes, and React Flow with the same ones: `cargo xtask bench canvas`.
//
// Both stand open in one browser at the same size and take turns, so that what else the machine does
// hits both. Real input goes in through the browser (Chromium's Input domain); in the page a loop of
// requestAnimationFrame notes when each frame begins. A gesture's first frames count like the others.
import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isReady, launch, url } from "../browser/browser.mjs";
import { names, paste, terminal } from "../browser/student.mjs";
import { BOXES, SEED, lines } from "./scene.mjs";

const ROUNDS = Number(process.argv[2] ?? 5);
const STEPS = 90;
const GOAL = 20;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const browser = await launch();
const open = async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`uncaught: ${error.message}`));
  return page;
};

/** Hopwise with the scene, built by a paste into its terminal. */
const hopwise = async () => {
  const page = await open();
  await page.goto(url);
  await isReady(page);
  await paste(page, lines());
  const count = () => document.querySelectorAll(".map-drawing .node").length;
  await page.waitForFunction((most) => document.querySelectorAll(".map-drawing .node").length >= most, BOXES, {
    timeout: 120_000,
  }).catch(() => {});
  const found = await page.evaluate(count);
  if (found !== BOXES) {
    const said = await page.getByRole("log", { name: names.TERMINAL_OUTPUT }).innerText();
    throw new Error(`the map shows ${found} boxes, not ${BOXES}; the terminal ends with\n${said.slice(-600)}`);
  }
  await page.getByRole("status").filter({ hasText: "pasted ones" }).waitFor({ state: "detached" });
  return page;
};

/** What the map shows, as React Flow takes it. */
const seen = (page) =>
  page.evaluate(() => {
    const place = (node) => node.getAttribute("transform").match(/-?\d+/g).map(Number);
    const boxes = [...document.querySelectorAll(".map-drawing .node")].map((node) => {
      const [x, y] = place(node);
      const box = node.querySelector(".node-box");
      const area = node.closest("g:not(.node)") === document.querySelector(".map-drawing > g");
      return {
        id: node.id,
        x,
        y,
        w: Number(box.getAttribute("width")),
        h: Number(box.getAttribute("height")),
        area,
        glyph: node.querySelector(".node-glyph") !== null,
        lines: [...node.querySelectorAll("text")].map((text) => text.textContent),
      };
    });
    const holds = (outer, inner) =>
      outer.area && outer !== inner && outer.x <= inner.x && outer.y <= inner.y &&
      outer.x + outer.w >= inner.x + inner.w && outer.y + outer.h >= inner.y + inner.h;
    const nodes = boxes.map((box, at) => {
      // Containers come before what they hold; the last that fits is the innermost.
      const parent = boxes.slice(0, at).filter((outer) => holds(outer, box)).at(-1);
      return {
        id: box.id,
        type: box.area ? "area" : "card",
        position: { x: box.x - (parent?.x ?? 0), y: box.y - (parent?.y ?? 0) },
        width: box.w,
        height: box.h,
        parentId: parent?.id,
        data: { lines: box.lines, glyph: box.glyph },
      };
    });
    const drawn = [...document.querySelectorAll(".map-drawing .edge")];
    const at = (x, y) => {
      const off = (box) => Math.hypot(
        Math.max(box.x - x, 0, x - box.x - box.w), Math.max(box.y - y, 0, y - box.y - box.h));
      return boxes.filter((box) => !box.area).sort((a, b) => off(a) - off(b))[0].id;
    };
    const edges = drawn.map((edge) => {
      const [from, to] = [edge.getPointAtLength(0), edge.getPointAtLength(edge.getTotalLength())];
      return { id: edge.id, source: at(from.x, from.y), target: at(to.x, to.y), type: "step" };
    });
    const view = document.querySelector(".map-view").getBoundingClientRect();
    return {
      nodes,
      edges,
      view: { x: view.x, y: view.y, w: view.width, h: view.height },
      elements: document.querySelectorAll(".map-drawing *").length,
    };
  });

const flow = async (scene) => {
  const bundle = await build({
    entryPoints: [here("flow.jsx")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const page = await open();
  await page.setContent('<!doctype html><div id="root"></div>');
  const style = readFileSync(here("../../node_modules/@xyflow/react/dist/style.css"), "utf8");
  const { x, y, w, h } = scene.view;
  await page.addStyleTag({
    content: `${style}${readFileSync(here("flow.css"), "utf8")}
      #root { position: absolute; left: ${x}px; top: ${y}px; width: ${w}px; height: ${h}px; }`,
  });
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
  await page.evaluate((scene) => globalThis.start(scene), scene);
  await page.waitForFunction(
    (count) => document.querySelectorAll(".react-flow__node").length === count && globalThis.flow, scene.nodes.length);
  await page.waitForFunction(
    (count) => document.querySelectorAll(".react-flow__edge").length === count, scene.edges.length);
  return page;
};

const settle = (page) => page.waitForTimeout(300);

const sides = {
  Hopwise: {
    node: (page, id) => page.locator(`[id="${id}"] > .node-box`),
    wheel: 20,
    free: async (page) => page.keyboard.press("Escape"),
  },
  "React Flow": {
    node: (page, id) => page.locator(`.react-flow__node[data-id="${id}"]`),
    // d3-zoom takes 2^(0.02 · delta) with Ctrl, Hopwise e^(0.0025 · delta): the same step for both.
    wheel: (20 * 0.0025) / (0.02 * Math.LN2),
    free: async () => {},
  },
};

/** Both look at the same part: Hopwise's whole scene, or at this zoom; React Flow as it does. */
const look = async (zoom) => {
  const [page, other] = [pages.Hopwise, pages["React Flow"]];
  await page.bringToFront();
  await page.getByRole("button", { name: names.FIT }).click();
  await settle(page);
  const camera = () => page.evaluate(() => {
    const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector(".map-plane")).transform);
    return { x: e, y: f, zoom: a };
  });
  // Towards a table near the middle, which is dragged then.
  const table = await sides.Hopwise.node(page, await pick(hasEdge, false)).boundingBox();
  await page.mouse.move(table.x + table.width / 2, table.y + table.height / 2);
  await page.keyboard.down("Control");
  while (zoom && (await camera()).zoom < zoom) {
    await page.mouse.wheel(0, -sides.Hopwise.wheel);
    await page.waitForTimeout(20);
  }
  await page.keyboard.up("Control");
  await settle(page);
  const same = await camera();
  await other.bringToFront();
  await other.evaluate((camera) => globalThis.flow.setViewport(camera), same);
  await settle(other);
  return same.zoom;
};

/** Frame times, and the main thread's work for them, while `act` sends input. */
const record = async (page, act) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
  await page.evaluate(() => {
    globalThis.frames = [];
    const note = (time) => {
      globalThis.frames.push(time);
      globalThis.noting = requestAnimationFrame(note);
    };
    globalThis.noting = requestAnimationFrame(note);
  });
  const before = await busy();
  await act();
  const work = (await busy()) - before;
  const times = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.noting);
    return globalThis.frames;
  });
  await session.detach();
  return { frames: times.slice(1).map((time, at) => time - times[at]), work };
};

const circle = (at, radius, step) => {
  const turn = (2 * Math.PI * step) / (STEPS / 2);
  return [at.x + radius * (Math.cos(turn) - 1), at.y + radius * Math.sin(turn)];
};

// In the midst of each gesture `check` says whether anything has moved.
const drag = (button, radius) => async (page, at, _, check) => {
  await page.mouse.move(at.x, at.y);
  await page.mouse.down({ button });
  for (let step = 1; step <= STEPS; step++) {
    await page.mouse.move(...circle(at, radius, step));
    if (step === STEPS / 2 - 10) await check();
  }
  await page.mouse.move(at.x, at.y);
  await page.mouse.up({ button });
};

const gestures = {
  pan: drag("middle", 90),
  zoom: async (page, at, side, check) => {
    await page.mouse.move(at.x, at.y);
    await page.keyboard.down("Control");
    for (let step = 0; step < STEPS; step++) {
      // In, and then out again.
      await page.mouse.wheel(0, (step < STEPS / 2 ? -1 : 1) * side.wheel);
      await page.waitForTimeout(14);
      if (step === STEPS / 2) await check();
    }
    await page.keyboard.up("Control");
  },
  "drag a host": drag("left", 40),
  "drag a table": drag("left", 40),
};

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
const digest = (runs) => {
  const all = runs.flatMap(({ frames }) => frames).sort((a, b) => a - b);
  const work = runs.reduce((sum, run) => sum + run.work, 0);
  return {
    frames: all.length,
    median: quantile(all, 0.5),
    p95: quantile(all, 0.95),
    worst: all.at(-1),
    work: work / all.length,
  };
};

const map = await hopwise();
const scene = await seen(map);
const pages = { Hopwise: map, "React Flow": await flow(scene) };
const { view } = scene;
// Left of the middle, where nothing that opens covers it.
const focus = { x: view.x + view.w * 0.4, y: view.y + view.h / 2 };

/** Is this what a press here takes in React Flow? A line may lie above. */
const free = (id, { x, y }) =>
  pages["React Flow"].evaluate(
    ([id, x, y]) => document.elementFromPoint(x, y)?.closest(".react-flow__node")?.dataset.id === id, [id, x, y]);

/** The box that passes `test`, is next to `focus`, and can be taken on both sides if `both` show the same. */
const pick = async (test, both = true) => {
  const found = [];
  for (const node of scene.nodes.filter(test)) {
    const box = await sides.Hopwise.node(pages.Hopwise, node.id).boundingBox();
    const at = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    const inside = at.x > view.x + 120 && at.x < view.x + view.w * 0.7 && at.y > view.y + 60 && at.y < view.y + view.h - 60;
    if (inside) found.push({ id: node.id, at, off: Math.hypot(at.x - focus.x, at.y - focus.y) });
  }
  found.sort((one, other) => one.off - other.off);
  for (const { id, at } of found) if (!both || (await free(id, at))) return id;
  throw new Error("no such box is near the middle of the view");
};
const isHost = ({ type, height }) => type === "card" && height > 40;
const hasEdge = ({ id, height, data }) => scene.edges.some(({ source }) => source === id) && height < 40 && /-rt-/.test(data.lines[0]);

const results = {};
const zooms = {};
for (const [where, zoom] of [["whole", undefined], ["close", 0.8]]) {
  zooms[where] = await look(zoom);
  const chosen = { host: await pick(isHost), table: await pick(hasEdge) };
  for (let round = 0; round < ROUNDS; round++) {
    // Who begins changes each round.
    const order = Object.entries(sides);
    if (round % 2) order.reverse();
    for (const [gesture, act] of Object.entries(gestures)) {
      for (const [name, side] of order) {
        const page = pages[name];
        await page.bringToFront();
        let at = focus;
        // What has to move: the dragged thing, else any, for the camera moves all.
        let id = chosen.host;
        if (gesture.startsWith("drag")) {
          id = gesture.endsWith("host") ? chosen.host : chosen.table;
          const box = await side.node(page, id).boundingBox();
          at = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
        }
        await side.free(page);
        await settle(page);
        const place = async () => {
          const { x, y, width } = await side.node(page, id).boundingBox();
          return [x, y, width].map(Math.round).join();
        };
        const before = await place();
        const check = async () => {
          if ((await place()) === before) throw new Error(`${name}: ${gesture}, ${where} moves nothing`);
        };
        const run = await record(page, () => act(page, at, side, check));
        ((results[`${gesture}, ${where}`] ??= {})[name] ??= []).push(run);
        await side.free(page);
        await settle(page);
      }
    }
  }
}

/** From Enter to the frame that shows the new box, with the scene as large as it is. */
const enter = async () => {
  const page = pages.Hopwise;
  await page.bringToFront();
  const took = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const line of ["made=$(aws ec2 create-network-interface --subnet-id $net0 --query NetworkInterface.NetworkInterfaceId --output text)", "aws ec2 delete-network-interface --network-interface-id $made"]) {
      await terminal(page).fill(line);
      await page.evaluate(() => {
        const nodes = () => document.querySelectorAll(".map-drawing .node").length;
        const before = nodes();
        globalThis.took = new Promise((resolve) => {
          addEventListener("keydown", () => {
            const start = performance.now();
            const look = () => (nodes() === before ? requestAnimationFrame(look) : requestAnimationFrame(() => resolve(performance.now() - start)));
            requestAnimationFrame(look);
          }, { once: true, capture: true });
        });
      });
      await terminal(page).press("Enter");
      took.push(await page.evaluate(() => globalThis.took));
      await page.waitForTimeout(100);
    }
  }
  took.sort((a, b) => a - b);
  return { median: quantile(took, 0.5), p95: quantile(took, 0.95) };
};
const latency = await enter();
const version = browser.version();
await browser.close();

const table = Object.entries(results).map(([gesture, sides]) => ({
  gesture,
  hopwise: digest(sides.Hopwise),
  flow: digest(sides["React Flow"]),
}));
const ms = (value) => value.toFixed(1).padStart(7);
console.log(`${BOXES} boxes, ${scene.edges.length} lines, ${scene.elements} SVG elements; seed ${SEED}; ${ROUNDS} rounds of ${STEPS} steps`);
console.log(`Chromium ${version} without GPU, view ${view.w} × ${view.h}, ${cpus().length} cores`);
console.log(`zoom: ${Object.entries(zooms).map(([where, zoom]) => `${where} ${zoom.toFixed(2)}`).join(", ")}`);
console.log("ms a frame           |        Hopwise        |      React Flow       | p95, work:");
console.log("gesture              | median    p95    work | median    p95    work | ratio");
for (const { gesture, hopwise, flow } of table) {
  const cell = ({ median, p95, work }) => `${ms(median)}${ms(p95)}${ms(work)} `;
  const ratio = `${(hopwise.p95 / flow.p95).toFixed(2)} ${(hopwise.work / flow.work).toFixed(2)}`;
  console.log(`${gesture.padEnd(21)}|${cell(hopwise)} |${cell(flow)} | ${ratio}`);
}
console.log("work: what the page's main thread did for it. A frame at 60 Hz is 16.7 ms.");
console.log(`Enter to the new box on the map: median ${latency.median.toFixed(0)} ms, p95 ${latency.p95.toFixed(0)} ms`);
const late = table.filter(({ hopwise }) => hopwise.p95 > GOAL).map(({ gesture }) => gesture);
console.log(late.length === 0 ? `The goal, p95 of at most ${GOAL} ms, is met.` : `Above the goal of ${GOAL} ms: ${late.join("; ")}.`);

const file = process.env.HOPWISE_BENCH;
if (file) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ seed: SEED, boxes: BOXES, rounds: ROUNDS, steps: STEPS, chromium: version, view, edges: scene.edges.length, elements: scene.elements, zooms, goal: GOAL, latency, table }, null, 2)}\n`);
  console.log(file);
}
