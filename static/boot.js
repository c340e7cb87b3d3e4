// Starts the page. The build writes the hashed names of the two files into the template #boot.
const { js, wasm } = document.getElementById("boot").dataset;
const at = (name) => new URL(name, document.baseURI).href;

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
