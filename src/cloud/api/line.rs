//! A request written as the `aws` line that makes it.

use super::{Kind, Shape, command, kebab, negative, option, service};
use crate::{Map, Value, json};

/// A text as one types it into a shell: in single quotes where it must be.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The `aws` line of a request. Read again, the line gives the same parameters; what no option
/// can say is said with `--cli-input-json`.
pub fn line(service_name: &str, operation: &str, params: &Value) -> String {
    let mut words = vec![
        "aws".to_owned(),
        command(service_name).to_owned(),
        kebab(operation),
    ];
    let shape = service(service_name)
        .and_then(|service| service.operation(operation))
        .and_then(super::Operation::input);
    let mut writer = Writer {
        service: service_name,
        operation,
        words: Vec::new(),
        rest: Map::new(),
    };
    let mut params = params.as_map().cloned().unwrap_or_default();
    if service_name == "ec2" {
        writer.customs(&mut params);
    }
    // A body comes from a file, and what stands before the line writes it to the pipe.
    let mut piped = None;
    let streamed = shape.and_then(|shape| shape.members().find(|member| member.streaming));
    if let Some(member) = streamed
        && let Some(body) = params.remove(member.name)
    {
        let bytes = match body {
            Value::Bytes(bytes) => bytes,
            Value::Str(text) => text.into_bytes(),
            _ => Vec::new(),
        };
        piped = Some(match String::from_utf8(bytes) {
            Ok(text) => format!("printf %s {} | ", quoted(&text)),
            Err(bytes) => {
                let coded = json::base64(bytes.as_bytes());
                format!("echo {coded} | base64 -d | ")
            }
        });
        writer.push(&option(service_name, operation, member.name), "/dev/stdin");
    }
    for (name, value) in params.iter() {
        match shape.and_then(|shape| shape.member(name)) {
            Some(member) => writer.member(member.name, member.shape, value),
            None => {
                writer.rest.insert(name.to_owned(), value.clone());
            }
        }
    }
    words.append(&mut writer.words);
    let answer = service(service_name)
        .and_then(|service| service.operation(operation))
        .and_then(super::Operation::output);
    if answer.is_some_and(|shape| shape.members().any(|member| member.streaming)) {
        words.push("/dev/stdout".to_owned());
    }
    if !writer.rest.is_empty() {
        words.push("--cli-input-json".to_owned());
        words.push(quoted(&json::compact(&Value::Map(writer.rest))));
    }
    piped.unwrap_or_default() + &words.join(" ")
}

struct Writer<'a> {
    service: &'a str,
    operation: &'a str,
    words: Vec<String>,
    /// What goes into `--cli-input-json`.
    rest: Map,
}

/// May a word stand behind an option as it is? It must not look like an option, a file or JSON.
fn is_word(text: &str) -> bool {
    !text.starts_with(['-', '[', '{'])
        && !text.starts_with(char::is_whitespace)
        && !text.starts_with("file://")
        && !text.starts_with("fileb://")
}

impl Writer<'_> {
    fn push(&mut self, name: &str, value: &str) {
        if value.starts_with('-') {
            self.words.push(quoted(&format!("--{name}={value}")));
        } else {
            self.words.push(format!("--{name}"));
            self.words.push(quoted(value));
        }
    }

    fn member(&mut self, member: &'static str, shape: Shape, value: &Value) {
        let name = option(self.service, self.operation, member);
        match (shape.kind(), value) {
            (Kind::Boolean, Value::Bool(true)) => self.words.push(format!("--{name}")),
            (Kind::Boolean, Value::Bool(false)) => {
                let no = negative(self.service, self.operation, &name);
                self.words.push(format!("--{no}"));
            }
            (Kind::Structure, Value::Map(map))
                if self.service == "ec2" && wrapped_flag(shape) && map.len() == 1 =>
            {
                match map.get("Value") {
                    Some(Value::Bool(true)) => self.words.push(format!("--{name}")),
                    Some(Value::Bool(false)) => self.words.push(format!("--no-{name}")),
                    _ => self.json(&name, value),
                }
            }
            (Kind::String { .. } | Kind::Timestamp, Value::Str(text)) => {
                if text.starts_with("file://") || text.starts_with("fileb://") {
                    self.rest.insert(member, value.clone());
                } else {
                    self.push(&name, text);
                }
            }
            (Kind::Integer { .. }, Value::Int(number)) => self.push(&name, &number.to_string()),
            (Kind::Float, Value::Float(number)) => self.push(&name, &json::float(*number)),
            (Kind::Float, Value::Int(number)) => self.push(&name, &number.to_string()),
            (Kind::Blob, Value::Bytes(bytes)) => self.push(&name, &json::base64(bytes)),
            (Kind::List { item, .. }, Value::List(items)) => self.list(&name, item, items, value),
            (Kind::Structure | Kind::Map { .. }, Value::Map(_)) => match pairs(shape, value) {
                Some(text) if is_word(&text) => self.push(&name, &text),
                _ => self.json(&name, value),
            },
            _ => {
                self.rest.insert(member, value.clone());
            }
        }
    }

    fn list(&mut self, name: &str, item: Shape, items: &[Value], value: &Value) {
        let words: Option<Vec<String>> = items
            .iter()
            .map(|inner| {
                let word = match (item.kind(), inner) {
                    (Kind::String { .. }, Value::Str(text)) => Some(text.clone()),
                    (Kind::Integer { .. }, Value::Int(number)) => Some(number.to_string()),
                    (Kind::Structure, Value::Map(_)) => pairs(item, inner),
                    _ => None,
                };
                word.filter(|word| is_word(word))
            })
            .collect();
        match words {
            Some(words) => {
                self.words.push(format!("--{name}"));
                self.words.extend(words.iter().map(|word| quoted(word)));
            }
            None => self.json(name, value),
        }
    }

    fn json(&mut self, name: &str, value: &Value) {
        self.words.push(format!("--{name}"));
        self.words.push(quoted(&json::compact(value)));
    }

    /// What EC2's command line says in its own way.
    fn customs(&mut self, params: &mut Map) {
        match self.operation {
            "RunInstances" => {
                if let (Some(Value::Int(least)), Some(Value::Int(most))) =
                    (params.get("MinCount"), params.get("MaxCount"))
                {
                    let count = if least == most {
                        least.to_string()
                    } else {
                        format!("{least}:{most}")
                    };
                    if count != "1" {
                        self.push("count", &count);
                    }
                    params.remove("MinCount");
                    params.remove("MaxCount");
                }
                if let Some(Value::Str(data)) = params.get("UserData") {
                    let script = json::from_base64(data)
                        .and_then(|bytes| String::from_utf8(bytes).ok())
                        .filter(|text| json::base64(text.as_bytes()) == *data)
                        .filter(|text| !text.starts_with("file"));
                    if let Some(script) = script {
                        self.push("user-data", &script);
                        params.remove("UserData");
                    }
                }
            }
            "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" => {
                if let Some(Value::Str(protocol)) = params.get_mut("Protocol") {
                    let name = match protocol.as_str() {
                        "6" => "tcp",
                        "17" => "udp",
                        "1" => "icmp",
                        "-1" => "all",
                        _ => return,
                    };
                    *protocol = name.to_owned();
                }
            }
            "AuthorizeSecurityGroupIngress"
            | "AuthorizeSecurityGroupEgress"
            | "RevokeSecurityGroupIngress"
            | "RevokeSecurityGroupEgress" => {
                if let Some(options) = params.get("IpPermissions").and_then(simple_rule) {
                    for (name, value) in options {
                        self.push(name, &value);
                    }
                    params.remove("IpPermissions");
                }
            }
            _ => {}
        }
    }
}

/// The options of a rule with one port range and one source, or none where it is more.
fn simple_rule(permissions: &Value) -> Option<Vec<(&'static str, String)>> {
    let [Value::Map(rule)] = permissions.as_list()? else {
        return None;
    };
    let protocol = rule.get("IpProtocol")?.as_str()?;
    let mut options = vec![(
        "protocol",
        if protocol == "-1" { "all" } else { protocol }.to_owned(),
    )];
    if !["tcp", "udp", "icmp", "-1"].contains(&protocol) {
        return None;
    }
    let mut known = 1;
    if let Some(from) = rule.get("FromPort") {
        let (from, to) = (from.as_int()?, rule.get("ToPort")?.as_int()?);
        let port = match (from, to) {
            (-1, -1) => "-1".to_owned(),
            (from, to) if from < 0 || to < 0 => return None,
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from}-{to}"),
        };
        options.push(("port", port));
        known += 2;
    }
    if let Some(ranges) = rule.get("IpRanges") {
        let [Value::Map(range)] = ranges.as_list()? else {
            return None;
        };
        options.push(("cidr", range.get("CidrIp")?.as_str()?.to_owned()));
        known += 1;
        if range.len() != 1 {
            return None;
        }
    }
    if let Some(pairs) = rule.get("UserIdGroupPairs") {
        let [Value::Map(pair)] = pairs.as_list()? else {
            return None;
        };
        let group = pair.get("GroupId")?.as_str()?;
        if pair.len() != 1 || !group.starts_with("sg-") {
            return None;
        }
        options.push(("source-group", group.to_owned()));
        known += 1;
    }
    (known == rule.len()).then_some(options)
}

fn wrapped_flag(shape: Shape) -> bool {
    let mut members = shape.members();
    matches!(
        (members.next(), members.next()),
        (Some(only), None) if only.name == "Value" && matches!(only.shape.kind(), Kind::Boolean)
    )
}

/// The shorthand of a structure, where every value of it can stand in shorthand.
fn pairs(shape: Shape, value: &Value) -> Option<String> {
    let map = value.as_map().filter(|map| !map.is_empty())?;
    let mut parts = Vec::new();
    for (key, inner) in map.iter() {
        let inner_shape = inner_of(shape, key)?;
        let text = match (inner_shape.kind(), inner) {
            // At the top, a list is its items with commas between.
            (Kind::List { item, .. }, Value::List(items)) if scalars(item) && !items.is_empty() => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|inner| scalar(item, inner)).collect();
                let texts = texts?;
                if texts.iter().any(String::is_empty)
                    || (texts.len() > 1 && texts.iter().any(|text| text.contains('=')))
                {
                    return None;
                }
                texts.join(",")
            }
            _ => nested(inner_shape, inner)?,
        };
        parts.push(format!("{}={text}", name(key)?));
    }
    Some(parts.join(","))
}

fn inner_of(shape: Shape, key: &str) -> Option<Shape> {
    match shape.kind() {
        Kind::Structure => Some(shape.member(key)?.shape),
        Kind::Map { value, .. } => Some(value),
        _ => None,
    }
}

fn scalars(shape: Shape) -> bool {
    !matches!(
        shape.kind(),
        Kind::Structure | Kind::List { .. } | Kind::Map { .. }
    )
}

fn name(key: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.#/:".contains(c);
    (!key.is_empty() && key.chars().all(fits)).then_some(key)
}

fn scalar(shape: Shape, value: &Value) -> Option<String> {
    match (shape.kind(), value) {
        (Kind::String { .. } | Kind::Timestamp, Value::Str(text)) => {
            let odd = |c: char| "\"',[]{}\\".contains(c) || (c.is_whitespace() && c != ' ');
            let edges = text.trim() != text || text.starts_with('=');
            (!edges && !text.contains(odd)).then(|| text.clone())
        }
        (Kind::Integer { .. }, Value::Int(number)) => Some(number.to_string()),
        (Kind::Boolean, Value::Bool(flag)) => Some(flag.to_string()),
        _ => None,
    }
}

/// A value inside brackets.
fn nested(shape: Shape, value: &Value) -> Option<String> {
    match (shape.kind(), value) {
        (Kind::List { item, .. }, Value::List(items)) if !items.is_empty() => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|inner| nested(item, inner).filter(|text| !text.is_empty()))
                .collect();
            Some(format!("[{}]", texts?.join(",")))
        }
        (Kind::Structure | Kind::Map { .. }, Value::Map(map)) if !map.is_empty() => {
            let mut parts = Vec::new();
            for (key, inner) in map.iter() {
                parts.push(format!(
                    "{}={}",
                    name(key)?,
                    nested(inner_of(shape, key)?, inner)?
                ));
            }
            Some(format!("{{{}}}", parts.join(",")))
        }
        _ if scalars(shape) => scalar(shape, value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(operation: &str, params: &str, expected: Expect) {
        expected.assert_eq(&line("ec2", operation, &json::parse(params).unwrap()));
    }

    #[test]
    fn requests_are_written_as_one_types_them() {
        check(
            "CreateVpc",
            r#"{"CidrBlock":"10.0.0.0/16","TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"Name","Value":"my vpc"}]}]}"#,
            expect![
                "aws ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications 'ResourceType=vpc,Tags=[{Key=Name,Value=my vpc}]'"
            ],
        );
        check(
            "AuthorizeSecurityGroupIngress",
            r#"{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
            expect![
                "aws ec2 authorize-security-group-ingress --protocol tcp --port 22 --cidr 0.0.0.0/0 --group-id sg-1"
            ],
        );
        check(
            "CreateNetworkAclEntry",
            r#"{"NetworkAclId":"acl-1","RuleNumber":100,"Protocol":"-1","RuleAction":"allow","Egress":false,"CidrBlock":"0.0.0.0/0"}"#,
            expect![
                "aws ec2 create-network-acl-entry --network-acl-id acl-1 --rule-number 100 --protocol all --rule-action allow --ingress --cidr-block 0.0.0.0/0"
            ],
        );
        check(
            "ModifyVpcAttribute",
            r#"{"VpcId":"vpc-1","EnableDnsHostnames":{"Value":true}}"#,
            expect!["aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames"],
        );
        check(
            "CreateTags",
            r#"{"Resources":["vpc-1"],"Tags":[{"Key":"a","Value":"x,y"}]}"#,
            expect![[
                r#"aws ec2 create-tags --resources vpc-1 --tags '[{"Key":"a","Value":"x,y"}]'"#
            ]],
        );
        check(
            "DescribeVpcs",
            r#"{"Filters":[{"Name":"vpc-id","Values":["a","b"]}],"VpcIds":[]}"#,
            expect!["aws ec2 describe-vpcs --filters Name=vpc-id,Values=a,b --vpc-ids"],
        );
        check(
            "RunInstances",
            r#"{"ImageId":"ami-1","MinCount":2,"MaxCount":2,"UserData":"IyEvYmluL2Jhc2gKZWNobyBoaQo="}"#,
            expect![[r#"
                aws ec2 run-instances --count 2 --user-data '#!/bin/bash
                echo hi
                ' --image-id ami-1"#]],
        );
    }
}
