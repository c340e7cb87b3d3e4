//! Groups and managed policies, and whom they let do what.

use crate::testing::{Lab, Refusal, check_refusals, document};

const READ: &str = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}"#;
const DENY: &str = r#"{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}"#;

fn policy(lab: &mut Lab, name: &str, statements: &str) -> String {
    let params = format!(
        r#"{{"PolicyName":"{name}","PolicyDocument":{}}}"#,
        document(statements)
    );
    lab.make("CreatePolicy", &params, "Policy.Arn")
}

/// The user `ana` after these calls, who then lists the users.
fn as_ana(calls: &[(&str, &str)]) -> Result<(), String> {
    let mut lab = Lab::empty();
    let ana = lab.user("ana");
    lab.call("CreateGroup", r#"{"GroupName":"devs"}"#).unwrap();
    policy(&mut lab, "read", READ);
    policy(&mut lab, "deny", DENY);
    for (operation, params) in calls {
        let params = params
            .replace("$READ", &document(READ))
            .replace("$DENY", &document(DENY));
        lab.call(operation, &params)
            .unwrap_or_else(|fault| panic!("{operation} {params}: {fault}"));
    }
    lab.sign(ana);
    lab.call("ListUsers", "{}").map(|_| ())
}

const JOIN: (&str, &str) = ("AddUserToGroup", r#"{"GroupName":"devs","UserName":"ana"}"#);
const ARN: &str = "arn:aws:iam::123456789012:policy";

#[test]
fn acc_13_all_policies_of_a_user_speak_together() {
    let attach_user = format!(r#"{{"UserName":"ana","PolicyArn":"{ARN}/read"}}"#);
    let attach_group = format!(r#"{{"GroupName":"devs","PolicyArn":"{ARN}/read"}}"#);
    let deny_group = format!(r#"{{"GroupName":"devs","PolicyArn":"{ARN}/deny"}}"#);
    let own = (
        "PutUserPolicy",
        r#"{"UserName":"ana","PolicyName":"p","PolicyDocument":$READ}"#,
    );
    let inline = (
        "PutGroupPolicy",
        r#"{"GroupName":"devs","PolicyName":"p","PolicyDocument":$READ}"#,
    );
    let none = "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to \
        perform: iam:ListUsers on resource: arn:aws:iam::123456789012:user/ because no \
        identity-based policy allows the iam:ListUsers action";
    assert_eq!(as_ana(&[]).unwrap_err(), none);
    as_ana(&[own]).unwrap();
    as_ana(&[("AttachUserPolicy", &attach_user)]).unwrap();
    as_ana(&[JOIN, inline]).unwrap();
    as_ana(&[JOIN, ("AttachGroupPolicy", &attach_group)]).unwrap();
    // A group's policies are for its users only.
    assert_eq!(as_ana(&[inline]).unwrap_err(), none);
    assert_eq!(
        as_ana(&[
            JOIN,
            inline,
            (
                "RemoveUserFromGroup",
                r#"{"GroupName":"devs","UserName":"ana"}"#
            )
        ])
        .unwrap_err(),
        none
    );
    // One Deny anywhere is enough.
    let denied = as_ana(&[own, JOIN, ("AttachGroupPolicy", &deny_group)]).unwrap_err();
    assert!(
        denied.ends_with("with an explicit deny in an identity-based policy"),
        "{denied}"
    );
}

#[test]
fn aws_managed_policies_are_there_and_cannot_be_changed() {
    let admin = r#"{"UserName":"ana","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    as_ana(&[("AttachUserPolicy", admin)]).unwrap();
    let s3 = admin.replace("AdministratorAccess", "AmazonS3FullAccess");
    as_ana(&[("AttachUserPolicy", &s3)]).unwrap_err();
    for managed in super::AWS_MANAGED {
        crate::authorize::check_identity_policy(managed.document).unwrap();
    }
    let mut lab = Lab::empty();
    let check = |lab: &mut Lab, operation: &str, params: &str, said: &str| {
        assert_eq!(lab.refused(operation, params), said);
    };
    check(
        &mut lab,
        "DeletePolicy",
        r#"{"PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
        "AccessDenied: Policy is outside your own account.",
    );
    lab.user("ana");
    check(
        &mut lab,
        "AttachUserPolicy",
        r#"{"UserName":"ana","PolicyArn":"arn:aws:iam::aws:policy/NoSuchPolicy"}"#,
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not \
         attachable.",
    );
    let all = lab.call("ListPolicies", r#"{"Scope":"AWS"}"#).unwrap();
    assert_eq!(
        lab.at(&all, "Policies.0.Arn"),
        "arn:aws:iam::aws:policy/AdministratorAccess"
    );
    let local = lab.call("ListPolicies", r#"{"Scope":"Local"}"#).unwrap();
    assert_eq!(lab.at(&local, "Policies"), "[]");
}

#[test]
fn acc_32_a_policy_has_five_versions_and_one_is_in_force() {
    let mut lab = Lab::empty();
    let ana = lab.user("ana");
    let arn = policy(&mut lab, "p", READ);
    lab.call(
        "AttachUserPolicy",
        &format!(r#"{{"UserName":"ana","PolicyArn":"{arn}"}}"#),
    )
    .unwrap();
    let version = |statements: &str, default: bool| {
        format!(
            r#"{{"PolicyArn":"{arn}","PolicyDocument":{},"SetAsDefault":{default}}}"#,
            document(statements)
        )
    };
    let may = |lab: &Lab| {
        let mut lab = lab.clone();
        lab.sign(ana.clone());
        lab.call("ListUsers", "{}").is_ok()
    };
    // A version that is not the default changes nothing.
    lab.call("CreatePolicyVersion", &version(DENY, false))
        .unwrap();
    assert!(may(&lab));
    lab.call(
        "SetDefaultPolicyVersion",
        &format!(r#"{{"PolicyArn":"{arn}","VersionId":"v2"}}"#),
    )
    .unwrap();
    assert!(!may(&lab));
    let third = lab
        .call("CreatePolicyVersion", &version(READ, true))
        .unwrap();
    assert_eq!(lab.at(&third, "PolicyVersion.VersionId"), "v3");
    assert!(may(&lab));
    for _ in 4..=5 {
        lab.call("CreatePolicyVersion", &version(READ, false))
            .unwrap();
    }
    assert_eq!(
        lab.refused("CreatePolicyVersion", &version(READ, false)),
        "LimitExceeded: A managed policy can have up to 5 versions. Before you create a new \
         version, you must delete an existing version."
    );
    assert_eq!(
        lab.refused(
            "DeletePolicyVersion",
            &format!(r#"{{"PolicyArn":"{arn}","VersionId":"v3"}}"#)
        ),
        "DeleteConflict: Cannot delete the default version of a policy."
    );
    lab.call(
        "DeletePolicyVersion",
        &format!(r#"{{"PolicyArn":"{arn}","VersionId":"v1"}}"#),
    )
    .unwrap();
    // A number is never used again.
    let sixth = lab
        .call("CreatePolicyVersion", &version(READ, false))
        .unwrap();
    assert_eq!(lab.at(&sixth, "PolicyVersion.VersionId"), "v6");
    let large = READ.replace("ListUsers", &"x".repeat(6_200));
    assert_eq!(
        lab.refused("CreatePolicyVersion", &version(&large, false)),
        "LimitExceeded: Cannot exceed quota for PolicySize: 6144"
    );
}

#[test]
fn acc_32_users_groups_and_policies_are_counted() {
    let mut lab = Lab::empty();
    lab.user("ana");
    for number in 1..=11 {
        lab.call("CreateGroup", &format!(r#"{{"GroupName":"g{number}"}}"#))
            .unwrap();
        policy(&mut lab, &format!("p{number}"), READ);
    }
    let join = |number: u32| format!(r#"{{"GroupName":"g{number}","UserName":"ana"}}"#);
    let attach = |number: u32| format!(r#"{{"UserName":"ana","PolicyArn":"{ARN}/p{number}"}}"#);
    for number in 1..=10 {
        lab.call("AddUserToGroup", &join(number)).unwrap();
        lab.call("AttachUserPolicy", &attach(number)).unwrap();
    }
    assert_eq!(
        lab.refused("AddUserToGroup", &join(11)),
        "LimitExceeded: Cannot exceed quota for GroupsPerUser: 10"
    );
    assert_eq!(
        lab.refused("AttachUserPolicy", &attach(11)),
        "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10"
    );
    // What is there already takes no room.
    lab.call("AddUserToGroup", &join(10)).unwrap();
    lab.call("AttachUserPolicy", &attach(10)).unwrap();
    let put = |holder: &str, size: usize| {
        let statement = READ.replace("ListUsers", &"x".repeat(size));
        let document = document(&statement);
        format!(r#"{{{holder},"PolicyName":"p","PolicyDocument":{document}}}"#)
    };
    let group = r#""GroupName":"g1""#;
    lab.call("PutGroupPolicy", &put(group, 5_000)).unwrap();
    assert_eq!(
        lab.refused("PutGroupPolicy", &put(group, 5_200)),
        "LimitExceeded: Maximum policy size of 5120 bytes exceeded for group g1"
    );
}

#[test]
fn what_is_in_use_is_not_deleted() {
    let mut lab = Lab::empty();
    lab.user("ana");
    let arn = policy(&mut lab, "p", READ);
    lab.call("CreateGroup", r#"{"GroupName":"devs"}"#).unwrap();
    lab.call("AddUserToGroup", r#"{"GroupName":"devs","UserName":"ana"}"#)
        .unwrap();
    let on_group = format!(r#"{{"GroupName":"devs","PolicyArn":"{arn}"}}"#);
    lab.call("AttachGroupPolicy", &on_group).unwrap();
    let named = format!(r#"{{"PolicyArn":"{arn}"}}"#);
    let check = |lab: &mut Lab, operation: &str, params: &str, said: &str| {
        assert_eq!(
            lab.refused(operation, params),
            format!("DeleteConflict: {said}")
        );
    };
    check(
        &mut lab,
        "DeletePolicy",
        &named,
        "Cannot delete a policy attached to entities.",
    );
    let group = r#"{"GroupName":"devs"}"#;
    check(
        &mut lab,
        "DeleteGroup",
        group,
        "Cannot delete entity, must remove users from group first.",
    );
    let key = lab.call("ListAccessKeys", r#"{"UserName":"ana"}"#).unwrap();
    let key = lab.at(&key, "AccessKeyMetadata.0.AccessKeyId");
    let user = r#"{"UserName":"ana"}"#;
    check(
        &mut lab,
        "DeleteUser",
        user,
        "Cannot delete entity, must delete access keys first.",
    );
    lab.call(
        "DeleteAccessKey",
        &format!(r#"{{"UserName":"ana","AccessKeyId":"{key}"}}"#),
    )
    .unwrap();
    check(
        &mut lab,
        "DeleteUser",
        user,
        "Cannot delete entity, must remove users from group first.",
    );
    let entities = lab.call("ListEntitiesForPolicy", &named).unwrap();
    assert_eq!(lab.at(&entities, "PolicyGroups.0.GroupName"), "devs");
    assert_eq!(lab.at(&entities, "PolicyUsers"), "[]");
    let found = lab.call("GetPolicy", &named).unwrap();
    assert_eq!(lab.at(&found, "Policy.AttachmentCount"), "1");
    lab.call(
        "RemoveUserFromGroup",
        r#"{"GroupName":"devs","UserName":"ana"}"#,
    )
    .unwrap();
    check(
        &mut lab,
        "DeleteGroup",
        group,
        "Cannot delete entity, must detach all policies first.",
    );
    lab.call("DetachGroupPolicy", &on_group).unwrap();
    assert_eq!(
        lab.refused("DetachGroupPolicy", &on_group),
        format!("NoSuchEntity: Policy {arn} was not found.")
    );
    for (operation, params) in [
        ("DeleteGroup", group),
        ("DeleteUser", user),
        ("DeletePolicy", &named),
    ] {
        lab.call(operation, params).unwrap();
    }
    assert_eq!(
        lab.refused("GetPolicy", &named),
        format!("NoSuchEntity: Policy {arn} was not found.")
    );
}

#[test]
fn acc_29_malformed_documents_are_refused_in_iams_words() {
    let mut lab = Lab::empty();
    let mut check = |document: &str, said: &str| {
        let document = crate::json::compact(&crate::Value::from(document));
        let params = format!(r#"{{"PolicyName":"p","PolicyDocument":{document}}}"#);
        match lab.call("CreatePolicy", &params) {
            Ok(_) => assert_eq!("", said),
            Err(fault) => assert_eq!(fault, format!("MalformedPolicyDocument: {said}")),
        }
    };
    let with = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    check(r#"{"Version":"2012-10-17"}"#, "Syntax errors in policy.");
    check(
        &with(r#"{"Effect":"Allow","Action":"nocolon","Resource":"*"}"#),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    );
    check(
        &with(r#"{"Effect":"Allow","Action":"s3:*"}"#),
        "Policy statement must contain resources.",
    );
    check(
        &with(r#"{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}"#),
        "Resource bucket must be in ARN format or \"*\".",
    );
    // The classic slip is no mistake to IAM: it takes an object's ARN for a bucket's action.
    check(
        &with(r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b/*"}"#),
        "",
    );
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateGroup",
        r#"{"GroupName":"Devs"}"#,
        "EntityAlreadyExists: Group with name Devs already exists.",
        r#"{"GroupName":"ops"}"#,
    ),
    (
        "CreateGroup",
        r#"{"GroupName":"ops","Path":"ops"}"#,
        "ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters: ops",
        r#"{"GroupName":"ops","Path":"/ops/"}"#,
    ),
    (
        "AddUserToGroup",
        r#"{"GroupName":"nogroup","UserName":"ana"}"#,
        "NoSuchEntity: The group with name nogroup cannot be found.",
        r#"{"GroupName":"devs","UserName":"ana"}"#,
    ),
    (
        "RemoveUserFromGroup",
        r#"{"GroupName":"devs","UserName":"ana"}"#,
        "NoSuchEntity: The user with name ana cannot be found.",
        r#"{"GroupName":"devs","UserName":"bob"}"#,
    ),
    (
        "DeleteGroup",
        r#"{"GroupName":"devs"}"#,
        "DeleteConflict: Cannot delete entity, must remove users from group first.",
        r#"{"GroupName":"empty"}"#,
    ),
    (
        "PutGroupPolicy",
        r#"{"GroupName":"devs","PolicyName":"q","PolicyDocument":"{}"}"#,
        "MalformedPolicyDocument: Syntax errors in policy.",
        r#"{"GroupName":"devs","PolicyName":"q","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"}"#,
    ),
    (
        "DeleteGroupPolicy",
        r#"{"GroupName":"devs","PolicyName":"q"}"#,
        "NoSuchEntity: The group policy with name q cannot be found.",
        r#"{"GroupName":"devs","PolicyName":"inline"}"#,
    ),
    (
        "CreatePolicy",
        r#"{"PolicyName":"Read","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"}"#,
        "EntityAlreadyExists: A policy called Read already exists. Duplicate names are not allowed.",
        r#"{"PolicyName":"other","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"}"#,
    ),
    (
        "CreatePolicyVersion",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","PolicyDocument":"no"}"#,
        "MalformedPolicyDocument: Syntax errors in policy.",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"}"#,
    ),
    (
        "SetDefaultPolicyVersion",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","VersionId":"v7"}"#,
        "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/read version v7 does not exist or is not attachable.",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","VersionId":"v1"}"#,
    ),
    (
        "DeletePolicyVersion",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","VersionId":"v2"}"#,
        "DeleteConflict: Cannot delete the default version of a policy.",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read","VersionId":"v1"}"#,
    ),
    (
        "DeletePolicy",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/read"}"#,
        "DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        r#"{"PolicyArn":"arn:aws:iam::123456789012:policy/free"}"#,
    ),
    (
        "AttachUserPolicy",
        r#"{"UserName":"ana","PolicyArn":"arn:aws:iam::123456789012:policy/none"}"#,
        "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/none does not exist or is not attachable.",
        r#"{"UserName":"bob","PolicyArn":"arn:aws:iam::123456789012:policy/free"}"#,
    ),
    (
        "DetachUserPolicy",
        r#"{"UserName":"bob","PolicyArn":"arn:aws:iam::123456789012:policy/free"}"#,
        "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/free was not found.",
        r#"{"UserName":"ana","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    ),
    (
        "AttachGroupPolicy",
        r#"{"GroupName":"ops","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
        "NoSuchEntity: The group with name ops cannot be found.",
        r#"{"GroupName":"devs","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    ),
    (
        "DetachGroupPolicy",
        r#"{"GroupName":"empty","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}"#,
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonS3FullAccess was not found.",
        r#"{"GroupName":"devs","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_in_awss_words_and_its_twin_is_taken() {
    let mut lab = Lab::empty();
    lab.user("ana");
    lab.user("bob");
    for group in ["devs", "empty"] {
        lab.call("CreateGroup", &format!(r#"{{"GroupName":"{group}"}}"#))
            .unwrap();
    }
    let arn = policy(&mut lab, "read", READ);
    policy(&mut lab, "free", READ);
    for (operation, params) in [
        (
            "AddUserToGroup",
            r#"{"GroupName":"devs","UserName":"bob"}"#.to_owned(),
        ),
        (
            "PutGroupPolicy",
            format!(
                r#"{{"GroupName":"devs","PolicyName":"inline","PolicyDocument":{}}}"#,
                document(READ)
            ),
        ),
        (
            "CreatePolicyVersion",
            format!(
                r#"{{"PolicyArn":"{arn}","PolicyDocument":{},"SetAsDefault":true}}"#,
                document(READ)
            ),
        ),
        (
            "AttachUserPolicy",
            r#"{"UserName":"ana","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#
                .to_owned(),
        ),
        (
            "AttachGroupPolicy",
            r#"{"GroupName":"devs","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}"#
                .to_owned(),
        ),
    ] {
        lab.call(operation, &params).unwrap();
    }
    check_refusals(&lab, REFUSED);
}
