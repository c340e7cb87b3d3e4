//! The one door: every change of the cloud is an [`Act`] that goes through [`Cloud::apply`].
//!
//! A call is resolved to a caller by its access key, checked against the operation's shape,
//! authorized by the policy engine, carried out on a copy, and committed whole or not at all.

use crate::api::{self, Shape};
use crate::authorize;
use crate::cloud::{Account, Cloud, Mint, Minted};
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::field::Doc;
use crate::id::Id;
use crate::region::Region;
use crate::time::Time;
use crate::{Map, Value, directconnect, ec2, elbv2, iam, json, on_premises, s3, sts};
use hopwise_explain::Explanation;
use hopwise_machine::Machine;
use std::net::IpAddr;
use std::rc::Rc;

/// The longest that one act lets time pass: ten years, in seconds.
const LONGEST_PASS: u64 = 10 * 366 * 86_400;
/// The fewest results that one asks EC2 for at once.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>
const SMALLEST_PAGE: i64 = 5;

/// Everything that can change the cloud.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// A call of AWS's API.
    Call(Call),
    /// Something done inside a machine.
    Machine {
        /// Which machine: an instance's id or `laptop`.
        machine: Id,
        /// What is done.
        act: hopwise_machine::Act,
    },
    /// Something done outside of AWS, or to a line between AWS and there.
    OnPremises(on_premises::Change),
    /// Time passes.
    Pass {
        /// How many seconds.
        seconds: u64,
    },
    /// The driver carries out what was due. Never in the log: it is recomputed on replay, and
    /// a [`Due`] comes only from [`Cloud::due`], so nobody can forge one.
    Finish {
        /// What was due.
        due: Due,
        /// What it did inside the machine it concerns.
        inside: Vec<hopwise_machine::Act>,
    },
}

/// A call of AWS's API.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Who signs it.
    pub credentials: Credentials,
    /// The Region of the endpoint it is sent to.
    pub region: String,
    /// How it got there.
    pub via: Via,
    /// The service, e.g. `ec2`.
    pub service: String,
    /// The operation, e.g. `CreateVpc`.
    pub operation: String,
    /// Its parameters.
    pub params: Map,
}

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Credentials {
    /// `AKIA…`
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
}

/// How a call came to AWS. The canvas has nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Via {
    /// The public address that AWS sees.
    pub source: Option<IpAddr>,
}

/// What the door answers when it did the act.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answer {
    /// The answer of a call, in the order of its shape; `Null` where there is none.
    pub value: Value,
    /// Is it in the log, that is, was it more than a question?
    pub logged: bool,
    /// The ids it made.
    pub minted: Vec<Minted>,
}

/// Why a call was denied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Denial {
    /// The action that was not allowed.
    pub action: String,
    /// On what.
    pub resource: String,
    /// How the policies came to that.
    pub explanation: Explanation,
}

/// Who calls, once the access key is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The account of the caller; empty for one who signs nothing.
    pub account: String,
    /// The user; `None` is the account's root user.
    pub user: Option<String>,
    /// The caller's ARN.
    pub arn: String,
    /// The caller's unique id: `AIDA…`, or the account's digits for root.
    pub id: String,
    /// The access key used.
    pub access_key_id: String,
}

impl Caller {
    /// Whoever doesn't sign. Only S3 asks what such a caller may.
    pub(crate) fn anonymous() -> Self {
        Caller {
            account: String::new(),
            user: None,
            arn: "anonymous".to_owned(),
            id: "anonymous".to_owned(),
            access_key_id: String::new(),
        }
    }

    /// Did the caller sign nothing?
    pub fn is_anonymous(&self) -> bool {
        self.account.is_empty()
    }
}

/// Something AWS does by itself, or the inside of a machine does, that the driver is to carry out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Due(DueKind);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum DueKind {
    Timer { at: Time },
    Boot { instance: Id, script: String },
    Check(Checked),
}

/// A health check of an account in a Region, and what came of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Checked {
    account: String,
    region: &'static str,
    check: elbv2::Check,
    found: Option<elbv2::Found>,
}

impl Due {
    /// When it is due, for what only waits for time.
    pub fn at(&self) -> Option<Time> {
        match self.0 {
            DueKind::Timer { at } => Some(at),
            DueKind::Boot { .. } | DueKind::Check(_) => None,
        }
    }

    /// The health check that a load balancer makes, with its account and Region.
    pub fn check(&self) -> Option<(&str, &'static str, &elbv2::Check)> {
        match &self.0 {
            DueKind::Check(it) => Some((&it.account, it.region, &it.check)),
            DueKind::Timer { .. } | DueKind::Boot { .. } => None,
        }
    }

    /// The health check with what came of it; anything else as it is.
    #[must_use]
    pub fn found(mut self, found: elbv2::Found) -> Self {
        if let DueKind::Check(it) = &mut self.0 {
            it.found = Some(found);
        }
        self
    }

    /// The instance whose first boot runs this user data.
    pub fn boot(&self) -> Option<(&Id, &str)> {
        match &self.0 {
            DueKind::Timer { .. } | DueKind::Check(_) => None,
            DueKind::Boot { instance, script } => Some((instance, script)),
        }
    }
}

/// An operation with its body.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Does it change something, so that it belongs into the log?
    pub(crate) writes: bool,
    /// What is to be authorized.
    pub(crate) needs: &'static [Need],
    pub(crate) body: fn(&mut Context<'_>, &Map) -> Result<Value, Fault>,
}

/// What a call needs to be allowed; the action is the operation's unless it says so.
/// Botocore's models don't know it: it comes from the service authorization reference.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// The operation has no resource-level permission: resource `*`.
    Any,
    /// Makes something of this kind: resource `kind/*`.
    New(&'static str),
    /// Concerns the things of this kind named by a parameter, e.g. `InstanceIds[]`.
    /// An empty kind is told by the id's prefix.
    On(&'static str, &'static str),
    /// Concerns all of a kind of IAM (`user`, `group`, `policy`): its list.
    All(&'static str),
    /// Concerns the IAM user named by a parameter, or the caller.
    User(&'static str),
    /// Concerns the IAM group named by a parameter.
    Group(&'static str),
    /// Concerns the managed policy named by a parameter: its ARN, or the name of a new one.
    Policy(&'static str),
    /// Makes something of load balancing of this kind, with the name in a parameter.
    Named(&'static str, &'static str),
    /// This action on the S3 bucket that `Bucket` names.
    Bucket(&'static str),
    /// This action on the S3 object that `Bucket` and `Key` name, or on a version of it.
    Object(&'static str),
    /// Reading the object that `CopySource` names.
    CopySource,
    /// `s3:ListAllMyBuckets`.
    Buckets,
}

/// Rows of a service's operations. `read` ones are questions, `write` ones belong into the log.
macro_rules! operations {
    ($($effect:ident $name:literal [$($need:expr),*] $body:path;)*) => {
        pub(crate) const OPERATIONS: &[$crate::door::Operation] = &[
            $($crate::door::Operation {
                name: $name,
                writes: $crate::door::operations!(@$effect),
                needs: &[$($need),*],
                body: |context, params| {
                    $body(context, $crate::field::View::new(params))
                        .map($crate::door::Reply::into_value)
                },
            }),*
        ];
    };
    (@read) => { false };
    (@write) => { true };
}
pub(crate) use operations;

/// What a body answers: a structure, or nothing.
pub(crate) trait Reply {
    fn into_value(self) -> Value;
}

impl<S> Reply for Doc<S> {
    fn into_value(self) -> Value {
        Doc::into_value(self)
    }
}

impl Reply for () {
    fn into_value(self) -> Value {
        Value::Null
    }
}

/// What the body of an operation works with: the copy of the cloud, and who calls from where.
pub(crate) struct Context<'a> {
    pub(crate) cloud: &'a mut Cloud,
    pub(crate) caller: Caller,
    pub(crate) region: &'static Region,
    pub(crate) via: Via,
    pub(crate) mint: Mint,
    /// An empty Region, for an account that has none (which no account is).
    empty: Ec2,
}

impl Context<'_> {
    pub(crate) fn now(&self) -> Time {
        self.cloud.now
    }

    pub(crate) fn account(&self) -> &str {
        &self.caller.account
    }

    pub(crate) fn ec2(&self) -> &Ec2 {
        self.cloud
            .account(&self.caller.account)
            .and_then(|account| account.ec2(self.region.name))
            .unwrap_or(&self.empty)
    }

    pub(crate) fn ec2_mut(&mut self) -> &mut Ec2 {
        self.parts().0
    }

    /// The Region to change, and what makes the ids of what is new in it.
    pub(crate) fn parts(&mut self) -> (&mut Ec2, &mut Mint) {
        let ec2 = self
            .cloud
            .ec2_mut(&self.caller.account, self.region.name)
            .unwrap_or(&mut self.empty);
        (ec2, &mut self.mint)
    }

    pub(crate) fn iam(&self) -> Option<&iam::Iam> {
        Some(&self.cloud.account(&self.caller.account)?.iam)
    }

    pub(crate) fn iam_mut(&mut self) -> Option<&mut iam::Iam> {
        let account: &mut Rc<Account> = self.cloud.accounts.get_mut(&self.caller.account)?;
        Some(&mut Rc::make_mut(account).iam)
    }

    /// The ARN of an EC2 resource of the caller.
    pub(crate) fn arn(&self, kind: &str, id: impl std::fmt::Display) -> String {
        format!(
            "arn:aws:ec2:{}:{}:{kind}/{id}",
            self.region.name, self.caller.account
        )
    }
}

impl Cloud {
    /// Does the act, whole or not at all.
    ///
    /// # Errors
    ///
    /// AWS's own code and text for a call; for an act inside a machine the code `Machine` and
    /// the words of its operating system; for one outside of AWS the code `Network` and a sentence.
    pub fn apply(&mut self, act: &Act) -> Result<Answer, Fault> {
        match act {
            Act::Call(call) => self
                .call(call)
                .map_err(|fault| match call.service.as_str() {
                    "s3" => s3::as_answered(&call.operation, fault),
                    _ => fault,
                }),
            Act::Machine { machine, act } => {
                self.change_machine(machine, std::slice::from_ref(act))?;
                self.acts += 1;
                Ok(logged())
            }
            Act::OnPremises(change) => {
                let mut copy = self.clone();
                copy.change_outside(change)?;
                copy.converge();
                copy.acts += 1;
                *self = copy;
                Ok(logged())
            }
            Act::Pass { seconds } => {
                self.advance(self.now.after((*seconds).min(LONGEST_PASS)));
                self.acts += 1;
                Ok(logged())
            }
            Act::Finish { due, inside } => self.finish(due, inside),
        }
    }

    /// What AWS or a machine does next by itself, soonest first. The driver carries it out and
    /// says so with [`Act::Finish`].
    pub fn due(&self) -> Vec<Due> {
        let mut boots = Vec::new();
        let mut next: Option<Time> = None;
        for (_, _, ec2) in self.places() {
            if let Some(at) = ec2::phase::next_change(ec2) {
                next = Some(next.map_or(at, |next| next.min(at)));
            }
            for instance in ec2.instances.by_birth() {
                if let Some(script) = instance.due_script() {
                    boots.push(Due(DueKind::Boot {
                        instance: instance.id.clone(),
                        script: script.to_owned(),
                    }));
                }
                if let Some(at) = instance.state.ready_at() {
                    next = Some(next.map_or(at, |next| next.min(at)));
                }
            }
        }
        boots.extend(next.map(|at| Due(DueKind::Timer { at })));
        boots
    }

    /// The health checks that load balancers make now. Whether packets arrive is not known here:
    /// the driver carries a check out, and says what it found ([`Due::found`]) with
    /// [`Act::Finish`]. A target that nobody checks stays `initial`. They are no part of
    /// [`Cloud::due`], since they are never done.
    pub fn checks(&self) -> Vec<Due> {
        let mut all = Vec::new();
        for (account, region, ec2) in self.places() {
            all.extend(ec2.elbv2.checks(ec2).into_iter().map(|check| {
                Due(DueKind::Check(Checked {
                    account: account.id.clone(),
                    region: region.name,
                    check,
                    found: None,
                }))
            }));
        }
        all
    }

    /// Keeps what came of a health check.
    fn checked(&mut self, checked: &Checked) -> Result<Answer, Fault> {
        let asked = Due(DueKind::Check(Checked {
            found: None,
            ..checked.clone()
        }));
        let Some(found) = checked.found.filter(|_| self.checks().contains(&asked)) else {
            return Err(Fault::new("NotDue", "this is not due"));
        };
        if let Some(ec2) = self.ec2_mut(&checked.account, checked.region) {
            ec2.elbv2.keep(&checked.check, found);
        }
        Ok(Answer::default())
    }

    fn finish(&mut self, due: &Due, inside: &[hopwise_machine::Act]) -> Result<Answer, Fault> {
        if let DueKind::Check(checked) = &due.0 {
            return self.checked(checked);
        }
        if !self.due().contains(due) {
            return Err(Fault::new("NotDue", "this is not due"));
        }
        match &due.0 {
            DueKind::Timer { at } => self.advance(*at),
            DueKind::Check(_) => {}
            DueKind::Boot { instance, .. } => {
                let mut copy = self.clone();
                copy.change_machine(instance, inside)?;
                copy.advance(copy.now);
                for (account, region) in copy.all_places() {
                    if let Some(instance) = copy
                        .ec2_mut(&account, region)
                        .and_then(|ec2| ec2.instances.get_mut(instance.as_str()))
                    {
                        instance.boot_script_done();
                    }
                }
                *self = copy;
            }
        }
        Ok(Answer::default())
    }

    fn all_places(&self) -> Vec<(String, &'static str)> {
        self.places()
            .map(|(account, region, _)| (account.id.clone(), region.name))
            .collect()
    }

    /// Lets time pass up to `now`, and everything happen that was waiting for it.
    fn advance(&mut self, now: Time) {
        self.now = self.now.max(now);
        let now = self.now;
        for (account, region) in self.all_places() {
            // What happened may itself wait for a time that has passed too: whoever terminated an
            // hour ago is no longer shown.
            let waiting = |cloud: &Cloud| {
                cloud
                    .account(&account)
                    .and_then(|account| account.ec2(region))
                    .is_some_and(|ec2| {
                        ec2.instances.iter().any(|instance| instance.waits(now))
                            || ec2::phase::waits(ec2, now)
                    })
            };
            let mut booted = Vec::new();
            let mut gone = Vec::new();
            while waiting(self)
                && let Some(ec2) = self.ec2_mut(&account, region)
            {
                ec2::instance::settle(ec2, now, &mut booted, &mut gone);
                ec2::phase::settle_all(ec2, now);
            }
            for id in booted {
                // A machine that boots obeys: `Boot` is never refused.
                let _ = self.change_machine(&id, &[hopwise_machine::Act::Boot]);
            }
            for id in gone {
                self.machines_mut().remove(&id);
            }
        }
        self.converge();
    }

    fn change_machine(&mut self, id: &Id, acts: &[hopwise_machine::Act]) -> Result<(), Fault> {
        let machine = self
            .machine(id.as_str())
            .ok_or_else(|| Fault::new("Machine", format!("there is no machine {id}")))?;
        let mut copy = Machine::clone(machine);
        for act in acts {
            copy.apply(act)
                .map_err(|error| Fault::new("Machine", error.to_string()))?;
        }
        self.machines_mut().insert(id.clone(), Rc::new(copy));
        Ok(())
    }

    /// Who signs with these credentials.
    ///
    /// # Errors
    ///
    /// `AuthFailure` (EC2) or `InvalidClientTokenId` for an unknown key, `AuthFailure` or
    /// `SignatureDoesNotMatch` for a wrong secret.
    pub fn caller(&self, service: &str, credentials: &Credentials) -> Result<Caller, Fault> {
        let key = &credentials.access_key_id;
        if service == "s3" && key.is_empty() {
            return Ok(Caller::anonymous());
        }
        let found = self
            .accounts()
            .find_map(|account| account.iam.caller(&account.id, key));
        let Some((caller, secret, active)) = found else {
            return Err(bad_key(service));
        };
        if !active {
            return Err(bad_key(service));
        }
        if secret != credentials.secret_access_key {
            return Err(match service {
                "ec2" => bad_key(service),
                "s3" => Fault::new(
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you \
                     provided. Check your key and signing method.",
                ),
                _ => Fault::new(
                    match service {
                        "directconnect" => "InvalidSignatureException",
                        _ => "SignatureDoesNotMatch",
                    },
                    "The request signature we calculated does not match the signature you \
                     provided. Check your AWS Secret Access Key and signing method. Consult the \
                     service documentation for details.",
                ),
            });
        }
        Ok(caller)
    }

    fn call(&mut self, call: &Call) -> Result<Answer, Fault> {
        let unknown = || {
            Fault::new(
                "InvalidAction",
                format!(
                    "The action {} is not valid for this web service.",
                    call.operation
                ),
            )
        };
        let operation = body(&call.service, &call.operation).ok_or_else(unknown)?;
        let shapes = api::service(&call.service)
            .and_then(|service| service.operation(&call.operation))
            .ok_or_else(unknown)?;
        let caller = self.caller(&call.service, &call.credentials)?;
        let region = Region::find(&call.region).ok_or_else(|| {
            let host = format!(
                "https://{}.{}.amazonaws.com/",
                authorize::prefix(&call.service),
                call.region
            );
            Fault::new(
                "EndpointConnectionError",
                format!("Could not connect to the endpoint URL: \"{host}\""),
            )
        })?;
        let params = Value::Map(call.params.clone());
        if let Some(wrong) = api::validate(shapes.input(), &params).first() {
            return Err(Fault::new("ValidationError", wrong.to_string()));
        }
        if call.service == "s3" {
            s3::check(self, call)?;
        }
        authorize::authorize(self, &caller, region, call, operation)?;
        if call.params.get("DryRun") == Some(&Value::Bool(true)) {
            return Err(Fault::new(
                "DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
            ));
        }

        // The same parameters in another order are the same request, and make the same ids.
        let mut canonical = params.clone();
        api::arrange(shapes.input(), &mut canonical);
        let mut copy = self.clone();
        let request = format!(
            "{}:{}:{}:{}:{}",
            caller.account,
            region.name,
            call.service,
            call.operation,
            json::compact(&canonical)
        );
        let mut context = Context {
            mint: Mint::new(self.seed, self.acts + 1, &request),
            cloud: &mut copy,
            caller,
            region,
            via: call.via,
            empty: Ec2::default(),
        };
        let mut value = (operation.body)(&mut context, &call.params)?;
        let minted = context.mint.minted();
        paginate(shapes, &call.params, &mut value)?;
        let strays = arrange(shapes.output(), &mut value);
        debug_assert!(strays.is_empty(), "{}: {strays:?}", call.operation);
        if operation.writes {
            copy.converge();
            copy.acts += 1;
            *self = copy;
        }
        Ok(Answer {
            value,
            logged: operation.writes,
            minted,
        })
    }
}

fn arrange(shape: Option<Shape>, value: &mut Value) -> Vec<String> {
    if *value == Value::Null {
        return Vec::new();
    }
    api::arrange(shape, value)
}

fn logged() -> Answer {
    Answer {
        logged: true,
        ..Answer::default()
    }
}

fn bad_key(service: &str) -> Fault {
    match service {
        "ec2" => Fault::new(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        "s3" => Fault::new(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        "directconnect" => Fault::new(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        _ => Fault::new(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
    }
}

fn body(service: &str, operation: &str) -> Option<&'static Operation> {
    let operations = match service {
        "directconnect" => directconnect::OPERATIONS,
        "ec2" => ec2::OPERATIONS,
        "elbv2" => elbv2::OPERATIONS,
        "iam" => iam::OPERATIONS,
        "s3" => s3::OPERATIONS,
        "sts" => sts::OPERATIONS,
        _ => return None,
    };
    operations.iter().find(|row| row.name == operation)
}

/// Is the operation only a question?
pub fn is_question(service: &str, operation: &str) -> bool {
    body(service, operation).is_some_and(|row| !row.writes)
}

/// Cuts an answer to the page that the request asks for.
///
/// EC2 answers everything at once unless the request bounds it; a token is opaque to callers.
fn paginate(operation: api::Operation, params: &Map, value: &mut Value) -> Result<(), Fault> {
    let page = operation.page();
    let Value::Map(answer) = value else {
        return Ok(());
    };
    // Keys and what stands for many of them share a page, so a bucket's lists cut themselves.
    if operation.service().name == "s3" && page.result_key.len() > 1 {
        return Ok(());
    }
    let limit = page
        .limit_key
        .iter()
        .find_map(|key| params.get(key)?.as_int());
    // The shapes don't say so of every operation; a page without room would come for ever.
    if let Some(limit) = limit.filter(|limit| *limit < SMALLEST_PAGE)
        && operation.service().name == "ec2"
    {
        return Err(Fault::value(format!(
            "Value ( {limit} ) for parameter maxResults is invalid. Expecting a value greater \
             than {SMALLEST_PAGE}."
        )));
    }
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    let token = page
        .input_token
        .iter()
        .find_map(|key| params.get(key)?.as_str());
    let start = match token {
        None | Some("") => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|number| number.parse::<usize>().ok())
            .ok_or_else(|| {
                Fault::value(format!(
                    "Value ({token}) for parameter nextToken is invalid."
                ))
            })?,
    };
    let mut more = false;
    if let (Some(key), Some(token)) = (page.result_key.first(), page.output_token.first())
        && (start > 0 || limit.is_some())
        && let Some(Value::List(items)) = answer.get_mut(key)
    {
        let count = limit.unwrap_or(usize::MAX);
        let rest: Vec<Value> = items.drain(..).skip(start).collect();
        more = rest.len() > count;
        items.extend(rest.into_iter().take(count));
        if more {
            let next = start.saturating_add(count);
            answer.insert(*token, Value::Str(format!("page-{next}")));
        }
    }
    if let Some(key) = page.more_results.first() {
        answer.insert(*key, Value::Bool(more));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_tables_has_a_body_and_every_body_its_row() {
        for service in api::services() {
            for operation in service.operations() {
                assert!(
                    body(service.name, operation.name()).is_some(),
                    "{} has no body",
                    operation.name()
                );
            }
        }
        for (service, rows) in [
            ("directconnect", directconnect::OPERATIONS),
            ("ec2", ec2::OPERATIONS),
            ("elbv2", elbv2::OPERATIONS),
            ("iam", iam::OPERATIONS),
            ("s3", s3::OPERATIONS),
            ("sts", sts::OPERATIONS),
        ] {
            for row in rows {
                let operation = api::service(service).unwrap().operation(row.name);
                let operation = operation.unwrap_or_else(|| panic!("no shapes for {}", row.name));
                for need in row.needs {
                    if let Need::On(_, path) | Need::User(path) | Need::Named(_, path) = need {
                        let first = path.split(['.', '[']).next().unwrap();
                        assert!(
                            operation.input().unwrap().member(first).is_some(),
                            "{} has no parameter {path}",
                            row.name
                        );
                    }
                }
            }
        }
    }
}
