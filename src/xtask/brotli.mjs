// Packs the files of a folder with brotli at its best, beside themselves, and prints a line
// "raw<tab>packed<tab>name" for each. Node has brotli; a Rust crate would be compiled each time.
// Usage: node brotli.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const folder = process.argv[2];
const packable = /\.(html|css|js|wasm|json|webmanifest|md|svg|txt)$/;
// Below this an answer's headers weigh more than what is saved.
const worthwhile = 1000;

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".br"))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .sort();

for (const file of files) {
  const raw = readFileSync(file);
  const packed = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  if (packable.test(file) && raw.length >= worthwhile) writeFileSync(`${file}.br`, packed);
  console.log(`${raw.length}\t${packed.length}\t${relative(folder, file).split(sep).join("/")}`);
}
