//! The IAM policy language: parse, validate, decide, explain.
//!
//! - [`parse`] reads a document and reports every mistake at once, each with its place and, where
//!   it is on record, the error that AWS answers with.
//! - [`decide`] answers a [`Request`] from all [`Layers`] of policies that have a say, and names
//!   every layer that fails, the statements that matched and the nearest miss.
//! - [`Decision::explanation`] tells it step by step; [`Decision::denial_reason`] in AWS's words.
//!
//! **Invariant:** nothing here knows which resources, actions or context keys exist. The caller
//! brings the request context whole; a key that it leaves out is absent.
//!
//! **Invariant:** where AWS's pages leave an answer open the engine says so ([`Unsupported`]) and
//! never guesses.
//!
//! ```
//! use hopwise_policy::{Attached, Caller, Context, Layers, PolicyKind, Request, decide, parse};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement":
//!     {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::photos/*"}}"#;
//! let (policy, mistakes) = parse(text, PolicyKind::Identity);
//! assert!(mistakes.is_empty());
//! let policy = policy.unwrap();
//!
//! let mut request = Request {
//!     caller: Caller::User {
//!         arn: "arn:aws:iam::111122223333:user/ana".to_owned(),
//!         account: "111122223333".to_owned(),
//!     },
//!     action: "s3:GetObject".to_owned(),
//!     resource: "arn:aws:s3:::photos/cat.jpg".to_owned(),
//!     resource_account: None,
//!     context: Context::new(),
//! };
//! let layers = Layers {
//!     identity: vec![Attached { name: "ReadPhotos", policy: &policy }],
//!     ..Layers::default()
//! };
//! assert!(decide(&request, &layers).unwrap().is_allowed());
//!
//! request.action = "s3:PutObject".to_owned();
//! assert_eq!(
//!     decide(&request, &layers).unwrap().denial_reason().unwrap(),
//!     "because no identity-based policy allows the s3:PutObject action"
//! );
//! ```

mod condition;
mod context;
mod date;
mod decide;
mod decision;
mod diagnostic;
mod explain;
#[cfg(test)]
mod facts;
mod form;
mod glob;
mod json;
mod matching;
mod number;
mod parse;
mod policy;
mod public;
mod request;
mod span;
mod template;

pub use condition::{Condition, Operator, SetOperator};
pub use context::{Context, ContextValue};
pub use decide::decide;
pub use decision::{Check, CheckEffect, Decision, Layer, Missed, Note, Outcome, StatementRef};
pub use diagnostic::{AwsError, Diagnostic, aws_error};
pub use matching::{Failure, Grant, Unsupported};
pub use parse::{MAX_BYTES, counted_characters, parse};
pub use policy::{
    ActionPattern, Effect, Element, Named, Policy, PolicyKind, PrincipalPattern, ResourcePattern,
    Statement, Version,
};
pub use request::{Attached, Caller, Layers, Level, Request};
pub use span::{Position, Span};
