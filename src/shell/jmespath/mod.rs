//! JMESPath over [`Value`]: what `--query` asks of an answer.
//!
//! The grammar is <https://jmespath.org/specification.html>; behaviour and error texts are those
//! of the Python library that the AWS CLI uses, whose words a user sees.
//!
//! **Invariant:** parsing and searching are bounded (length, depth, steps), so no expression
//! hangs or overflows.

mod functions;
mod interpreter;
mod lexer;
mod parser;

use std::fmt;

use hopwise_cloud::Value;

use parser::Node;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    root: Node,
}

/// Why an expression cannot be read or searched with, in the Python library's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Error {
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Reads an expression.
pub fn compile(text: &str) -> Result<Expression, Error> {
    Ok(Expression {
        root: parser::parse(text)?,
    })
}

impl Expression {
    /// What the expression finds in `value`; nothing found is [`Value::Null`].
    pub fn search(&self, value: &Value) -> Result<Value, Error> {
        interpreter::search(&self.root, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use hopwise_cloud::json;

    const VPCS: &str = r#"{"Vpcs":[{"Id":"b","N":2,"Def":false,"Tags":[{"K":"x","V":"1"}]},
        {"Id":"a","N":10,"Def":true,"Tags":[]},{"Id":"c","N":1.5}],"O":{"z":1,"a":[1,[2,[3]]]},"S":"é"}"#;

    fn check(expression: &str, expected: Expect) {
        let data = json::parse(VPCS).unwrap();
        let answer = match compile(expression).and_then(|compiled| compiled.search(&data)) {
            Ok(value) => json::compact(&value),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&answer);
    }

    #[test]
    fn paths_and_projections() {
        check("Vpcs[0].Id", expect![[r#""b""#]]);
        check("Vpcs[-1].Id", expect![[r#""c""#]]);
        check("Vpcs[7].Id", expect!["null"]);
        check("Vpcs[*].Id", expect![[r#"["b","a","c"]"#]]);
        check("Vpcs[].Tags[].K", expect![[r#"["x"]"#]]);
        check("Vpcs[*].Tags[*].K", expect![[r#"[["x"],[]]"#]]);
        check("Vpcs[:2].N", expect!["[2,10]"]);
        check("Vpcs[::-1].N", expect!["[1.5,10,2]"]);
        check("Vpcs[::0].N", expect!["slice step cannot be zero"]);
        check("O.a[1][1:].x", expect!["null"]);
        check("O.*", expect!["[1,[1,[2,[3]]]]"]);
        check("O.a[]", expect!["[1,2,[3]]"]);
        check("O.a[][]", expect!["[1,2,3]"]);
        check("\"O\".\"z\"", expect!["1"]);
        check("Vpcs[].Id | [0]", expect![[r#""b""#]]);
        check("@.S", expect![[r#""é""#]]);
        check(
            "[Vpcs[0].Id, `1`, 'r', \"S\"]",
            expect![[r#"["b",1,"r","é"]"#]],
        );
        check(
            "Vpcs[].{z:Id,a:N,'b':N}",
            expect![[r#"
            Expecting: ['quoted_identifier', 'unquoted_identifier'], got: literal: Parse error at column 17, token "b" (LITERAL), for expression:
            "Vpcs[].{z:Id,a:N,'b':N}"
                              ^"#]],
        );
        check(
            "Vpcs[].{z:Id,a:N}",
            expect![[r#"[{"z":"b","a":2},{"z":"a","a":10},{"z":"c","a":1.5}]"#]],
        );
        check("`{\"a\": [1]}`.a[0]", expect!["1"]);
        check("`foo`", expect![[r#""foo""#]]);
    }

    #[test]
    fn filters() {
        check("Vpcs[?Id=='a'].N", expect!["[10]"]);
        check("Vpcs[?N>`1.5` && Def!=`true`].Id", expect![[r#"["b"]"#]]);
        check("Vpcs[?N<=`2`].Id", expect![[r#"["b","c"]"#]]);
        check("Vpcs[?Def].Id", expect![[r#"["a"]"#]]);
        check("Vpcs[?!Def].Id", expect![[r#"["b","c"]"#]]);
        check("Vpcs[?Def==`false`||Id=='c'].Id", expect![[r#"["b","c"]"#]]);
        check("Vpcs[?Tags[?K=='x']].Id", expect![[r#"["b"]"#]]);
        check("Vpcs[?N==`2.0`].Id", expect![[r#"["b"]"#]]);
        check("Vpcs[?starts_with(Id,'a')] | length(@)", expect!["1"]);
        check("Nope[?a].b", expect!["null"]);
        check("Vpcs[0].Nope || 'd'", expect![[r#""d""#]]);
        check("O.z && S", expect![[r#""é""#]]);
    }

    #[test]
    fn functions() {
        check("sort_by(Vpcs,&Id)[].N", expect!["[10,2,1.5]"]);
        check("reverse(sort_by(Vpcs,&N))[*].N", expect!["[10,2,1.5]"]);
        check("max_by(Vpcs,&N).Id", expect![[r#""a""#]]);
        check("min_by(Vpcs,&N).Id", expect![[r#""c""#]]);
        check("sum(Vpcs[].N)", expect!["13.5"]);
        check("avg(Vpcs[:2].N)", expect!["6.0"]);
        check("join(',',sort(Vpcs[].Id))", expect![[r#""a,b,c""#]]);
        check("keys(Vpcs[0])", expect![[r#"["Id","N","Def","Tags"]"#]]);
        check("values(O) | [0]", expect!["1"]);
        check(
            "to_string(O)",
            expect![[r#""{\"z\":1,\"a\":[1,[2,[3]]]}""#]],
        );
        check("to_string([S])", expect![[r#""[\"\\u00e9\"]""#]]);
        check(
            "[to_number('12'),to_number('1.5'),to_number('x'),to_number(S)]",
            expect!["[12,1.5,null,null]"],
        );
        check("[length(S),length(Vpcs),length(O)]", expect!["[1,3,2]"]);
        check(
            "[abs(`-3`),ceil(`1.2`),floor(`-1.2`),abs(`-1.5`)]",
            expect!["[3,2,-2,1.5]"],
        );
        check(
            "[max(`[1,3,2]`),min(['b','a']),max(`[]`)]",
            expect![[r#"[3,"a",null]"#]],
        );
        check("merge(O,`{\"z\":2,\"q\":3}`).[z,q]", expect!["[2,3]"]);
        check("map(&Id, Vpcs)", expect![[r#"["b","a","c"]"#]]);
        check("not_null(Nope,S)", expect![[r#""é""#]]);
        check(
            "[type(S),type(@),type(Vpcs),type(Nope),type(`1`),type(`true`)]",
            expect![[r#"["string","object","array","null","number","boolean"]"#]],
        );
        check(
            "[contains('abc','b'),contains(`[1,2]`,`3`),ends_with('ab','b')]",
            expect!["[true,false,true]"],
        );
        check("to_array(S)", expect![[r#"["é"]"#]]);
        check("reverse('abc')", expect![[r#""cba""#]]);
    }

    #[test]
    fn errors_are_pythons() {
        check(
            "Vpcs[0",
            expect![[r#"
            Invalid jmespath expression: Incomplete expression:
            "Vpcs[0"
                   ^"#]],
        );
        check("nofunc(Vpcs)", expect!["Unknown function: nofunc()"]);
        check(
            "length(Vpcs[0].Def)",
            expect![[
                r#"In function length(), invalid type for value: False, expected one of: ['string', 'array', 'object'], received: "boolean""#
            ]],
        );
        check(
            "sort(Vpcs)",
            expect![[
                r#"In function sort(), invalid type for value: {'Id': 'b', 'N': 2, 'Def': False, 'Tags': [{'K': 'x', 'V': '1'}]}, expected one of: ['array-string', 'array-number'], received: "dict""#
            ]],
        );
        check(
            "length(S,S)",
            expect!["Expected 1 argument for function length(), received 2"],
        );
        check(
            "join(S)",
            expect!["Expected 2 arguments for function join(), received 1"],
        );
        check(
            "not_null()",
            expect!["Expected at least 1 argument for function not_null(), received 0"],
        );
        check(
            "Vpcs[?Id=='a'",
            expect![[r#"
            Invalid jmespath expression: Incomplete expression:
            "Vpcs[?Id=='a'"
                          ^"#]],
        );
        check(
            "Vpcs.",
            expect![[r#"
            Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof: Parse error at column 5, token "" (EOF), for expression:
            "Vpcs."
                  ^"#]],
        );
        check(
            "Vpcs[?Id='a']",
            expect![[r#"
            Bad jmespath expression: Unknown token '=':
            Vpcs[?Id='a']
                    ^"#]],
        );
        check(
            "a#b",
            expect![[r#"
            Bad jmespath expression: Unknown token #:
            a#b
             ^"#]],
        );
        check(
            "'abc",
            expect![[r#"
            Bad jmespath expression: Unclosed ' delimiter:
            'abc
            ^"#]],
        );
        check(
            "a b",
            expect![[r#"
            Unexpected token: b: Parse error at column 2, token "b" (UNQUOTED_IDENTIFIER), for expression:
            "a b"
               ^"#]],
        );
        check("", expect!["Invalid JMESPath expression: cannot be empty."]);
        check(
            "max_by(Vpcs,&Tags)",
            expect![[
                r#"In function max_by(), invalid type for value: [{'K': 'x', 'V': '1'}], expected one of: ['number', 'string'], received: "array""#
            ]],
        );
    }

    #[test]
    fn work_is_bounded() {
        let wide = "[@,@]|".repeat(60) + "@";
        check(
            &wide,
            expect!["The query does too much work for this sandbox."],
        );
        let deep = "(".repeat(500) + "a" + &")".repeat(500);
        check(
            &deep,
            expect!["The query is nested too deeply for this sandbox."],
        );
        let long = "a.".repeat(5000) + "a";
        check(&long, expect!["The query is too long for this sandbox."]);
    }
}
