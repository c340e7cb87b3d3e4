//! The elements that come as `X` or `NotX`, and conditions.

use super::{Aws, LEGACY, Members, Parser};
use crate::condition::Comparison;
use crate::diagnostic::Rank;
use crate::json::{Json, Kind, Member};
use crate::policy::{ActionPattern, Element, Named, PolicyKind, PrincipalPattern, ResourcePattern};
use crate::template::ArnPattern;
use crate::{Condition, Operator, Span, date, form, glob};
use hopwise_explain::{Arg, messages::access as say};
use std::collections::BTreeMap;

impl Parser {
    /// `X` or `NotX`, and whether it is the latter. Reports where both are there.
    fn either<'a>(
        &mut self,
        members: &Members<'a>,
        positive: &'static str,
        negative: &'static str,
    ) -> Option<(&'a Member, bool)> {
        match (members.get(positive), members.get(negative)) {
            (Some(_), Some(second)) => {
                self.refuse(
                    second.name_span,
                    say::policy_both(Arg::code(positive), Arg::code(negative)),
                    say::policy_both_help(),
                    Aws::syntax(),
                );
                None
            }
            (Some(member), None) => Some((member, false)),
            (None, Some(member)) => Some((member, true)),
            (None, None) => None,
        }
    }

    pub(super) fn actions(
        &mut self,
        members: &Members<'_>,
        span: Span,
    ) -> Option<Element<ActionPattern>> {
        let none = || Aws::iam(Rank::Actions, "Policy statement must contain actions.");
        let Some((member, negated)) = self.either(members, "Action", "NotAction") else {
            if !members.contains_key("Action") {
                self.missing(span, "Action", none());
            }
            return None;
        };
        let strings = self.strings(member);
        if matches!(&member.value.kind, Kind::Array(values) if values.is_empty()) {
            self.refuse(
                member.value.span,
                say::policy_empty(Arg::code(&member.name)),
                say::policy_empty_help(Arg::code(&member.name)),
                none().s3("Missing required field Action"),
            );
        }
        for (text, span) in &strings {
            self.action(text, *span);
        }
        let entries = strings
            .into_iter()
            .map(|(source, span)| ActionPattern {
                pattern: glob::tokens(&source),
                source,
                span,
            })
            .collect();
        Some(Element { negated, entries })
    }

    fn action(&mut self, text: &str, span: Span) {
        if let Some(problem) = form::action(text) {
            self.report(
                span,
                problem.sentence,
                problem.help,
                Aws::iam(problem.rank, problem.iam).s3("Policy has invalid action"),
            );
            return;
        }
        let of = |service: &str| {
            text == "*"
                || text.split_once(':').is_some_and(|(vendor, _)| {
                    vendor.eq_ignore_ascii_case(service) || vendor == "*"
                })
        };
        if self.kind == PolicyKind::Bucket && !of("s3") {
            self.report(
                span,
                say::policy_action_other(Arg::code(text), Arg::code("s3"), self.kind.name()),
                say::policy_action_other_help(Arg::code("s3")),
                Aws::default().s3("Policy has invalid action"),
            );
        }
        if self.kind == PolicyKind::Trust && (!of("sts") || text == "*") {
            self.report(
                span,
                say::policy_action_other(Arg::code(text), Arg::code("sts"), self.kind.name()),
                say::policy_action_other_help(Arg::code("sts")),
                Aws::iam(
                    Rank::ActionForm,
                    "AssumeRole policy may only specify STS AssumeRole actions.",
                ),
            );
        }
    }

    pub(super) fn resources(
        &mut self,
        members: &Members<'_>,
        span: Span,
    ) -> Option<Element<ResourcePattern>> {
        let none = || Aws::iam(Rank::Resources, "Policy statement must contain resources.");
        let Some((member, negated)) = self.either(members, "Resource", "NotResource") else {
            let optional = matches!(self.kind, PolicyKind::Trust | PolicyKind::Resource);
            if !optional && !members.contains_key("Resource") {
                self.missing(span, "Resource", none());
            }
            return None;
        };
        if self.kind == PolicyKind::Trust {
            self.refuse(
                member.name_span,
                say::policy_forbidden(Arg::code(&member.name), self.kind.name()),
                say::policy_resource_trust_help(),
                Aws::iam(
                    Rank::Syntax,
                    format!("Has prohibited field {}.", member.name),
                ),
            );
            return None;
        }
        let strings = self.strings(member);
        if matches!(&member.value.kind, Kind::Array(values) if values.is_empty()) {
            self.refuse(
                member.value.span,
                say::policy_empty(Arg::code(&member.name)),
                say::policy_empty_help(Arg::code(&member.name)),
                none().s3("Missing required field Resource"),
            );
        }
        for (text, span) in &strings {
            self.resource(text, *span);
        }
        let entries = strings
            .into_iter()
            .map(|(source, span)| ResourcePattern {
                pattern: ArnPattern::new(&source, self.variables),
                source,
                span,
            })
            .collect();
        Some(Element { negated, entries })
    }

    fn resource(&mut self, text: &str, span: Span) {
        if let Some(problem) = form::resource(text) {
            self.report(
                span,
                problem.sentence,
                problem.help,
                Aws::iam(problem.rank, problem.iam).s3("Policy has invalid resource"),
            );
        } else if self.kind == PolicyKind::Bucket && text.split(':').nth(2) != Some("s3") {
            self.report(
                span,
                say::policy_resource_bucket(Arg::code(text)),
                say::policy_resource_bucket_help(),
                Aws::default().s3("Policy has invalid resource"),
            );
        }
    }

    pub(super) fn principals(
        &mut self,
        members: &Members<'_>,
        span: Span,
    ) -> Option<Element<PrincipalPattern>> {
        let Some((member, negated)) = self.either(members, "Principal", "NotPrincipal") else {
            if self.kind.has_principal() && !members.contains_key("Principal") {
                self.missing(
                    span,
                    "Principal",
                    Aws::iam(Rank::Syntax, "Missing required field Principal"),
                );
            }
            return None;
        };
        if !self.kind.has_principal() {
            self.refuse(
                member.name_span,
                say::policy_forbidden(Arg::code(&member.name), self.kind.name()),
                say::policy_principal_help(),
                Aws::iam(
                    Rank::Syntax,
                    "Policy document should not specify a principal.",
                ),
            );
            return None;
        }
        let mut entries = Vec::new();
        match &member.value.kind {
            Kind::String(text) if text == "*" => entries.push(PrincipalPattern {
                who: Named::Everyone,
                source: text.clone(),
                span: member.value.span,
            }),
            Kind::Object(kinds) => {
                let kinds = self.members(kinds, &["AWS", "Service", "Federated", "CanonicalUser"]);
                for (kind, member) in kinds {
                    for (text, span) in self.strings(member) {
                        entries.extend(self.principal(kind, text, span));
                    }
                }
            }
            _ => self.wrong_type(
                &member.name,
                "\"*\" or an object such as {\"AWS\": …}",
                &member.value,
            ),
        }
        Some(Element { negated, entries })
    }

    fn principal(&mut self, kind: &str, source: String, span: Span) -> Option<PrincipalPattern> {
        let Some(who) = form::principal(kind, &source) else {
            self.refuse(
                span,
                say::policy_principal(Arg::code(&source)),
                say::policy_principal_form_help(),
                Aws::iam(
                    Rank::Principals,
                    format!("Invalid principal in policy: \"{kind}\":\"{source}\""),
                )
                .s3("Invalid principal in policy"),
            );
            return None;
        };
        Some(PrincipalPattern { who, source, span })
    }

    pub(super) fn conditions(&mut self, value: &Json) -> Vec<Condition> {
        let Kind::Object(operators) = &value.kind else {
            self.wrong_type("Condition", "an object", value);
            return Vec::new();
        };
        let mut conditions = Vec::new();
        let mut seen: BTreeMap<(&str, String), u32> = BTreeMap::new();
        for member in operators {
            // Under the empty key: the operator itself.
            self.once(&mut seen, (&member.name, String::new()), member);
            let Kind::Object(keys) = &member.value.kind else {
                self.wrong_type(&member.name, "an object of keys and values", &member.value);
                continue;
            };
            // IAM is on record for not looking at an operator that compares nothing.
            if keys.is_empty() {
                continue;
            }
            let Some(operator) = Operator::parse(&member.name) else {
                self.operator(member);
                continue;
            };
            for key in keys {
                self.once(&mut seen, (&member.name, key.name.to_lowercase()), key);
                conditions.push(self.condition(operator, key));
            }
        }
        conditions
    }

    /// Reports a member that `seen` has already.
    fn once<'a>(
        &mut self,
        seen: &mut BTreeMap<(&'a str, String), u32>,
        name: (&'a str, String),
        member: &Member,
    ) {
        if let Some(first) = seen.insert(name, member.name_span.start.line) {
            self.refuse(
                member.name_span,
                say::policy_duplicate(Arg::code(&member.name), Arg::code(first)),
                say::policy_duplicate_help(),
                Aws::syntax(),
            );
        }
    }

    fn operator(&mut self, member: &Member) {
        let bare = member.name.rsplit(':').next().unwrap_or_default();
        let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
        let help = match form::nearest(bare, Operator::names()) {
            Some(meant) => say::policy_unknown_meant(Arg::code(meant)),
            None => say::policy_operator_help(),
        };
        self.refuse(
            member.name_span,
            say::policy_operator(Arg::code(&member.name)),
            help,
            Aws::syntax(),
        );
    }

    fn condition(&mut self, operator: Operator, key: &Member) -> Condition {
        let values = match &key.value.kind {
            Kind::Array(values) => values.as_slice(),
            _ => std::slice::from_ref(&key.value),
        };
        let mut texts = Vec::new();
        for value in values {
            match &value.kind {
                Kind::String(text) | Kind::Number(text) => texts.push((text.clone(), value.span)),
                Kind::Bool(truth) => texts.push((truth.to_string(), value.span)),
                _ => self.wrong_type(&key.name, "a value or a list of values", value),
            }
        }
        if let Comparison::Date(_) = operator.comparison {
            for (text, span) in texts.iter().filter(|(text, _)| date::parse(text).is_none()) {
                self.report(
                    *span,
                    say::policy_date(Arg::code(text)),
                    say::policy_date_help(),
                    Aws::iam(Rank::Legacy, LEGACY),
                );
            }
        }
        Condition::new(
            operator,
            key.name.clone(),
            texts.into_iter().map(|(text, _)| text).collect(),
            key.name_span,
            self.variables,
        )
    }
}
