// The browser that tests and pictures use. xtask serves the site and sets both variables.
import { chromium } from "playwright-core";

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this by \`cargo xtask test --only browser\``);
  return value;
};

/** Where the site is served. */
export const url = need("HOPWISE_URL");

/** A browser without the services that call home at every start. */
export const launch = () =>
  chromium.launch({
    executablePath: need("CHROMIUM"),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Waits until the application has taken the place of the static frame. */
export const isReady = (page) => page.locator("[data-ready]").waitFor({ timeout: 20_000 });
