//! `cp`, `mv`, `rm` and `sync`: what is sent where, and one line for each.

use hopwise_cloud::{Map, Value};
use hopwise_machine::{Act, Node};

use super::super::errors::Failure;
use super::super::shorthand;
use super::{Work, params, said, split};
use crate::shell::Shell;

/// The most files that one command walks through.
const MOST_FILES: usize = 5_000;

/// An end of a transfer.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// A file by its absolute path.
    Local(String),
    /// An object.
    S3 { bucket: String, key: String },
    /// Standard input or output.
    Stream,
}

/// Something to transfer: where it is, and its path below the root.
struct Item {
    from: End,
    below: String,
    size: usize,
    /// The MD5 of an object, as the list tells it.
    etag: String,
}

/// Media types by the ending of a name, as Python's `mimetypes` guesses them.
const TYPES: &[(&str, &str)] = &[
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/vnd.microsoft.icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("py", "text/x-python"),
    ("sh", "application/x-sh"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("txt", "text/plain"),
    ("wasm", "application/wasm"),
    ("webp", "image/webp"),
    ("xml", "text/xml"),
    ("zip", "application/zip"),
];

/// The path as it is shown: from the folder one is in, as Python's `relpath` says it.
fn shown(shell: &Shell<'_>, path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let here: Vec<&str> = parts(&shell.frame().folder);
    let there: Vec<&str> = parts(folder);
    let common = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let mut steps: Vec<&str> = vec![".."; here.len() - common];
    steps.extend(there.iter().skip(common));
    if steps.is_empty() {
        steps.push(".");
    }
    format!("{}/{name}", steps.join("/"))
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

fn uri(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}

impl Work<'_, '_, '_> {
    pub(super) fn transfer(&mut self, command: &str) -> Result<i32, Failure> {
        let paths = self.options.paths.clone();
        let from = paths.first().cloned().unwrap_or_default();
        let to = paths.get(1).cloned();
        self.check_types(command, &from, to.as_deref())?;
        match self.move_all(command, &from, to.as_deref()) {
            Ok(()) => Ok(i32::from(self.failed > 0)),
            Err(failure @ Failure::Api { .. }) => {
                let why = said(&failure);
                self.complain(&format!("fatal error: {why}"))?;
                Ok(1)
            }
            Err(failure) => Err(failure),
        }
    }

    /// One end at least is in S3, and a pipe goes with `cp` only.
    fn check_types(&self, command: &str, from: &str, to: Option<&str>) -> Result<(), Failure> {
        let s3 = |path: &str| path.starts_with("s3://");
        let usage = match command {
            "rm" => "<S3Uri>",
            _ => "<LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>",
        };
        let fits = match to {
            None => s3(from),
            Some(to) => s3(from) || s3(to),
        };
        if !fits {
            return Err(Failure::Param(format!(
                "usage: aws s3 {command} {usage}\nError: Invalid argument type"
            )));
        }
        let streams = from == "-" || to == Some("-");
        if streams && (command != "cp" || self.options.has("recursive")) {
            return Err(Failure::Param(
                "Streaming currently is only compatible with non-recursive cp commands".to_owned(),
            ));
        }
        if command == "mv" && to == Some(from) {
            return Err(Failure::Param(format!(
                "Cannot mv a file onto itself: {from} - {from}"
            )));
        }
        Ok(())
    }

    fn move_all(&mut self, command: &str, from: &str, to: Option<&str>) -> Result<(), Failure> {
        let folder = command == "sync" || self.options.has("recursive");
        if let (Some((bucket, key)), "-") = (to.and_then(split), from) {
            let to = End::S3 {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            };
            return self.one(command, &End::Stream, Some(&to));
        }
        let items = self.items(command, from, folder)?;
        let Some(to) = to else {
            for item in items {
                self.one(command, &item.from, None)?;
            }
            return Ok(());
        };
        if to == "-" {
            for item in items {
                self.one(command, &item.from, Some(&End::Stream))?;
            }
            return Ok(());
        }
        // What is there already, for a sync.
        let there = if command == "sync" {
            self.there(to)?
        } else {
            Vec::new()
        };
        for item in &items {
            let old = there.iter().find(|it| it.below == item.below);
            if command == "sync" && old.is_some_and(|old| self.same(item, old)) {
                continue;
            }
            let end = self.target(to, folder, &item.below);
            self.one(command, &item.from, Some(&end))?;
        }
        if self.options.has("delete") {
            for old in &there {
                let kept = items.iter().any(|item| item.below == old.below);
                if !kept && self.options.takes(&old.below) {
                    self.one("rm", &old.from, None)?;
                }
            }
        }
        Ok(())
    }

    /// The same in size and content? AWS's own `sync` goes by size and time; the files of this
    /// sandbox have no times, so it is the content that tells whether a file was changed.
    fn same(&self, item: &Item, old: &Item) -> bool {
        if item.size != old.size || self.options.has("size-only") {
            return item.size == old.size;
        }
        let etag = |item: &Item| match &item.from {
            End::Local(path) => (self.shell.read_file(path))
                .map(|bytes| format!("\"{}\"", hopwise_cloud::s3::md5_hex(&bytes)))
                .unwrap_or_default(),
            _ => item.etag.clone(),
        };
        etag(item) == etag(old)
    }

    /// What `from` names: one thing, or with `folder` everything below it.
    fn items(&mut self, command: &str, from: &str, folder: bool) -> Result<Vec<Item>, Failure> {
        if let Some((bucket, key)) = split(from) {
            if folder {
                let root = match key {
                    "" => String::new(),
                    key => format!("{}/", key.trim_end_matches('/')),
                };
                let root = if command == "rm" {
                    key.to_owned()
                } else {
                    root
                };
                return self.in_bucket(bucket, &root);
            }
            let below = key.rsplit('/').next().unwrap_or(key).to_owned();
            let item = Item {
                from: End::S3 {
                    bucket: bucket.to_owned(),
                    key: key.to_owned(),
                },
                below,
                size: 0,
                etag: String::new(),
            };
            if key.is_empty() {
                return Err(Failure::Param(format!(
                    "Invalid length for parameter Key, value: 0, valid min length: 1 ({from})"
                )));
            }
            // A copy or a download begins with a look at what there is.
            let streams = self.options.paths.get(1).is_some_and(|to| to == "-");
            if command != "rm" && !streams {
                let asked = params([("Bucket", bucket), ("Key", key)]);
                let looked = self.send("HeadObject", asked);
                looked.map_err(|failure| match failure {
                    Failure::Api {
                        operation,
                        mut fault,
                    } => {
                        if fault.code == "404" {
                            fault.message = format!("Key \"{key}\" does not exist");
                        }
                        Failure::Api { operation, fault }
                    }
                    other => other,
                })?;
            }
            return Ok(if self.options.takes(&item.below) {
                vec![item]
            } else {
                Vec::new()
            });
        }
        let path = self.shell.path(from);
        match self.shell.node(from) {
            None if command == "sync" && self.options.paths.get(1).is_none() => Ok(Vec::new()),
            None => Err(Failure::Bare(format!(
                "The user-provided path {from} does not exist."
            ))),
            Some(Node::Folder { .. }) if folder => {
                let mut files = Vec::new();
                self.in_folder(&path, "", &mut files)?;
                Ok(files)
            }
            Some(Node::Folder { .. }) => Ok(vec![Item {
                from: End::Local(format!("{path}/")),
                below: path.rsplit('/').next().unwrap_or_default().to_owned(),
                size: 0,
                etag: String::new(),
            }]),
            Some(Node::File { bytes, .. }) => {
                let below = path.rsplit('/').next().unwrap_or_default().to_owned();
                let size = bytes.len();
                Ok(if self.options.takes(&below) {
                    vec![Item {
                        from: End::Local(path),
                        below,
                        size,
                        etag: String::new(),
                    }]
                } else {
                    Vec::new()
                })
            }
        }
    }

    /// What a sync finds at its other end.
    fn there(&mut self, to: &str) -> Result<Vec<Item>, Failure> {
        if let Some((bucket, key)) = split(to) {
            let root = match key {
                "" => String::new(),
                key => format!("{}/", key.trim_end_matches('/')),
            };
            return self.in_bucket(bucket, &root);
        }
        let path = self.shell.path(to);
        let mut files = Vec::new();
        if self.shell.node(to).is_some() {
            self.in_folder(&path, "", &mut files)?;
        }
        Ok(files)
    }

    fn in_bucket(&mut self, bucket: &str, root: &str) -> Result<Vec<Item>, Failure> {
        let listed = self.list(bucket, root)?;
        let items = listed.into_iter().map(|it| Item {
            below: it.key.strip_prefix(root).unwrap_or(&it.key).to_owned(),
            from: End::S3 {
                bucket: bucket.to_owned(),
                key: it.key,
            },
            size: it.size,
            etag: it.etag,
        });
        Ok(items
            .filter(|item| self.options.takes(&item.below))
            .collect())
    }

    /// Every file below a folder, in the order of their paths.
    fn in_folder(&mut self, path: &str, below: &str, out: &mut Vec<Item>) -> Result<(), Failure> {
        self.shell.step()?;
        let user = self.shell.frame().user.clone();
        let entries = self
            .shell
            .machine()
            .and_then(|it| it.list(&user, path).ok());
        for entry in entries.unwrap_or_default() {
            let (inside, name) = (
                format!("{}/{}", path.trim_end_matches('/'), entry.name),
                format!("{below}{}", entry.name),
            );
            match self.shell.node(&inside) {
                Some(Node::Folder { .. }) => self.in_folder(&inside, &format!("{name}/"), out)?,
                Some(Node::File { bytes, .. }) => {
                    let size = bytes.len();
                    if out.len() < MOST_FILES && self.options.takes(&name) {
                        out.push(Item {
                            from: End::Local(inside),
                            below: name,
                            size,
                            etag: String::new(),
                        });
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Where a thing goes: below a folder, into a folder, or just there.
    fn target(&self, to: &str, folder: bool, below: &str) -> End {
        if let Some((bucket, key)) = split(to) {
            let key = match key {
                "" => below.to_owned(),
                key if folder => format!("{}/{below}", key.trim_end_matches('/')),
                key if key.ends_with('/') => format!("{key}{below}"),
                key => key.to_owned(),
            };
            return End::S3 {
                bucket: bucket.to_owned(),
                key,
            };
        }
        let path = self.shell.path(to);
        let inside =
            folder || to.ends_with('/') || matches!(self.shell.node(to), Some(Node::Folder { .. }));
        End::Local(if inside {
            format!("{}/{below}", path.trim_end_matches('/'))
        } else {
            path
        })
    }

    fn name(&self, end: &End) -> String {
        match end {
            End::Local(path) => shown(self.shell, path),
            End::S3 { bucket, key } => uri(bucket, key),
            End::Stream => "-".to_owned(),
        }
    }

    /// Transfers one thing, with its line.
    fn one(&mut self, command: &str, from: &End, to: Option<&End>) -> Result<(), Failure> {
        let verb = match (command, from, to) {
            ("mv", ..) => "move",
            (_, _, None) => "delete",
            (_, End::Local(_) | End::Stream, _) => "upload",
            (_, _, Some(End::S3 { .. })) => "copy",
            _ => "download",
        };
        let (source, target) = (self.name(from), to.map(|to| self.name(to)));
        let what = match &target {
            Some(target) => format!("{source} to {target}"),
            None => source,
        };
        if self.options.has("dryrun") {
            return self.say(&format!("(dryrun) {verb}: {what}"));
        }
        let done = self.carry(from, to).and_then(|()| match command {
            "mv" => self.carry(from, None),
            _ => Ok(()),
        });
        let silent = self.options.has("quiet");
        match done {
            Ok(()) if silent || self.options.has("only-show-errors") => Ok(()),
            // A pipe carries what was asked for and nothing else.
            Ok(()) if *from == End::Stream || to == Some(&End::Stream) => Ok(()),
            Ok(()) => self.say(&format!("{verb}: {what}")),
            Err(failure @ Failure::Stop(_)) => Err(failure),
            Err(_) if silent => {
                self.failed += 1;
                Ok(())
            }
            Err(failure) => {
                let why = said(&failure);
                self.complain(&format!("{verb} failed: {what} {why}"))
            }
        }
    }

    /// Makes the calls: one for each end.
    fn carry(&mut self, from: &End, to: Option<&End>) -> Result<(), Failure> {
        match (from, to) {
            (End::Local(path), None) => self.remove_file(path),
            (End::S3 { bucket, key }, None) => {
                let asked = params([("Bucket", bucket.as_str()), ("Key", key.as_str())]);
                self.send("DeleteObject", asked).map(|_| ())
            }
            (End::S3 { bucket, key }, Some(to)) => match to {
                End::S3 {
                    bucket: into,
                    key: name,
                } => {
                    let source = format!("{bucket}/{key}");
                    let mut asked = params([
                        ("Bucket", into.as_str()),
                        ("Key", name.as_str()),
                        ("CopySource", &source),
                    ]);
                    let changes = self.add_headers(&mut asked, None)?;
                    if changes && !asked.contains_key("MetadataDirective") {
                        asked.insert("MetadataDirective", Value::from("REPLACE"));
                    }
                    self.send("CopyObject", asked).map(|_| ())
                }
                _ => {
                    let asked = params([("Bucket", bucket.as_str()), ("Key", key.as_str())]);
                    if *to == End::Stream {
                        // The size is asked for first.
                        self.send("HeadObject", asked.clone())?;
                    }
                    let mut answer = self.send("GetObject", asked)?;
                    let body = match &mut answer {
                        Value::Map(map) => map.remove("Body"),
                        _ => None,
                    };
                    let bytes = match body {
                        Some(Value::Bytes(bytes)) => bytes,
                        _ => Vec::new(),
                    };
                    match to {
                        End::Local(path) => self.write_file(path, bytes),
                        _ => Ok(self.shell.say_bytes(self.call.io, &bytes)?),
                    }
                }
            },
            (End::Local(path), Some(End::S3 { bucket, key })) => {
                let name = path.trim_end_matches('/');
                let bytes = self.shell.read_file(name).map_err(|error| {
                    let number = match error {
                        hopwise_machine::FileError::IsFolder => 21,
                        hopwise_machine::FileError::Denied => 13,
                        _ => 2,
                    };
                    let path = crate::python::quoted(path);
                    Failure::Bare(format!("[Errno {number}] {error}: {path}"))
                })?;
                let mut asked = params([("Bucket", bucket.as_str()), ("Key", key.as_str())]);
                asked.insert("Body", Value::Bytes(bytes.to_vec()));
                self.add_headers(&mut asked, Some(name))?;
                self.send("PutObject", asked).map(|_| ())
            }
            (End::Stream, Some(End::S3 { bucket, key })) => {
                let bytes = self.shell.read_all(self.call.io)?;
                let mut asked = params([("Bucket", bucket.as_str()), ("Key", key.as_str())]);
                asked.insert("Body", Value::Bytes(bytes));
                self.add_headers(&mut asked, None)?;
                self.send("PutObject", asked).map(|_| ())
            }
            // `check_types` lets no other pair through.
            _ => Ok(()),
        }
    }

    /// Adds what the options say of an object, and the media type that its name tells. Did they
    /// say anything that a copy would have to replace?
    fn add_headers(&self, asked: &mut Map, name: Option<&str>) -> Result<bool, Failure> {
        let mut replaces = false;
        for (param, value) in self.options.headers()? {
            replaces |= !matches!(
                param,
                "ACL" | "StorageClass" | "ServerSideEncryption" | "MetadataDirective"
            );
            let value = if param == "Metadata" {
                shorthand::parse(&value, &|_| None).map_err(|_| {
                    Failure::Param(format!(
                        "Error parsing parameter '--metadata': Expected: '=', received: 'EOF' \
                         for input:\n{value}"
                    ))
                })?
            } else {
                Value::Str(value)
            };
            asked.insert(param, value);
        }
        let ending = name.and_then(|name| name.rsplit('/').next()?.rsplit_once('.'));
        if let Some((_, ending)) = ending
            && !self.options.has("no-guess-mime-type")
            && !asked.contains_key("ContentType")
        {
            let ending = ending.to_ascii_lowercase();
            if let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == ending) {
                asked.insert("ContentType", Value::from(*kind));
            }
        }
        Ok(replaces)
    }

    fn write_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        // A key that ends so is a folder that somebody made in the console.
        if path.ends_with('/') {
            return Ok(());
        }
        if let Some((folder, _)) = path.rsplit_once('/')
            && !folder.is_empty()
            && self.shell.node(folder).is_none()
        {
            let user = self.shell.frame().user.clone();
            let made = self.shell.change(Act::MakeFolder {
                user,
                path: folder.to_owned(),
                parents: true,
            });
            made.map_err(Failure::Bare)?;
        }
        super::super::write(self.shell, path, bytes)
    }

    fn remove_file(&mut self, path: &str) -> Result<(), Failure> {
        let user = self.shell.frame().user.clone();
        let gone = self.shell.change(Act::Remove {
            user,
            path: path.to_owned(),
            recursive: false,
        });
        gone.map_err(Failure::Bare)
    }
}
