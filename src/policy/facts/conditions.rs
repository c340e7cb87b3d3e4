use super::*;
use crate::Unsupported;

/// Does a condition hold for a request with these keys? The values are JSON.
fn holds(condition: &str, keys: &[(&str, &str)]) -> bool {
    let statement =
        format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
    let mut request = request(ana(), "s3:GetObject", "arn:aws:s3:::b/k");
    for (key, value) in keys {
        match value
            .strip_prefix('[')
            .and_then(|value| value.strip_suffix(']'))
        {
            Some(list) => {
                let values = list.split(',').filter(|value| !value.is_empty());
                request
                    .context
                    .set_many(key, values.map(str::to_owned).collect());
            }
            None => request.context.set(key, *value),
        }
    }
    identity(&request, &[&statement]) == Outcome::Allow
}

fn check(condition: &str, key: &str, accepted: &[&str], refused: &[&str]) {
    for value in accepted {
        assert!(
            holds(condition, &[(key, value)]),
            "{condition} should take {value}"
        );
    }
    for value in refused {
        assert!(
            !holds(condition, &[(key, value)]),
            "{condition} should refuse {value}"
        );
    }
}

#[test]
fn acc_19_operators_and_keys_are_anded_values_are_ored() {
    let two = r#"{"StringEquals":{"a":["1","2"],"b":"3"},"StringLike":{"c":"x*"}}"#;
    assert!(holds(two, &[("a", "2"), ("b", "3"), ("c", "xy")]));
    assert!(!holds(two, &[("a", "3"), ("b", "3"), ("c", "xy")]));
    assert!(!holds(two, &[("a", "2"), ("b", "4"), ("c", "xy")]));
    assert!(!holds(two, &[("a", "2"), ("b", "3"), ("c", "y")]));
    let nor = r#"{"StringNotEquals":{"a":["1","2"]}}"#;
    assert!(holds(nor, &[("a", "3")]));
    assert!(!holds(nor, &[("a", "2")]));
}

#[test]
fn acc_20_an_absent_key() {
    for (operator, expected) in [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringLike", false),
        ("StringNotLike", true),
        ("StringEqualsIfExists", true),
        ("StringNotEqualsIfExists", true),
        ("ForAllValues:StringEquals", true),
        ("ForAllValues:StringNotEquals", true),
        ("ForAnyValue:StringEquals", false),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEqualsIfExists", true),
        ("IpAddress", false),
        ("NotIpAddress", true),
        ("Bool", false),
        ("BoolIfExists", true),
        ("ArnLike", false),
        ("ArnNotLike", true),
        ("NumericNotEquals", true),
        ("DateLessThan", false),
    ] {
        let condition = format!(r#"{{"{operator}":{{"k":"2020-01-01"}}}}"#);
        assert_eq!(holds(&condition, &[]), expected, "{operator}");
    }
}

#[test]
fn acc_20_null_tests_presence() {
    let absent = r#"{"Null":{"k":"true"}}"#;
    let present = r#"{"Null":{"k":"false"}}"#;
    assert!(holds(absent, &[]) && !holds(absent, &[("k", "")]));
    assert!(!holds(present, &[]) && holds(present, &[("k", "")]));
    assert!(holds(absent, &[("k", "[]")]));
}

#[test]
fn acc_21_keys_know_no_case_and_strings_do() {
    check(
        r#"{"StringEquals":{"AWS:UserName":"Ana"}}"#,
        "aws:username",
        &["Ana"],
        &["ana", ""],
    );
    check(
        r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/TEAM":"Ana"}}"#,
        "aws:PrincipalTag/team",
        &["Ana", "ANA"],
        &["Anna"],
    );
    check(r#"{"StringEquals":{"k":"a*"}}"#, "k", &["a*"], &["ab"]);
    check(
        r#"{"StringLike":{"k":"a*?"}}"#,
        "k",
        &["ab", "abc"],
        &["a", "Ab"],
    );
    check(r#"{"StringNotLike":{"k":"a*"}}"#, "k", &["b"], &["a", "ab"]);
}

#[test]
fn acc_22_arns_are_compared_by_components() {
    for operator in ["ArnEquals", "ArnLike"] {
        check(
            &format!(r#"{{"{operator}":{{"k":"arn:aws:s3:*:1:a/*"}}}}"#),
            "k",
            &["arn:aws:s3:eu-west-1:1:a/b:c"],
            &["arn:aws:s3:eu-west-1:9:x:1:a/b", "arn:aws:s3::1:b", "a"],
        );
    }
    check(
        r#"{"ArnNotEquals":{"k":"arn:aws:iam::1:role/*"}}"#,
        "k",
        &["arn:aws:iam::2:role/x"],
        &["arn:aws:iam::1:role/x"],
    );
}

#[test]
fn acc_23_addresses() {
    check(
        r#"{"IpAddress":{"k":["203.0.113.0/24","198.51.100.7","2001:db8::/32"]}}"#,
        "k",
        &["203.0.113.255", "198.51.100.7", "2001:db8::1"],
        &["203.0.114.0", "198.51.100.8", "2001:db9::1", "nonsense"],
    );
    check(
        r#"{"NotIpAddress":{"k":"203.0.113.0/24"}}"#,
        "k",
        &["198.51.100.7", "2001:db8::1"],
        &["203.0.113.1"],
    );
}

#[test]
fn acc_24_dates_and_numbers() {
    check(
        r#"{"NumericLessThanEquals":{"k":10}}"#,
        "k",
        &["9", "10", "10.0", "-3"],
        &["11", "10.01", "100", "ten"],
    );
    check(
        r#"{"NumericGreaterThan":{"k":"-1.5"}}"#,
        "k",
        &["-1", "0"],
        &["-1.5", "-2"],
    );
    check(
        r#"{"DateGreaterThan":{"k":"2020-01-01T00:00:00Z"},"DateLessThanEquals":{"k":"1600000000"}}"#,
        "k",
        &["2020-01-01T00:00:01Z", "1600000000", "2020-09-13T12:26:40Z"],
        &[
            "2020-01-01T00:00:00Z",
            "1600000001",
            "2020-01-01T01:00:00+01:00",
            "soon",
        ],
    );
    check(
        r#"{"Bool":{"k":"true"}}"#,
        "k",
        &["true", "True"],
        &["false", "1"],
    );
    check(
        r#"{"BinaryEquals":{"k":"QmluYXJ5"}}"#,
        "k",
        &["QmluYXJ5"],
        &["qmluYXJ5"],
    );
}

#[test]
fn acc_25_sets_negate_each_value() {
    let all_not = r#"{"ForAllValues:StringNotEquals":{"k":["a","b"]}}"#;
    check(all_not, "k", &["[c,d]", "[]"], &["[a,c]", "[a,b]"]);
    let any_not = r#"{"ForAnyValue:StringNotEquals":{"k":["a","b"]}}"#;
    check(any_not, "k", &["[a,c]", "[c]"], &["[a,b]", "[a]", "[]"]);
    let all = r#"{"ForAllValues:StringLike":{"k":["a*","b"]}}"#;
    check(all, "k", &["[a,ab,b]", "[]"], &["[a,c]"]);
    let any = r#"{"ForAnyValue:StringEquals":{"k":["a","b"]}}"#;
    check(any, "k", &["[a,c]"], &["[c,d]", "[]"]);
}

#[test]
fn acc_27_a_variable_without_value_equals_nothing() {
    let equal = r#"{"StringEquals":{"k":"${aws:PrincipalTag/team}"}}"#;
    let differ = r#"{"StringNotEquals":{"k":"${aws:PrincipalTag/team}"}}"#;
    assert!(!holds(equal, &[("k", "red")]));
    assert!(holds(differ, &[("k", "red")]));
    let tagged = [("k", "red"), ("aws:PrincipalTag/team", "red")];
    assert!(holds(equal, &tagged));
    assert!(!holds(differ, &tagged));
}

#[test]
fn several_values_under_a_single_valued_operator_are_not_guessed() {
    let text =
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"k":"a"}}}"#;
    let policy = policy(PolicyKind::Identity, &[text]);
    let layers = Layers {
        identity: vec![named("Identity", &policy)],
        ..Layers::default()
    };
    let mut request = request(ana(), "s3:GetObject", "*");
    request
        .context
        .set_many("k", vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(
        crate::decide(&request, &layers),
        Err(Unsupported::ManyValues {
            operator: "StringEquals".to_owned(),
            key: "k".to_owned(),
        })
    );
    request.context.set_many("k", vec!["a".to_owned()]);
    assert!(decide(&request, &layers).is_allowed());
}
