//! How the command line calls operations and parameters.

/// Names whose option is called otherwise: service, operation (`*` for all), the option by rule,
/// the option as it is. <https://github.com/aws/aws-cli/blob/v2/awscli/customizations/argrename.py>
const RENAMES: &[(&str, &str, &str, &str)] = &[
    ("ec2", "CreateImage", "no-no-reboot", "reboot"),
    ("ec2", "*", "no-egress", "ingress"),
    (
        "ec2",
        "*",
        "no-disable-api-termination",
        "enable-api-termination",
    ),
    (
        "ecs",
        "*",
        "no-enable-execute-command",
        "disable-execute-command",
    ),
];

/// Options that carry a list of one customised name.
const MEMBERS: &[(&str, &str, &str, &str)] = &[
    ("ec2", "DescribeNatGateways", "Filter", "filter"),
    ("ec2", "DescribeFlowLogs", "Filter", "filter"),
];

/// `DescribeVpcs` as `describe-vpcs`, by botocore's rule: a hyphen before a capital that begins a
/// word, and between a small letter or digit and a capital; `IDs` at the end is one word.
pub fn kebab(name: &str) -> String {
    let mut chars: Vec<char> = name.chars().collect();
    // `[A-Z]{2,}s` at the end.
    if chars.last() == Some(&'s') {
        let capitals = chars
            .iter()
            .rev()
            .skip(1)
            .take_while(|c| c.is_ascii_uppercase())
            .count();
        if capitals >= 2 {
            let at = chars.len() - 1 - capitals;
            let tail: Vec<char> = chars.split_off(at);
            if !chars.is_empty() {
                chars.push('-');
            }
            chars.extend(tail.iter().map(char::to_ascii_lowercase));
        }
    }
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        words.push(c);
        at += 1;
        let begins = chars.get(at).is_some_and(char::is_ascii_uppercase)
            && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if begins {
            words.push('-');
            words.extend(chars.get(at));
            at += 1;
            while let Some(small) = chars.get(at).filter(|c| c.is_ascii_lowercase()) {
                words.push(*small);
                at += 1;
            }
        }
    }
    let mut out = String::new();
    let mut last = ' ';
    for c in words {
        if c.is_ascii_uppercase() && (last.is_ascii_lowercase() || last.is_ascii_digit()) {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
        last = c;
    }
    out
}

/// What a service is called on the command line: `aws s3` is a set of commands of its own.
pub fn command(service: &str) -> &str {
    match service {
        "s3" => "s3api",
        other => other,
    }
}

/// The option of a parameter, without its `--`.
pub fn option(service: &str, operation: &str, member: &str) -> String {
    MEMBERS
        .iter()
        .find(|(s, o, m, _)| *s == service && *o == operation && *m == member)
        .map_or_else(|| kebab(member), |(_, _, _, name)| (*name).to_owned())
}

/// The option that says no to a boolean parameter: `--no-dry-run`, but `--ingress`.
pub fn negative(service: &str, operation: &str, option: &str) -> String {
    let regular = format!("no-{option}");
    RENAMES
        .iter()
        .find(|(s, o, name, _)| *s == service && (*o == operation || *o == "*") && *name == regular)
        .map_or(regular, |(_, _, _, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_botocores_rule() {
        for (name, expected) in [
            ("DescribeVpcs", "describe-vpcs"),
            ("CreateDBInstance", "create-db-instance"),
            ("VPCZoneIdentifier", "vpc-zone-identifier"),
            ("Ipv6CidrBlock", "ipv6-cidr-block"),
            ("EnableDnsHostnames", "enable-dns-hostnames"),
            ("S3ExportLocation", "s3-export-location"),
            (
                "ListOpenIDConnectProviders",
                "list-open-id-connect-providers",
            ),
            ("ServerIDs", "server-ids"),
            ("AMIs", "amis"),
            ("AuthenticationCode1", "authentication-code1"),
            ("clusterName", "cluster-name"),
        ] {
            assert_eq!(kebab(name), expected);
        }
        assert_eq!(
            negative("ec2", "CreateNetworkAclEntry", "egress"),
            "ingress"
        );
        assert_eq!(negative("ec2", "CreateVpc", "dry-run"), "no-dry-run");
    }
}
