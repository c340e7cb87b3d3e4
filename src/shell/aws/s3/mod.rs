//! `aws s3`: buckets and files as one handles them by hand.
//!
//! Each command is made of the calls of `aws s3api`, as in aws-cli v2, and each of its lines is
//! written as there. Lines of progress are left out: they are for slow lines.

mod options;
mod transfer;

use hopwise_cloud::api;
use hopwise_cloud::{Map, Value};

use super::arguments::Globals;
use super::errors::{self, Failure};
use super::profile::Profile;
use super::{absent, send};
use crate::commands::Call;
use crate::shell::Shell;
use options::Options;

pub(super) const COMMANDS: &[&str] = &["cp", "ls", "mb", "mv", "rb", "rm", "sync"];
const OTHERS: &[&str] = &["presign", "website"];

/// What the commands work with.
struct Work<'w, 'c, 's> {
    shell: &'w mut Shell<'s>,
    call: &'w Call<'c>,
    profile: Profile,
    options: Options,
    /// How many of its parts failed.
    failed: usize,
}

pub(super) fn s3(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    globals: &Globals,
    args: &[String],
) -> Result<i32, Failure> {
    let Some((name, rest)) = args
        .split_first()
        .filter(|(name, _)| !name.starts_with('-'))
    else {
        return Err(Failure::Usage(
            "the following arguments are required: subcommand".to_owned(),
        ));
    };
    if OTHERS.contains(&name.as_str()) {
        return Err(absent(&format!("aws s3 {name}")));
    }
    if name == "help" {
        let mut text = "The commands of `aws s3` in this sandbox:\n\n".to_owned();
        for command in COMMANDS {
            text.push_str(&format!("  {command}\n"));
        }
        shell.say(call.io, &text)?;
        return Ok(0);
    }
    if !COMMANDS.contains(&name.as_str()) {
        let known = COMMANDS.iter().chain(OTHERS).copied();
        return Err(Failure::Choice {
            argument: "subcommand",
            given: name.clone(),
            near: errors::near(name, known),
        });
    }
    let options = Options::read(name, rest)?;
    let profile = Profile::load(shell, globals)?;
    let mut work = Work {
        shell,
        call,
        profile,
        options,
        failed: 0,
    };
    match name.as_str() {
        "ls" => work.ls(),
        "mb" => work.mb(),
        "rb" => work.rb(),
        name => work.transfer(name),
    }
}

/// Bucket and key of `s3://bucket/key`.
fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix("s3://")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

fn params<const N: usize>(pairs: [(&'static str, &str); N]) -> Map {
    pairs
        .into_iter()
        .map(|(name, value)| (name.into(), Value::from(value)))
        .collect()
}

/// What a refusal is told as behind `upload failed: …`.
fn said(failure: &Failure) -> String {
    match failure {
        Failure::Api { operation, fault } => format!(
            "An error occurred ({}) when calling the {operation} operation: {}",
            fault.code, fault.message
        ),
        Failure::Coded { text, .. } | Failure::Bare(text) | Failure::Param(text) => text.clone(),
        other => other.text().0.trim().to_owned(),
    }
}

/// A thing in a bucket.
struct Listed {
    key: String,
    size: usize,
    etag: String,
}

fn number(value: Option<&Value>) -> usize {
    let number = value.and_then(Value::as_int).unwrap_or(0);
    usize::try_from(number).unwrap_or(0)
}

fn text(value: &Value, name: &str) -> String {
    let found = value.get(name).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// `1.5 KiB`, as the CLI rounds it.
fn readable(size: usize) -> String {
    match size {
        1 => return "1 Byte".to_owned(),
        0..1_024 => return format!("{size} Bytes"),
        _ => {}
    }
    let mut amount = size as f64;
    let mut unit = "";
    for next in ["KiB", "MiB", "GiB"] {
        // What would be shown as 1024.0 is shown in the next unit.
        if !unit.is_empty() && (amount * 10.0).round() / 10.0 < 1_024.0 {
            break;
        }
        amount /= 1_024.0;
        unit = next;
    }
    format!("{amount:.1} {unit}")
}

impl Work<'_, '_, '_> {
    fn say(&mut self, line: &str) -> Result<(), Failure> {
        Ok(self.shell.say(self.call.io, &format!("{line}\n"))?)
    }

    fn complain(&mut self, line: &str) -> Result<(), Failure> {
        self.failed += 1;
        let line = format!("{line}\n");
        Ok(self.shell.complain_plain(self.call.io, &line)?)
    }

    /// Calls S3 once.
    fn send(&mut self, operation: &str, params: Map) -> Result<Value, Failure> {
        self.shell.step()?;
        let found = api::service("s3").and_then(|service| service.operation(operation));
        let Some(operation) = found else {
            return Err(absent(operation));
        };
        super::validate(operation, &params)?;
        Ok(send(self.shell, &self.profile, operation, params)?.value)
    }

    /// Everything in a bucket whose key begins so.
    fn list(&mut self, bucket: &str, prefix: &str) -> Result<Vec<Listed>, Failure> {
        let mut found = Vec::new();
        let mut asked = params([("Bucket", bucket), ("Prefix", prefix)]);
        loop {
            let page = self.send("ListObjectsV2", asked.clone())?;
            let items = page.get("Contents").and_then(Value::as_list);
            found.extend(items.into_iter().flatten().map(|item| Listed {
                key: text(item, "Key"),
                size: number(item.get("Size")),
                etag: text(item, "ETag"),
            }));
            match page.get("NextContinuationToken") {
                Some(token) => asked.insert("ContinuationToken", token.clone()),
                None => return Ok(found),
            };
        }
    }

    fn ls(&mut self) -> Result<i32, Failure> {
        let path = self.options.paths.first().cloned().unwrap_or_default();
        let path = path.strip_prefix("s3://").unwrap_or(&path).to_owned();
        let (bucket, prefix) = path.split_once('/').unwrap_or((&path, ""));
        if bucket.is_empty() {
            let all = self.send("ListBuckets", Map::new())?;
            let buckets = all.get("Buckets").and_then(Value::as_list);
            for bucket in buckets.unwrap_or_default() {
                let line = format!(
                    "{} {}",
                    stamp(&text(bucket, "CreationDate")),
                    text(bucket, "Name")
                );
                self.say(&line)?;
            }
            return Ok(0);
        }
        let recursive = self.options.has("recursive");
        let mut asked = params([("Bucket", bucket), ("Prefix", prefix)]);
        if !recursive {
            asked.insert("Delimiter", Value::from("/"));
        }
        if let Some(size) = self.options.value("page-size") {
            let size = crate::python::int(size).unwrap_or(1_000);
            asked.insert("MaxKeys", Value::Int(size));
        }
        let (mut count, mut total, mut empty) = (0, 0, true);
        loop {
            let page = self.send("ListObjectsV2", asked.clone())?;
            let list = |name: &str| {
                let items = page.get(name).and_then(Value::as_list);
                items.unwrap_or_default().to_vec()
            };
            for prefix in list("CommonPrefixes") {
                empty = false;
                let prefix = text(&prefix, "Prefix");
                let last = prefix.trim_end_matches('/').rsplit('/').next();
                let line = format!("{:>30} {}/", "PRE", last.unwrap_or_default());
                self.say(&line)?;
            }
            for item in list("Contents") {
                empty = false;
                let (key, size) = (text(&item, "Key"), number(item.get("Size")));
                count += 1;
                total += size;
                let shown = if self.options.has("human-readable") {
                    readable(size)
                } else {
                    size.to_string()
                };
                let name = match key.rsplit_once('/') {
                    Some((_, last)) if !recursive => last,
                    _ => &key,
                };
                let line = format!("{} {shown:>10} {name}", stamp(&text(&item, "LastModified")));
                self.say(&line)?;
            }
            match page.get("NextContinuationToken") {
                Some(token) => asked.insert("ContinuationToken", token.clone()),
                None => break,
            };
        }
        if self.options.has("summarize") {
            let total = if self.options.has("human-readable") {
                readable(total)
            } else {
                total.to_string()
            };
            self.say(&format!(
                "\n{:>15}{count}\n{:>15}{total}",
                "Total Objects: ", "Total Size: "
            ))?;
        }
        Ok(i32::from(empty && !prefix.is_empty()))
    }

    /// The path of a command that takes one, which must be a bucket's.
    fn bucket(&self) -> Result<(String, String), Failure> {
        let path = self.options.paths.first().cloned().unwrap_or_default();
        let Some((bucket, key)) = split(&path) else {
            return Err(Failure::Param(
                "<S3Uri>\nError: Invalid argument type".to_owned(),
            ));
        };
        Ok((bucket.to_owned(), key.to_owned()))
    }

    fn mb(&mut self) -> Result<i32, Failure> {
        let (bucket, _) = self.bucket()?;
        let mut asked = params([("Bucket", &bucket)]);
        let mut configuration = Map::new();
        let region = self.profile.region.clone();
        if let Some(region) = region.filter(|region| region != "us-east-1") {
            configuration.insert("LocationConstraint", Value::Str(region));
        }
        if !self.options.tags.is_empty() {
            let tags = self.options.tags.iter();
            let tags = tags.map(|(key, value)| {
                Value::Map(params([("Key", key.as_str()), ("Value", value.as_str())]))
            });
            configuration.insert("Tags", Value::List(tags.collect()));
        }
        if !configuration.is_empty() {
            asked.insert("CreateBucketConfiguration", Value::Map(configuration));
        }
        match self.send("CreateBucket", asked) {
            Ok(_) => {
                self.say(&format!("make_bucket: {bucket}"))?;
                Ok(0)
            }
            Err(failure @ Failure::Stop(_)) => Err(failure),
            Err(failure) => {
                let why = said(&failure);
                self.complain(&format!("make_bucket failed: s3://{bucket} {why}"))?;
                Ok(1)
            }
        }
    }

    fn rb(&mut self) -> Result<i32, Failure> {
        let (bucket, key) = self.bucket()?;
        if !key.is_empty() {
            return Err(Failure::Param(format!(
                "Please specify a valid bucket name only. E.g. s3://{bucket}"
            )));
        }
        if self.options.has("force") {
            self.options = Options::read("rm", &[format!("s3://{bucket}"), "--recursive".into()])?;
            if self.transfer("rm")? != 0 {
                return Err(Failure::Bare(
                    "remove_bucket failed: Unable to delete all objects in the bucket, bucket \
                     will not be deleted."
                        .to_owned(),
                ));
            }
        }
        match self.send("DeleteBucket", params([("Bucket", &bucket)])) {
            Ok(_) => {
                self.say(&format!("remove_bucket: {bucket}"))?;
                Ok(0)
            }
            Err(failure @ Failure::Stop(_)) => Err(failure),
            Err(failure) => {
                let why = said(&failure);
                self.complain(&format!("remove_bucket failed: s3://{bucket} {why}"))?;
                Ok(1)
            }
        }
    }
}

/// `2026-01-05 09:00:00` of `2026-01-05T09:00:00+00:00`.
fn stamp(time: &str) -> String {
    time.replacen('T', " ", 1).chars().take(19).collect()
}

#[cfg(test)]
mod tests {
    use super::readable;
    use crate::testing::{World, lines};
    use crate::{Session, Terminal, run};
    use expect_test::{Expect, expect};

    #[test]
    fn sizes_are_rounded_as_the_cli_rounds_them() {
        for (size, expected) in [
            (0, "0 Bytes"),
            (1, "1 Byte"),
            (1_023, "1023 Bytes"),
            (1_024, "1.0 KiB"),
            (1_536, "1.5 KiB"),
            (1_048_575, "1.0 MiB"),
            (3_001_090, "2.9 MiB"),
        ] {
            assert_eq!(readable(size), expected);
        }
    }

    /// What lines print, each below itself.
    fn check(script: &[&str], expected: Expect) {
        let mut world = World::new();
        world.write("index.html", "<h1>hi</h1>\n");
        let mut session: Session = world.signed_in();
        for line in ["mkdir sub", "echo aaa > sub/a.txt", "echo bbbb > sub/b.txt"] {
            run(line, &mut session, &mut world, &Terminal::default());
        }
        let mut text = String::new();
        for line in script {
            let output = run(line, &mut session, &mut world, &Terminal::default());
            text.push_str(&format!("$ {line}\n"));
            for (_, piece) in output.pieces {
                text.push_str(&piece);
            }
            if output.exit != 0 {
                text.push_str(&format!("[{}]\n", output.exit));
            }
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn files_travel_to_a_bucket_and_back() {
        check(
            &[
                "aws s3 mb s3://lab-4711",
                "aws s3 cp index.html s3://lab-4711/",
                "aws s3 cp sub s3://lab-4711/sub --recursive",
                "aws s3 ls s3://lab-4711",
                "aws s3 ls s3://lab-4711/sub/",
                "aws s3 ls s3://lab-4711 --recursive --human-readable --summarize",
                "aws s3 cp s3://lab-4711/index.html copy.html && cat copy.html",
                "aws s3 cp s3://lab-4711/index.html -",
                "echo piped | aws s3 cp - s3://lab-4711/piped.txt",
                "aws s3 cp s3://lab-4711/piped.txt s3://lab-4711/p/",
                "aws s3 mv s3://lab-4711/p/piped.txt s3://lab-4711/q.txt",
                "aws s3 cp s3://lab-4711/ back --recursive --exclude '*' --include '*.txt'",
                "cat back/sub/b.txt",
                "aws s3 rm s3://lab-4711/q.txt",
                "aws s3 cp index.html s3://lab-4711/dry.html --dryrun",
                "aws s3api head-object --bucket lab-4711 --key index.html --query ContentType",
            ],
            expect![[r#"
                $ aws s3 mb s3://lab-4711
                make_bucket: lab-4711
                $ aws s3 cp index.html s3://lab-4711/
                upload: ./index.html to s3://lab-4711/index.html
                $ aws s3 cp sub s3://lab-4711/sub --recursive
                upload: sub/a.txt to s3://lab-4711/sub/a.txt
                upload: sub/b.txt to s3://lab-4711/sub/b.txt
                $ aws s3 ls s3://lab-4711
                                           PRE sub/
                2026-01-05 09:00:00         12 index.html
                $ aws s3 ls s3://lab-4711/sub/
                2026-01-05 09:00:00          4 a.txt
                2026-01-05 09:00:00          5 b.txt
                $ aws s3 ls s3://lab-4711 --recursive --human-readable --summarize
                2026-01-05 09:00:00   12 Bytes index.html
                2026-01-05 09:00:00    4 Bytes sub/a.txt
                2026-01-05 09:00:00    5 Bytes sub/b.txt

                Total Objects: 3
                   Total Size: 21 Bytes
                $ aws s3 cp s3://lab-4711/index.html copy.html && cat copy.html
                download: s3://lab-4711/index.html to ./copy.html
                <h1>hi</h1>
                $ aws s3 cp s3://lab-4711/index.html -
                <h1>hi</h1>
                $ echo piped | aws s3 cp - s3://lab-4711/piped.txt
                $ aws s3 cp s3://lab-4711/piped.txt s3://lab-4711/p/
                copy: s3://lab-4711/piped.txt to s3://lab-4711/p/piped.txt
                $ aws s3 mv s3://lab-4711/p/piped.txt s3://lab-4711/q.txt
                move: s3://lab-4711/p/piped.txt to s3://lab-4711/q.txt
                $ aws s3 cp s3://lab-4711/ back --recursive --exclude '*' --include '*.txt'
                download: s3://lab-4711/piped.txt to back/piped.txt
                download: s3://lab-4711/q.txt to back/q.txt
                download: s3://lab-4711/sub/a.txt to back/sub/a.txt
                download: s3://lab-4711/sub/b.txt to back/sub/b.txt
                $ cat back/sub/b.txt
                bbbb
                $ aws s3 rm s3://lab-4711/q.txt
                delete: s3://lab-4711/q.txt
                $ aws s3 cp index.html s3://lab-4711/dry.html --dryrun
                (dryrun) upload: ./index.html to s3://lab-4711/dry.html
                $ aws s3api head-object --bucket lab-4711 --key index.html --query ContentType
                "text/html"
            "#]],
        );
    }

    #[test]
    fn what_fails_is_told_as_the_cli_tells_it() {
        check(
            &[
                "aws s3 mb s3://lab-4711",
                "aws s3 cp nofile.txt s3://lab-4711/",
                "aws s3 cp s3://lab-4711/nokey.txt .",
                "aws s3 cp index.html s3://no-such-4711/",
                "aws s3 ls s3://no-such-4711",
                "aws s3 ls s3://lab-4711/none/",
                "aws s3 cp index.html s3://lab-4711/ && aws s3 rb s3://lab-4711",
                "aws s3 rb s3://lab-4711 --force",
                "aws s3 rb s3://lab-4711",
                "aws s3 mb lab",
                "aws s3 cp a b",
                "aws s3 cp a",
                "aws s3 cq",
                "aws s3 presign s3://lab-4711/k",
                "aws s3 ls s3://lab-4711 --nope",
            ],
            expect![[r#"
                $ aws s3 mb s3://lab-4711
                make_bucket: lab-4711
                $ aws s3 cp nofile.txt s3://lab-4711/

                aws: [ERROR]: The user-provided path nofile.txt does not exist.
                [255]
                $ aws s3 cp s3://lab-4711/nokey.txt .
                fatal error: An error occurred (404) when calling the HeadObject operation: Key "nokey.txt" does not exist
                [1]
                $ aws s3 cp index.html s3://no-such-4711/
                upload failed: ./index.html to s3://no-such-4711/index.html An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist
                [1]
                $ aws s3 ls s3://no-such-4711

                aws: [ERROR]: An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist
                [254]
                $ aws s3 ls s3://lab-4711/none/
                [1]
                $ aws s3 cp index.html s3://lab-4711/ && aws s3 rb s3://lab-4711
                upload: ./index.html to s3://lab-4711/index.html
                remove_bucket failed: s3://lab-4711 An error occurred (BucketNotEmpty) when calling the DeleteBucket operation: The bucket you tried to delete is not empty
                [1]
                $ aws s3 rb s3://lab-4711 --force
                delete: s3://lab-4711/index.html
                remove_bucket: lab-4711
                $ aws s3 rb s3://lab-4711
                remove_bucket failed: s3://lab-4711 An error occurred (NoSuchBucket) when calling the DeleteBucket operation: The specified bucket does not exist
                [1]
                $ aws s3 mb lab

                aws: [ERROR]: An error occurred (ParamValidation): <S3Uri>
                Error: Invalid argument type
                [252]
                $ aws s3 cp a b

                aws: [ERROR]: An error occurred (ParamValidation): usage: aws s3 cp <LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>
                Error: Invalid argument type
                [252]
                $ aws s3 cp a

                aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: paths

                usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
                To see help text, you can run:

                  aws help
                  aws <command> help
                  aws <command> <subcommand> help
                [252]
                $ aws s3 cq

                aws: [ERROR]: An error occurred (ParamValidation): argument subcommand: Found invalid choice 'cq'


                usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
                To see help text, you can run:

                  aws help
                  aws <command> help
                  aws <command> <subcommand> help
                [252]
                $ aws s3 presign s3://lab-4711/k

                aws: [ERROR]: `aws s3 presign` exists in AWS, not in this sandbox yet.
                [255]
                $ aws s3 ls s3://lab-4711 --nope

                usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
                To see help text, you can run:

                  aws help
                  aws <command> help
                  aws <command> <subcommand> help


                aws: [ERROR]: Unknown options: --nope
                [252]
            "#]],
        );
    }

    #[test]
    fn sync_sends_what_differs_and_deletes_what_is_asked() {
        check(
            &[
                "aws s3 mb s3://lab-4711",
                "aws s3 sync sub s3://lab-4711",
                "aws s3 sync sub s3://lab-4711",
                "echo CCC > sub/a.txt; rm sub/b.txt; echo x > sub/c.txt",
                "aws s3 sync sub s3://lab-4711 --delete",
                "aws s3 sync s3://lab-4711 other",
                "cat other/a.txt",
            ],
            expect![[r#"
                $ aws s3 mb s3://lab-4711
                make_bucket: lab-4711
                $ aws s3 sync sub s3://lab-4711
                upload: sub/a.txt to s3://lab-4711/a.txt
                upload: sub/b.txt to s3://lab-4711/b.txt
                $ aws s3 sync sub s3://lab-4711
                $ echo CCC > sub/a.txt; rm sub/b.txt; echo x > sub/c.txt
                $ aws s3 sync sub s3://lab-4711 --delete
                upload: sub/a.txt to s3://lab-4711/a.txt
                upload: sub/c.txt to s3://lab-4711/c.txt
                delete: s3://lab-4711/b.txt
                $ aws s3 sync s3://lab-4711 other
                download: s3://lab-4711/a.txt to other/a.txt
                download: s3://lab-4711/c.txt to other/c.txt
                $ cat other/a.txt
                CCC
            "#]],
        );
    }

    #[test]
    fn a_call_that_is_not_signed_is_nobodys() {
        let mut world = World::new();
        let output = lines(&mut world, &["aws s3 ls --no-sign-request"]);
        assert!(output[0].stderr.ends_with(
            "An error occurred (AccessDenied) when calling the ListBuckets operation: Access \
             Denied\n"
        ));
    }
}
