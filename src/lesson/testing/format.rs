//! The format, tested with files: `tests/lessons/broken/*.md` with what is said about each beside
//! it, `tests/lessons/sound/*.md` with what is read.

use crate::{Block, Severity, parse, parse_bytes, to_html};
use expect_test::{expect, expect_file};
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/lessons")
        .join(name)
}

fn lessons(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn complaints(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (_, diagnostics) = parse_bytes(&std::fs::read(path).unwrap());
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.render(name) + "\n")
        .collect()
}

#[test]
fn broken_lessons_are_told_what_is_wrong() {
    for path in lessons("broken") {
        let text = complaints(&path);
        assert!(!text.is_empty(), "{} is not broken", path.display());
        expect_file![path.with_extension("expected")].assert_eq(&text);
    }
}

#[test]
fn sound_lessons_are_read_whole() {
    for path in lessons("sound") {
        assert_eq!(complaints(&path), "");
        let (lesson, _) = parse_bytes(&std::fs::read(&path).unwrap());
        expect_file![path.with_extension("expected")].assert_debug_eq(&lesson);
    }
}

/// Each change of a sound lesson is seen, and at its own line.
#[test]
fn one_slip_is_one_complaint() {
    let path = folder("sound").join("private-host.md");
    let sound = std::fs::read_to_string(path).unwrap();
    let slips = [
        ("format: 1", "fromat: 1"),
        ("minutes: 8", "minutes: -8"),
        ("reach internet ->", "raech internet ->"),
        ("can.\"", "can."),
        ("{source}", "{sauce}"),
        ("points=2", "points=two"),
        ("needs=nat", "needs=gnat"),
        ("```hints\nWhere", "```hint\nWhere"),
        ("{reason} is", "{raeson} is"),
        ("=> out", "=> uot"),
        (" : Private", ": Private"),
        ("vpc-19-silent-private-host", "vpc-19-silent-private-hosT"),
        ("# => $nat", "# => nat!"),
        (
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html)",
            "vpc.html)",
        ),
    ];
    for (from, to) in slips {
        let broken = sound.replacen(from, to, 1);
        assert_ne!(broken, sound, "{from}");
        let (_, diagnostics) = parse(&broken);
        let errors: Vec<_> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .collect();
        assert_eq!(errors.len(), 1, "{to}: {errors:#?}");
        let line = 1
            + sound.split(from).next().unwrap().matches('\n').count()
            + from
                .find('\n')
                .filter(|_| from.starts_with('`'))
                .map_or(0, |_| 0);
        assert_eq!(errors[0].position.line as usize, line, "{to}: {errors:#?}");
    }
}

#[test]
fn the_same_file_with_other_line_ends_is_the_same_lesson() {
    let path = folder("sound").join("private-host.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (lesson, _) = parse(&text);
    let (windows, complaints) = parse(&text.replace('\n', "\r\n"));
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!(lesson.steps[0].checks, windows.steps[0].checks);
    assert_eq!(lesson.solution().count(), windows.solution().count());
    let (marked, complaints) = parse(&format!("\u{feff}{text}"));
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!(marked, lesson);
}

/// Whatever a stranger writes is refused with a sentence, in no time.
#[test]
fn hostile_files_are_refused_at_once() {
    let head = "---\nformat: 1\nid: vpc-18-x\ntitle: X\ntrack: vpc\nminutes: 8\n---\n\n";
    let lists: String = (0..1000)
        .map(|depth| " ".repeat(depth % 60) + "- x\n")
        .collect();
    let files = [
        "x".repeat(10_000_000),
        "\n".repeat(10_000_000),
        format!("{head}{}", "- ".repeat(900)),
        format!("{head}{}x", "> ".repeat(60)),
        format!("{head}{}", "> ".repeat(100_000)),
        format!("{head}{lists}"),
        format!("{head}{}", "*a _b ".repeat(300)),
        format!("{head}{}", "[".repeat(1_900)),
        format!("{head}{}", ("[a](".repeat(400) + "\n").repeat(100)),
        format!("{head}{}", "`".repeat(1_900)),
        format!("{head}{}", ("<".repeat(1_900) + "\n").repeat(130)),
        format!(
            "{head}{}",
            "| a ".repeat(400) + "\n" + &"|-".repeat(400) + "\n" + &"|\n".repeat(9_000)
        ),
        format!("{head}{}", "## 1 x {#a}\n".repeat(10_000)),
        format!("{head}{}", "```checks\n".repeat(20_000)),
        format!("{head}```checks\n{}", "a reach \"\n".repeat(20_000)),
        format!("{head}```setup\n{}", "aws \\\n".repeat(30_000)),
        format!("{head}```setup\n{}", "$a".repeat(900) + "\n"),
        format!("{head}{}", "\u{0}".repeat(200_000)),
        format!("{head}```quiz\n{}", "? a\n* b : c\n".repeat(10_000)),
        "---\n".to_owned() + &"a: b\n".repeat(40_000),
    ];
    for file in files {
        let start = std::time::Instant::now();
        let (lesson, diagnostics) = parse(&file);
        assert!(!diagnostics.is_empty());
        assert!(diagnostics.len() <= 101);
        to_html(&lesson.intro);
        let taken = start.elapsed();
        // Generous, for a slow machine and a debug build.
        assert!(taken.as_secs() < 5, "{taken:?} for {:?}", file.get(60..100));
    }
    let (_, diagnostics) = parse_bytes(b"---\nformat: 1\nid: \xff\n");
    expect!["x.md:3:5: the file is not UTF-8 from here on\n  help: save it as UTF-8 text"]
        .assert_eq(&diagnostics[0].render("x.md"));
}

/// Half a lesson, or one with a piece cut out, is a lesson with mistakes and never a crash.
#[test]
fn torn_files_are_read_without_a_panic() {
    let path = folder("sound").join("private-host.md");
    let sound: Vec<char> = std::fs::read_to_string(path).unwrap().chars().collect();
    for cut in (0..sound.len()).step_by(3) {
        let (before, after) = sound.split_at(cut);
        let begin: String = before.iter().collect();
        let torn: String = before.iter().chain(after.iter().skip(5)).collect();
        for text in [begin, torn] {
            let (lesson, diagnostics) = parse(&text);
            to_html(&lesson.intro);
            for diagnostic in diagnostics {
                assert!(diagnostic.position.line as usize <= text.lines().count().max(1));
            }
        }
    }
}

fn prose(text: &str) -> Vec<Block> {
    let head = "---\nformat: 1\nid: vpc-18-x\ntitle: X\ntrack: vpc\nminutes: 8\n---\n\n";
    parse(&format!("{head}{text}\n")).0.intro
}

#[test]
fn prose_becomes_nodes_and_html() {
    let check =
        |text: &str, expected: expect_test::Expect| expected.assert_eq(&to_html(&prose(text)));
    check(
        "One *two **three*** `four <b>`\nfive  \nsix.",
        expect![[r#"
            <p>One <em>two <strong>three</strong></em> <code>four &lt;b&gt;</code> five<br>six.</p>
        "#]],
    );
    check(
        "3. a\n4. b\n   - c\n\n     d\n   - e",
        expect![[r#"
            <ol start="3">
            <li>a</li>
            <li><p>b</p>
            <ul>
            <li><p>c</p>
            <p>d</p>
            </li>
            <li>e</li>
            </ul>
            </li>
            </ol>
        "#]],
    );
    check(
        "### Head\n\n> said\n\n```json\n{\"a\": 1}\n```\n\n---",
        expect![[r#"
            <h3>Head</h3>
            <blockquote>
            <p>said</p>
            </blockquote>
            <pre><code>{&quot;a&quot;: 1}
            </code></pre>
            <hr>
        "#]],
    );
    check(
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        expect![[r#"
            <table>
            <thead>
            <tr><th>a</th><th class="end">b</th></tr>
            </thead>
            <tbody>
            <tr><td>1</td><td class="end">2</td></tr>
            </tbody>
            </table>
        "#]],
    );
    check(
        "[a](https://x.org/?q=\"'<>) [b](javascript:alert(1)) <i onclick=x>c</i> ![d](e)",
        expect![[r#"
            <p><a rel="noopener noreferrer" href="https://x.org/?q=&quot;&#39;&lt;&gt;">a</a> b &lt;i onclick=x&gt;c&lt;/i&gt; d</p>
        "#]],
    );
    check(
        "<script>\nalert(1)\n</script>",
        expect![[r#"
            <p>&lt;script&gt;
            alert(1)
            &lt;/script&gt;</p>
        "#]],
    );
}

#[test]
fn an_index_lists_tracks_and_lessons() {
    let sound = "---\nformat: 1\nid: p\ntitle: P\nlicence: CC-BY-4.0\n---\n\nWords.\n\n\
                 - [Nets](vpc/track.md)\n  - [Public](vpc/18-public-subnet.md)\n- [Who](iam/track.md)\n";
    let (index, diagnostics) = crate::parse_index(sound);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let paths: Vec<_> = index
        .tracks
        .iter()
        .map(|track| (track.path.as_str(), track.lessons.len()))
        .collect();
    assert_eq!(paths, [("vpc/track.md", 1), ("iam/track.md", 0)]);
    assert_eq!(index.tracks[0].lessons[0].id(), "vpc-18-public-subnet");
    let broken = sound
        .replace("(iam/track.md)", "(../track.md)")
        .replace("(vpc/18-", "(iam/18-")
        + "words\n- [Who](vpc/track.md)\n- [A](vpc/19-x.md)\n";
    let (_, diagnostics) = crate::parse_index(&broken);
    let text: String = diagnostics
        .iter()
        .map(|diagnostic| format!("{}:{}\n", diagnostic.position.line, diagnostic.sentence))
        .collect();
    expect![[r#"
        11:`iam/18-public-subnet.md` is no lesson of the track above
        12:`../track.md` is no file of a pack
        13:this is no entry of the index
        14:`vpc/track.md` is listed twice
        15:a lesson stands where a track should
    "#]]
    .assert_eq(&text);
}

#[test]
fn lessons_of_a_pack_know_each_other() {
    let lesson = |id: &str, requires: &str, setup: &str, check: &str| {
        let text = format!(
            "---\nformat: 1\nid: {id}\ntitle: X\ntrack: vpc\nminutes: 8\n{requires}---\n\n\
             ```setup\n{setup}\n```\n\n## 1 First {{#one}}\n\n```checks\n{check}\n```\n\n\
             ```hints\nLook.\n```\n\n```solution\naws ec2 create-vpc   # => $made\n```\n"
        );
        let (lesson, diagnostics) = parse(&text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        lesson
    };
    let one = lesson(
        "vpc-01-a",
        "",
        "aws ec2 create-vpc   # => $vpc",
        "a  exists subnet in $vpc  \"No.\"",
    );
    let two = lesson(
        "vpc-02-b",
        "requires: vpc-01-a\n",
        "use vpc-01-a.end",
        "b  exists subnet in $made  \"No.\"",
    );
    let check = |lessons: [&crate::Lesson; 3], expected: expect_test::Expect| {
        let pack = crate::Pack::new(lessons.map(Clone::clone));
        let text: String = pack
            .lessons()
            .flat_map(|lesson| pack.check(lesson))
            .map(|diagnostic| diagnostic.render("x.md") + "\n")
            .collect();
        expected.assert_eq(&text);
    };
    check([&one, &two, &two], expect![""]);
    let lost = lesson(
        "vpc-03-c",
        "requires: vpc-02-c, vpc-09-far-away-from-here\n",
        "use vpc-01-b.end",
        "c  exists subnet  \"No.\"",
    );
    check(
        [&one, &two, &lost],
        expect![[r#"
        x.md:7:11: the pack has no lesson `vpc-02-c`
          help: did you mean `vpc-02-b`?
        x.md:7:21: the pack has no lesson `vpc-09-far-away-from-here`
          help: add it to the pack
        x.md:11:1: the pack has no lesson `vpc-01-b`
          help: did you mean `vpc-01-a`?
    "#]],
    );
    let round = lesson(
        "vpc-01-a",
        "requires: vpc-02-b\n",
        "use vpc-02-b.end",
        "c  exists subnet in $nowhere  \"No.\"",
    );
    check(
        [&round, &two, &two],
        expect![[r#"
        x.md:7:11: `vpc-02-b` requires this lesson in turn
          help: take one of the two `requires` away
        x.md:11:1: the lesson continues itself by way of `vpc-01-a`
          help: let one of them begin on its own
        x.md:7:11: `vpc-01-a` requires this lesson in turn
          help: take one of the two `requires` away
        x.md:11:1: the lesson continues itself by way of `vpc-02-b`
          help: let one of them begin on its own
    "#]],
    );
    let ahead = lesson(
        "vpc-03-c",
        "",
        "use vpc-02-b.end",
        "c  exists subnet in $maid  \"No.\"",
    );
    check(
        [&one, &two, &ahead],
        expect![[r#"
            x.md:16:1: the check `c` speaks of `$maid`, which the set-up doesn't make
              help: did you mean `$made`?
        "#]],
    );
}
