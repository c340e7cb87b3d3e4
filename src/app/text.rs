//! Words made to fit.

/// An id or a name shortened in the middle to `most` characters: `i-08ef…abd8`.
pub fn shorten(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let tail = room / 2;
    let head = room - tail;
    let mut short: String = text.chars().take(head).collect();
    short.push('…');
    short.extend(text.chars().skip(count - tail));
    short
}

/// A name shortened at its end: `a-very-long-n…`.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Is this word the id of something in AWS: letters, a hyphen, 8 or 17 hexadecimal digits?
pub fn is_id(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(kind, digits)| {
        !kind.is_empty()
            && kind.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            && matches!(digits.len(), 8 | 17)
            && digits.chars().all(|c| c.is_ascii_hexdigit())
    })
}

/// What AWS calls a service or a guide in its addresses, and what a person reads.
const GUIDES: &[(&str, &str)] = &[
    ("acm", "Certificate Manager"),
    ("amazoncloudfront", "CloudFront"),
    ("amazons3", "S3"),
    ("awsec2", "EC2"),
    ("cli", "AWS CLI"),
    ("directconnect", "Direct Connect"),
    ("ec2", "EC2"),
    ("elasticloadbalancing", "Load balancing"),
    ("iam", "IAM"),
    ("linux", "Linux"),
    ("organizations", "Organizations"),
    ("route53", "Route 53"),
    ("s3", "S3"),
    ("sts", "STS"),
    ("vpc", "VPC"),
    ("al2023", "Amazon Linux 2023"),
];

/// Words that are written in capitals, or in their own way.
const CAPITALS: &[&str] = &[
    "ACL", "ACLs", "API", "ARN", "AWS", "CIDR", "CLI", "CPU", "DHCP", "DNS", "EC2", "EIP", "EIPs",
    "ENI", "HTTP", "HTTPS", "IAM", "ICMP", "ID", "IDs", "IP", "IPs", "IPv4", "IPv6", "JSON", "MTU",
    "NACL", "NAT", "NLB", "ALB", "RCPs", "RDS", "S3", "SCPs", "SSH", "SSL", "STS", "TCP", "TLS",
    "UDP", "URL", "VPC", "VPCs", "VPN",
];

/// The title of a page of AWS, read from its address: `VPC user guide: NAT gateways`. What is no
/// page of AWS's documentation keeps its address.
pub fn page_title(address: &str) -> String {
    let bare = address.split(['#', '?']).next().unwrap_or(address);
    let Some(path) = bare.strip_prefix("https://docs.aws.amazon.com/") else {
        let short = bare.strip_prefix("https://").unwrap_or(bare);
        return short.trim_end_matches('/').to_owned();
    };
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let last = match path.ends_with(".html") {
        true => parts.next_back(),
        false => None,
    };
    let known = |part: &str| {
        let small = part.to_ascii_lowercase();
        GUIDES
            .iter()
            .find(|(word, _)| *word == small)
            .map(|it| it.1)
    };
    let service = known(first).map_or_else(|| spelled(first), str::to_owned);
    let kind = parts.find_map(|part| match part.to_ascii_lowercase().as_str() {
        "userguide" | "ug" | "user-guide" => Some("user guide"),
        "apireference" | "api" => Some("API reference"),
        "developerguide" | "dg" => Some("developer guide"),
        "reference" => Some("reference"),
        "reachability" => Some("Reachability Analyzer"),
        "privatelink" => Some("PrivateLink"),
        _ => None,
    });
    let guide = match kind {
        Some(kind) => format!("{service} {kind}"),
        None => service.clone(),
    };
    let slug = last.unwrap_or_default().trim_end_matches(".html");
    if let Some(operation) = slug.strip_prefix("API_") {
        return format!("{guide}: {operation}");
    }
    // The guide's own name need not be said twice.
    let slug = match slug.split_once(['_', '-']) {
        Some((head, rest)) if known(head).is_some_and(|name| name == service) => rest,
        _ => slug,
    };
    match spelled(slug) {
        title if title.is_empty() || slug == "index" || slug == "Welcome" => guide,
        title => format!("{guide}: {title}"),
    }
}

/// A slug as words: the first with a capital, abbreviations as they are written.
fn spelled(slug: &str) -> String {
    // `RouteTables`, `AmazonDNS`: a capital after a small letter begins a word.
    let mut spaced = String::new();
    for letter in slug.chars() {
        if letter.is_ascii_uppercase() && spaced.ends_with(|c: char| c.is_ascii_lowercase()) {
            spaced.push(' ');
        }
        spaced.push(letter);
    }
    let words = spaced
        .split(['-', '_', '.', ' '])
        .filter(|word| !word.is_empty());
    let mut title = String::new();
    for word in words {
        let own = CAPITALS.iter().find(|it| it.eq_ignore_ascii_case(word));
        let word = match own {
            Some(own) => (*own).to_owned(),
            None if title.is_empty() => hopwise_plan::capital(word),
            None => word.to_ascii_lowercase(),
        };
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(&word);
    }
    title
}

/// An id as a word of the document, a different one for each: what stands in selectors and lists
/// of ids may hold no blank.
pub fn token(id: &str) -> String {
    let mut token = String::new();
    for letter in id.chars() {
        match letter {
            '_' => token.push_str("__"),
            '/' => token.push_str("_s"),
            ' ' => token.push_str("_b"),
            letter => token.push(letter),
        }
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_made_to_fit() {
        assert_eq!(shorten("i-08ef12345678abd8", 11), "i-08e…8abd8");
        assert_eq!(shorten("web", 11), "web");
        assert_eq!(shorten("überlänge", 5), "üb…ge");
        assert_eq!(cut("überlänge", 5), "über…");
        assert_eq!(cut("web", 3), "web");
    }

    #[test]
    fn pages_have_readable_titles() {
        let aws = "https://docs.aws.amazon.com/";
        for (path, expected) in [
            (
                "vpc/latest/userguide/VPC_Internet_Gateway.html",
                "VPC user guide: Internet gateway",
            ),
            (
                "vpc/latest/userguide/vpc-nat-gateway.html#nat-gateway-basics",
                "VPC user guide: NAT gateway",
            ),
            (
                "AWSEC2/latest/UserGuide/security-group-connection-tracking.html",
                "EC2 user guide: Security group connection tracking",
            ),
            (
                "AWSEC2/latest/APIReference/API_CreateVpc.html",
                "EC2 API reference: CreateVpc",
            ),
            (
                "IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
                "IAM user guide: Reference policies evaluation logic",
            ),
            (
                "vpc/latest/userguide/AmazonDNS-concepts.html",
                "VPC user guide: Amazon DNS concepts",
            ),
            ("vpc/latest/userguide/", "VPC user guide"),
            ("AmazonS3/latest/userguide/Welcome.html", "S3 user guide"),
            ("", ""),
        ] {
            assert_eq!(page_title(&format!("{aws}{path}")), expected);
        }
        assert_eq!(
            page_title("https://www.rfc-editor.org/rfc/rfc1918"),
            "www.rfc-editor.org/rfc/rfc1918"
        );
    }

    #[test]
    fn ids_are_known_by_their_form() {
        assert!(is_id("vpc-0123456789abcdef0"));
        assert!(is_id("eipalloc-0123456789abcdef0"));
        assert!(!is_id("us-east-1"));
        assert!(!is_id("t3-micro"));
        assert!(!is_id("create-vpc"));
    }
}
