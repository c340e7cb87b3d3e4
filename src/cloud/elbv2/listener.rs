//! Listeners.

use super::balancer::{forwarded, found};
use super::{
    Action, BalancerKind, Elbv2, Listener, ListenerRule, LoadBalancer, TargetKind, action, arn,
    find, not_here, tag, tail, unfit, wrong,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    certificate, create_listener, create_listener_output, delete_listener, describe_listeners,
    describe_listeners_output, listener, modify_listener, modify_listener_output,
};
use crate::id::Id;
use crate::region::Region;
use crate::table::Tags;

/// How many listeners a load balancer has at most.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_LISTENERS: usize = 50;
/// The security policy of a listener that was made without one by the API.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
const POLICY: &str = "ELBSecurityPolicy-2016-08";

/// The protocols of listeners, as AWS's sentence lists them.
fn protocols(kind: BalancerKind) -> &'static [&'static str] {
    match kind {
        BalancerKind::Application => &["HTTPS", "HTTP"],
        BalancerKind::Network => &["TCP", "TLS", "UDP", "TCP_UDP"],
    }
}

/// Does a listener of this protocol send to a target group of that one?
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html>
fn fit(listener: &str, group: &str) -> bool {
    match listener {
        "HTTP" | "HTTPS" => matches!(group, "HTTP" | "HTTPS"),
        "TCP" => matches!(group, "TCP" | "TCP_UDP"),
        "TLS" => matches!(group, "TCP" | "TLS"),
        "UDP" => matches!(group, "UDP" | "TCP_UDP"),
        "TCP_UDP" => group == "TCP_UDP",
        _ => false,
    }
}

/// May a listener of this protocol do this?
pub(super) fn check_actions(
    ec2: &Ec2,
    balancer: &LoadBalancer,
    protocol: &str,
    actions: &[Action],
) -> Result<(), Fault> {
    if balancer.kind == BalancerKind::Network
        && !actions.iter().all(|it| matches!(it, Action::Forward(_)))
    {
        return Err(Fault::new(
            "InvalidLoadBalancerAction",
            "Network Load Balancers support actions of type 'forward' only",
        ));
    }
    for id in forwarded(actions) {
        let group = find(&ec2.elbv2.target_groups, id.as_str())?;
        if !fit(protocol, &group.protocol) {
            return Err(Fault::new(
                "IncompatibleProtocols",
                format!(
                    "The listener and its associated target group '{id}' have incompatible \
                     protocols: '{protocol}' and '{}'",
                    group.protocol
                ),
            ));
        }
        if group.target_kind == TargetKind::Alb && protocol != "TCP" {
            return Err(Fault::new(
                "IncompatibleProtocols",
                format!(
                    "The target group '{id}' of target type 'alb' needs a listener of protocol 'TCP'"
                ),
            ));
        }
        if group.vpc != balancer.vpc {
            return Err(unfit(format!(
                "The target group '{id}' and the load balancer '{}' must be in the same VPC",
                balancer.id
            )));
        }
        let other = ec2.elbv2.balancer_of(id);
        if other.is_some_and(|it| it.id != balancer.id) {
            return Err(Fault::new(
                "TargetGroupAssociationLimit",
                format!(
                    "The following target groups cannot be associated with more than one load \
                     balancer: {id}"
                ),
            ));
        }
    }
    Ok(())
}

/// The certificate of a listener of this protocol. What is in it nobody asks here: its ARN is
/// well formed, and that is all.
fn certificate_of(
    region: &Region,
    protocol: &str,
    items: Items<'_, Struct<shape::Certificate>>,
) -> Result<Option<String>, Fault> {
    let arns: Vec<&str> = items
        .map(|it| it.get(certificate::CERTIFICATE_ARN).unwrap_or_default())
        .collect();
    if !matches!(protocol, "HTTPS" | "TLS") {
        return match arns.is_empty() {
            true => Ok(None),
            false => Err(unfit(format!(
                "A certificate cannot be specified for {protocol} listeners"
            ))),
        };
    }
    match arns.as_slice() {
        [] => Err(wrong(format!(
            "A certificate must be specified for {protocol} listeners"
        ))),
        [arn] => {
            let acm = format!("arn:aws:acm:{}:", region.name);
            let known = arn.starts_with(&acm) && arn.contains(":certificate/")
                || arn.starts_with("arn:aws:iam::") && arn.contains(":server-certificate/");
            match known {
                true => Ok(Some((*arn).to_owned())),
                false => Err(Fault::new(
                    "CertificateNotFound",
                    format!("Certificate '{arn}' not found"),
                )),
            }
        }
        _ => Err(wrong("You can only specify one certificate")),
    }
}

/// The security policy of a listener of this protocol.
fn policy_of(protocol: &str, wanted: Option<&str>) -> Result<Option<String>, Fault> {
    let secure = matches!(protocol, "HTTPS" | "TLS");
    match wanted {
        Some(_) if !secure => Err(unfit(format!(
            "An SSL policy cannot be specified for {protocol} listeners"
        ))),
        Some(name) if !name.starts_with("ELBSecurityPolicy-") => Err(Fault::new(
            "SSLPolicyNotFound",
            format!("SSL policy '{name}' not found"),
        )),
        Some(name) => Ok(Some(name.to_owned())),
        None => Ok(secure.then(|| POLICY.to_owned())),
    }
}

fn check_protocol(balancer: &LoadBalancer, protocol: &str) -> Result<(), Fault> {
    let known = protocols(balancer.kind);
    if known.contains(&protocol) {
        return Ok(());
    }
    Err(wrong(format!(
        "Listener protocol '{protocol}' must be one of '{}'",
        known.join(", ")
    )))
}

fn duplicate(balancer: &LoadBalancer) -> Fault {
    Fault::new(
        "DuplicateListener",
        format!(
            "A listener already exists on this port for this load balancer '{}'",
            balancer.id
        ),
    )
}

fn port(number: i64) -> Result<u16, Fault> {
    let fits = u16::try_from(number).ok().filter(|it| *it > 0);
    fits.ok_or_else(|| wrong(format!("Port '{number}' must be between '1' and '65535'")))
}

/// `CreateListener`, with its default rule. Asked for twice with the same settings it answers with
/// what there is.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateListenerInput>,
) -> Result<Doc<CreateListenerOutput>, Fault> {
    use create_listener as of;
    let region = context.region;
    let ec2 = context.ec2();
    let wanted = request.get(of::LOAD_BALANCER_ARN).unwrap_or_default();
    let balancer = found(ec2, wanted)?.clone();
    if request.has(of::ALPN_POLICY) || request.has(of::MUTUAL_AUTHENTICATION) {
        return Err(not_here("An ALPN policy or mutual authentication"));
    }
    let Some(protocol) = request.get(of::PROTOCOL) else {
        return Err(wrong("A listener protocol must be specified"));
    };
    check_protocol(&balancer, protocol)?;
    let Some(number) = request.get(of::PORT) else {
        return Err(wrong("A listener port must be specified"));
    };
    let port = port(number)?;
    let certificate = certificate_of(region, protocol, request.items(of::CERTIFICATES))?;
    let policy = policy_of(protocol, request.get(of::SSL_POLICY))?;
    let tags = tag::new_tags(request.items(of::TAGS))?;
    let actions = action::read(request.items(of::DEFAULT_ACTIONS))?;
    check_actions(ec2, &balancer, protocol, &actions)?;
    let there = ec2.elbv2.listeners_of(&balancer.id);
    if let Some(one) = there.iter().find(|it| it.port == port) {
        let same = one.protocol == protocol
            && one.certificate == certificate
            && one.policy == policy
            && one.tags == tags
            && ec2.elbv2.default_actions(&one.id) == actions;
        return match same {
            true => Ok(Doc::new().with(
                create_listener_output::LISTENERS,
                vec![show(&ec2.elbv2, one)],
            )),
            false => Err(duplicate(&balancer)),
        };
    }
    if there.len() >= MOST_LISTENERS {
        return Err(Fault::new(
            "TooManyListeners",
            "The maximum number of listeners has been reached",
        ));
    }
    let protocol = protocol.to_owned();
    let (hex, born) = context.mint.hex();
    let id = arn(context, &format!("listener/{}/{hex}", tail(&balancer.id)));
    let (hex, rule_born) = context.mint.hex();
    let rule = arn(context, &format!("listener-rule/{}/{hex}", tail(&id)));
    let kept = &mut context.ec2_mut().elbv2;
    let made = Listener {
        id: id.clone(),
        born,
        tags,
        balancer: balancer.id.clone(),
        protocol,
        port,
        certificate,
        policy,
    };
    kept.listeners.insert(made.clone());
    kept.rules.insert(ListenerRule {
        id: rule,
        born: rule_born,
        tags: Tags::default(),
        listener: id,
        priority: None,
        conditions: Vec::new(),
        actions,
    });
    let shown = vec![show(kept, &made)];
    Ok(Doc::new().with(create_listener_output::LISTENERS, shown))
}

fn show(kept: &Elbv2, one: &Listener) -> Doc<shape::Listener> {
    let mut doc = Doc::new()
        .with(listener::LISTENER_ARN, &one.id)
        .with(listener::LOAD_BALANCER_ARN, &one.balancer)
        .with(listener::PORT, i64::from(one.port))
        .with(listener::PROTOCOL, one.protocol.as_str())
        .with_some(listener::SSL_POLICY, one.policy.as_deref())
        .with(
            listener::DEFAULT_ACTIONS,
            action::show(kept.default_actions(&one.id)),
        );
    if let Some(arn) = one.certificate.as_deref() {
        let certificate = Doc::new().with(certificate::CERTIFICATE_ARN, arn);
        doc.put(listener::CERTIFICATES, vec![certificate]);
    }
    doc
}

/// `DescribeListeners`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeListenersInput>,
) -> Result<Doc<DescribeListenersOutput>, Fault> {
    let kept = &context.ec2().elbv2;
    let arns: Vec<&str> = request.items(describe_listeners::LISTENER_ARNS).collect();
    let of = request.get(describe_listeners::LOAD_BALANCER_ARN);
    let list = match of {
        Some(arn) if arns.is_empty() => kept.listeners_of(&found(context.ec2(), arn)?.id),
        None if !arns.is_empty() => {
            for arn in &arns {
                find(&kept.listeners, arn)?;
            }
            let mut all = kept.listeners.by_birth();
            all.retain(|it| arns.contains(&it.id.as_str()));
            all
        }
        _ => {
            return Err(wrong(
                "You must specify either listener ARNs or a load balancer ARN",
            ));
        }
    };
    let list: Vec<_> = list.into_iter().map(|it| show(kept, it)).collect();
    Ok(Doc::new().with(describe_listeners_output::LISTENERS, list))
}

/// `ModifyListener`
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyListenerInput>,
) -> Result<Doc<ModifyListenerOutput>, Fault> {
    use modify_listener as of;
    let region = context.region;
    let ec2 = context.ec2();
    let wanted = request.get(of::LISTENER_ARN).unwrap_or_default();
    let mut one = Listener::clone(find(&ec2.elbv2.listeners, wanted)?);
    let balancer = found(ec2, one.balancer.as_str())?;
    if request.has(of::ALPN_POLICY) || request.has(of::MUTUAL_AUTHENTICATION) {
        return Err(not_here("An ALPN policy or mutual authentication"));
    }
    if let Some(number) = request.get(of::PORT) {
        let port = port(number)?;
        let mut others = ec2.elbv2.listeners_of(&balancer.id).into_iter();
        if others.any(|it| it.id != one.id && it.port == port) {
            return Err(wrong(format!("Listener port '{port}' is already in use")));
        }
        if port != one.port {
            check_free(ec2, &one)?;
        }
        one.port = port;
    }
    if let Some(protocol) = request.get(of::PROTOCOL) {
        check_protocol(balancer, protocol)?;
        protocol.clone_into(&mut one.protocol);
    }
    let secure = matches!(one.protocol.as_str(), "HTTPS" | "TLS");
    if request.has(of::CERTIFICATES) || (secure && one.certificate.is_none()) {
        let items = request.items(of::CERTIFICATES);
        one.certificate = certificate_of(region, &one.protocol, items)?;
    } else if !secure {
        one.certificate = None;
    }
    let policy = request.get(of::SSL_POLICY);
    let policy = policy.or(one.policy.as_deref().filter(|_| secure));
    one.policy = policy_of(&one.protocol, policy)?;
    let actions = match request.has(of::DEFAULT_ACTIONS) {
        true => action::read(request.items(of::DEFAULT_ACTIONS))?,
        false => ec2.elbv2.default_actions(&one.id).to_vec(),
    };
    check_actions(ec2, balancer, &one.protocol, &actions)?;
    for rule in ec2.elbv2.rules_of(&one.id) {
        if rule.priority.is_some() {
            check_actions(ec2, balancer, &one.protocol, &rule.actions)?;
        }
    }
    let default = ec2.elbv2.rules_of(&one.id);
    let default = default.last().map(|it| it.id.clone());
    let kept = &mut context.ec2_mut().elbv2;
    if let Some(rule) = default.and_then(|id| kept.rules.get_mut(id.as_str())) {
        rule.actions = actions;
    }
    kept.listeners.insert(one.clone());
    let shown = vec![show(kept, &one)];
    Ok(Doc::new().with(modify_listener_output::LISTENERS, shown))
}

/// Is the listener the one by which a Network Load Balancer reaches its load balancer?
fn check_free(ec2: &Ec2, one: &Listener) -> Result<(), Fault> {
    let used = |group: &super::TargetGroup| {
        let mut targets = group.targets.iter();
        group.target_kind == TargetKind::Alb
            && targets.any(|it| it.id == one.balancer.as_str() && it.port == one.port)
    };
    if ec2.elbv2.target_groups.iter().any(|it| used(it)) {
        return Err(Fault::new(
            "ResourceInUse",
            format!(
                "Listener port '{}' is in use by registered target '{}' and cannot be removed.",
                one.port, one.balancer
            ),
        ));
    }
    Ok(())
}

/// `DeleteListener`: its rules go with it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteListenerInput>,
) -> Result<(), Fault> {
    let wanted = request
        .get(delete_listener::LISTENER_ARN)
        .unwrap_or_default();
    let one = find(&context.ec2().elbv2.listeners, wanted)?.clone();
    check_free(context.ec2(), &one)?;
    remove(&mut context.ec2_mut().elbv2, &one.id);
    Ok(())
}

/// Takes a listener and its rules out.
pub(super) fn remove(kept: &mut Elbv2, id: &Id) {
    let rules: Vec<Id> = kept.rules_of(id).iter().map(|it| it.id.clone()).collect();
    for rule in rules {
        kept.rules.remove(rule.as_str());
    }
    kept.listeners.remove(id.as_str());
}
