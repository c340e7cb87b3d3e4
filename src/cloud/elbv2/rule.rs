//! The rules of listeners of Application Load Balancers.

use super::balancer::found;
use super::{
    BalancerKind, Listener, ListenerRule, LoadBalancer, action, arn, condition, find, listener,
    not_here, tag, tail, unfit, wrong,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    create_rule, create_rule_output, delete_rule, describe_rules, describe_rules_output,
    modify_rule, modify_rule_output, rule, rule_priority_pair, set_rule_priorities,
    set_rule_priorities_output,
};
use crate::id::Id;
use std::rc::Rc;

/// How many rules a load balancer has at most, without default rules.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_RULES: usize = 100;
/// The largest priority.
const MOST_PRIORITY: i64 = 50_000;

/// A listener with its load balancer.
fn parents<'a>(
    ec2: &'a Ec2,
    listener: &str,
) -> Result<(&'a Rc<Listener>, &'a Rc<LoadBalancer>), Fault> {
    let one = find(&ec2.elbv2.listeners, listener)?;
    Ok((one, found(ec2, one.balancer.as_str())?))
}

fn priority(number: i64) -> Result<u32, Fault> {
    let fits = u32::try_from(number).ok();
    let fits = fits.filter(|_| (1..=MOST_PRIORITY).contains(&number));
    fits.ok_or_else(|| {
        wrong(format!(
            "Rule priority '{number}' must be between '1' and '{MOST_PRIORITY}'"
        ))
    })
}

fn taken(priority: u32) -> Fault {
    Fault::new(
        "PriorityInUse",
        format!("Priority '{priority}' is currently in use"),
    )
}

/// `CreateRule`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateRuleInput>,
) -> Result<Doc<CreateRuleOutput>, Fault> {
    use create_rule as of;
    let ec2 = context.ec2();
    let (listener, balancer) = parents(ec2, request.get(of::LISTENER_ARN).unwrap_or_default())?;
    if balancer.kind == BalancerKind::Network {
        return Err(unfit(
            "Rules are unsupported for Network Load Balancer listeners",
        ));
    }
    if request.has(of::TRANSFORMS) {
        return Err(not_here("A transform of a rule"));
    }
    let priority = priority(request.get(of::PRIORITY).unwrap_or_default())?;
    let conditions = condition::read(request.items(of::CONDITIONS))?;
    let actions = action::read(request.items(of::ACTIONS))?;
    let tags = tag::new_tags(request.items(of::TAGS))?;
    listener::check_actions(ec2, balancer, &listener.protocol, &actions)?;
    let there = ec2.elbv2.rules_of(&listener.id);
    if there.iter().any(|it| it.priority == Some(priority)) {
        return Err(taken(priority));
    }
    let listeners = ec2.elbv2.listeners_of(&balancer.id).into_iter();
    let rules = listeners.map(|it| ec2.elbv2.rules_of(&it.id).len().saturating_sub(1));
    if rules.sum::<usize>() >= MOST_RULES {
        return Err(Fault::new(
            "TooManyRules",
            "The maximum number of rules has been reached",
        ));
    }
    let listener = listener.id.clone();
    let (hex, born) = context.mint.hex();
    let id = arn(context, &format!("listener-rule/{}/{hex}", tail(&listener)));
    let made = ListenerRule {
        id,
        born,
        tags,
        listener,
        priority: Some(priority),
        conditions,
        actions,
    };
    let shown = vec![show(&made)];
    context.ec2_mut().elbv2.rules.insert(made);
    Ok(Doc::new().with(create_rule_output::RULES, shown))
}

fn show(one: &ListenerRule) -> Doc<shape::Rule> {
    let priority = one.priority.map(|it| it.to_string());
    Doc::new()
        .with(rule::RULE_ARN, &one.id)
        .with(
            rule::PRIORITY,
            priority.unwrap_or_else(|| "default".to_owned()),
        )
        .with(rule::CONDITIONS, condition::show(&one.conditions))
        .with(rule::ACTIONS, action::show(&one.actions))
        .with(rule::IS_DEFAULT, one.priority.is_none())
}

/// `DescribeRules`: in the order in which they are asked, the default rule last.
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeRulesInput>,
) -> Result<Doc<DescribeRulesOutput>, Fault> {
    let ec2 = context.ec2();
    let arns: Vec<&str> = request.items(describe_rules::RULE_ARNS).collect();
    let list: Vec<_> = match request.get(describe_rules::LISTENER_ARN) {
        Some(arn) if arns.is_empty() => {
            let (listener, _) = parents(ec2, arn)?;
            let rules = ec2.elbv2.rules_of(&listener.id).into_iter();
            rules.map(|it| show(it)).collect()
        }
        None if !arns.is_empty() => {
            let rules = arns.iter().map(|arn| find(&ec2.elbv2.rules, arn));
            rules
                .map(|it| it.map(|it| show(it)))
                .collect::<Result<_, _>>()?
        }
        _ => {
            return Err(wrong(
                "You must specify either listener rule ARNs or a listener ARN",
            ));
        }
    };
    Ok(Doc::new().with(describe_rules_output::RULES, list))
}

/// The rule with this ARN, which is not a default rule.
fn own(ec2: &Ec2, arn: &str, what: &str) -> Result<ListenerRule, Fault> {
    let one = find(&ec2.elbv2.rules, arn)?;
    if one.priority.is_none() {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("Default rule '{arn}' cannot be {what}"),
        ));
    }
    Ok(ListenerRule::clone(one))
}

/// `ModifyRule`: the default rule is changed by `ModifyListener`.
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyRuleInput>,
) -> Result<Doc<ModifyRuleOutput>, Fault> {
    use modify_rule as of;
    let ec2 = context.ec2();
    let mut one = own(
        ec2,
        request.get(of::RULE_ARN).unwrap_or_default(),
        "modified",
    )?;
    if request.has(of::TRANSFORMS) || request.get(of::RESET_TRANSFORMS) == Some(true) {
        return Err(not_here("A transform of a rule"));
    }
    if !request.has(of::CONDITIONS) && !request.has(of::ACTIONS) {
        return Err(wrong("Either conditions or actions must be specified"));
    }
    if request.has(of::CONDITIONS) {
        one.conditions = condition::read(request.items(of::CONDITIONS))?;
    }
    if request.has(of::ACTIONS) {
        let (listener, balancer) = parents(ec2, one.listener.as_str())?;
        one.actions = action::read(request.items(of::ACTIONS))?;
        listener::check_actions(ec2, balancer, &listener.protocol, &one.actions)?;
    }
    let shown = vec![show(&one)];
    context.ec2_mut().elbv2.rules.insert(one);
    Ok(Doc::new().with(modify_rule_output::RULES, shown))
}

/// `DeleteRule`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteRuleInput>,
) -> Result<(), Fault> {
    let wanted = request.get(delete_rule::RULE_ARN).unwrap_or_default();
    let one = own(context.ec2(), wanted, "deleted")?;
    context.ec2_mut().elbv2.rules.remove(one.id.as_str());
    Ok(())
}

/// `SetRulePriorities`: all at once, so that two rules can exchange theirs.
pub(crate) fn set_priorities(
    context: &mut Context<'_>,
    request: View<'_, SetRulePrioritiesInput>,
) -> Result<Doc<SetRulePrioritiesOutput>, Fault> {
    let ec2 = context.ec2();
    let mut changed: Vec<ListenerRule> = Vec::new();
    for pair in request.items(set_rule_priorities::RULE_PRIORITIES) {
        let wanted = pair.get(rule_priority_pair::RULE_ARN).unwrap_or_default();
        let mut one = own(ec2, wanted, "given a priority")?;
        let Some(number) = pair.get(rule_priority_pair::PRIORITY) else {
            return Err(wrong(format!(
                "A priority must be specified for the rule '{wanted}'"
            )));
        };
        let place = priority(number)?;
        if changed.iter().any(|it| it.id == one.id) {
            return Err(wrong(format!(
                "Rule '{wanted}' was provided multiple times"
            )));
        }
        one.priority = Some(place);
        changed.push(one);
    }
    let ids: Vec<Id> = changed.iter().map(|it| it.id.clone()).collect();
    for (nth, one) in changed.iter().enumerate() {
        let same = |it: &ListenerRule| it.listener == one.listener && it.priority == one.priority;
        let stays = |it: &ListenerRule| !ids.contains(&it.id) && same(it);
        let twice = changed.iter().take(nth).any(same);
        if twice || ec2.elbv2.rules.iter().any(|it| stays(it)) {
            return Err(taken(one.priority.unwrap_or_default()));
        }
    }
    let shown: Vec<_> = changed.iter().map(show).collect();
    let kept = &mut context.ec2_mut().elbv2;
    for one in changed {
        kept.rules.insert(one);
    }
    Ok(Doc::new().with(set_rule_priorities_output::RULES, shown))
}
