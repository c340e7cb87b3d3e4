//! The response headers of the site, read from `deploy/headers.toml`.

use crate::process::{Outcome, Place, read};
use toml::{Table, Value};

/// What is sent with every answer, and how long it may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// Name and value, for every path.
    pub all: Vec<(String, String)>,
    /// Pattern of a path and its `Cache-Control`; the first that fits decides.
    pub cache: Vec<(String, String)>,
}

impl Headers {
    /// Reads the file of the project.
    pub fn load(place: &Place) -> Outcome<Self> {
        let path = place.root.join("deploy/headers.toml");
        Self::parse(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Outcome<Self> {
        let table: Table = text.parse().map_err(|error| format!("{error}"))?;
        let all = table
            .get("headers")
            .and_then(Value::as_table)
            .ok_or("the table [headers] is missing")?
            .iter()
            .map(|(name, value)| Ok((name.clone(), line(value)?)))
            .collect::<Outcome<_>>()?;
        let cache = table
            .get("cache")
            .and_then(Value::as_array)
            .ok_or("the list [[cache]] is missing")?
            .iter()
            .map(|rule| {
                let member = |name: &str| rule.get(name).ok_or(format!("[[cache]] needs `{name}`"));
                Ok((line(member("path")?)?, line(member("control")?)?))
            })
            .collect::<Outcome<_>>()?;
        Ok(Self { all, cache })
    }

    /// The headers of the file at `path`, which starts with a slash.
    pub fn of(&self, path: &str) -> Vec<(String, String)> {
        let kept = self.cache.iter().find(|(pattern, _)| fits(pattern, path));
        let control = kept.map(|(_, control)| ("Cache-Control".to_owned(), control.clone()));
        self.all.iter().cloned().chain(control).collect()
    }
}

/// A header's value: one line, or the next header could be forged by a slip.
fn line(value: &Value) -> Outcome<String> {
    match value.as_str() {
        Some(text) if !text.contains(['\r', '\n']) => Ok(text.to_owned()),
        _ => Err(format!("`{value:?}` should be a text of one line")),
    }
}

/// Whether a pattern with `*` and `?` fits the whole path.
fn fits(pattern: &str, path: &str) -> bool {
    let Some(wanted) = pattern.chars().next() else {
        return path.is_empty();
    };
    let rest = pattern.get(wanted.len_utf8()..).unwrap_or_default();
    if wanted == '*' {
        let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
        return ends
            .into_iter()
            .any(|at| fits(rest, path.get(at..).unwrap_or_default()));
    }
    match path.chars().next() {
        Some(found) if wanted == '?' || wanted == found => {
            fits(rest, path.get(found.len_utf8()..).unwrap_or_default())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("*", "/", true),
            ("/a*c", "/abbbc", true),
            ("/a*c", "/abbbd", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("/a", "/ab", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn hashed_files_are_kept_and_others_asked_for() {
        let headers = Headers::load(&Place::find().unwrap()).unwrap();
        let control = |path: &str| headers.of(path).pop().unwrap();
        for path in [
            "/app-0123456789abcdef.css",
            "/hopwise-app-0123456789abcdef.js",
            "/hopwise-app-28249e5bfa6c935.js",
            "/hopwise-app-0123456789abcdef_bg.wasm",
        ] {
            assert!(control(path).1.contains("immutable"), "{path}");
        }
        for path in [
            "/",
            "/index.html",
            "/sw.js",
            "/service-worker.js",
            "/snippets/app-0123456789abcdef/inline0.js",
            "/lessons/index.json",
            "/manifest.webmanifest",
        ] {
            assert_eq!(control(path).1, "no-cache", "{path}");
        }
    }

    #[test]
    fn the_policy_lets_no_inline_script_run() {
        let headers = Headers::load(&Place::find().unwrap()).unwrap();
        let (_, policy) = headers
            .all
            .iter()
            .find(|(name, _)| name == "Content-Security-Policy")
            .unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }

    #[test]
    fn a_broken_file_is_refused() {
        for text in [
            "",
            "[headers]\nA = 1\n[[cache]]",
            "[headers]\nA = \"b\\r\\nC: d\"",
            "[headers",
        ] {
            assert!(Headers::parse(text).is_err(), "{text}");
        }
    }
}
