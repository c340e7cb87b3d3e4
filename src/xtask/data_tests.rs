//! Data move with the code that reads them, and with nothing else: a program of the compiler's, its
//! linker's and wasm-opt's, in parts whose missing data are filled with what is seen.

use crate::addresses::hide;
use crate::first_load::optimise;
use crate::linked::Linked;
use crate::module::Module;
use crate::process::{Command, Place};
use crate::record::Recording;
use crate::split::split;
use crate::split_tests::{Folder, drive};
use crate::tools;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{Parser, Payload};

/// Each way from code to data: by a constant, by an offset, by a pointer in a table of tables, by a
/// pointer that is written over, by a table that begins below itself, through a callee that is
/// inlined and one that is merged with its twin, by the end of one table at the begin of the next.
const PROGRAM: &str = r#"
#![no_std]
use core::{cell::Cell, hint::black_box};

#[link(wasm_import_module = "env")]
unsafe extern "C" { safe fn log(number: i32); }

#[panic_handler]
fn stop(info: &core::panic::PanicInfo) -> ! {
    if let Some(at) = info.location() {
        say(at.file());
        log(at.line() as i32);
    }
    core::arch::wasm32::unreachable()
}

#[inline(never)]
fn say(text: &str) {
    for byte in text.bytes() { log(byte as i32); }
}

static WORDS: [&str; 5] = ["subnet", "gateway", "route", "packet", "rule"];
static VERBS: [&str; 3] = ["reaches", "leaves", "is dropped at"];
static ALL: [&[&str]; 2] = [&WORDS, &VERBS];
static NUMBERS: [i32; 24] = [
    3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4,
];
static LETTERS: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz012345";
static HALVES: [f64; 9] = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5];
struct Own(Cell<&'static str>);
// SAFETY: there is one thread.
unsafe impl Sync for Own {}
static LAST: Own = Own(Cell::new("nothing was said before"));
static STEPS: [extern "C" fn(i32) -> i32; 3] = [double, triple, spell];

extern "C" fn double(n: i32) -> i32 { say("twice"); n * 2 }
extern "C" fn triple(n: i32) -> i32 { say("three times"); n * 3 }

#[unsafe(no_mangle)]
extern "C" fn spell(n: i32) -> i32 {
    say(ALL[(n & 1) as usize][(n.unsigned_abs() % 3) as usize]);
    n
}

#[unsafe(no_mangle)]
extern "C" fn number(n: i32) -> i32 {
    // The compiler folds the 5 into the address.
    if n >= 5 && n < 14 { return NUMBERS[n as usize - 5]; }
    if n < -1 { return NUMBERS[(n + 20) as usize] + 100; }
    0
}

#[unsafe(no_mangle)]
extern "C" fn letter(n: i32) -> i32 {
    LETTERS[(n & 31) as usize] as i32 + HALVES[(n.unsigned_abs() % 9) as usize] as i32
}

#[unsafe(no_mangle)]
extern "C" fn last(n: i32) -> i32 {
    say(LAST.0.get());
    let word = match n { 0 => "zero", 1 => "one", 2 => "two", 3 => "three", 4 => "four", _ => "many" };
    LAST.0.set(word);
    word.len() as i32
}

#[inline(never)]
fn inlined(n: i32) -> i32 {
    say("from a callee with one caller");
    let mut sum = 0;
    for number in &NUMBERS[..black_box(n) as usize & 15] { sum += number; }
    for half in &HALVES { sum += *half as i32; }
    sum
}

#[inline(never)]
fn merged(n: i32) -> i32 { say("twins"); say("of one code"); n ^ 1 }
#[inline(never)]
fn twin(n: i32) -> i32 { say("twins"); say("of one code"); n ^ 1 }

#[unsafe(no_mangle)]
extern "C" fn callee(n: i32) -> i32 { if n == 7 { return merged(n); } inlined(n) }

#[unsafe(no_mangle)]
extern "C" fn other(n: i32) -> i32 { if n & 1 == 0 { return twin(n); } STEPS[n as usize % 3](n) }

#[unsafe(no_mangle)]
extern "C" fn fails(n: i32) -> i32 {
    assert!(n < 10, "too much");
    NUMBERS[(black_box(n) + 2) as usize]
}
"#;

/// The program as the linker and as wasm-opt leave it.
struct Program {
    linked: Vec<u8>,
    optimised: Vec<u8>,
}

impl Program {
    fn new(place: &Place, folder: &Folder, text: &str, options: &[&str]) -> Self {
        tools::wasm_target(place).unwrap();
        tools::npm(place).unwrap();
        let source = folder.store("program.rs", text.as_bytes());
        let file = folder.store("program.wasm", b"");
        Command::new(place, "rustc")
            .args(["--edition=2024", "--crate-type=cdylib"])
            .args(["--target=wasm32-unknown-unknown", "-Copt-level=z"])
            .args(["-Cpanic=abort", "-Cstrip=debuginfo"])
            .args(options)
            .args(["-o", &file, &source])
            .run()
            .unwrap();
        let linked = std::fs::read(file).unwrap();
        let optimised = match Linked::read(&linked) {
            Ok(data) => optimise(place, &folder.0, &hide(&linked, &data).unwrap()).unwrap(),
            Err(_) => Vec::new(),
        };
        Self { linked, optimised }
    }

    fn data(&self) -> Linked {
        Linked::read(&self.linked).unwrap()
    }
}

/// How long a module's section of data is.
fn weight(module: &[u8]) -> usize {
    let sections = Parser::new(0).parse_all(module);
    let data = sections.filter_map(|it| match it.unwrap() {
        Payload::DataSection(data) => Some(data.range().len()),
        _ => None,
    });
    data.sum()
}

const RELOCATIONS: &str = "-Clink-arg=--emit-relocs";

#[test]
fn data_are_there_for_whoever_reads_them() {
    let place = Place::find().unwrap();
    let folder = Folder::new("data");
    let program = Program::new(&place, &folder, PROGRAM, &[RELOCATIONS]);
    let linked = program.data();
    let outside = |(number, symbols): (&u32, &BTreeSet<usize>)| {
        let ranges = symbols.iter().map(|symbol| &linked.symbols[*symbol]);
        ranges
            .filter(|it| number < &it.start || number > &it.end)
            .count()
            > 0
    };
    assert!(linked.named.iter().any(outside), "no address is folded");
    let optimised = Module::read(&program.optimised).unwrap();
    let inlined = |(it, _)| optimised.name(it).contains("inlined");
    assert!(!optimised.defined().any(inlined), "nothing is inlined");
    let whole = folder.store("whole.wasm", &program.linked);
    let mut files = vec![whole.clone()];
    let mut weights = BTreeSet::new();
    let mut state = 0x9e37_79b9_u32;
    for at in 0..200 {
        let told = (0..600).filter(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % 199 < at
        });
        let recording = Recording::of(&program.optimised, &told.collect()).unwrap();
        // Every other pair is as it is delivered.
        let poison = at % 4 < 2;
        let halves = split(&program.optimised, &linked, &recording, poison).unwrap();
        weights.insert(weight(&halves.rest));
        files.push(folder.store(&format!("{at}.first"), &halves.first));
        files.push(folder.store(&format!("{at}.rest"), &halves.rest));
    }
    assert!(weights.len() > 20, "{weights:?}");
    assert_eq!(drive(&place, &files).unwrap(), "");

    // Were pointers followed less far, it would be seen.
    let everything = Recording::of(&program.optimised, &(0..600).collect()).unwrap();
    let missing = |linked: &Linked| {
        let halves = split(&program.optimised, linked, &everything, true).unwrap();
        let first = folder.store("first", &halves.first);
        let rest = folder.store("rest", &halves.rest);
        // The rest comes early in the first pair only.
        drive(
            &place,
            &[&whole, &whole, &whole, &first, &rest].map(String::from),
        )
        .unwrap()
    };
    assert_eq!(missing(&linked), "");
    let pointers = BTreeMap::new();
    assert_ne!(
        missing(&Linked {
            pointers,
            ..program.data()
        }),
        ""
    );
    let named = BTreeMap::new();
    assert_ne!(
        missing(&Linked {
            named,
            ..program.data()
        }),
        ""
    );
}

#[test]
fn a_module_that_the_linker_does_not_explain_is_refused() {
    let place = Place::find().unwrap();
    let folder = Folder::new("unlinked");
    let silent = Program::new(&place, &folder, PROGRAM, &[]);
    let message = Linked::read(&silent.linked).unwrap_err();
    assert!(
        message.contains("--emit-relocs") || message.contains("segment"),
        "{message}"
    );
    let program = Program::new(&place, &folder, PROGRAM, &[RELOCATIONS]);

    let other = PROGRAM.replace("subnet", "subway");
    let other = Program::new(&place, &folder, &other, &[RELOCATIONS]);
    let message = hide(&program.linked, &other.data()).unwrap_err();
    assert!(message.contains("not of one program"), "{message}");

    let mut forgetful = program.data();
    let some = forgetful.constants_named().pop().unwrap();
    forgetful.named.remove(&some);
    let message = hide(&program.linked, &forgetful).unwrap_err();
    assert!(message.contains(&some.to_string()), "{message}");
}
