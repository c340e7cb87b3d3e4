//! What can go wrong in `aws`, in the words and with the exit codes of aws-cli v2 (2.34 and
//! later, whose errors begin with a blank line and `aws: [ERROR]:`).

use hopwise_cloud::Fault;

use crate::shell::Stop;

/// The synopsis below errors of usage.
pub(super) const USAGE: &str =
    "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
";

/// Why a call of `aws` ends without an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// The command line cannot be read; the synopsis follows.
    Usage(String),
    /// No such command, operation or subcommand; with the near ones.
    Choice {
        argument: &'static str,
        given: String,
        near: Vec<String>,
    },
    /// Options or words that nothing takes.
    Unknown(Vec<String>),
    /// A parameter's value is wrong.
    Param(String),
    /// An error of Python's own, without a code.
    Bare(String),
    /// An error with a code of the CLI's.
    Coded {
        code: &'static str,
        text: String,
        exit: i32,
    },
    /// AWS refused.
    Api { operation: String, fault: Fault },
    /// The shell stops.
    Stop(Stop),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Failure::Stop(stop)
    }
}

impl Failure {
    /// What stderr gets, and the exit code.
    pub(super) fn text(&self) -> (String, i32) {
        let coded = |code: &str, text: &str| {
            format!("\naws: [ERROR]: An error occurred ({code}): {text}\n")
        };
        match self {
            Failure::Usage(text) => (format!("{}\n{USAGE}", coded("ParamValidation", text)), 252),
            Failure::Choice {
                argument,
                given,
                near,
            } => {
                let mut text = format!("argument {argument}: Found invalid choice '{given}'\n");
                if !near.is_empty() {
                    text.push_str("\nMaybe you meant:\n\n");
                    for name in near {
                        text.push_str(&format!("  * {name}\n"));
                    }
                    text.pop();
                }
                (format!("{}\n{USAGE}", coded("ParamValidation", &text)), 252)
            }
            Failure::Unknown(words) => (
                format!(
                    "\n{USAGE}\n\naws: [ERROR]: Unknown options: {}\n",
                    words.join(", ")
                ),
                252,
            ),
            Failure::Param(text) => (coded("ParamValidation", text), 252),
            Failure::Bare(text) => (format!("\naws: [ERROR]: {text}\n"), 255),
            Failure::Coded { code, text, exit } => (coded(code, text), *exit),
            Failure::Api { operation, fault } => (
                format!(
                    "\naws: [ERROR]: An error occurred ({}) when calling the {operation} operation: {}\n",
                    fault.code, fault.message
                ),
                254,
            ),
            Failure::Stop(_) => (String::new(), 255),
        }
    }
}

/// Up to three of `known` that resemble `given`: Python's `difflib.get_close_matches` with the
/// cut-off 0.8 that the CLI uses.
pub(super) fn near<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> Vec<String> {
    let given: Vec<char> = given.chars().take(100).collect();
    let mut scored: Vec<(f64, &str)> = known
        .filter_map(|name| {
            let chars: Vec<char> = name.chars().collect();
            let total = chars.len() + given.len();
            // An upper bound of the ratio, which spares the slow comparison.
            if total == 0 || 2.0 * chars.len().min(given.len()) as f64 / (total as f64) < 0.8 {
                return None;
            }
            let ratio = 2.0 * common(&chars, &given) as f64 / total as f64;
            (ratio >= 0.8).then_some((ratio, name))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(a.1)));
    scored.truncate(3);
    scored
        .into_iter()
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How many characters the longest common blocks hold, found as `difflib` finds them.
fn common(a: &[char], b: &[char]) -> usize {
    let mut best = (0, 0, 0);
    let mut before = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![0; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            if x == y {
                let length = before.get(j).copied().unwrap_or(0) + 1;
                if let Some(cell) = row.get_mut(j + 1) {
                    *cell = length;
                }
                if length > best.2 {
                    best = (i + 1 - length, j + 1 - length, length);
                }
            }
        }
        before = row;
    }
    let (i, j, length) = best;
    if length == 0 {
        return 0;
    }
    let left = common(
        a.get(..i).unwrap_or_default(),
        b.get(..j).unwrap_or_default(),
    );
    let right = common(
        a.get(i + length..).unwrap_or_default(),
        b.get(j + length..).unwrap_or_default(),
    );
    length + left + right
}
