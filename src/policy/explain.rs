//! A decision as an [`Explanation`].

use crate::decision::{Check, CheckEffect, Decision, Layer, Missed, Note, Outcome, StatementRef};
use crate::{Effect, Failure};
use hopwise_explain::{
    Arg, Code, Component, Explanation, Leg, Message, Miss, Page, Place, Rule, Step, Verdict,
    messages::access as say,
};

impl Decision {
    /// The decision told step by step: a leg for each requirement, in AWS's order.
    pub fn explanation(&self) -> Explanation {
        Explanation {
            question: say::access_question(
                Arg::id(&self.caller),
                Arg::code(&self.action),
                Arg::id(&self.resource),
            ),
            answer: self.answer(),
            verdict: match self.outcome {
                Outcome::Allow => Verdict::Pass,
                Outcome::ExplicitDeny | Outcome::ImplicitDeny => Verdict::Stop,
            },
            legs: self.checks.iter().map(|check| self.leg(check)).collect(),
        }
    }

    fn answer(&self) -> Message {
        let action = Arg::code(&self.action);
        let Some(deciding) = self.deciding() else {
            return say::access_yes(action);
        };
        let answer = match self.outcome {
            Outcome::ExplicitDeny => say::access_no_explicit(action, title(deciding)),
            Outcome::Allow | Outcome::ImplicitDeny => {
                say::access_no_implicit(action, title(deciding))
            }
        };
        self.failing()
            .filter(|check| *check != deciding)
            .fold(answer, |answer, check| {
                say::access_no_more(answer, title(check))
            })
    }

    fn leg(&self, check: &Check) -> Leg {
        let mut steps: Vec<Step> = check
            .matched
            .iter()
            .map(|statement| self.matched(check, statement))
            .collect();
        if steps.is_empty() {
            steps.push(self.silent(check));
        }
        Leg {
            title: title(check),
            verdict: verdict(check.effect),
            steps,
        }
    }

    fn matched(&self, check: &Check, statement: &StatementRef) -> Step {
        let name = statement_name(statement);
        let action = Arg::code(&self.action);
        let sentence = match statement.effect {
            Effect::Allow => say::access_allows(name, Arg::id(&statement.policy), action),
            Effect::Deny => say::access_denies(name, Arg::id(&statement.policy), action),
        };
        let mut step = self.step(check, &statement.policy, sentence);
        step.rule = Some(rule(statement));
        step
    }

    /// The step of a requirement in which no statement matches.
    fn silent(&self, check: &Check) -> Step {
        let action = Arg::code(&self.action);
        let sentence = match check.effect {
            CheckEffect::Allow => say::access_open(action),
            // Of the layers without statements only Block Public Access denies or stands aside.
            CheckEffect::ExplicitDeny => say::access_blocked(action),
            CheckEffect::NoImpact if check.layer == Layer::PublicAccess => say::access_open(action),
            _ if check.policies.is_empty() => say::access_no_policy(action),
            _ => say::access_silent(action),
        };
        let policy = match check.policies.as_slice() {
            [policy] => policy.as_str(),
            _ => "",
        };
        let mut step = self.step(check, policy, sentence);
        step.tried = check.missed.iter().map(miss).collect();
        step
    }

    fn step(&self, check: &Check, policy: &str, sentence: Message) -> Step {
        let sentence = match check.note {
            Some(note) => say::access_noted(sentence, self.note(note)),
            None => sentence,
        };
        let component = Component::new(kind(check.layer), policy);
        let mut step = Step::new(component, verdict(check.effect), sentence);
        step.code = check.effect.is_deny().then(|| Code(check.effect.code()));
        step.page = Some(Page(page(check.layer)));
        step
    }

    fn note(&self, note: Note) -> Message {
        match note {
            Note::RootUser => say::access_note_root(),
            Note::NeedsNoPermission => say::access_note_free(Arg::code(&self.action)),
            Note::OwnerRoot => say::access_note_owner_root(),
            Note::NamedByResource => say::access_note_named(),
            Note::DelegatedToAccount => say::access_note_delegated(),
            Note::SameAccount => say::access_note_same_account(),
            Note::OtherAccount => say::access_note_other_account(),
            Note::OwnPolicyRequired => say::access_note_own_policy(),
            Note::PublicPolicyRestricted => say::access_note_public(),
            Note::NoIdentity => say::access_note_no_identity(),
            Note::NoSessionPolicy => say::access_note_no_session(),
        }
    }
}

fn verdict(effect: CheckEffect) -> Verdict {
    match effect {
        CheckEffect::Allow => Verdict::Pass,
        CheckEffect::NoImpact => Verdict::NoImpact,
        CheckEffect::ImplicitDeny | CheckEffect::ExplicitDeny => Verdict::Stop,
    }
}

fn title(check: &Check) -> Message {
    let target = || Arg::id(check.target.as_deref().unwrap_or_default());
    match check.layer {
        Layer::ResourceControl => say::access_layer_resource_control(target()),
        Layer::ServiceControl => say::access_layer_service_control(target()),
        Layer::VpcEndpoint => say::access_layer_vpc_endpoint(),
        Layer::PublicAccess => say::access_layer_public(),
        Layer::Resource => say::access_layer_resource(),
        Layer::Principal => say::access_layer_principal(),
        Layer::Boundary => say::access_layer_boundary(),
        Layer::Session => say::access_layer_session(),
    }
}

fn kind(layer: Layer) -> &'static str {
    match layer {
        Layer::ResourceControl => "resource-control-policy",
        Layer::ServiceControl => "service-control-policy",
        Layer::VpcEndpoint => "vpc-endpoint-policy",
        Layer::PublicAccess => "public-access-block",
        Layer::Resource => "resource-based-policy",
        Layer::Principal => "identity-based-policy",
        Layer::Boundary => "permissions-boundary",
        Layer::Session => "session-policy",
    }
}

fn page(layer: Layer) -> &'static str {
    match layer {
        Layer::ResourceControl => {
            "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"
        }
        Layer::ServiceControl => {
            "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"
        }
        Layer::VpcEndpoint => {
            "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
        }
        Layer::PublicAccess => {
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
        }
        Layer::Resource => {
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html"
        }
        Layer::Principal => {
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"
        }
        Layer::Boundary => {
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
        }
        Layer::Session => {
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"
        }
    }
}

/// The `Sid`, or the number counted from 1.
fn statement_name(statement: &StatementRef) -> Arg {
    match &statement.sid {
        Some(sid) if !sid.is_empty() => Arg::code(sid),
        _ => Arg::code(statement.index + 1),
    }
}

fn rule(statement: &StatementRef) -> Rule {
    Rule {
        place: Place::Statement {
            policy: statement.policy.clone(),
            index: statement.index,
            sid: statement.sid.clone(),
            line: statement.line,
            column: statement.column,
        },
        text: statement.text.clone(),
    }
}

fn miss(missed: &Missed) -> Miss {
    let mut reasons = missed.failures.iter().map(reason);
    let first = reasons.next().unwrap_or_else(say::access_miss_principal);
    Miss {
        rule: rule(&missed.statement),
        why: reasons.fold(first, say::access_miss_and),
        nearest: missed.nearest,
    }
}

fn reason(failure: &Failure) -> Message {
    match failure {
        Failure::Principal => say::access_miss_principal(),
        Failure::Action { element, listed } => {
            say::access_miss_action(Arg::code(element), Arg::code(listed.join(", ")))
        }
        Failure::Resource {
            element,
            listed,
            meant,
        } => {
            let (element, listed) = (Arg::code(element), Arg::code(listed.join(", ")));
            match meant {
                Some(meant) => say::access_miss_resource_meant(element, listed, Arg::code(meant)),
                None => say::access_miss_resource(element, listed),
            }
        }
        Failure::Condition {
            operator,
            key,
            listed,
            present,
            missing,
        } => {
            let (operator, key) = (Arg::code(operator), Arg::code(key));
            let listed = Arg::code(listed.join(", "));
            match present {
                None => say::access_miss_condition_absent(operator, key, listed),
                Some(_) if !missing.is_empty() => {
                    say::access_miss_variable(operator, key, Arg::code(missing.join(", ")))
                }
                Some(present) => {
                    say::access_miss_condition(operator, key, listed, Arg::code(present.join(", ")))
                }
            }
        }
    }
}
