//! The guide for instructors, `docs/lessons.md`.

use super::{read, sound, unproven};
use crate::stage::Stage;
use crate::{Kind, OBLIGATIONS, Pack, evaluate, kinds, parse_index, prove};

/// Every fenced example of the guide: the whole lesson is proven, a block is tried in its place.
#[test]
fn the_examples_of_the_guide_are_proven() {
    let guide = read("docs/lessons.md");
    let mut tried = Vec::new();
    let mut whole: Option<String> = None;
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let marks = line.len() - line.trim_start_matches('`').len();
        if marks < 3 {
            continue;
        }
        let (fence, info) = line.split_at(marks);
        let body: String = lines
            .by_ref()
            .take_while(|line| *line != fence)
            .map(|line| line.to_owned() + "\n")
            .collect();
        let name = info.split(' ').next().unwrap();
        tried.push(name);
        if name == "markdown" {
            let lesson = sound("docs/lessons.md", &body);
            let pack = Pack::new([lesson.clone()]);
            assert_eq!(unproven("docs/lessons.md", &prove(&lesson, &pack)), "");
            whole = Some(body);
            continue;
        }
        let lesson = whole.as_deref().expect("the whole lesson comes first");
        let block = format!("```{info}\n{body}```\n");
        match name {
            "checks" => {
                let lesson = sound(
                    info,
                    &lesson.replacen(
                        "```checks\n",
                        &format!("```checks\n{}", body.replace("page ", "site ")),
                        1,
                    ),
                );
                let stage = Stage::set(&lesson, &Pack::new([lesson.clone()])).unwrap();
                for check in &lesson.steps[0].checks {
                    evaluate(check, &stage.scene()).unwrap();
                }
                assert!(lesson.steps[0].checks.len() > 6);
            }
            "hints" => {
                let lesson = sound(
                    info,
                    &lesson.replacen("```hints\n", &format!("```hints\n{body}"), 1),
                );
                assert_eq!(lesson.steps[0].hints.len(), 4);
            }
            "wrong" | "quiz" => {
                let lesson = sound(info, &format!("{lesson}\n{block}"));
                let pack = Pack::new([lesson.clone()]);
                assert_eq!(unproven(info, &prove(&lesson, &pack)), "");
            }
            "text" => {
                let head = "---\nformat: 1\nid: p\ntitle: P\nlicence: MIT\n---\n";
                let (index, diagnostics) = parse_index(&format!("{head}{body}"));
                assert!(diagnostics.is_empty() && index.tracks[0].lessons.len() == 1);
            }
            other => panic!("nothing proves the example `{other}`"),
        }
    }
    assert_eq!(
        tried,
        ["markdown", "checks", "hints", "wrong", "quiz", "text"]
    );
    for (id, title) in OBLIGATIONS {
        assert!(guide.contains(&format!("| {id} | {title} |")), "{id}");
    }
    for kind in kinds().filter(|kind| *kind != Kind::NatGateway) {
        assert!(
            guide.contains(&format!("`{}`", kind.word())),
            "{}",
            kind.word()
        );
    }
}
