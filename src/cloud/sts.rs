//! AWS Security Token Service: who am I?

use crate::door::{Context, operations};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::sts::shape::*;
use crate::fields::sts::{
    get_access_key_info, get_access_key_info_response, get_caller_identity_response,
};

operations! {
    read "GetAccessKeyInfo" [crate::door::Need::Any] access_key_info;
    read "GetCallerIdentity" [] caller_identity;
}

/// `GetCallerIdentity`: always allowed.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
fn caller_identity(
    context: &mut Context<'_>,
    _: View<'_, GetCallerIdentityRequest>,
) -> Result<Doc<GetCallerIdentityResponse>, Fault> {
    Ok(Doc::new()
        .with(
            get_caller_identity_response::USER_ID,
            context.caller.id.as_str(),
        )
        .with(get_caller_identity_response::ACCOUNT, context.account())
        .with(
            get_caller_identity_response::ARN,
            context.caller.arn.as_str(),
        ))
}

/// `GetAccessKeyInfo`: the account that a key belongs to.
fn access_key_info(
    context: &mut Context<'_>,
    request: View<'_, GetAccessKeyInfoRequest>,
) -> Result<Doc<GetAccessKeyInfoResponse>, Fault> {
    let key = request
        .get(get_access_key_info::ACCESS_KEY_ID)
        .unwrap_or_default();
    let account = context
        .cloud
        .accounts()
        .find(|account| account.iam.caller(&account.id, key).is_some())
        .map(|account| account.id.clone());
    let account = account.ok_or_else(|| {
        Fault::new(
            "ValidationError",
            "Access key is not associated with any account.",
        )
    })?;
    Ok(Doc::new().with(get_access_key_info_response::ACCOUNT, account))
}
