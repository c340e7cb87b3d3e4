//! `hopwise bench`: measurements with a stated generator and seed.
//!
//! A figure is the median of many runs in this process; what is compared is the ratio of two
//! figures of one run, for absolute times differ from machine to machine.

mod generate;
mod reach;

use crate::output::{Failure, object, say_line};
use hopwise_cloud::{Value, json};
use hopwise_reach::{Place, Question, walk};
use hopwise_world::{Genesis, World};
use std::process::ExitCode;
use std::time::Instant;

/// The seed of every generator here.
const SEED: u64 = 7;

struct Bench {
    name: &'static str,
    generator: &'static str,
    run: fn() -> Vec<Figure>,
}

struct Figure {
    what: &'static str,
    runs: usize,
    median_us: f64,
    p99_us: f64,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "shell",
        generator: "a fresh account with its default VPCs; one line run over and over",
        run: shell,
    },
    Bench {
        name: "trace",
        generator: "20 instances of one launch in the default VPC; one walk over and over",
        run: trace,
    },
    Bench {
        name: "reach",
        generator: "VPCs of stated sizes, rules and ACLs drawn by SplitMix64; another interface in every run",
        run: reach::figures,
    },
];

/// Runs the benches named, or all, and prints their figures.
///
/// # Errors
///
/// A name that no bench has.
pub fn command(words: &[&str]) -> Result<ExitCode, Failure> {
    let as_json = words.contains(&"--json");
    let names: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| *word != "--json")
        .collect();
    if let Some(unknown) = names
        .iter()
        .find(|name| BENCHES.iter().all(|it| it.name != **name))
    {
        let known: Vec<&str> = BENCHES.iter().map(|it| it.name).collect();
        return Err(Failure(format!(
            "no bench {unknown}; there are: {}",
            known.join(", ")
        )));
    }
    for bench in BENCHES
        .iter()
        .filter(|it| names.is_empty() || names.contains(&it.name))
    {
        let figures = (bench.run)();
        if as_json {
            for figure in &figures {
                let line = object([
                    ("bench", Value::from(bench.name)),
                    ("generator", Value::from(bench.generator)),
                    ("seed", Value::Int(SEED as i64)),
                    ("what", Value::from(figure.what)),
                    ("runs", Value::Int(figure.runs as i64)),
                    ("median_us", Value::Float(figure.median_us)),
                    ("p99_us", Value::Float(figure.p99_us)),
                ]);
                say_line(&json::compact(&line));
            }
        } else {
            say_line(&format!(
                "{}: {} (seed {SEED})",
                bench.name, bench.generator
            ));
            for figure in &figures {
                say_line(&format!(
                    "  {:<48} median {:>9.1} µs  p99 {:>9.1} µs  ({} runs)",
                    figure.what, figure.median_us, figure.p99_us, figure.runs
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Times `work` over `runs` runs after a tenth of them as a warm-up.
fn measure(what: &'static str, runs: usize, mut work: impl FnMut()) -> Figure {
    for _ in 0..runs.div_ceil(10) {
        work();
    }
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(runs * share / 100).copied().unwrap_or_default();
    Figure {
        what,
        runs,
        median_us: at(50),
        p99_us: at(99),
    }
}

fn shell() -> Vec<Figure> {
    let mut world = World::new(Genesis {
        seed: SEED,
        default_vpc: true,
    });
    let mut line = |what: &'static str, line: &str| {
        measure(what, 400, || {
            let output = world.run_line(World::TERMINAL, line);
            assert!(output.exit == 0, "{}", output.stderr);
        })
    };
    vec![
        line("aws ec2 describe-vpcs", "aws ec2 describe-vpcs"),
        line(
            "aws ec2 describe-subnets --query --output table",
            "aws ec2 describe-subnets --query 'Subnets[].[SubnetId,CidrBlock]' --output table",
        ),
        line("echo hello", "echo hello"),
    ]
}

fn trace() -> Vec<Figure> {
    let mut world = World::new(Genesis {
        seed: SEED,
        default_vpc: true,
    });
    let launched = world.run_line(
        World::TERMINAL,
        "aws ec2 run-instances --image-id $web_image --instance-type t2.micro --count 20 \
         --query Instances[].InstanceId --output text",
    );
    let ids: Vec<Place> = launched
        .stdout
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect();
    let [first, .., last] = ids.as_slice() else {
        return Vec::new();
    };
    let walks = |what, question: Question| {
        measure(what, 2_000, || {
            let walked = walk(world.cloud(), &question);
            assert!(walked.is_ok());
        })
    };
    vec![
        walks(
            "internet to an instance, port 80",
            Question::tcp(Place::Internet, first.clone(), 80),
        ),
        walks(
            "an instance to another, port 22",
            Question::tcp(first.clone(), last.clone(), 22),
        ),
    ]
}
