//! From tokens to requirements.
//!
//! Source: the selector grammar of Kubernetes (apimachinery `labels`), with its messages.

use super::tokens::{Token, Tokens};
use super::{Requirement, Test, valid};

const COMMA: Token<'static> = Token::Sign(",");
const OPEN: Token<'static> = Token::Sign("(");
const CLOSE: Token<'static> = Token::Sign(")");
const NOT: Token<'static> = Token::Sign("!");

/// Reads the whole text.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut tokens = Tokens::new(text);
    let mut all = Vec::new();
    match tokens.peek() {
        Token::End => return Ok(all),
        Token::Word(_) | NOT => {}
        Token::Sign(sign) => return Err(found(sign, "!, identifier, or 'end of string'")),
    }
    loop {
        let one = requirement(&mut tokens).map_err(|why| format!("unable to parse requirement: {why}"))?;
        all.push(one);
        match tokens.next() {
            Token::End => return Ok(all),
            COMMA => {}
            other @ (Token::Word(_) | Token::Sign(_)) => {
                return Err(found(other.text(), "',' or 'end of string'"));
            }
        }
        let next = tokens.peek();
        if next != NOT && !matches!(next, Token::Word(_)) {
            return Err(found(next.text(), "identifier after ','"));
        }
    }
}

fn requirement(tokens: &mut Tokens<'_>) -> Result<Requirement, String> {
    let negated = tokens.peek() == NOT;
    if negated {
        tokens.next();
    }
    let key = match tokens.next() {
        Token::Word(key) => key,
        other @ (Token::Sign(_) | Token::End) => return Err(found(other.text(), "identifier")),
    };
    valid::key(key)?;
    let test = match tokens.peek() {
        _ if negated => Test::Absent,
        Token::End | COMMA => Test::Exists,
        Token::Word(_) | Token::Sign(_) => operation(tokens)?,
    };
    Ok(Requirement {
        key: key.into(),
        test,
    })
}

fn operation(tokens: &mut Tokens<'_>) -> Result<Test, String> {
    match tokens.next() {
        Token::Word("in") => set(tokens).map(Test::In),
        Token::Word("notin") => set(tokens).map(Test::NotIn),
        Token::Sign("=" | "==") => single(tokens).map(|value| Test::In([value.into()].into())),
        Token::Sign("!=") => single(tokens).map(|value| Test::NotIn([value.into()].into())),
        Token::Sign(">") => integer(tokens).map(Test::Above),
        Token::Sign("<") => integer(tokens).map(Test::Below),
        other @ (Token::Word(_) | Token::Sign(_) | Token::End) => {
            Err(found(other.text(), "'=', '!=', '==', 'in', notin'"))
        }
    }
}

/// The value after `=`; nothing is the empty value.
fn single<'a>(tokens: &mut Tokens<'a>) -> Result<&'a str, String> {
    let value = match tokens.peek() {
        Token::End | COMMA => return Ok(""),
        Token::Word(value) => value,
        Token::Sign(sign) => return Err(found(sign, "identifier")),
    };
    tokens.next();
    valid::value(value)?;
    Ok(value)
}

fn integer(tokens: &mut Tokens<'_>) -> Result<i64, String> {
    let value = single(tokens)?;
    value
        .parse()
        .map_err(|_| "for 'Gt', 'Lt' operators, the value must be an integer".to_owned())
}

/// `(a,b)`; an empty place is the empty value.
fn set(tokens: &mut Tokens<'_>) -> Result<Box<[Box<str>]>, String> {
    let open = tokens.next();
    if open != OPEN {
        return Err(format!("found '{}' expected: '('", open.text()));
    }
    let mut values: Vec<Box<str>> = Vec::new();
    loop {
        let value = match tokens.peek() {
            Token::Word(value) => {
                tokens.next();
                valid::value(value)?;
                value
            }
            COMMA | CLOSE => "",
            other @ (Token::Sign(_) | Token::End) => {
                return Err(found(other.text(), "',', ')' or identifier"));
            }
        };
        values.push(value.into());
        match tokens.next() {
            COMMA => {}
            CLOSE => return Ok(values.into()),
            other @ (Token::Word(_) | Token::Sign(_) | Token::End) => {
                return Err(found(other.text(), "',' or ')'"));
            }
        }
    }
}

fn found(text: &str, expected: &str) -> String {
    format!("found '{text}', expected: {expected}")
}
