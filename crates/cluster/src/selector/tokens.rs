//! Words and signs of a selector.

/// One token with its text. `in` and `notin` are words: only their place makes them operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    /// A key, a value or a word operator.
    Word(&'a str),
    /// One of `=`, `==`, `!=`, `!`, `(`, `)`, `,`, `<`, `>`.
    Sign(&'static str),
    /// After the last token.
    End,
}

impl<'a> Token<'a> {
    /// The text as error messages show it.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Word(text) | Self::Sign(text) => text,
            Self::End => "",
        }
    }
}

/// Two-letter signs come before the signs they begin with.
const SIGNS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", "<", ">"];

/// Takes tokens off the front of a text.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The next token, left where it is.
    pub(super) fn peek(&self) -> Token<'a> {
        self.split().0
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'a> {
        let (token, rest) = self.split();
        self.rest = rest;
        token
    }

    fn split(&self) -> (Token<'a>, &'a str) {
        let text = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        for sign in SIGNS {
            if let Some(rest) = text.strip_prefix(sign) {
                return (Token::Sign(sign), rest);
            }
        }
        let end = text
            .find([' ', '\t', '\r', '\n', '=', '!', '(', ')', ',', '<', '>'])
            .unwrap_or(text.len());
        match text.split_at_checked(end) {
            Some((word, rest)) if !word.is_empty() => (Token::Word(word), rest),
            _ => (Token::End, ""),
        }
    }
}
