//! `$((…))`: whole numbers of 64 bits, wrapping as bash's do.

/// The deepest nesting of brackets.
const DEEPEST: usize = 64;

/// What an expression reads and sets.
pub(crate) trait Names {
    fn get(&self, name: &str) -> Option<String>;
    fn set(&mut self, name: &str, value: i64);
}

/// The value of an expression, or bash's words for what is wrong with it.
pub(crate) fn evaluate(text: &str, names: &mut dyn Names) -> Result<i64, String> {
    let mut reader = Reader {
        chars: text.chars().collect(),
        place: 0,
        text,
        names,
        depth: 0,
        skipping: 0,
    };
    reader.blanks();
    if reader.peek().is_none() {
        return Ok(0);
    }
    let value = reader.assignment()?;
    reader.blanks();
    if reader.peek().is_some() {
        return Err(reader.error("syntax error in expression"));
    }
    Ok(value)
}

struct Reader<'a> {
    chars: Vec<char>,
    place: usize,
    text: &'a str,
    names: &'a mut dyn Names,
    depth: usize,
    /// In a branch not taken: nothing is set and nothing divides by zero.
    skipping: usize,
}

/// Operators by level, weakest first; longer ones before their beginnings.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_> {
    fn error(&self, what: &str) -> String {
        let rest: String = self.chars.iter().skip(self.place).collect();
        format!("{}: {what} (error token is \"{rest}\")", self.text)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.place += 1;
        }
    }

    fn starts(&self, word: &str) -> bool {
        word.chars()
            .enumerate()
            .all(|(at, c)| self.chars.get(self.place + at) == Some(&c))
    }

    fn take(&mut self, word: &str) -> bool {
        self.blanks();
        let starts = self.starts(word);
        if starts {
            self.place += word.len();
        }
        starts
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        if !self
            .peek()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        {
            return None;
        }
        let mut name = String::new();
        while let Some(c) = self
            .peek()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        {
            name.push(c);
            self.place += 1;
        }
        Some(name)
    }

    fn value_of(&mut self, name: &str) -> i64 {
        self.names
            .get(name)
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    fn set(&mut self, name: &str, value: i64) {
        if self.skipping == 0 {
            self.names.set(name, value);
        }
    }

    fn assignment(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("expression recursion level exceeded"));
        }
        let back = self.place;
        if let Some(name) = self.name() {
            self.blanks();
            for operator in ["+=", "-=", "*=", "/=", "%=", "="] {
                if self.starts(operator) && !self.starts("==") {
                    self.place += operator.len();
                    let right = self.assignment()?;
                    let value = match operator {
                        "=" => right,
                        operator => {
                            let left = self.value_of(&name);
                            let sign = operator.trim_end_matches('=');
                            self.binary(sign, left, right)?
                        }
                    };
                    self.set(&name, value);
                    self.depth -= 1;
                    return Ok(value);
                }
            }
            self.place = back;
        }
        let condition = self.level(0)?;
        let value = if self.take("?") {
            self.skipping += usize::from(condition == 0);
            let yes = self.assignment()?;
            self.skipping -= usize::from(condition == 0);
            if !self.take(":") {
                return Err(self.error("`:' expected for conditional expression"));
            }
            self.skipping += usize::from(condition != 0);
            let no = self.assignment()?;
            self.skipping -= usize::from(condition != 0);
            if condition != 0 { yes } else { no }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn level(&mut self, level: usize) -> Result<i64, String> {
        let Some(operators) = LEVELS.get(level) else {
            return self.power();
        };
        let mut left = self.level(level + 1)?;
        loop {
            self.blanks();
            let found = operators.iter().copied().find(|operator| {
                let longer = match *operator {
                    "|" => self.starts("||"),
                    "&" => self.starts("&&"),
                    "<" => self.starts("<<"),
                    ">" => self.starts(">>"),
                    "*" => self.starts("**"),
                    _ => false,
                };
                self.starts(operator) && !longer
            });
            let Some(operator) = found else {
                return Ok(left);
            };
            self.place += operator.len();
            let skip = matches!((operator, left), ("&&", 0)) || (operator == "||" && left != 0);
            self.skipping += usize::from(skip);
            let right = self.level(level + 1)?;
            self.skipping -= usize::from(skip);
            left = self.binary(operator, left, right)?;
        }
    }

    fn binary(&self, operator: &str, left: i64, right: i64) -> Result<i64, String> {
        Ok(match operator {
            "||" => i64::from(left != 0 || right != 0),
            "&&" => i64::from(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(u32::try_from(right & 63).unwrap_or(0)),
            ">>" => left.wrapping_shr(u32::try_from(right & 63).unwrap_or(0)),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            _ if right == 0 && self.skipping > 0 => 0,
            _ if right == 0 => {
                return Err(format!(
                    "{}: division by 0 (error token is \"{right}\")",
                    self.text
                ));
            }
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.unary()?;
        if !self.take("**") {
            return Ok(base);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("expression recursion level exceeded"));
        }
        let exponent = self.power()?;
        self.depth -= 1;
        match u32::try_from(exponent) {
            Ok(exponent) => Ok(base.wrapping_pow(exponent)),
            Err(_) => Err(self.error("exponent less than 0")),
        }
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("expression recursion level exceeded"));
        }
        let value = self.primary()?;
        self.depth -= 1;
        Ok(value)
    }

    fn primary(&mut self) -> Result<i64, String> {
        for (sign, step) in [("++", 1), ("--", -1)] {
            let back = self.place;
            if self.take(sign) {
                if let Some(name) = self.name() {
                    let value = self.value_of(&name).wrapping_add(step);
                    self.set(&name, value);
                    return Ok(value);
                }
                self.place = back;
            }
        }
        if self.take("!") {
            return Ok(i64::from(self.unary()? == 0));
        }
        if self.take("-") {
            return Ok(self.unary()?.wrapping_neg());
        }
        if self.take("+") {
            return self.unary();
        }
        if self.take("~") {
            return Ok(!self.unary()?);
        }
        if self.take("(") {
            let value = self.assignment()?;
            if !self.take(")") {
                return Err(self.error("missing `)'"));
            }
            return Ok(value);
        }
        if let Some(name) = self.name() {
            let value = self.value_of(&name);
            for (sign, step) in [("++", 1), ("--", -1)] {
                if self.take(sign) {
                    self.set(&name, value.wrapping_add(step));
                }
            }
            return Ok(value);
        }
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_alphanumeric) {
            digits.push(c);
            self.place += 1;
        }
        if digits.is_empty() {
            return Err(self.error("syntax error: operand expected"));
        }
        let parsed = if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            i64::from_str_radix(hex, 16).ok()
        } else if digits.len() > 1 && digits.starts_with('0') {
            i64::from_str_radix(&digits, 8).ok()
        } else {
            digits.parse().ok()
        };
        parsed.ok_or_else(|| {
            format!(
                "{}: value too great for base (error token is \"{digits}\")",
                self.text
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Names for BTreeMap<String, i64> {
        fn get(&self, name: &str) -> Option<String> {
            BTreeMap::get(self, name).map(i64::to_string)
        }
        fn set(&mut self, name: &str, value: i64) {
            self.insert(name.to_owned(), value);
        }
    }

    fn check(text: &str, expected: &str) {
        let mut names = BTreeMap::from([("x".to_owned(), 5)]);
        let shown = match evaluate(text, &mut names) {
            Ok(value) => format!("{value} x={}", names["x"]),
            Err(words) => words,
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn numbers_names_and_operators() {
        check("1+2*3", "7 x=5");
        check("(1+2)*3 - -x", "14 x=5");
        check("2**3**2", "512 x=5");
        check("x++ + x", "11 x=6");
        check(
            "x += 2, 1",
            "x += 2, 1: syntax error in expression (error token is \", 1\")",
        );
        check("x > 4 && x < 6 ? 10 : 20", "10 x=5");
        check("0 && (x = 1)", "0 x=5");
        check("y", "0 x=5");
        check("0x10 + 010", "24 x=5");
        check("7 / 2 % 2", "1 x=5");
        check("1/0", "1/0: division by 0 (error token is \"0\")");
        check(
            "1 +",
            "1 +: syntax error: operand expected (error token is \"\")",
        );
        check("", "0 x=5");
        assert!(evaluate(&"(".repeat(10_000), &mut BTreeMap::new()).is_err());
        assert!(evaluate(&"-".repeat(10_001), &mut BTreeMap::new()).is_err());
    }
}
