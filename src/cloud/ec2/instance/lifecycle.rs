//! Stopping, starting, terminating and rebooting.

use super::describe::state_doc;
use super::{BOOT_SECONDS, HALT_SECONDS, Instance, State, check_vcpus};
use crate::door::Context;
use crate::ec2::image;
use crate::ec2::select::{check_ids, find, find_mut};
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    instance_state_change, reboot_instances, start_instances, start_instances_result,
    stop_instances, stop_instances_result, terminate_instances, terminate_instances_result,
};
use hopwise_machine::Machine;
use std::rc::Rc;

/// What a change of state asks of each instance, and what it makes of it.
fn change(
    context: &mut Context<'_>,
    ids: Items<'_, Str>,
    to: impl Fn(&Instance) -> Result<Option<State>, Fault>,
) -> Result<Vec<Doc<InstanceStateChange>>, Fault> {
    let ids: Vec<&str> = ids.collect();
    check_ids(&context.ec2().instances, &ids)?;
    let now = context.now();
    let mut changes = Vec::new();
    for id in ids {
        let (ec2, mint) = context.parts();
        let one = find(&ec2.instances, id)?.clone();
        let before = one.state;
        let after = to(&one)?.unwrap_or(before);
        let interface = ec2.primary_interface(&one.id).map(|it| it.id.clone());
        // AWS assigns a public address by itself only to an instance with a single interface.
        let is_alone = ec2.interfaces_of(&one.id).len() == 1;
        let new_public = match (&interface, after) {
            (Some(interface), State::Pending { .. }) if one.auto_public && is_alone => {
                let elastic = ec2
                    .network_interfaces
                    .get(interface.as_str())
                    .and_then(|it| ec2.elastic_of(interface, it.primary_address()?));
                elastic.is_none().then(|| ec2.free_public_address(mint))
            }
            _ => None,
        };
        if before != after
            && let Some(it) = interface
                .and_then(|id| ec2.network_interfaces.get_mut(id.as_str()))
                .and_then(|it| it.addresses.first_mut())
        {
            // What AWS assigned by itself is given up with the machine, and is new at each start.
            it.auto_public = new_public;
        }
        let one = find_mut(&mut ec2.instances, id)?;
        one.state = after;
        if before != after {
            match after {
                State::Pending { .. } => {
                    one.reason.clear();
                    one.launched = now;
                }
                _ => {
                    let (year, month, day, hour, minute, second) = now.civil();
                    one.reason = format!(
                        "User initiated ({year:04}-{month:02}-{day:02} \
                         {hour:02}:{minute:02}:{second:02} GMT)"
                    );
                }
            }
        }
        changes.push(
            Doc::new()
                .with(instance_state_change::INSTANCE_ID, id)
                .with(instance_state_change::CURRENT_STATE, state_doc(after))
                .with(instance_state_change::PREVIOUS_STATE, state_doc(before)),
        );
    }
    Ok(changes)
}

/// `StopInstances`
pub(crate) fn stop(
    context: &mut Context<'_>,
    request: View<'_, StopInstancesRequest>,
) -> Result<Doc<StopInstancesResult>, Fault> {
    let until = context.now().after(HALT_SECONDS);
    let changes = change(
        context,
        request.items(stop_instances::INSTANCE_IDS),
        |one| match one.state {
            State::Running => Ok(Some(State::Stopping { until })),
            State::Stopping { .. } | State::Stopped => Ok(None),
            State::Pending { .. } | State::ShuttingDown { .. } | State::Terminated { .. } => {
                Err(Fault::new(
                    "IncorrectInstanceState",
                    format!(
                        "This instance '{}' is not in a state from which it can be stopped.",
                        one.id
                    ),
                ))
            }
        },
    )?;
    Ok(Doc::new().with(stop_instances_result::STOPPING_INSTANCES, changes))
}

/// `StartInstances`
pub(crate) fn start(
    context: &mut Context<'_>,
    request: View<'_, StartInstancesRequest>,
) -> Result<Doc<StartInstancesResult>, Fault> {
    let until = context.now().after(BOOT_SECONDS);
    let ec2 = context.ec2();
    let more = request
        .items(start_instances::INSTANCE_IDS)
        .filter_map(|id| ec2.instances.get(id))
        .filter(|it| it.state == State::Stopped)
        .filter_map(|it| image::instance_type(&it.kind))
        .map(|kind| kind.vcpus)
        .sum();
    check_vcpus(ec2, more)?;
    let changes = change(
        context,
        request.items(start_instances::INSTANCE_IDS),
        |one| match one.state {
            State::Stopped => Ok(Some(State::Pending { until })),
            State::Running | State::Pending { .. } => Ok(None),
            State::Stopping { .. } | State::ShuttingDown { .. } | State::Terminated { .. } => {
                Err(Fault::new(
                    "IncorrectInstanceState",
                    format!(
                        "The instance '{}' is not in a state from which it can be started.",
                        one.id
                    ),
                ))
            }
        },
    )?;
    Ok(Doc::new().with(start_instances_result::STARTING_INSTANCES, changes))
}

/// `TerminateInstances`: all of them or, if one is protected, none.
pub(crate) fn terminate(
    context: &mut Context<'_>,
    request: View<'_, TerminateInstancesRequest>,
) -> Result<Doc<TerminateInstancesResult>, Fault> {
    let until = context.now().after(HALT_SECONDS);
    let changes = change(
        context,
        request.items(terminate_instances::INSTANCE_IDS),
        |one| {
            if one.protected && one.state.is_alive() {
                return Err(Fault::new(
                    "OperationNotPermitted",
                    format!(
                        "The instance '{}' may not be terminated. Modify its 'disableApiTermination' \
                     instance attribute and try again.",
                        one.id
                    ),
                ));
            }
            Ok(one
                .state
                .is_alive()
                .then_some(State::ShuttingDown { until }))
        },
    )?;
    Ok(Doc::new().with(terminate_instances_result::TERMINATING_INSTANCES, changes))
}

/// `RebootInstances`: keeps addresses and disks; services start anew.
pub(crate) fn reboot(
    context: &mut Context<'_>,
    request: View<'_, RebootInstancesRequest>,
) -> Result<(), Fault> {
    let ids: Vec<&str> = request.items(reboot_instances::INSTANCE_IDS).collect();
    check_ids(&context.ec2().instances, &ids)?;
    for id in ids {
        let one = find(&context.ec2().instances, id)?;
        if one.state != State::Running {
            return Err(Fault::new(
                "IncorrectInstanceState",
                format!("The instance '{id}' is not in a state from which it can be rebooted."),
            ));
        }
        let id = one.id.clone();
        if let Some(machine) = context.cloud.machine(id.as_str()) {
            let mut machine = Machine::clone(machine);
            // A machine that boots obeys: `Boot` is never refused.
            let _ = machine.apply(&hopwise_machine::Act::Boot);
            context.cloud.machines_mut().insert(id, Rc::new(machine));
        }
    }
    Ok(())
}
