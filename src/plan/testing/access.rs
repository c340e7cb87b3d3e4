//! What gestures come to with buckets, users, groups and policies.

use super::*;

/// A bucket with an object; ana, who is in the group devs; a policy that the group has.
struct Access {
    lab: Lab,
    bucket: String,
    object: String,
    ana: String,
    devs: String,
    read: String,
}

fn access() -> Access {
    let mut lab = Lab::new();
    let bucket = lab.make(Kind::Bucket, "", &[("name", "reports")]);
    let object = lab.make(
        Kind::Object,
        &bucket,
        &[("name", "a.csv"), ("content", "1,2\n")],
    );
    let ana = lab.make(Kind::User, "", &[("name", "ana")]);
    let devs = lab.make(Kind::UserGroup, &ana, &[("name", "devs")]);
    let read = lab.make(Kind::Policy, &devs, &[("name", "read")]);
    Access {
        lab,
        bucket,
        object,
        ana,
        devs,
        read,
    }
}

#[test]
fn ids_of_what_is_in_no_vpc_are_known() {
    let it = access();
    for (id, kind) in [
        (it.bucket.as_str(), Kind::Bucket),
        (&it.object, Kind::Object),
        (&it.ana, Kind::User),
        (&it.devs, Kind::UserGroup),
        (&it.read, Kind::Policy),
        ("arn:aws:iam::aws:policy/AdministratorAccess", Kind::Policy),
        (
            "arn:aws:iam::123456789012:user/ana#read",
            Kind::InlinePolicy,
        ),
        ("AKIAIOSFODNN7EXAMPLE", Kind::AccessKey),
    ] {
        assert_eq!(Kind::of_id(id), Some(kind), "{id}");
    }
    assert!(
        Kind::ALL
            .into_iter()
            .all(|kind| Kind::of_word(kind.word()) == Some(kind))
    );
    assert_eq!(Kind::palette().last(), Some(&Kind::Bucket));
    assert_eq!(Kind::of_id("arn:aws:iam::123456789012:root"), None);
}

#[test]
fn what_is_made_for_access_is_proposed_whole() {
    let it = access();
    it.lab.check(
        &created(Kind::Bucket, "", &[]),
        expect![[r#"
        New bucket bucket-1
        aws s3api create-bucket --bucket bucket-1"#]],
    );
    it.lab.check(
        &created(Kind::Bucket, "", &[("region", "eu-west-1")]),
        expect![[r#"
            New bucket bucket-1
            aws s3api create-bucket --bucket bucket-1 --create-bucket-configuration LocationConstraint=eu-west-1"#]],
    );
    it.lab
        .check(&created(Kind::Object, &it.bucket, &[]), expect![[r#"
            New object note-1.txt
            printf %s 'hello
            ' | aws s3api put-object --body /dev/stdin --bucket reports --key note-1.txt --content-type text/plain"#]]);
    it.lab.check(
        &created(Kind::Object, "", &[]),
        expect![[r#"
        An object is in a bucket: choose one.
        offer: Put it into reports"#]],
    );
    it.lab.check(
        &created(Kind::User, &it.devs, &[]),
        expect![[r#"
            New user user-1
            aws iam create-user --user-name user-1
            aws iam add-user-to-group --group-name devs --user-name user-1"#]],
    );
    it.lab
        .check(&created(Kind::Policy, &it.ana, &[]), expect![[r#"
            New managed policy policy-1
            aws iam create-policy --policy-name policy-1 --policy-document '{
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "s3:ListBucket",
                  "Resource": "arn:aws:s3:::reports"
                }
              ]
            }'
            aws iam attach-user-policy --user-name ana --policy-arn arn:aws:iam::123456789012:policy/policy-1"#]]);
    it.lab.check(
        &created(Kind::InlinePolicy, &it.ana, &[]),
        expect![[r#"
            New inline policy policy-1
            aws iam put-user-policy --user-name ana --policy-name policy-1 --policy-document '{
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "s3:ListBucket",
                  "Resource": "arn:aws:s3:::reports"
                }
              ]
            }'"#]],
    );
    it.lab.check(
        &created(Kind::AccessKey, &it.devs, &[]),
        expect![[r#"
            An access key is a user's: choose whose.
            offer: Make it for ana"#]],
    );
    it.lab.check(
        &created(Kind::User, "", &[("name", "ANA")]),
        expect!["EntityAlreadyExists: User with name ANA already exists."],
    );
    it.lab.check(
        &created(Kind::Policy, "", &[("document", "{}")]),
        expect!["MalformedPolicyDocument: Syntax errors in policy."],
    );
}

#[test]
fn a_key_tells_its_secret_once() {
    let mut it = access();
    let plan = it.lab.run(&created(Kind::AccessKey, &it.ana, &[]));
    let key = plan.made.first().unwrap();
    let account = it.lab.cloud.account(ACCOUNT).unwrap();
    let secret = &account.iam.users["ana"].keys[0].secret;
    assert_eq!(
        plan.notes,
        [format!(
            "The secret access key of {key}, which AWS shows only now: {secret}"
        )]
    );
    let shown = it.lab.cloud.details(ACCOUNT, "us-east-1", key).unwrap();
    assert!(!format!("{shown:?}").contains(secret), "only now");
    it.lab
        .check(&changed(key, &[("active", "no")]), expect![[r#"
            Change AKIAUOT5PD26CPLJAAAF
            aws iam update-access-key --user-name ana --access-key-id AKIAUOT5PD26CPLJAAAF --status Inactive"#]]);
    it.lab.run(&created(Kind::AccessKey, &it.ana, &[]));
    it.lab.check(
        &created(Kind::AccessKey, &it.ana, &[]),
        expect!["LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"],
    );
}

#[test]
fn a_bucket_is_set_and_its_policy_judged() {
    let mut it = access();
    let open = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}"#;
    it.lab
        .check(&changed(&it.bucket, &[("policy", open)]), expect![[r#"AccessDenied: User: arn:aws:iam::123456789012:root is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::reports" because public policies are blocked by the BlockPublicPolicy block public access setting."#]]);
    let off = [
        ("policy", open),
        ("block-policy", "no"),
        ("restrict", "no"),
        ("versioning", "Enabled"),
    ];
    it.lab.check(&changed(&it.bucket, &off), expect![[r#"
        Change reports
        aws s3api put-public-access-block --bucket reports --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=false
        aws s3api put-bucket-policy --bucket reports --policy '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}'
        aws s3api put-bucket-versioning --bucket reports --versioning-configuration Status=Enabled"#]]);
    it.lab.run(&changed(&it.bucket, &off));
    it.lab.check(
        &changed(
            &it.bucket,
            &[("policy", " "), ("versioning", "Suspended")],
        ),
        expect![[r#"
            Change reports
            aws s3api delete-bucket-policy --bucket reports
            aws s3api put-bucket-versioning --bucket reports --versioning-configuration Status=Suspended"#]],
    );
    let said = |text| {
        it.lab
            .remarked(&it.bucket, "policy", text)
            .unwrap_or_default()
    };
    assert_eq!(said(""), "");
    assert_eq!(said(open), "");
    expect![[r#"
        Line 3, column 17: The element Principal is missing. Add Principal.
        Line 3, column 17: The element Action is missing. Add Action.
        Line 3, column 17: The element Resource is missing. Add Resource.
        Line 3, column 28: Alow is not an effect. Write Allow or Deny, with a capital letter."#]]
    .assert_eq(&said(
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Alow\"}]\n}",
    ));
    expect!["Line 1, column 2: The text ends where a name in double quotes should stand. Check that every bracket and quote that is opened is closed again."].assert_eq(&said("{"));
    // What is proposed is valid.
    let form = settings(&it.lab.desk(), &it.bucket).unwrap();
    let Control::Document { start, .. } = form.fields[0].control.clone() else {
        panic!("no document");
    };
    assert_eq!(said(&start), "");
    it.lab.run(&changed(&it.bucket, &[("policy", &start)]));
}

#[test]
fn an_object_is_replaced_and_keeps_its_tags() {
    let mut it = access();
    let tagged = |id: &str, rows: &[&[&str]]| Intent::Rules {
        id: id.to_owned(),
        table: RuleTable::Tags,
        rows: drafts(rows),
    };
    it.lab.check(
        &tagged(&it.bucket, &[&["", "Name", "a b"], &["", "stage", ""]]),
        expect![[r#"
            Tags of reports
            aws s3api put-bucket-tagging --bucket reports --tagging 'TagSet=[{Key=Name,Value=a b},{Key=stage,Value=}]'"#]],
    );
    let one: &[&[&str]] = &[&["", "team", "data"]];
    it.lab.run(&tagged(&it.object, one));
    it.lab
        .check(&tagged(&it.object, one), expect!["That is so already."]);
    it.lab.check(
        &changed(&it.object, &[("content", "it's\nnew\n")]),
        expect![[r#"
            Change a.csv
            printf %s 'it'\''s
            new
            ' | aws s3api put-object --body /dev/stdin --bucket reports --key a.csv --content-type text/plain
            aws s3api put-object-tagging --bucket reports --key a.csv --tagging 'TagSet=[{Key=team,Value=data}]'"#]],
    );
    it.lab.check(
        &tagged(&it.object, &[]),
        expect![[r#"
            Tags of a.csv
            aws s3api delete-object-tagging --bucket reports --key a.csv"#]],
    );
}

#[test]
fn versions_of_an_object_come_back_and_go() {
    let mut it = access();
    it.lab
        .run(&changed(&it.bucket, &[("versioning", "Enabled")]));
    it.lab.run(&changed(&it.object, &[("content", "new")]));
    let choices = |it: &Access| {
        let form = settings(&it.lab.desk(), &it.object).unwrap();
        let field = form.fields.iter().find(|it| it.key == "versions").unwrap();
        field.value.clone()
    };
    let first = choices(&it);
    assert!(first.starts_with("null,"));
    let plan = it.lab.run(&changed(&it.object, &[("version", "null")]));
    assert_eq!(
        plan.commands,
        [
            "aws s3api copy-object --bucket reports --copy-source 'reports/a.csv?versionId=null' --key a.csv"
        ]
    );
    assert_eq!(choices(&it).split(',').count(), 3);
    it.lab.run(&deleted(&[&it.object]));
    let hidden = choices(&it);
    assert_eq!(hidden.split(',').count(), 4);
    // Without its marker the object is back.
    let (rest, _) = hidden.rsplit_once(',').unwrap();
    let plan = it.lab.run(&changed(&it.object, &[("versions", rest)]));
    assert!(plan.commands[0].starts_with("aws s3api delete-object --bucket reports"));
    let node = it.lab.desk().node(&it.object).unwrap();
    assert_eq!(node.detail, "4 bytes, 3 versions");
}

#[test]
fn users_come_into_groups_and_policies_onto_both() {
    let mut it = access();
    let eve = it.lab.make(Kind::User, "", &[("name", "eve")]);
    it.lab.check(
        &joined(&eve, &it.devs, &[]),
        expect![[r#"
        eve to devs
        aws iam add-user-to-group --group-name devs --user-name eve"#]],
    );
    it.lab.check(
        &joined(&it.devs, &eve, &[]),
        expect![[r#"
        devs to eve
        aws iam add-user-to-group --group-name devs --user-name eve"#]],
    );
    it.lab.check(&joined(&it.read, &eve, &[]), expect![[r#"
        read to eve
        aws iam attach-user-policy --user-name eve --policy-arn arn:aws:iam::123456789012:policy/read"#]]);
    it.lab.check(
        &joined(&it.devs, &it.read, &[]),
        expect!["That is so already."],
    );
    it.lab.check(
        &joined(&eve, &it.bucket, &[]),
        expect![[r#"
        A user and a bucket are not joined by a line: what somebody may do stands in policies.
        offer: Write a policy for eve"#]],
    );
    it.lab
        .check(&joined("internet", &it.bucket, &[]), expect!["The internet and a bucket are not joined by a line: what somebody may do stands in policies."]);
    let says = |id: &str| {
        let found = joins(&it.lab.desk(), id).into_iter();
        found.map(|(_, says)| says).collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        put into devs
        attach read
        attach AdministratorAccess
        attach AmazonEC2ReadOnlyAccess
        attach AmazonS3FullAccess
        attach AmazonS3ReadOnlyAccess"#]]
    .assert_eq(&says(&eve));
    expect![[r#"
        attach to ana
        attach to eve"#]]
    .assert_eq(&says(&it.read));
    expect![[r#"
        take in eve
        attach AdministratorAccess
        attach AmazonEC2ReadOnlyAccess
        attach AmazonS3FullAccess
        attach AmazonS3ReadOnlyAccess"#]]
    .assert_eq(&says(&it.devs));
    // The same by the forms of either side.
    let aws = "ANPAIZTJ4DXE7G6AGAE6M";
    let account = it.lab.cloud.account(ACCOUNT).unwrap();
    let (devs, both) = (
        account.iam.groups["devs"].id.clone(),
        format!(
            "{},{}",
            account.iam.users["ana"].id, account.iam.users["eve"].id
        ),
    );
    it.lab.check(
        &changed(&eve, &[("groups", &devs), ("attached", aws)]),
        expect![[r#"
            Change eve
            aws iam add-user-to-group --group-name devs --user-name eve
            aws iam attach-user-policy --user-name eve --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"#]],
    );
    it.lab.check(
        &changed(&it.devs, &[("users", &both), ("attached", "")]),
        expect![[r#"
            Change devs
            aws iam add-user-to-group --group-name devs --user-name eve
            aws iam detach-group-policy --group-name devs --policy-arn arn:aws:iam::123456789012:policy/read"#]],
    );
}

#[test]
fn a_policy_has_versions() {
    let mut it = access();
    let text = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:{action}","Resource":"*"}}}}"#
        )
    };
    for action in ["GetObject", "PutObject", "GetBucketAcl", "ListBucket"] {
        it.lab
            .run(&changed(&it.read, &[("document", &text(action))]));
    }
    let sixth = changed(&it.read, &[("document", &text("DeleteObject"))]);
    it.lab.check(&sixth, expect![[r#"
        LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.
        offer: Delete v1 first"#]]);
    let offer = it.lab.refusal(&sixth).offers.remove(0).intent;
    it.lab.check(&offer, expect![[r#"
        Change read
        aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v1
        aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"}}' --set-as-default"#]]);
    it.lab.check(
        &changed(&it.read, &[("version", "v2"), ("versions", "v2,v3")]),
        expect![[r#"
            Change read
            aws iam set-default-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v2
            aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v1
            aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v4
            aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v5"#]],
    );
    it.lab.check(&deleted(&[&it.read]), expect![[r#"
        Delete read
        aws iam detach-group-policy --group-name devs --policy-arn arn:aws:iam::123456789012:policy/read
        aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v1
        aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v2
        aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v3
        aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/read --version-id v4
        aws iam delete-policy --policy-arn arn:aws:iam::123456789012:policy/read
        note: devs loses what it allows.
        gone: policy read"#]]);
    it.lab.check(
        &deleted(&["arn:aws:iam::aws:policy/AdministratorAccess"]),
        expect!["AccessDenied: Policy is outside your own account."],
    );
}

#[test]
fn what_stands_in_the_way_of_a_bucket_or_a_user_goes_first() {
    let mut it = access();
    it.lab.make(Kind::Object, &it.bucket, &[("name", "b.csv")]);
    it.lab.check(
        &deleted(&[&it.object]),
        expect![[r#"
        Delete a.csv
        aws s3api delete-object --bucket reports --key a.csv
        gone: object a.csv"#]],
    );
    let both = ["arn:aws:s3:::reports/b.csv", it.object.as_str()];
    it.lab.check(
        &deleted(&both),
        expect![[r#"
        Delete 2 things
        aws s3api delete-objects --bucket reports --delete 'Objects=[{Key=b.csv},{Key=a.csv}]'
        gone: object b.csv
        gone: object a.csv"#]],
    );
    it.lab.check(
        &deleted(&[&it.bucket]),
        expect![[r#"
        Delete reports
        aws s3api delete-objects --bucket reports --delete 'Objects=[{Key=a.csv},{Key=b.csv}]'
        aws s3api delete-bucket --bucket reports
        gone: object a.csv
        gone: object b.csv
        gone: bucket reports"#]],
    );
    it.lab
        .run(&changed(&it.bucket, &[("versioning", "Enabled")]));
    it.lab.run(&changed(&it.object, &[("content", "new")]));
    it.lab.check(
        &deleted(&[&it.object]),
        expect![[r#"
        Delete a.csv
        aws s3api delete-object --bucket reports --key a.csv
        note: A delete marker hides it; the versions before it stay.
        gone: object a.csv"#]],
    );
    it.lab.run(&deleted(&[&it.object]));
    // A second time it goes for good.
    let plan = it.lab.plan(&deleted(&[&it.object])).unwrap();
    assert_eq!(
        plan.commands[0].matches("VersionId=").count(),
        3,
        "{plan:?}"
    );
    let plan = it.lab.run(&deleted(&[&it.bucket]));
    assert_eq!(plan.commands.len(), 2);
    assert_eq!(plan.gone.len(), 3);
    it.lab.make(Kind::AccessKey, &it.ana, &[]);
    it.lab.make(Kind::InlinePolicy, &it.ana, &[]);
    it.lab.join(&it.read, &it.ana);
    let plan = it.lab.plan(&deleted(&[&it.ana])).unwrap();
    expect![[r#"
        aws iam detach-user-policy --user-name ana --policy-arn arn:aws:iam::123456789012:policy/read
        aws iam delete-user-policy --user-name ana --policy-name policy-1
        aws iam delete-access-key --user-name ana --access-key-id AKIAJLJP7G3OP3G2HJA3
        aws iam remove-user-from-group --group-name devs --user-name ana
        aws iam delete-user --user-name ana"#]].assert_eq(&it.lab.readable(&plan.commands.join("\n")));
    it.lab.check(&deleted(&[&it.devs]), expect![[r#"
        Delete devs
        aws iam detach-group-policy --group-name devs --policy-arn arn:aws:iam::123456789012:policy/read
        aws iam remove-user-from-group --group-name devs --user-name ana
        aws iam delete-group --group-name devs
        gone: group devs"#]]);
    it.lab.run(&deleted(&[&it.devs, &it.read, &it.ana]));
}

#[test]
fn policies_groups_and_objects_are_copied() {
    let mut it = access();
    let inline = it
        .lab
        .make(Kind::InlinePolicy, &it.devs, &[("name", "own")]);
    let copy = |id: &str, into: Option<&str>| Intent::Copy {
        ids: vec![id.to_owned()],
        into: into.map(str::to_owned),
    };
    it.lab.check(
        &copy(&it.read, None),
        expect![[r#"
        Copy read
        aws iam create-policy --policy-name read-1 --policy-document '{
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "s3:ListBucket",
              "Resource": "arn:aws:s3:::reports"
            }
          ]
        }'"#]],
    );
    it.lab.check(
        &copy("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", None),
        expect![[r#"
            Copy AmazonS3ReadOnlyAccess
            aws iam create-policy --policy-name AmazonS3ReadOnlyAccess-1 --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}'"#]],
    );
    it.lab.check(&copy(&it.devs, None), expect![[r#"
        Copy devs
        aws iam create-group --group-name devs-1
        aws iam attach-group-policy --group-name devs-1 --policy-arn arn:aws:iam::123456789012:policy/read
        aws iam put-group-policy --group-name devs-1 --policy-name own --policy-document '{
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "s3:ListBucket",
              "Resource": "arn:aws:s3:::reports"
            }
          ]
        }'
        note: It has the same policies, and no users yet."#]]);
    it.lab.check(
        &copy(&it.object, None),
        expect![[r#"
        Copy a.csv
        aws s3api copy-object --bucket reports --copy-source reports/a.csv --key a-2.csv"#]],
    );
    it.lab.check(
        &copy(&inline, Some(&it.ana)),
        expect![[r#"
        Copy own
        aws iam put-user-policy --user-name ana --policy-name own --policy-document '{
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "s3:ListBucket",
              "Resource": "arn:aws:s3:::reports"
            }
          ]
        }'"#]],
    );
    it.lab.check(&copy(&it.bucket, None), expect![[r#"
        A bucket is not copied: its name is the only one in the world. Make another, and copy the objects into it.
        offer: Make a bucket"#]]);
    it.lab.check(&copy(&it.ana, None), expect![[r#"
        A user stands for one person or program, with keys of its own. Make another, and put it into the same groups.
        offer: Make a user"#]]);
}

#[test]
fn a_text_that_changes_keeps_what_was_said_of_it() {
    let mut it = access();
    let put = |class: &str| {
        let text = |text: &str| hopwise_cloud::Value::from(text);
        let mut params = hopwise_cloud::Map::new();
        let mut metadata = hopwise_cloud::Map::new();
        metadata.insert("owner", text("ana"));
        for (name, value) in [
            ("Bucket", "reports"),
            ("Key", "a.csv"),
            ("ContentType", "text/csv"),
            ("CacheControl", "max-age=60"),
            ("ContentDisposition", "attachment"),
            ("ContentLanguage", "en"),
            ("StorageClass", class),
            ("Tagging", "team=shop"),
        ] {
            params.insert(name, text(value));
        }
        params.insert("Metadata", hopwise_cloud::Value::Map(metadata));
        params.insert("Body", hopwise_cloud::Value::Bytes(b"1".to_vec()));
        params
    };
    let call = Act::Call(hopwise_cloud::Call {
        credentials: it.lab.credentials.clone(),
        region: "us-east-1".to_owned(),
        via: hopwise_cloud::Via::default(),
        service: "s3".to_owned(),
        operation: "PutObject".to_owned(),
        params: put("STANDARD_IA"),
    });
    it.lab.cloud.apply(&call).unwrap();
    let said = |lab: &Lab| {
        let bucket = lab.desk().bucket(&it.bucket).unwrap();
        let version = bucket.version("a.csv", None).unwrap();
        let object = version.content.as_deref().unwrap();
        let mut said = (object.clone(), version.tags.clone());
        said.0.body = Vec::new().into();
        said.0.etag.clear();
        said
    };
    let before = said(&it.lab);
    let change = changed(&it.object, &[("content", "2")]);
    it.lab.check(&change, expect![[r#"
        Change a.csv
        printf %s 2 | aws s3api put-object --body /dev/stdin --bucket reports --key a.csv --content-type text/csv --cache-control max-age=60 --content-disposition attachment --content-language en --storage-class STANDARD_IA --metadata owner=ana
        aws s3api put-object-tagging --bucket reports --key a.csv --tagging 'TagSet=[{Key=team,Value=shop}]'"#]]);
    it.lab.run(&change);
    assert_eq!(said(&it.lab), before);
    let copy = Intent::Copy {
        ids: vec![it.object.clone()],
        into: None,
    };
    it.lab.check(&copy, expect![[r#"
        Copy a.csv
        aws s3api copy-object --bucket reports --copy-source reports/a.csv --key a-2.csv --storage-class STANDARD_IA"#]]);
}
