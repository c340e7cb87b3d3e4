//! What the policy engine says.

use crate::message::messages;

messages! {
    /// The question of an access decision.
    access_question { principal, action, resource } => "May {principal} call {action} on {resource}?";
    /// The request is permitted.
    access_yes { action } => "Yes. {action} is allowed, and nothing denies it.";
    /// A statement forbids the request.
    access_no_explicit { action, layer } => "No. {action} is explicitly denied by: {layer}.";
    /// A layer would have to permit the request and does not.
    access_no_implicit { action, layer } => "No. {action} is not allowed by: {layer}.";
    /// A second reason.
    access_no_more { answer, layer } => "{answer} It is also stopped by: {layer}.";

    /// The title of a layer.
    access_layer_resource_control { target } => "resource control policies at {target}";
    /// The title of a layer.
    access_layer_service_control { target } => "service control policies at {target}";
    /// The title of a layer.
    access_layer_vpc_endpoint { } => "VPC endpoint policy";
    /// The title of a layer.
    access_layer_public { } => "S3 Block Public Access";
    /// The title of a layer.
    access_layer_resource { } => "resource-based policy";
    /// The title of a layer.
    access_layer_principal { } => "identity-based policies";
    /// The title of a layer.
    access_layer_boundary { } => "permissions boundary";
    /// The title of a layer.
    access_layer_session { } => "session policies";

    /// A statement matches and permits.
    access_allows { statement, policy, action } => "Statement {statement} of {policy} allows {action}.";
    /// A statement matches and forbids.
    access_denies { statement, policy, action } => "Statement {statement} of {policy} denies {action}.";
    /// A setting forbids.
    access_blocked { action } => "RestrictPublicBuckets blocks {action}.";
    /// No statement matches, and none need to.
    access_open { action } => "Nothing here stands against {action}.";
    /// No statement matches.
    access_silent { action } => "No statement here allows {action}.";
    /// There is not even a policy.
    access_no_policy { action } => "There is no policy here that could allow {action}.";
    /// A sentence with its reason.
    access_noted { sentence, note } => "{sentence} {note}";
    /// Why the root user passes.
    access_note_root { } => "The root user may do everything in its own account.";
    /// Why nothing is checked.
    access_note_free { action } => "{action} needs no permission, and no policy can deny it.";
    /// Why a bucket policy does not stop the owner.
    access_note_owner_root { } => "The root user of the bucket's owner can always read, replace and delete the bucket policy.";
    /// Why silence does not matter.
    access_note_named { } => "That does not matter here: the resource-based policy names the caller directly.";
    /// Why an allow of the resource does not suffice.
    access_note_delegated { } => "The resource-based policy names the account, which only leaves the decision to the account's own policies.";
    /// Why silence of the resource does not matter.
    access_note_same_account { } => "Within one account the caller's own policies are enough.";
    /// Why the resource must allow.
    access_note_other_account { } => "The resource is another account's, so that both accounts must allow.";
    /// Why the resource must allow even within one account.
    access_note_own_policy { } => "A role and a KMS key must always be opened by their own policy.";
    /// Why a public policy lets no one in.
    access_note_public { } => "The bucket policy is public: while it is, only the owner's account and AWS services get in, even by statements that are not public.";
    /// Why only the resource's policy counts.
    access_note_no_identity { } => "The caller has no policies of its own, so that the resource-based policy alone decides.";
    /// Why a federated session may do nothing.
    access_note_no_session { } => "A federated user's session without a session policy has no permissions.";

    /// Why a statement does not match.
    access_miss_principal { } => "It is not for this caller.";
    /// Why a statement does not match.
    access_miss_action { element, listed } => "Its {element} is {listed}, which does not cover this action.";
    /// Why a statement does not match.
    access_miss_resource { element, listed } => "Its {element} is {listed}, which does not cover this resource.";
    /// Why a statement does not match, and what was probably meant.
    access_miss_resource_meant { element, listed, meant } => "Its {element} is {listed}, which does not cover this resource; {meant} would.";
    /// Why a statement does not match.
    access_miss_condition { operator, key, listed, present } => "Its condition {operator} on {key} with {listed} does not hold: in this request the key is {present}.";
    /// Why a statement does not match.
    access_miss_condition_absent { operator, key, listed } => "Its condition {operator} on {key} with {listed} does not hold: this request has no such key.";
    /// Why a statement does not match.
    access_miss_variable { operator, key, missing } => "Its condition {operator} on {key} compares with {missing}, which this request does not have.";
    /// Two reasons.
    access_miss_and { first, second } => "{first} {second}";

    /// The text ends too early.
    policy_json_end { expected } => "The text ends where {expected} should stand.";
    /// Help.
    policy_json_end_help { } => "Check that every bracket and quote that is opened is closed again.";
    /// A quote that JSON does not know.
    policy_json_quote { found } => "{found} is not a quote of JSON.";
    /// Help.
    policy_json_quote_help { } => "Write straight double quotes. Word processors and chat programs like to replace them.";
    /// Something else should stand here.
    policy_json_expected { expected, found } => "Here stands {found} where {expected} should.";
    /// Help.
    policy_json_expected_help { } => "A policy is JSON: names and texts in double quotes, objects in braces, lists in brackets.";
    /// Text after the document.
    policy_json_after_end { } => "There is more text after the end of the document.";
    /// Help.
    policy_json_after_end_help { } => "A policy is one object. Check whether a bracket closes too early.";
    /// Too deep.
    policy_json_deep { limit } => "Objects and lists are nested more than {limit} deep.";
    /// Help.
    policy_json_deep_help { } => "A policy needs no more than six levels.";
    /// A comma before a closing bracket.
    policy_json_comma_last { close } => "There is a comma before {close}.";
    /// Help.
    policy_json_comma_last_help { } => "Take the comma away: JSON has commas only between members.";
    /// No comma between members.
    policy_json_comma_missing { } => "A comma is missing before this.";
    /// Help.
    policy_json_comma_missing_help { } => "Put a comma after the member before.";
    /// A string without end.
    policy_json_string_open { } => "The text that begins here is not closed on its line.";
    /// Help.
    policy_json_string_open_help { } => "End it with a double quote.";
    /// An escape that JSON does not know.
    policy_json_escape { } => "JSON does not know this escape.";
    /// Help.
    policy_json_escape_help { } => "A backslash is written twice; letters by number need \\u and four digits.";
    /// A control character in a string.
    policy_json_control { character } => "The character {character} may not stand in a text.";
    /// Help.
    policy_json_control_help { } => "Take it away; a tab is written \\t.";

    /// Too long.
    policy_too_large { size, limit } => "The document has {size} bytes; AWS takes {limit}.";
    /// Help.
    policy_too_large_help { } => "Wildcards often say the same in fewer words.";
    /// A character outside of what IAM takes.
    policy_character { character } => "IAM takes no {character} in a policy.";
    /// Help.
    policy_character_help { } => "Keep to the characters of Latin-1.";
    /// Not an object.
    policy_not_object { what, found } => "{what} is {found}, and must be an object.";
    /// Help.
    policy_not_object_help { } => "The first character of a policy is an opening brace.";
    /// A value of another type.
    policy_wrong_type { element, expected, found } => "{element} must be {expected}, not {found}.";
    /// Help.
    policy_wrong_type_help { element, expected } => "Make {element} {expected}.";
    /// Twice.
    policy_duplicate { element, line } => "{element} stands here a second time; the first is in line {line}.";
    /// Help.
    policy_duplicate_help { } => "Keep one of them. Several values go into one list; two statements are two objects.";
    /// Not an element.
    policy_unknown { element } => "There is no element {element} here.";
    /// Help.
    policy_unknown_meant { meant } => "Did you mean {meant}?";
    /// Help.
    policy_unknown_help { known } => "What may stand here: {known}.";
    /// Not there.
    policy_missing { element } => "The element {element} is missing.";
    /// Help.
    policy_missing_help { element } => "Add {element}.";
    /// An empty list.
    policy_empty { element } => "{element} lists nothing.";
    /// Help.
    policy_empty_help { element } => "Put at least one entry into {element}.";
    /// X and NotX.
    policy_both { first, second } => "{first} and {second} can't stand in one statement.";
    /// Help.
    policy_both_help { } => "Make two statements of them, or keep one.";
    /// An element that such a policy does not have.
    policy_forbidden { element, kind } => "{element} does not belong in such a policy ({kind}).";
    /// Help.
    policy_principal_help { } => "Take it away: the policy is for whomever it is attached to.";
    /// Help.
    policy_resource_trust_help { } => "Take it away: the resource is the role itself.";
    /// No version.
    policy_version_missing { } => "There is no Version, which means the language of 2008.";
    /// The old version.
    policy_version_old { } => "This is the language of 2008, in which variables are plain text.";
    /// Not a version.
    policy_version_unknown { version } => "{version} is not a version of the policy language.";
    /// Help.
    policy_version_help { } => "Write \"Version\": \"2012-10-17\". It is the version of the language, not a date of yours.";
    /// A `Sid` with other characters.
    policy_sid { sid } => "The Sid {sid} has characters other than letters and digits.";
    /// Help.
    policy_sid_help { } => "Write it in one word, e.g. AllowListBucket.";
    /// A `Sid` twice.
    policy_sid_twice { sid, line } => "The Sid {sid} is already taken in line {line}.";
    /// Help.
    policy_sid_twice_help { } => "Give each statement a Sid of its own, or none.";
    /// Not an effect.
    policy_effect { effect } => "{effect} is not an effect.";
    /// Help.
    policy_effect_help { } => "Write Allow or Deny, with a capital letter.";
    /// An action without a service.
    policy_action_vendor { action } => "The action {action} does not say of which service.";
    /// Help.
    policy_action_vendor_help { } => "Write the service before it, e.g. s3:ListBucket.";
    /// An action with two colons.
    policy_action_colons { action } => "The action {action} has more than one colon.";
    /// Help.
    policy_action_colons_help { } => "An action is service:Name.";
    /// Not a service.
    policy_action_service { service } => "{service} can't be the name of a service.";
    /// Help.
    policy_action_service_help { } => "Write the service out, in letters, digits and hyphens.";
    /// An action of another service.
    policy_action_other { action, service, kind } => "{action} is no action of {service}, and such a policy ({kind}) knows no others.";
    /// Help.
    policy_action_other_help { service } => "Keep to actions of {service}.";
    /// Not an ARN.
    policy_resource_arn { resource } => "The resource {resource} is neither an ARN nor *.";
    /// Help.
    policy_resource_arn_help { } => "An ARN is arn:partition:service:region:account:resource; a bucket is arn:aws:s3:::bucket.";
    /// Not a partition.
    policy_resource_partition { partition } => "{partition} is not a partition of AWS.";
    /// Help.
    policy_resource_partition_help { } => "An ARN begins with arn:aws: in the commercial Regions.";
    /// Parts missing.
    policy_resource_parts { resource } => "The ARN {resource} has too few parts.";
    /// Help.
    policy_resource_parts_help { } => "Count the colons: there are five, also where a part between them is empty.";
    /// A service with wildcards.
    policy_resource_service { resource } => "The ARN {resource} leaves the service open.";
    /// Help.
    policy_resource_service_help { } => "Write the service out; wildcards are for the parts after it.";
    /// A Region where there is none.
    policy_resource_region { resource } => "The ARN {resource} names a Region, and such resources have none in their ARN.";
    /// Help.
    policy_resource_region_help { } => "Leave the part empty: the colons stay.";
    /// Not an IAM resource.
    policy_resource_iam { resource, paths } => "The ARN {resource} names no IAM resource; those begin with {paths}.";
    /// Help.
    policy_resource_iam_help { } => "Write the kind before the name, e.g. user/ana.";
    /// Not an S3 resource.
    policy_resource_bucket { resource } => "A bucket policy can't be about {resource}.";
    /// Help.
    policy_resource_bucket_help { } => "Name the bucket (arn:aws:s3:::bucket) for actions on it, its objects (arn:aws:s3:::bucket/*) for actions on them.";
    /// Not a principal.
    policy_principal { principal } => "{principal} names no principal.";
    /// Help.
    policy_principal_form_help { } => "Write an account's 12 digits, or the whole ARN of a user or role. Wildcards are not for parts of it: only * alone is allowed.";
    /// Not an operator.
    policy_operator { operator } => "There is no condition operator {operator}.";
    /// Help.
    policy_operator_help { } => "Operators are e.g. StringEquals, StringLike, ArnLike, IpAddress, Bool, NumericLessThan, DateGreaterThan.";
    /// Not a date.
    policy_date { value } => "{value} is not a date.";
    /// Help.
    policy_date_help { } => "Write it as 2026-11-20T12:00:00Z, or as seconds since 1970.";
}
