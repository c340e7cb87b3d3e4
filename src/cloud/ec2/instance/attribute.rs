//! Single attributes of an instance.

use super::State;
use super::run::user_text;
use crate::door::Context;
use crate::ec2::image::Image;
use crate::ec2::network_interface::{group_ids, group_list};
use crate::ec2::select::{find, find_mut};
use crate::ec2::{image, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    attribute_boolean_value, attribute_value, describe_instance_attribute, instance_attribute,
    modify_instance_attribute, secure_blob_attribute_value,
};
use crate::json;

/// `DescribeInstanceAttribute`
pub(crate) fn describe_attribute(
    context: &mut Context<'_>,
    request: View<'_, DescribeInstanceAttributeRequest>,
) -> Result<Doc<InstanceAttribute>, Fault> {
    let id = request
        .get(describe_instance_attribute::INSTANCE_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().instances, id)?;
    let interface = context.ec2().primary_interface(&one.id);
    let flag = |on: bool| Doc::new().with(attribute_boolean_value::VALUE, on);
    let word = |text: &str| Doc::new().with(attribute_value::VALUE, text);
    let answer = Doc::new().with(instance_attribute::INSTANCE_ID, &one.id);
    Ok(
        match request
            .get(describe_instance_attribute::ATTRIBUTE)
            .unwrap_or_default()
        {
            "instanceType" => answer.with(instance_attribute::INSTANCE_TYPE, word(&one.kind)),
            "disableApiTermination" => answer.with(
                instance_attribute::DISABLE_API_TERMINATION,
                flag(one.protected),
            ),
            "sourceDestCheck" => answer.with(
                instance_attribute::SOURCE_DEST_CHECK,
                flag(interface.is_some_and(|it| it.source_dest_check)),
            ),
            "userData" => {
                let encoded = one
                    .user_data
                    .as_ref()
                    .map(|text| json::base64(text.as_bytes()));
                let mut value = Doc::new();
                if let Some(encoded) = encoded {
                    value.put(attribute_value::VALUE, encoded);
                }
                answer.with(instance_attribute::USER_DATA, value)
            }
            "groupSet" => answer.with(
                instance_attribute::GROUPS,
                interface
                    .map(|it| group_list(context.ec2(), &it.groups))
                    .unwrap_or_default(),
            ),
            "rootDeviceName" => answer.with(
                instance_attribute::ROOT_DEVICE_NAME,
                word(Image::root_device(&one.image)),
            ),
            "instanceInitiatedShutdownBehavior" => answer.with(
                instance_attribute::INSTANCE_INITIATED_SHUTDOWN_BEHAVIOR,
                word("stop"),
            ),
            "ebsOptimized" => answer.with(instance_attribute::EBS_OPTIMIZED, flag(false)),
            "disableApiStop" => answer.with(instance_attribute::DISABLE_API_STOP, flag(false)),
            other => {
                return Err(Fault::value(format!(
                    "Value ({other}) for parameter attribute is invalid. Unknown attribute."
                )));
            }
        },
    )
}

/// `ModifyInstanceAttribute`: type and user data only while stopped.
pub(crate) fn modify_attribute(
    context: &mut Context<'_>,
    request: View<'_, ModifyInstanceAttributeRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(modify_instance_attribute::INSTANCE_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().instances, id)?.clone();
    // The older spelling names the attribute beside its value.
    let named = |name: &str| {
        (request.get(modify_instance_attribute::ATTRIBUTE) == Some(name))
            .then(|| request.get(modify_instance_attribute::VALUE))
            .flatten()
    };
    let stopped = || {
        if one.state == State::Stopped {
            return Ok(());
        }
        Err(Fault::new(
            "IncorrectInstanceState",
            format!("The instance '{id}' is not in the 'stopped' state."),
        ))
    };
    let primary = || match context.ec2().interfaces_of(&one.id).as_slice() {
        [only] => Ok(only.id.clone()),
        [] => Err(Fault::new(
            "InvalidInstanceID",
            format!("There is no interface attached to instance '{id}'."),
        )),
        _ => Err(Fault::new(
            "InvalidInstanceID",
            format!(
                "There are multiple interfaces attached to instance '{id}'. Please specify an \
                 interface ID for the operation instead."
            ),
        )),
    };
    if let Some(on) = request
        .get(modify_instance_attribute::DISABLE_API_TERMINATION)
        .and_then(|it| it.get(attribute_boolean_value::VALUE))
        .or_else(|| named("disableApiTermination").map(|text| text == "true"))
    {
        find_mut(&mut context.ec2_mut().instances, id)?.protected = on;
    } else if let Some(on) = request
        .get(modify_instance_attribute::SOURCE_DEST_CHECK)
        .and_then(|it| it.get(attribute_boolean_value::VALUE))
        .or_else(|| named("sourceDestCheck").map(|text| text == "true"))
    {
        let interface = primary()?;
        find_mut(
            &mut context.ec2_mut().network_interfaces,
            interface.as_str(),
        )?
        .source_dest_check = on;
    } else if let Some(kind) = request
        .get(modify_instance_attribute::INSTANCE_TYPE)
        .and_then(|it| it.get(attribute_value::VALUE))
        .or_else(|| named("instanceType"))
    {
        if image::instance_type(kind).is_none() {
            return Err(Fault::value(format!(
                "Invalid value '{kind}' for InstanceType."
            )));
        }
        stopped()?;
        find_mut(&mut context.ec2_mut().instances, id)?.kind = kind.to_owned();
    } else if let Some(data) = request
        .get(modify_instance_attribute::USER_DATA)
        .and_then(|it| it.get(secure_blob_attribute_value::VALUE))
    {
        stopped()?;
        let text = user_text(data)?;
        find_mut(&mut context.ec2_mut().instances, id)?.user_data = Some(text);
    } else if let Some(groups) = request.get(modify_instance_attribute::GROUPS) {
        let groups = group_ids(context.ec2(), groups)?;
        let interface = primary()?;
        network_interface::set_groups(context, interface.as_str(), groups)?;
    } else {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain exactly one attribute to modify",
        ));
    }
    Ok(())
}
