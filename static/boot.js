// Starts the page. The build writes the hashed names of the two files into the template #boot.
const { js, wasm } = document.getElementById("boot").dataset;
const at = (name) => new URL(name, document.baseURI).href;

// The theme that was chosen before, so that nothing flashes until the wasm has come.
try {
  const theme = localStorage.getItem("hopwise.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing has no theme either.
}

// A trap in the wasm (a panic, no memory left) ends the application: say so, where it is seen.
const crashed = (error) => {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  const panel = document.getElementById("crash");
  panel.hidden = false;
  panel.querySelector("button").focus();
};
addEventListener("error", (event) => crashed(event.error));
addEventListener("unhandledrejection", (event) => crashed(event.reason));
document.querySelector("#crash button").addEventListener("click", () => location.reload());

try {
  const page = await import(at(js));
  await page.default({ module_or_path: at(wasm) });
} catch (error) {
  const status = document.getElementById("boot-status");
  if (status) {
    status.textContent =
      "Hopwise could not start. Reload the page; if it fails again, update the browser (it needs WebAssembly).";
    status.classList.add("topbar-status-failed");
  }
  throw error;
}
