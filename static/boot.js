// Starts the page. The build writes the hashed names of its files into the template #boot.
const { js, wasm, rest } = document.getElementById("boot").dataset;
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

// The released program comes in two parts (ARCHITECTURE.md, "What the page weighs"): the first is
// started, the rest fetched while the student reads. `parts` is what the rest imports: the first
// part's exports and what the first part imports itself. A second instance of the rest would only
// write the same into the same table and the same constants into the memory.
let parts;
const fetching = new AbortController();

const fetchRest = async () => {
  try {
    const request = fetch(at(rest), { priority: "low", signal: fetching.signal });
    const module = await WebAssembly.compileStreaming(request);
    if (!fetching.signal.aborted) await WebAssembly.instantiate(module, parts);
  } catch {
    // The first function that needs it fetches it again, and tells what failed.
  }
};

// The bytes of the rest, now: whoever needs them can't wait for a promise.
const restBytes = () => {
  const request = new XMLHttpRequest();
  request.open("GET", at(rest), false);
  // Gives each byte as a character, whose higher half means nothing.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${rest}: ${request.status} ${request.statusText}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
};

// Called by the first part when it needs a function of the rest, which hasn't come yet.
const loadRest = () => {
  // Two requests for one file could wait for each other.
  fetching.abort();
  for (;;) {
    try {
      new WebAssembly.Instance(new WebAssembly.Module(restBytes()), parts);
      return;
    } catch (error) {
      console.error(error);
      const question =
        "A part of Hopwise could not be fetched: is this computer online? Try again? Nothing is lost as yet.";
      if (confirm(question)) continue;
      document.querySelector("#crash p").textContent =
        "A part of the program could not be fetched, and it can't go on without. Look whether this computer is online, then reload the page.";
      throw new WebAssembly.RuntimeError("the rest of the program is missing", { cause: error });
    }
  }
};

// wasm-bindgen's loader makes the instance by one of these. They add the import of the first part
// and keep what the rest will import, once.
const makers = { instantiateStreaming: WebAssembly.instantiateStreaming, instantiate: WebAssembly.instantiate };
const addImport = () => {
  for (const [name, make] of Object.entries(makers)) {
    WebAssembly[name] = make && (async (source, imports) => {
      const made = await make(source, { ...imports, rest: { load: loadRest } });
      parts = { ...imports, first: (made.instance ?? made).exports };
      Object.assign(WebAssembly, makers);
      return made;
    });
  }
};

try {
  const page = await import(at(js));
  if (rest) addImport();
  await page.default({ module_or_path: at(wasm) });
  // After the first paint.
  if (rest) requestAnimationFrame(() => setTimeout(fetchRest));
} catch (error) {
  const status = document.getElementById("boot-status");
  if (status) {
    status.textContent =
      "Hopwise could not start. Reload the page; if it fails again, update the browser (it needs WebAssembly).";
    status.classList.add("topbar-status-failed");
  }
  throw error;
}
