//! The options of `aws s3`, which no model describes.

use super::super::errors::{self, Failure};
use crate::language::pattern::{self, Sign};

/// Options without a word: the commands that take them, and their names. `c` is cp, `m` mv,
/// `r` rm, `y` sync, `l` ls, `b` rb, `n` mb.
const FLAGS: &[(&str, &str)] = &[
    ("cmrl", "recursive"),
    ("l", "human-readable"),
    ("l", "summarize"),
    ("b", "force"),
    ("cmry", "dryrun"),
    ("cmry", "quiet"),
    ("cmry", "only-show-errors"),
    ("cmry", "no-progress"),
    ("cmy", "no-guess-mime-type"),
    ("cmy", "guess-mime-type"),
    ("cmy", "follow-symlinks"),
    ("cmy", "no-follow-symlinks"),
    ("cm", "no-overwrite"),
    ("y", "delete"),
    ("y", "size-only"),
    ("y", "exact-timestamps"),
];
/// Options with one word, and the parameter of PutObject and CopyObject that it becomes.
const WORDS: &[(&str, &str, &str)] = &[
    ("cmry", "exclude", ""),
    ("cmry", "include", ""),
    ("lcmry", "page-size", ""),
    ("c", "expected-size", ""),
    ("cmy", "acl", "ACL"),
    ("cmy", "cache-control", "CacheControl"),
    ("cmy", "content-disposition", "ContentDisposition"),
    ("cmy", "content-encoding", "ContentEncoding"),
    ("cmy", "content-language", "ContentLanguage"),
    ("cmy", "content-type", "ContentType"),
    ("cmy", "expires", "Expires"),
    ("cmy", "metadata", "Metadata"),
    ("cmy", "metadata-directive", "MetadataDirective"),
    ("cmy", "storage-class", "StorageClass"),
    ("cmy", "progress-frequency", ""),
];

/// What stands behind `aws s3 COMMAND`.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) paths: Vec<String>,
    flags: Vec<&'static str>,
    words: Vec<(&'static str, String)>,
    /// `--exclude` and `--include` in order; is it an exclusion?
    filters: Vec<(bool, String)>,
    /// Of `mb`.
    pub(super) tags: Vec<(String, String)>,
}

impl Options {
    pub(super) fn read(command: &str, args: &[String]) -> Result<Self, Failure> {
        let letter = match command {
            "cp" => 'c',
            "mv" => 'm',
            "rm" => 'r',
            "sync" => 'y',
            "ls" => 'l',
            "rb" => 'b',
            _ => 'n',
        };
        let mut options = Options::default();
        let mut strays = Vec::new();
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            let Some(name) = arg.strip_prefix("--").filter(|name| !name.is_empty()) else {
                options.paths.push(arg.clone());
                continue;
            };
            let (name, attached) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            if let Some((_, flag)) =
                (FLAGS.iter()).find(|(letters, flag)| *flag == name && letters.contains(letter))
            {
                options.flags.push(flag);
                continue;
            }
            let missing = || Failure::Usage(format!("argument --{name}: expected one argument"));
            let mut word = || {
                attached.clone().or_else(|| {
                    let value = args.next_if(|next| !next.starts_with("--"));
                    value.cloned()
                })
            };
            if command == "mb" && name == "tags" {
                let (key, value) = (word().ok_or_else(missing)?, word().ok_or_else(missing)?);
                options.tags.push((key, value));
                continue;
            }
            if matches!(letter, 'c' | 'm' | 'y') && name == "sse" {
                let value = word().unwrap_or_else(|| "AES256".to_owned());
                options.words.push(("sse", value));
                continue;
            }
            let found = WORDS
                .iter()
                .find(|(letters, option, _)| *option == name && letters.contains(letter));
            let Some((_, option, _)) = found else {
                strays.push(arg.clone());
                continue;
            };
            let value = word().ok_or_else(missing)?;
            match *option {
                "exclude" | "include" => options.filters.push((*option == "exclude", value)),
                option => options.words.push((option, value)),
            }
        }
        let wanted = match letter {
            'c' | 'm' | 'y' => 2,
            'l' => 0,
            _ => 1,
        };
        if options.paths.len() < wanted {
            let name = if matches!(letter, 'b' | 'n') {
                "path"
            } else {
                "paths"
            };
            return Err(Failure::Usage(format!(
                "the following arguments are required: {name}"
            )));
        }
        let most = wanted.max(1).min(options.paths.len());
        strays.extend(options.paths.split_off(most));
        if strays.is_empty() {
            Ok(options)
        } else {
            Err(Failure::Unknown(strays))
        }
    }

    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.words.iter().rev().find(|(option, _)| *option == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The parameters of an upload or a copy that the options give.
    pub(super) fn headers(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut headers: Vec<(&'static str, String)> = WORDS
            .iter()
            .filter(|(_, _, param)| !param.is_empty())
            .filter_map(|(_, option, param)| Some((*param, self.value(option)?.to_owned())))
            .collect();
        if let Some(value) = self.value("sse") {
            if !["AES256", "aws:kms", "aws:kms:dsse"].contains(&value) {
                return Err(Failure::Choice {
                    argument: "--sse",
                    given: value.to_owned(),
                    near: errors::near(value, ["AES256", "aws:kms"].into_iter()),
                });
            }
            headers.push(("ServerSideEncryption", value.to_owned()));
        }
        Ok(headers)
    }

    /// Does what has this path below its root take part? The last filter that matches counts.
    pub(super) fn takes(&self, path: &str) -> bool {
        let text: Vec<char> = path.chars().collect();
        let last = self.filters.iter().rev().find(|(_, pattern)| {
            let signs: Vec<Sign> = pattern.chars().map(|c| Sign { c, quoted: false }).collect();
            pattern::matches(&signs, &text)
        });
        last.is_none_or(|(excludes, _)| !excludes)
    }
}
