//! The conditions of rules.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html>

use super::{Condition, not_here, wrong};
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, Struct, View};
use crate::fields::elbv2::shape;
use crate::fields::elbv2::{
    host_header_condition_config, http_header_condition_config,
    http_request_method_condition_config, path_pattern_condition_config,
    query_string_condition_config, query_string_key_value_pair, rule_condition,
    source_ip_condition_config,
};
use hopwise_net::Prefix;

/// How many values all conditions of a rule have together.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_VALUES: usize = 5;
/// The longest value, in characters.
const LONGEST: usize = 128;

impl Condition {
    /// AWS's word for what it looks at.
    pub fn field(&self) -> &'static str {
        match self {
            Condition::Path(_) => "path-pattern",
            Condition::Host(_) => "host-header",
            Condition::Method(_) => "http-request-method",
            Condition::Header(..) => "http-header",
            Condition::Query(_) => "query-string",
            Condition::Source(_) => "source-ip",
        }
    }

    fn values(&self) -> usize {
        match self {
            Condition::Path(values) | Condition::Host(values) | Condition::Method(values) => {
                values.len()
            }
            Condition::Header(_, values) => values.len(),
            Condition::Query(values) => values.len(),
            Condition::Source(values) => values.len(),
        }
    }
}

/// The conditions that a request gives.
pub(super) fn read(
    items: Items<'_, Struct<shape::RuleCondition>>,
) -> Result<Vec<Condition>, Fault> {
    let mut conditions: Vec<Condition> = Vec::new();
    for one in items {
        let condition = read_one(one)?;
        let field = condition.field();
        // Of headers and queries there may be several: all must hold.
        let often = matches!(condition, Condition::Header(..) | Condition::Query(_));
        if !often && conditions.iter().any(|it| it.field() == field) {
            return Err(wrong(format!(
                "A rule can only have one '{field}' condition"
            )));
        }
        if condition.values() == 0 {
            return Err(wrong("A condition value must be specified"));
        }
        conditions.push(condition);
    }
    if conditions.is_empty() {
        return Err(wrong("A condition must be specified"));
    }
    if conditions.iter().map(Condition::values).sum::<usize>() > MOST_VALUES {
        return Err(wrong(format!(
            "A rule can only have '{MOST_VALUES}' condition values"
        )));
    }
    Ok(conditions)
}

fn read_one(one: View<'_, shape::RuleCondition>) -> Result<Condition, Fault> {
    use rule_condition as of;
    let plain = one.items(of::VALUES);
    let field = one.get(of::FIELD).unwrap_or_default();
    let regular = one.has(of::REGEX_VALUES)
        || (one.get(of::HOST_HEADER_CONFIG))
            .is_some_and(|it| it.has(host_header_condition_config::REGEX_VALUES))
        || (one.get(of::PATH_PATTERN_CONFIG))
            .is_some_and(|it| it.has(path_pattern_condition_config::REGEX_VALUES))
        || (one.get(of::HTTP_HEADER_CONFIG))
            .is_some_and(|it| it.has(http_header_condition_config::REGEX_VALUES));
    if regular {
        return Err(not_here("A condition with a regular expression"));
    }
    let absent = || {
        wrong(format!(
            "The configuration of the condition '{field}' must be specified"
        ))
    };
    match field {
        "path-pattern" => {
            let config = one.get(of::PATH_PATTERN_CONFIG);
            let values = config.map_or(plain, |it| it.items(path_pattern_condition_config::VALUES));
            Ok(Condition::Path(texts(values)?))
        }
        "host-header" => {
            let config = one.get(of::HOST_HEADER_CONFIG);
            let values = config.map_or(plain, |it| it.items(host_header_condition_config::VALUES));
            Ok(Condition::Host(texts(values)?))
        }
        "http-request-method" => {
            let config = one.get(of::HTTP_REQUEST_METHOD_CONFIG).ok_or_else(absent)?;
            let values = texts(config.items(http_request_method_condition_config::VALUES))?;
            let fits = |c: char| c.is_ascii_uppercase() || c == '-' || c == '_';
            match values
                .iter()
                .find(|it| it.len() > 40 || !it.chars().all(fits))
            {
                Some(method) => Err(wrong(format!(
                    "HTTP request method '{method}' is not valid"
                ))),
                None => Ok(Condition::Method(values)),
            }
        }
        "http-header" => {
            let config = one.get(of::HTTP_HEADER_CONFIG).ok_or_else(absent)?;
            let name = config
                .get(http_header_condition_config::HTTP_HEADER_NAME)
                .unwrap_or_default();
            if name.is_empty() || name.len() > 40 {
                return Err(wrong(format!("HTTP header name '{name}' is not valid")));
            }
            if name.eq_ignore_ascii_case("host") {
                return Err(wrong(
                    "The host header can't be in an 'http-header' condition: use 'host-header'",
                ));
            }
            let values = texts(config.items(http_header_condition_config::VALUES))?;
            Ok(Condition::Header(name.to_owned(), values))
        }
        "query-string" => {
            let config = one.get(of::QUERY_STRING_CONFIG).ok_or_else(absent)?;
            let mut values = Vec::new();
            for pair in config.items(query_string_condition_config::VALUES) {
                let key = pair.get(query_string_key_value_pair::KEY);
                let value = pair
                    .get(query_string_key_value_pair::VALUE)
                    .unwrap_or_default();
                check(value)?;
                key.map_or(Ok(()), check)?;
                values.push((key.map(str::to_owned), value.to_owned()));
            }
            Ok(Condition::Query(values))
        }
        "source-ip" => {
            let config = one.get(of::SOURCE_IP_CONFIG).ok_or_else(absent)?;
            let mut values = Vec::new();
            for text in config.items(source_ip_condition_config::VALUES) {
                let block: Prefix = text
                    .parse()
                    .map_err(|_| wrong(format!("The value '{text}' is not a valid CIDR block")))?;
                values.push(block);
            }
            Ok(Condition::Source(values))
        }
        _ => Err(wrong(format!(
            "Condition field '{field}' must be one of '[path-pattern, host-header, http-header, \
             http-request-method, query-string, source-ip]'"
        ))),
    }
}

fn texts(items: Items<'_, Str>) -> Result<Vec<String>, Fault> {
    items
        .map(|text| check(text).map(|()| text.to_owned()))
        .collect()
}

fn check(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(wrong("A condition value cannot be empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(wrong(format!(
            "Condition value '{text}' cannot be longer than '{LONGEST}' characters"
        )));
    }
    if !text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Err(wrong(format!(
            "Condition value '{text}' contains a character that is not valid"
        )));
    }
    Ok(())
}

/// Conditions as answers list them.
pub(super) fn show(conditions: &[Condition]) -> Vec<Doc<shape::RuleCondition>> {
    conditions.iter().map(show_one).collect()
}

fn show_one(one: &Condition) -> Doc<shape::RuleCondition> {
    use rule_condition as of;
    let doc = Doc::new().with(of::FIELD, one.field());
    match one {
        Condition::Path(values) => doc.with(of::VALUES, values.clone()).with(
            of::PATH_PATTERN_CONFIG,
            Doc::new().with(path_pattern_condition_config::VALUES, values.clone()),
        ),
        Condition::Host(values) => doc.with(of::VALUES, values.clone()).with(
            of::HOST_HEADER_CONFIG,
            Doc::new().with(host_header_condition_config::VALUES, values.clone()),
        ),
        Condition::Method(values) => doc.with(
            of::HTTP_REQUEST_METHOD_CONFIG,
            Doc::new().with(http_request_method_condition_config::VALUES, values.clone()),
        ),
        Condition::Header(name, values) => doc.with(
            of::HTTP_HEADER_CONFIG,
            Doc::new()
                .with(
                    http_header_condition_config::HTTP_HEADER_NAME,
                    name.as_str(),
                )
                .with(http_header_condition_config::VALUES, values.clone()),
        ),
        Condition::Query(values) => {
            let pair = |(key, value): &(Option<String>, String)| {
                Doc::new()
                    .with_some(query_string_key_value_pair::KEY, key.as_deref())
                    .with(query_string_key_value_pair::VALUE, value.as_str())
            };
            let pairs: Vec<_> = values.iter().map(pair).collect();
            doc.with(
                of::QUERY_STRING_CONFIG,
                Doc::new().with(query_string_condition_config::VALUES, pairs),
            )
        }
        Condition::Source(values) => {
            let blocks: Vec<String> = values.iter().map(ToString::to_string).collect();
            doc.with(
                of::SOURCE_IP_CONFIG,
                Doc::new().with(source_ip_condition_config::VALUES, blocks),
            )
        }
    }
}
