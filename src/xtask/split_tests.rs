//! The split means the same as the whole, whatever was recorded: run by Node.

use crate::linked::Linked;
use crate::module::Module;
use crate::process::{Command, Outcome, Place, write};
use crate::record::{Recording, instrument};
use crate::split::{Halves, split};
use std::collections::BTreeSet;

/// Every way out of a piece: at its end with and without a value, by branches to blocks and loops,
/// by a table of branches, by a return, by a trap; operands below it, locals into and out of it.
const WHOLE: &str = r#"
(module
  (type $step (func (param i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (table $table 4 4 funcref)
  (global $turns (mut i32) (i32.const 0))
  (elem (i32.const 1) $double $triple $double)
  (data (i32.const 8) "\05\00\00\00")

  (func $double (type $step)
    (if (i32.gt_s (local.get 0) (i32.const 40))
      (then
        (call $log (i32.const 100)) (call $log (i32.const 101)) (call $log (local.get 0))
        (call $log (i32.const 102)) (call $log (i32.const 103)) (call $log (i32.const 104))
        (return (i32.const 80))))
    (i32.mul (local.get 0) (i32.const 2)))

  (func $triple (type $step)
    (i32.add (call $double (local.get 0)) (local.get 0)))

  ;; A value below the piece, a value from it, and one from its else.
  (func $choose (param $a i32) (param $b f64) (result f64)
    (local $c f64) (local $d i64)
    (f64.add
      (f64.convert_i32_s (local.get $a))
      (if (result f64) (i32.and (local.get $a) (i32.const 1))
        (then
          (local.set $c (f64.mul (local.get $b) (f64.const 3)))
          (local.set $d (i64.extend_i32_s (local.get $a)))
          (call $log (i32.wrap_i64 (i64.add (local.get $d) (i64.const 7))))
          (call $log (i32.const 8)) (call $log (i32.const 9)) (call $log (i32.const 10))
          (f64.add (local.get $c) (f64.convert_i64_s (local.get $d))))
        (else
          (if (i32.gt_s (local.get $a) (i32.const 4))
            (then
              (local.set $c (f64.const 11))
              (call $log (i32.const 11)) (call $log (i32.const 12)) (call $log (i32.const 13))
              (call $log (i32.const 14)) (call $log (i32.const 15)) (call $log (i32.const 16))))
          (f64.sub (local.get $c) (local.get $b))))))

  ;; Branches out of a loop, back to it, and a table of them; a local lives from turn to turn.
  (func $walk (param $n i32) (result i32)
    (local $i i32) (local $sum i32) (local $kept i32)
    (block $out
      (loop $again
        (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
        (br_if $out (i32.ge_s (local.get $i) (local.get $n)))
        (block $even
          (block $odd
            (block $fifth
              (br_if $odd (i32.and (local.get $i) (i32.const 1)))
              (call $log (i32.add (local.get $kept) (i32.const 1000)))
              (local.set $kept (i32.add (local.get $kept) (local.get $i)))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (call $log (i32.const 20)) (call $log (i32.const 21)) (call $log (i32.const 22))
              (br_table $even $again $again $fifth (i32.rem_u (local.get $i) (i32.const 5))))
            (call $log (local.get $sum))
            (call $log (i32.const 23)) (call $log (i32.const 24)) (call $log (i32.const 25))
            (call $log (i32.const 26)) (call $log (i32.const 27)) (call $log (i32.const 28))
            (br_if $again (i32.lt_s (local.get $sum) (i32.const 20)))
            (return (i32.sub (i32.const 0) (local.get $sum))))
          (local.set $sum (i32.add (local.get $sum)
            (call_indirect (type $step) (local.get $i) (i32.rem_u (local.get $i) (i32.const 4)))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (call $log (i32.const 30)) (call $log (i32.const 31)) (call $log (i32.const 32))
          (br $again))
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 8))))
        (i32.store (i32.const 8) (local.get $sum))
        (call $log (i32.const 40)) (call $log (i32.const 41)) (call $log (i32.const 42))
        (br $again)))
    (if (i32.gt_s (local.get $n) (i32.const 11))
      (then
        (call $log (i32.const 50)) (call $log (i32.const 51)) (call $log (i32.const 52))
        (call $log (i32.const 53)) (call $log (i32.const 54)) (call $log (i32.const 55))
        (unreachable)))
    (i32.add (local.get $sum) (local.get $kept)))

  (func (export "walk") (param i32) (result i32) (call $walk (local.get 0)))
  (func (export "choose") (param i32) (result f64)
    (call $choose (local.get 0) (f64.const 2.5)))
  (func (export "step") (param i32) (result i32)
    (call_indirect (type $step) (local.get 0)
      (i32.add (i32.const 1) (i32.rem_u (local.get 0) (i32.const 3)))))
  (func (export "turns") (param i32) (result i32) (global.get $turns)))
"#;

/// Instantiates the pairs it is named and prints what their exports give and log. The rest comes
/// when it is called for, and for every other pair at the beginning.
const DRIVER: &str = r#"
const { readFileSync } = require("node:fs");
const read = (name) => new WebAssembly.Module(readFileSync(name));
const [whole, ...pairs] = process.argv.slice(1);
const told = new Set();
const observe = (first, rest, early) => {
  const seen = [];
  const log = (number) => {
    // A wrong branch may turn for ever.
    if (seen.push(number) > 20000) throw new Error("it doesn't end");
  };
  const env = { log };
  const record = { pass: (point) => told.add(point) };
  let parts, loads = 0;
  const load = () => { loads += 1; new WebAssembly.Instance(read(rest), parts); };
  const { exports } = new WebAssembly.Instance(read(first), { env, record, rest: { load } });
  parts = { env, first: exports };
  if (early) load();
  for (let n = -3; n < 16; n += 1) {
    for (const name of names) {
      try { seen.push(name, exports[name](n)); } catch (error) { seen.push(error.message); }
    }
  }
  seen.push([...new Uint8Array(exports.memory.buffer, 0, 16)]);
  if (loads > 1) seen.push(`loaded ${loads} times`);
  return JSON.stringify(seen);
};
const things = WebAssembly.Module.exports(read(whole));
const names = things.filter(({ kind }) => kind === "function").map(({ name }) => name);
const expected = observe(whole);
if (pairs.length === 0) console.log([...told].join("\n"));
for (let at = 0; at < pairs.length; at += 2) {
  const got = observe(pairs[at], pairs[at + 1], at % 4 === 0);
  if (got !== expected) console.log(`${pairs[at]}\n${got}\n${expected}`);
}
"#;

/// What differs between the whole, the first of the files, and the pairs behind it.
pub fn drive(place: &Place, files: &[String]) -> Outcome<String> {
    Command::new(place, "node")
        .args(["-e", DRIVER])
        .args(files)
        .read()
}

/// A folder of this test's own, which is removed at the end.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = format!("hopwise-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        write(&folder.join("here"), "").unwrap();
        Self(folder)
    }

    pub fn store(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }
}

/// Splits the code alone.
fn split_code(module: &[u8], recording: &Recording) -> Outcome<Halves> {
    split(module, &Linked::default(), recording, false)
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn whatever_was_recorded_the_parts_do_what_the_whole_does() {
    let place = Place::find().unwrap();
    let folder = Folder::new("split");
    let whole = wat::parse_str(WHOLE).unwrap();
    let mut files = vec![folder.store("whole.wasm", &whole)];
    let mut sizes = BTreeSet::new();
    // A fixed row of pseudo-random recordings (xorshift), the empty and the full among them.
    let mut state = 0x9e37_79b9_u32;
    for at in 0..200 {
        let told = (0..200).filter(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % 199 < at
        });
        let recording = Recording::of(&whole, &told.collect()).unwrap();
        let halves = split_code(&whole, &recording).unwrap();
        sizes.insert(halves.first.len());
        files.push(folder.store(&format!("{at}.first"), &halves.first));
        files.push(folder.store(&format!("{at}.rest"), &halves.rest));
    }
    assert!(sizes.len() > 50, "the recordings part the code differently");
    assert_eq!(drive(&place, &files).unwrap(), "");
}

#[test]
fn a_recording_keeps_what_was_passed_and_survives_its_file() {
    let place = Place::find().unwrap();
    let folder = Folder::new("record");
    let whole = wat::parse_str(WHOLE).unwrap();
    let file = folder.store("whole.wasm", &instrument(&whole).unwrap());
    let told = drive(&place, &[file]).unwrap();
    let told: BTreeSet<u32> = told.lines().map(|line| line.parse().unwrap()).collect();
    let recording = Recording::of(&whole, &told).unwrap();
    let read = Recording::parse(&recording.text()).unwrap();
    assert_eq!(read.text(), recording.text());

    // All was entered, so that all stays, and the first part never calls for the rest.
    let halves = split_code(&whole, &read).unwrap();
    let first = Module::read(&halves.first).unwrap();
    let whole = Module::read(&whole).unwrap();
    assert!(first.bodies.len() > whole.bodies.len(), "with `ensure`");
    let nothing = split_code(&wat::parse_str(WHOLE).unwrap(), &Recording::default()).unwrap();
    let nothing = Module::read(&nothing.first).unwrap();
    assert!(nothing.bodies.iter().all(|body| body.range().len() < 20));
}

#[test]
fn what_the_split_does_not_know_is_refused() {
    let refused = |module: &str, word: &str| {
        let module = wat::parse_str(module).unwrap();
        let message = split_code(&module, &Recording::default()).unwrap_err();
        assert!(message.contains(word), "{message}");
    };
    refused("(module (table 1 funcref))", "no memory");
    refused(
        r#"(module (import "a" "b" (memory 1)) (table 1 funcref))"#,
        "an import that is no function",
    );
    refused(
        "(module (memory 1) (table 1 funcref) (data \"a\"))",
        "data that the code copies",
    );
    refused(
        "(module (memory 1) (table 1 funcref) (elem declare func $f) (func $f))",
        "a segment of another kind",
    );
    assert!(Recording::parse("nothing of ours").is_err());
    assert!(split_code(b"no module", &Recording::default()).is_err());
}
