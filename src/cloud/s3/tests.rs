//! Buckets, objects, and who may do what with them.

use crate::testing::{Lab, Refusal, check_refusals, document};
use crate::{Credentials, Principal, Question, Via, json};

const BODY: &str = r#""Body":"aGVsbG8K""#;

fn bytes(params: &str) -> String {
    // A body travels as bytes; JSON has them as text.
    params.replace(BODY, r#""Body":"hello\n""#)
}

/// A world with the bucket `b-1` and the object `k` in it.
fn lab() -> Lab {
    let mut lab = Lab::empty();
    lab.call("CreateBucket", r#"{"Bucket":"b-1"}"#).unwrap();
    lab.call(
        "PutObject",
        &bytes(&format!(r#"{{"Bucket":"b-1","Key":"k",{BODY}}}"#)),
    )
    .unwrap();
    lab
}

fn put_policy(lab: &mut Lab, statements: &str) -> Result<(), String> {
    let params = format!(r#"{{"Bucket":"b-1","Policy":{}}}"#, document(statements));
    lab.call("PutBucketPolicy", &params).map(|_| ())
}

fn user_with(lab: &mut Lab, name: &str, statements: &str) -> Credentials {
    let key = lab.user(name);
    let params = format!(
        r#"{{"UserName":"{name}","PolicyName":"p","PolicyDocument":{}}}"#,
        document(statements)
    );
    lab.call("PutUserPolicy", &params).unwrap();
    key
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::{resource}"}}"#)
}

fn open_block(lab: &mut Lab, flags: &str) {
    let params = format!(r#"{{"Bucket":"b-1","PublicAccessBlockConfiguration":{{{flags}}}}}"#);
    lab.call("PutPublicAccessBlock", &params).unwrap();
}

const GET: &str = r#"{"Bucket":"b-1","Key":"k"}"#;
const LIST: &str = r#"{"Bucket":"b-1"}"#;

#[test]
fn acc_35_names_are_checked() {
    for (name, valid) in [
        ("abc", true),
        ("a.b-c", true),
        ("ab", false),
        (&"a".repeat(64), false),
        ("Abc", false),
        ("a_b", false),
        ("-ab", false),
        ("ab.", false),
        ("a..b", false),
        ("192.168.5.4", false),
        ("192.168.5.4a", true),
        ("xn--abc", false),
        ("sthree-abc", false),
        ("amzn-s3-demo-bucket", false),
        ("abc-s3alias", false),
        ("abc--ol-s3", false),
    ] {
        assert_eq!(super::is_bucket_name(name), valid, "{name}");
    }
    assert_eq!(
        Lab::empty().refused("CreateBucket", r#"{"Bucket":"Bad_Name"}"#),
        "InvalidBucketName: The specified bucket is not valid."
    );
}

#[test]
fn acc_35_a_name_belongs_to_one_account_of_all() {
    let mut lab = lab();
    // Only us-east-1 takes a second making for the first.
    lab.call("CreateBucket", r#"{"Bucket":"b-1"}"#).unwrap();
    let other = lab.other_account("999999999999");
    lab.sign(other);
    assert!(
        lab.refused("CreateBucket", r#"{"Bucket":"b-1"}"#)
            .starts_with("BucketAlreadyExists: The requested bucket name is not available.")
    );
    lab.root();
    lab.region = "eu-west-1";
    let eu = r#"{"Bucket":"b-eu","CreateBucketConfiguration":{"LocationConstraint":"eu-west-1"}}"#;
    lab.call("CreateBucket", eu).unwrap();
    assert_eq!(
        lab.refused("CreateBucket", eu),
        "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and \
         you already own it."
    );
}

#[test]
fn a_bucket_is_made_where_its_endpoint_says() {
    let check = |region: &'static str, constraint: &str, expected: &str| {
        let mut lab = Lab::empty();
        lab.region = region;
        let params = match constraint {
            "" => r#"{"Bucket":"b-1"}"#.to_owned(),
            place => format!(
                r#"{{"Bucket":"b-1","CreateBucketConfiguration":{{"LocationConstraint":"{place}"}}}}"#
            ),
        };
        let said = match lab.call("CreateBucket", &params) {
            Ok(_) => {
                let place = lab.call("GetBucketLocation", LIST).unwrap();
                json::compact(&place)
            }
            Err(fault) => fault.split(':').next().unwrap().to_owned(),
        };
        assert_eq!(said, expected, "{region} {constraint}");
    };
    check("us-east-1", "", r#"{"LocationConstraint":null}"#);
    check(
        "us-east-1",
        "eu-west-1",
        r#"{"LocationConstraint":"eu-west-1"}"#,
    );
    check("us-east-1", "EU", r#"{"LocationConstraint":"eu-west-1"}"#);
    check("us-east-1", "us-east-1", "InvalidLocationConstraint");
    check("us-east-1", "mars", "InvalidLocationConstraint");
    check(
        "eu-west-1",
        "eu-west-1",
        r#"{"LocationConstraint":"eu-west-1"}"#,
    );
    check("eu-west-1", "", "IllegalLocationConstraintException");
    check(
        "eu-west-1",
        "us-west-2",
        "IllegalLocationConstraintException",
    );
}

#[test]
fn objects_come_and_go() {
    let mut lab = lab();
    let got = lab.call("GetObject", GET).unwrap();
    assert_eq!(lab.at(&got, "ETag"), "\"b1946ac92492d2347c6235b4d2611184\"");
    assert_eq!(lab.at(&got, "ContentLength"), "6");
    assert_eq!(lab.at(&got, "ContentType"), "binary/octet-stream");
    let part = lab
        .call(
            "GetObject",
            r#"{"Bucket":"b-1","Key":"k","Range":"bytes=1-3"}"#,
        )
        .unwrap();
    assert_eq!(lab.at(&part, "ContentRange"), "bytes 1-3/6");
    assert_eq!(
        part.get("Body"),
        Some(&crate::Value::Bytes(b"ell".to_vec()))
    );
    assert_eq!(
        lab.refused(
            "GetObject",
            r#"{"Bucket":"b-1","Key":"k","Range":"bytes=9-"}"#
        ),
        "InvalidRange: The requested range is not satisfiable"
    );
    assert_eq!(
        lab.refused("GetObject", r#"{"Bucket":"b-1","Key":"nope"}"#),
        "NoSuchKey: The specified key does not exist."
    );
    assert_eq!(
        lab.refused("HeadObject", r#"{"Bucket":"b-1","Key":"nope"}"#),
        "404: Not Found"
    );
    assert_eq!(
        lab.refused("DeleteBucket", LIST),
        "BucketNotEmpty: The bucket you tried to delete is not empty"
    );
    let copied = lab
        .call(
            "CopyObject",
            r#"{"Bucket":"b-1","Key":"k%20","CopySource":"b-1/k"}"#,
        )
        .unwrap();
    assert_eq!(
        lab.at(&copied, "CopyObjectResult.ETag"),
        "\"b1946ac92492d2347c6235b4d2611184\""
    );
    lab.call(
        "DeleteObjects",
        r#"{"Bucket":"b-1","Delete":{"Objects":[{"Key":"k"},{"Key":"k%20"},{"Key":"never"}]}}"#,
    )
    .unwrap();
    lab.call("DeleteBucket", LIST).unwrap();
    assert_eq!(
        lab.refused("ListObjectsV2", LIST),
        "NoSuchBucket: The specified bucket does not exist"
    );
    assert_eq!(lab.refused("HeadBucket", LIST), "404: Not Found");
}

#[test]
fn lists_roll_up_and_come_in_pages() {
    let mut lab = lab();
    for key in ["a/1", "a/2", "b/1", "c"] {
        lab.call("PutObject", &format!(r#"{{"Bucket":"b-1","Key":"{key}"}}"#))
            .unwrap();
    }
    let check = |lab: &mut Lab, operation: &str, params: &str| {
        let whole = format!(r#"{{"Bucket":"b-1"{params}}}"#);
        let value = lab.call(operation, &whole).unwrap();
        let names = |list: &str, member: &str| {
            let items = value
                .get(list)
                .and_then(|it| it.as_list())
                .unwrap_or_default();
            let names: Vec<_> = items.iter().map(|it| lab.at(it, member)).collect();
            names.join(" ")
        };
        let next = ["NextContinuationToken", "NextMarker"]
            .iter()
            .find_map(|name| value.get(name)?.as_str())
            .unwrap_or_default()
            .to_owned();
        (
            names("Contents", "Key"),
            names("CommonPrefixes", "Prefix"),
            next,
        )
    };
    let none = String::new;
    assert_eq!(
        check(&mut lab, "ListObjectsV2", ""),
        ("a/1 a/2 b/1 c k".to_owned(), none(), none())
    );
    assert_eq!(
        check(&mut lab, "ListObjectsV2", r#","Delimiter":"/""#),
        ("c k".to_owned(), "a/ b/".to_owned(), none())
    );
    assert_eq!(
        check(
            &mut lab,
            "ListObjectsV2",
            r#","Prefix":"a/","Delimiter":"/""#
        ),
        ("a/1 a/2".to_owned(), none(), none())
    );
    let (keys, prefixes, token) =
        check(&mut lab, "ListObjectsV2", r#","Delimiter":"/","MaxKeys":2"#);
    assert_eq!((keys.as_str(), prefixes.as_str()), ("", "a/ b/"));
    let next = format!(r#","Delimiter":"/","ContinuationToken":"{token}""#);
    assert_eq!(
        check(&mut lab, "ListObjectsV2", &next),
        ("c k".to_owned(), none(), none())
    );
    assert_eq!(
        check(&mut lab, "ListObjectsV2", r#","StartAfter":"b/1""#),
        ("c k".to_owned(), none(), none())
    );
    let (keys, _, marker) = check(&mut lab, "ListObjects", r#","Delimiter":"/","MaxKeys":3"#);
    assert_eq!((keys.as_str(), marker.as_str()), ("c", "c"));
    assert_eq!(
        lab.refused(
            "ListObjectsV2",
            r#"{"Bucket":"b-1","ContinuationToken":"!"}"#
        ),
        "InvalidArgument: The continuation token provided is incorrect"
    );
}

#[test]
fn acc_37_versions_keep_what_is_overwritten_and_deleted() {
    let mut lab = lab();
    let status = |state: &str| {
        format!(r#"{{"Bucket":"b-1","VersioningConfiguration":{{"Status":"{state}"}}}}"#)
    };
    let never = lab.call("GetBucketVersioning", LIST).unwrap();
    assert_eq!(json::compact(&never), "{}");
    assert_eq!(
        lab.refused(
            "PutBucketVersioning",
            r#"{"Bucket":"b-1","VersioningConfiguration":{}}"#
        ),
        "IllegalVersioningConfigurationException: The Versioning element must be specified"
    );
    lab.call("PutBucketVersioning", &status("Enabled")).unwrap();
    // What was there has the id `null`, and stays.
    let second = lab.make("PutObject", r#"{"Bucket":"b-1","Key":"k"}"#, "VersionId");
    let marker = lab.make("DeleteObject", GET, "VersionId");
    assert!(lab.refused("GetObject", GET).starts_with("NoSuchKey"));
    let of = |id: &str| format!(r#"{{"Bucket":"b-1","Key":"k","VersionId":"{id}"}}"#);
    assert_eq!(
        lab.refused("GetObject", &of(&marker)),
        "MethodNotAllowed: The specified method is not allowed against this resource."
    );
    let null = lab.call("GetObject", &of("null")).unwrap();
    assert_eq!(lab.at(&null, "ContentLength"), "6");
    let all = lab.call("ListObjectVersions", LIST).unwrap();
    assert_eq!(lab.at(&all, "Versions.0.VersionId"), second);
    assert_eq!(lab.at(&all, "Versions.1.VersionId"), "null");
    assert_eq!(lab.at(&all, "DeleteMarkers.0.IsLatest"), "true");
    // Deleting the marker brings the object back; a version that is deleted is gone.
    lab.call("DeleteObject", &of(&marker)).unwrap();
    let back = lab.call("GetObject", GET).unwrap();
    assert_eq!(lab.at(&back, "VersionId"), second);
    lab.call("DeleteObject", &of(&second)).unwrap();
    assert_eq!(
        lab.refused("GetObject", &of(&second)),
        "NoSuchVersion: The specified version does not exist."
    );
    // Suspended: a write replaces `null` and no other.
    let third = lab.make("PutObject", r#"{"Bucket":"b-1","Key":"k"}"#, "VersionId");
    lab.call("PutBucketVersioning", &status("Suspended"))
        .unwrap();
    assert_eq!(
        lab.make("PutObject", r#"{"Bucket":"b-1","Key":"k"}"#, "VersionId"),
        "null"
    );
    assert_eq!(lab.make("DeleteObject", GET, "VersionId"), "null");
    let all = lab.call("ListObjectVersions", LIST).unwrap();
    assert_eq!(lab.at(&all, "Versions.0.VersionId"), third);
    assert_eq!(all.get("Versions").unwrap().as_list().unwrap().len(), 1);
    assert_eq!(lab.at(&all, "DeleteMarkers.0.VersionId"), "null");
    assert_eq!(
        lab.refused("DeleteBucket", LIST),
        "BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all \
         versions in the bucket."
    );
    assert_eq!(
        lab.refused("GetObject", &of("x")),
        "InvalidArgument: Invalid version id specified"
    );
}

#[test]
fn acc_38_what_is_archived_is_not_read_before_it_is_restored() {
    let mut lab = lab();
    let put = |class: &str| format!(r#"{{"Bucket":"b-1","Key":"k","StorageClass":"{class}"}}"#);
    lab.call("PutObject", &put("GLACIER")).unwrap();
    assert_eq!(
        lab.refused("GetObject", GET),
        "InvalidObjectState: The operation is not valid for the object's storage class"
    );
    lab.call("PutObject", &put("GLACIER_IR")).unwrap();
    lab.call("GetObject", GET).unwrap();
    assert_eq!(
        lab.refused("PutObject", &put("OUTPOSTS")),
        "InvalidStorageClass: The storage class you specified is not valid"
    );
}

#[test]
fn acc_30_a_bucket_policy_is_checked_when_it_is_put() {
    let mut lab = lab();
    let mut check = |statement: &str, said: &str| match put_policy(&mut lab, statement) {
        Ok(()) => assert_eq!("", said, "{statement}"),
        Err(fault) => assert_eq!(fault, format!("MalformedPolicy: {said}"), "{statement}"),
    };
    let to = |action: &str, resource: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Action":{action},"Resource":"{resource}"}}"#
        )
    };
    let apply = "Action does not apply to any resource(s) in statement";
    check(&to(r#""s3:ListBucket""#, "arn:aws:s3:::b-1"), "");
    check(&to(r#""s3:ListBucket""#, "arn:aws:s3:::b-1/*"), apply);
    check(&to(r#""s3:GetObject""#, "arn:aws:s3:::b-1"), apply);
    check(&to(r#""s3:GetObject""#, "arn:aws:s3:::b-1/*"), "");
    check(
        &to(r#"["s3:GetObject","s3:ListBucket"]"#, "arn:aws:s3:::b-1/*"),
        apply,
    );
    check(&to(r#""s3:*""#, "arn:aws:s3:::b-1/*"), "");
    check(&to(r#""s3:Get*""#, "arn:aws:s3:::b-1"), "");
    check(
        &to(r#""s3:GetObjects""#, "arn:aws:s3:::b-1/*"),
        "Policy has invalid action",
    );
    check(
        &to(r#""ec2:RunInstances""#, "arn:aws:s3:::b-1/*"),
        "Policy has invalid action",
    );
    check(&to(r#""s3:GetObject""#, "*"), "Policy has invalid resource");
    check(
        &to(r#""s3:GetObject""#, "arn:aws:s3:::other/*"),
        "Policy has invalid resource",
    );
    let ghost = to(r#""s3:GetObject""#, "arn:aws:s3:::b-1/*").replace(
        "\"123456789012\"",
        "\"arn:aws:iam::123456789012:user/ghost\"",
    );
    check(&ghost, "Invalid principal in policy");
    check("", "Could not parse the policy: Statement is empty!");
    assert_eq!(
        lab.refused("PutBucketPolicy", r#"{"Bucket":"b-1","Policy":"no"}"#),
        "MalformedPolicy: Policies must be valid JSON and the first byte must be '{'"
    );
    assert_eq!(
        lab.refused("PutBucketPolicy", r#"{"Bucket":"b-1","Policy":"{}"}"#),
        "MalformedPolicy: Missing required field Statement"
    );
}

const EVERYONE: &str =
    r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}"#;

#[test]
fn acc_46_block_public_policy_refuses_a_public_policy() {
    let mut lab = lab();
    assert_eq!(
        put_policy(&mut lab, EVERYONE).unwrap_err(),
        "AccessDenied: User: arn:aws:iam::123456789012:root is not authorized to perform: \
         s3:PutBucketPolicy on resource: \"arn:aws:s3:::b-1\" because public policies are \
         blocked by the BlockPublicPolicy block public access setting."
    );
    // One that is pinned to an account is not public.
    let pinned = EVERYONE.replace(
        r#""Action""#,
        r#""Condition":{"StringEquals":{"aws:PrincipalAccount":"999999999999"}},"Action""#,
    );
    put_policy(&mut lab, &pinned).unwrap();
    open_block(&mut lab, r#""RestrictPublicBuckets":true"#);
    put_policy(&mut lab, EVERYONE).unwrap();
    let status = lab.call("GetBucketPolicyStatus", LIST).unwrap();
    assert_eq!(lab.at(&status, "PolicyStatus.IsPublic"), "true");
}

#[test]
fn acc_46_restrict_public_buckets_lets_in_the_own_account_only() {
    let mut lab = lab();
    let ana = lab.user("ana");
    let other = lab.other_account("999999999999");
    open_block(&mut lab, r#""RestrictPublicBuckets":true"#);
    put_policy(&mut lab, EVERYONE).unwrap();
    let reads = |lab: &Lab, who: &Credentials| {
        let mut lab = lab.clone();
        lab.sign(who.clone());
        lab.call("GetObject", GET).map(|_| ())
    };
    let nobody = Credentials::default();
    reads(&lab, &ana).unwrap();
    assert_eq!(
        reads(&lab, &nobody).unwrap_err(),
        "AccessDenied: Access Denied"
    );
    assert_eq!(
        reads(&lab, &other).unwrap_err(),
        "AccessDenied: Access Denied"
    );
    lab.call("DeletePublicAccessBlock", LIST).unwrap();
    assert_eq!(
        lab.refused("GetPublicAccessBlock", LIST),
        "NoSuchPublicAccessBlockConfiguration: The public access block configuration was not \
         found"
    );
    for who in [&ana, &nobody, &other] {
        reads(&lab, who).unwrap();
    }
}

#[test]
fn acc_46_a_new_bucket_blocks_all_public_access() {
    let mut lab = lab();
    let block = lab.call("GetPublicAccessBlock", LIST).unwrap();
    assert_eq!(
        json::compact(&block),
        r#"{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}"#
    );
}

#[test]
fn acc_11_the_anonymous_have_the_bucket_policy_only() {
    let mut lab = lab();
    lab.call("DeletePublicAccessBlock", LIST).unwrap();
    let mut nobody = lab.clone();
    nobody.anonymous();
    assert_eq!(
        nobody.refused("GetObject", GET),
        "AccessDenied: Access Denied"
    );
    assert_eq!(nobody.refused("HeadObject", GET), "403: Forbidden");
    put_policy(&mut lab, EVERYONE).unwrap();
    let mut nobody = lab.clone();
    nobody.anonymous();
    nobody.call("GetObject", GET).unwrap();
    assert_eq!(
        nobody.refused("ListObjectsV2", LIST),
        "AccessDenied: Access Denied"
    );
    assert_eq!(
        nobody.refused("ListBuckets", "{}"),
        "AccessDenied: Access Denied"
    );
    assert!(
        nobody
            .refused("ListUsers", "{}")
            .starts_with("InvalidClientTokenId")
    );
}

#[test]
fn acc_10_another_account_needs_both_sides() {
    let mut lab = lab();
    let other = lab.other_account("999999999999");
    lab.sign(other.clone());
    let eve = user_with(&mut lab, "eve", &allow("s3:*", "b-1/*"));
    let mal = lab.user("mal");
    lab.root();
    let reads = |lab: &Lab, who: &Credentials| {
        let mut lab = lab.clone();
        lab.sign(who.clone());
        lab.call("GetObject", GET).map(|_| ())
    };
    assert_eq!(
        reads(&lab, &eve).unwrap_err(),
        "AccessDenied: Access Denied"
    );
    let grant = EVERYONE.replace(r#""*","Action""#, r#"{"AWS":"999999999999"},"Action""#);
    put_policy(&mut lab, &grant).unwrap();
    reads(&lab, &eve).unwrap();
    reads(&lab, &other).unwrap();
    assert_eq!(
        reads(&lab, &mal).unwrap_err(),
        "AccessDenied: Access Denied"
    );
}

#[test]
fn acc_49_another_account_never_puts_the_bucket_policy() {
    let mut lab = lab();
    let other = lab.other_account("999999999999");
    let grant = r#"{"Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"s3:*","Resource":["arn:aws:s3:::b-1","arn:aws:s3:::b-1/*"]}"#;
    put_policy(&mut lab, grant).unwrap();
    lab.sign(other);
    lab.call("ListObjectsV2", LIST).unwrap();
    assert_eq!(
        put_policy(&mut lab, grant).unwrap_err(),
        "MethodNotAllowed: The specified method is not allowed against this resource."
    );
}

#[test]
fn acc_12_the_owners_root_can_always_take_its_policy_back() {
    let mut lab = lab();
    let shut = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b-1","arn:aws:s3:::b-1/*"]}"#;
    put_policy(&mut lab, shut).unwrap();
    assert_eq!(
        lab.refused("GetObject", GET),
        "AccessDenied: User: arn:aws:iam::123456789012:root is not authorized to perform: \
         s3:GetObject on resource: \"arn:aws:s3:::b-1/k\" with an explicit deny in a \
         resource-based policy"
    );
    lab.call("DeleteBucketPolicy", LIST).unwrap();
    lab.call("GetObject", GET).unwrap();
    assert_eq!(
        lab.refused("GetBucketPolicy", LIST),
        "NoSuchBucketPolicy: The bucket policy does not exist"
    );
}

#[test]
fn acc_13_a_grant_dies_with_the_user_it_was_for() {
    let mut lab = lab();
    let ana = lab.user("ana");
    let grant = EVERYONE.replace(
        r#""*","Action""#,
        r#"{"AWS":"arn:aws:iam::123456789012:user/ana"},"Action""#,
    );
    put_policy(&mut lab, &grant).unwrap();
    let mut hers = lab.clone();
    hers.sign(ana.clone());
    hers.call("GetObject", GET).unwrap();
    lab.call(
        "DeleteAccessKey",
        &format!(
            r#"{{"UserName":"ana","AccessKeyId":"{}"}}"#,
            ana.access_key_id
        ),
    )
    .unwrap();
    let id = lab.make("GetUser", r#"{"UserName":"ana"}"#, "User.UserId");
    lab.call("DeleteUser", r#"{"UserName":"ana"}"#).unwrap();
    let again = lab.user("ana");
    let shown = lab.make("GetBucketPolicy", LIST, "Policy");
    assert!(shown.contains(&format!(r#"{{"AWS":"{id}"}}"#)), "{shown}");
    lab.sign(again);
    assert!(lab.refused("GetObject", GET).starts_with("AccessDenied"));
}

#[test]
fn acc_30_a_bucket_is_not_its_objects() {
    // The classic slip: IAM takes both, and each lets do the half of it.
    let both = r#"["s3:ListBucket","s3:GetObject"]"#;
    let statement =
        |resource: &str| format!(r#"{{"Effect":"Allow","Action":{both},"Resource":[{resource}]}}"#);
    let check = |resource: &str, lists: bool, gets: bool| {
        let mut lab = lab();
        let ana = user_with(&mut lab, "ana", &statement(resource));
        lab.sign(ana);
        assert_eq!(lab.call("ListObjectsV2", LIST).is_ok(), lists, "{resource}");
        assert_eq!(lab.call("GetObject", GET).is_ok(), gets, "{resource}");
    };
    check(r#""arn:aws:s3:::b-1""#, true, false);
    check(r#""arn:aws:s3:::b-1/*""#, false, true);
    check(r#""arn:aws:s3:::b-1","arn:aws:s3:::b-1/*""#, true, true);
    check(r#""arn:aws:s3:::b-1*""#, true, true);
}

#[test]
fn acc_31_a_denial_says_who_what_and_why() {
    let mut lab = lab();
    let ana = user_with(&mut lab, "ana", &allow("s3:ListBucket", "b-1/*"));
    lab.sign(ana);
    assert_eq!(
        lab.refused("ListObjectsV2", LIST),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: \
         s3:ListBucket on resource: \"arn:aws:s3:::b-1\" because no identity-based policy allows \
         the s3:ListBucket action"
    );
    assert_eq!(
        lab.refused("ListBuckets", "{}"),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: \
         s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets \
         action"
    );
}

#[test]
fn acc_48_a_missing_key_is_told_only_to_who_may_list() {
    let missing = r#"{"Bucket":"b-1","Key":"nope"}"#;
    let mut lab = lab();
    let ana = user_with(&mut lab, "ana", &allow("s3:GetObject", "b-1/*"));
    lab.sign(ana);
    assert_eq!(
        lab.refused("GetObject", missing),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: \
         s3:ListBucket on resource: \"arn:aws:s3:::b-1\" because no identity-based policy allows \
         the s3:ListBucket action"
    );
    assert_eq!(lab.refused("HeadObject", missing), "403: Forbidden");
    lab.root();
    let both = format!(
        "{},{}",
        allow("s3:GetObject", "b-1/*"),
        allow("s3:ListBucket", "b-1")
    );
    let bob = user_with(&mut lab, "bob", &both);
    lab.sign(bob);
    assert!(lab.refused("GetObject", missing).starts_with("NoSuchKey"));
    assert_eq!(lab.refused("HeadObject", missing), "404: Not Found");
}

#[test]
fn acc_48_a_version_has_an_action_of_its_own() {
    let mut lab = lab();
    let version = r#"{"Bucket":"b-1","Key":"k","VersionId":"null"}"#;
    let ana = user_with(&mut lab, "ana", &allow("s3:GetObject", "b-1/*"));
    let bob = user_with(&mut lab, "bob", &allow("s3:GetObjectVersion", "b-1/*"));
    lab.sign(ana);
    lab.call("GetObject", GET).unwrap();
    assert!(
        lab.refused("GetObject", version)
            .contains("s3:GetObjectVersion on")
    );
    lab.sign(bob);
    lab.call("GetObject", version).unwrap();
    assert!(lab.refused("GetObject", GET).contains("s3:GetObject on"));
}

#[test]
fn acc_26_the_prefix_is_a_key_only_if_it_is_asked_for() {
    let mut lab = lab();
    let home = r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b-1","Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}}"#;
    let ana = user_with(&mut lab, "ana", home);
    lab.sign(ana);
    assert!(
        lab.refused("ListObjectsV2", LIST)
            .starts_with("AccessDenied")
    );
    lab.call("ListObjectsV2", r#"{"Bucket":"b-1","Prefix":"home/ana/x"}"#)
        .unwrap();
    assert!(
        lab.refused("ListObjectsV2", r#"{"Bucket":"b-1","Prefix":"home/bob/x"}"#)
            .starts_with("AccessDenied")
    );
}

#[test]
fn acc_44_a_header_that_is_missing_is_denied_before_it_is_filled_in() {
    let mut lab = lab();
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b-1/*","Condition":{"Null":{"s3:x-amz-server-side-encryption":"true"}}}"#;
    put_policy(&mut lab, deny).unwrap();
    assert!(
        lab.refused("PutObject", GET)
            .ends_with("with an explicit deny in a resource-based policy")
    );
    let encrypted = r#"{"Bucket":"b-1","Key":"k","ServerSideEncryption":"AES256"}"#;
    lab.call("PutObject", encrypted).unwrap();
    lab.call("DeleteBucketPolicy", LIST).unwrap();
    // Every object is encrypted all the same.
    let put = lab.call("PutObject", GET).unwrap();
    assert_eq!(lab.at(&put, "ServerSideEncryption"), "AES256");
}

#[test]
fn acc_45_access_control_lists_are_off() {
    let mut lab = lab();
    assert_eq!(
        lab.refused("CreateBucket", r#"{"Bucket":"b-2","ACL":"public-read"}"#),
        "InvalidBucketAclWithObjectOwnership: Bucket cannot have ACLs set with ObjectOwnership's \
         BucketOwnerEnforced setting"
    );
    lab.call("CreateBucket", r#"{"Bucket":"b-2","ACL":"private"}"#)
        .unwrap();
    assert_eq!(
        lab.refused(
            "PutObject",
            r#"{"Bucket":"b-1","Key":"k","ACL":"public-read"}"#
        ),
        "AccessControlListNotSupported: The bucket does not allow ACLs"
    );
    let own = r#"{"Bucket":"b-1","Key":"k","ACL":"bucket-owner-full-control"}"#;
    lab.call("PutObject", own).unwrap();
}

#[test]
fn a_deletion_of_many_asks_for_each() {
    let mut lab = lab();
    lab.call("PutObject", r#"{"Bucket":"b-1","Key":"tmp/1"}"#)
        .unwrap();
    let ana = user_with(&mut lab, "ana", &allow("s3:DeleteObject", "b-1/tmp/*"));
    lab.sign(ana);
    let done = lab
        .call(
            "DeleteObjects",
            r#"{"Bucket":"b-1","Delete":{"Objects":[{"Key":"tmp/1"},{"Key":"k"}]}}"#,
        )
        .unwrap();
    assert_eq!(lab.at(&done, "Deleted.0.Key"), "tmp/1");
    assert_eq!(lab.at(&done, "Errors.0.Key"), "k");
    assert_eq!(lab.at(&done, "Errors.0.Code"), "AccessDenied");
}

#[test]
fn a_copy_reads_there_and_writes_here() {
    let mut lab = lab();
    lab.call("CreateBucket", r#"{"Bucket":"b-2"}"#).unwrap();
    let write = allow("s3:PutObject", "b-2/*");
    let ana = user_with(&mut lab, "ana", &write);
    let bob = user_with(
        &mut lab,
        "bob",
        &format!("{write},{}", allow("s3:GetObject", "b-1/*")),
    );
    let copy = r#"{"Bucket":"b-2","Key":"k","CopySource":"b-1/k"}"#;
    lab.sign(ana);
    assert!(lab.refused("CopyObject", copy).contains("s3:GetObject on"));
    lab.sign(bob.clone());
    lab.call("CopyObject", copy).unwrap();
    // Tags travel along, and that needs permissions of its own.
    lab.root();
    lab.call(
        "PutObjectTagging",
        r#"{"Bucket":"b-1","Key":"k","Tagging":{"TagSet":[{"Key":"a","Value":"1"}]}}"#,
    )
    .unwrap();
    lab.sign(bob);
    assert!(
        lab.refused("CopyObject", copy)
            .contains("s3:GetObjectTagging on")
    );
}

#[test]
fn tags_are_checked_and_kept() {
    let mut lab = lab();
    let put = |tags: &str| format!(r#"{{"Bucket":"b-1","Tagging":{{"TagSet":[{tags}]}}}}"#);
    assert_eq!(
        lab.refused("GetBucketTagging", LIST),
        "NoSuchTagSet: The TagSet does not exist"
    );
    let one = r#"{"Key":"team","Value":"web"}"#;
    lab.call("PutBucketTagging", &put(one)).unwrap();
    let tags = lab.call("GetBucketTagging", LIST).unwrap();
    assert_eq!(lab.at(&tags, "TagSet.0.Value"), "web");
    assert_eq!(
        lab.refused("PutBucketTagging", &put(&format!("{one},{one}"))),
        "InvalidTag: Cannot provide multiple Tags with the same key"
    );
}

#[test]
fn what_this_sandbox_lacks_is_refused_and_bodies_are_bounded() {
    let mut lab = lab();
    assert_eq!(
        lab.refused(
            "PutObject",
            r#"{"Bucket":"b-1","Key":"k","ObjectLockMode":"GOVERNANCE"}"#
        ),
        "NotImplemented: `ObjectLockMode` of PutObject exists in AWS, not in this sandbox yet."
    );
    let large = format!(
        r#"{{"Bucket":"b-1","Key":"k","Body":"{}"}}"#,
        "x".repeat((1 << 20) + 1)
    );
    assert!(
        lab.refused("PutObject", &large)
            .starts_with("EntityTooLarge")
    );
    let full = format!(
        r#"{{"Bucket":"b-1","Key":"KEY","Body":"{}"}}"#,
        "x".repeat(1 << 20)
    );
    for number in 0..3 {
        lab.call("PutObject", &full.replace("KEY", &number.to_string()))
            .unwrap();
    }
    assert!(
        lab.refused("PutObject", &full)
            .starts_with("EntityTooLarge")
    );
}

#[test]
fn a_question_gets_the_answer_that_the_door_gives() {
    let mut lab = lab();
    let ana = user_with(&mut lab, "ana", &allow("s3:GetObject", "b-1/*"));
    let ask = |lab: &Lab, principal: Principal, action: &str, resource: &str| {
        let question = Question {
            account: crate::ACCOUNT.to_owned(),
            principal,
            action: action.to_owned(),
            resource: format!("arn:aws:s3:::{resource}"),
            region: "us-east-1".to_owned(),
            via: Via::default(),
        };
        lab.cloud.may(&question).unwrap().is_allowed()
    };
    let user = || Principal::User("ana".to_owned());
    assert!(ask(&lab, user(), "s3:GetObject", "b-1/k"));
    assert!(!ask(&lab, user(), "s3:ListBucket", "b-1"));
    assert!(ask(&lab, Principal::Root, "s3:ListBucket", "b-1"));
    assert!(!ask(&lab, Principal::Anonymous, "s3:GetObject", "b-1/k"));
    lab.sign(ana);
    lab.call("GetObject", GET).unwrap();
    assert!(lab.call("ListObjectsV2", LIST).is_err());
    let ghost = Question {
        account: crate::ACCOUNT.to_owned(),
        principal: Principal::User("ghost".to_owned()),
        action: "s3:GetObject".to_owned(),
        resource: "*".to_owned(),
        region: "us-east-1".to_owned(),
        via: Via::default(),
    };
    assert_eq!(
        lab.cloud.may(&ghost).unwrap_err().to_string(),
        "NoSuchEntity: The user with name ghost cannot be found."
    );
}

#[test]
fn an_unknown_key_and_a_foreign_owner_are_told_in_s3s_words() {
    let mut lab = lab();
    assert_eq!(
        lab.refused(
            "GetObject",
            r#"{"Bucket":"b-1","Key":"k","ExpectedBucketOwner":"999999999999"}"#
        ),
        "AccessDenied: Access Denied"
    );
    lab.credentials.access_key_id = "AKIAXXXXXXXXXXXXXXXX".to_owned();
    assert_eq!(
        lab.refused("GetObject", GET),
        "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."
    );
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateBucket",
        r#"{"Bucket":"Bad_Name"}"#,
        "InvalidBucketName: The specified bucket is not valid.",
        r#"{"Bucket":"good-name"}"#,
    ),
    (
        "CreateBucket",
        r#"{"Bucket":"b-2","ObjectOwnership":"RandomValue"}"#,
        "InvalidArgument: Invalid x-amz-object-ownership header: RandomValue",
        r#"{"Bucket":"b-2","ObjectOwnership":"BucketOwnerEnforced"}"#,
    ),
    (
        "DeleteBucket",
        r#"{"Bucket":"b-1"}"#,
        "BucketNotEmpty: The bucket you tried to delete is not empty",
        r#"{"Bucket":"b-empty"}"#,
    ),
    (
        "PutObject",
        r#"{"Bucket":"b-none","Key":"k"}"#,
        "NoSuchBucket: The specified bucket does not exist",
        r#"{"Bucket":"b-empty","Key":"k"}"#,
    ),
    (
        "PutObject",
        r#"{"Bucket":"b-1","Key":"k","Body":"hello\n","ContentMD5":"1B2M2Y8AsgTpgAmY7PhCfg=="}"#,
        "BadDigest: The Content-MD5 you specified did not match what we received.",
        r#"{"Bucket":"b-1","Key":"k","Body":"","ContentMD5":"1B2M2Y8AsgTpgAmY7PhCfg=="}"#,
    ),
    (
        "PutObject",
        r#"{"Bucket":"b-1","Key":"k","IfNoneMatch":"*"}"#,
        "PreconditionFailed: At least one of the pre-conditions you specified did not hold",
        r#"{"Bucket":"b-1","Key":"new","IfNoneMatch":"*"}"#,
    ),
    (
        "PutObject",
        r#"{"Bucket":"b-1","Key":"k","Tagging":"a=1&a=2"}"#,
        "InvalidTag: Cannot provide multiple Tags with the same key",
        r#"{"Bucket":"b-1","Key":"k","Tagging":"a=1&b=2"}"#,
    ),
    (
        "CopyObject",
        r#"{"Bucket":"b-1","Key":"k","CopySource":"b-1/k"}"#,
        "InvalidRequest: This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        r#"{"Bucket":"b-1","Key":"k","CopySource":"b-1/k","MetadataDirective":"REPLACE"}"#,
    ),
    (
        "CopyObject",
        r#"{"Bucket":"b-1","Key":"new","CopySource":"k"}"#,
        "InvalidArgument: Invalid copy source object key",
        r#"{"Bucket":"b-1","Key":"new","CopySource":"/b-1/k"}"#,
    ),
    (
        "CopyObject",
        r#"{"Bucket":"b-1","Key":"new","CopySource":"b-1/none"}"#,
        "NoSuchKey: The specified key does not exist.",
        r#"{"Bucket":"b-1","Key":"new","CopySource":"b-1/k"}"#,
    ),
    (
        "DeleteObject",
        r#"{"Bucket":"b-1","Key":"k","VersionId":"x"}"#,
        "InvalidArgument: Invalid version id specified",
        r#"{"Bucket":"b-1","Key":"k","VersionId":"null"}"#,
    ),
    (
        "DeleteObjects",
        r#"{"Bucket":"b-1","Delete":{"Objects":[]}}"#,
        "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema",
        r#"{"Bucket":"b-1","Delete":{"Objects":[{"Key":"none"}]}}"#,
    ),
    (
        "PutObjectTagging",
        r#"{"Bucket":"b-1","Key":"k","Tagging":{"TagSet":[{"Key":"aws:x","Value":"1"}]}}"#,
        "InvalidTag: System tags cannot be added/updated by requester",
        r#"{"Bucket":"b-1","Key":"k","Tagging":{"TagSet":[{"Key":"x","Value":"1"}]}}"#,
    ),
    (
        "DeleteObjectTagging",
        r#"{"Bucket":"b-1","Key":"none"}"#,
        "NoSuchKey: The specified key does not exist.",
        r#"{"Bucket":"b-1","Key":"k"}"#,
    ),
    (
        "PutBucketTagging",
        r#"{"Bucket":"b-1","Tagging":{"TagSet":[{"Key":"aws:a","Value":"1"}]}}"#,
        "InvalidTag: System tags cannot be added/updated by requester",
        r#"{"Bucket":"b-1","Tagging":{"TagSet":[{"Key":"a","Value":""}]}}"#,
    ),
    (
        "PutBucketVersioning",
        r#"{"Bucket":"b-1","VersioningConfiguration":{"Status":"Never"}}"#,
        "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema",
        r#"{"Bucket":"b-1","VersioningConfiguration":{"Status":"Suspended"}}"#,
    ),
    (
        "PutBucketPolicy",
        r#"{"Bucket":"b-1","Policy":"[]"}"#,
        "MalformedPolicy: Policies must be valid JSON and the first byte must be '{'",
        r#"{"Bucket":"b-1","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:DeleteBucket\",\"Resource\":\"arn:aws:s3:::b-1\"}]}"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_in_awss_words_and_its_twin_is_taken() {
    let mut lab = lab();
    lab.call("CreateBucket", r#"{"Bucket":"b-empty"}"#).unwrap();
    check_refusals(&lab, REFUSED);
}
