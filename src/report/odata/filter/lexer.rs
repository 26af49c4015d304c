//! From the text of an expression to its words.

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::Utc;
use rust_decimal::Decimal;

use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::cell::Cell;

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    /// A minus sign in front of something else than a number.
    Minus,
    /// A name: of a property, an operator or a function.
    Name(String),
    Literal(Cell),
}

/// The words of `text`, each with the place where it begins.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let mut lexer = Lexer { rest: text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(found) = lexer.token()? {
        tokens.push(found);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    /// How many characters stand in front of the rest.
    at: usize,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Result<Option<(usize, Token)>> {
        self.take(char::is_whitespace);
        let at = self.at;
        let mut ahead = self.rest.chars();
        let Some(first) = ahead.next() else { return Ok(None) };
        let second = ahead.next();
        let token = match first {
            '(' => self.single(Token::Open),
            ')' => self.single(Token::Close),
            ',' => self.single(Token::Comma),
            '\'' => self.text()?,
            '-' if !second.is_some_and(|next| next.is_ascii_digit()) => self.single(Token::Minus),
            '-' | '0'..='9' => {
                let word = self.take(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '+' | '.' | ':'));
                Token::Literal(literal(word).ok_or_else(|| wrong_literal(word, at))?)
            }
            _ if first == '_' || first.is_alphabetic() => {
                // Paths are taken for names, so that they are refused as the unknown properties that they are.
                let word = self.take(|it| it == '_' || it == '/' || it == '.' || it.is_alphanumeric());
                self.named(word)?
            }
            '$' | '@' | ':' | '[' | '{' => return Err(unsupported(&format!("expressions with `{first}`"))),
            _ => return Err(wrong(format!("`{first}` at character {} means nothing there", at + 1))),
        };
        Ok(Some((at, token)))
    }

    fn single(&mut self, token: Token) -> Token {
        self.step();
        token
    }

    /// Takes one character.
    fn step(&mut self) {
        let mut is_first = true;
        self.take(|_| std::mem::take(&mut is_first));
    }

    /// Takes characters from the front as long as they are wanted.
    fn take(&mut self, mut is_wanted: impl FnMut(char) -> bool) -> &'a str {
        let end = self.rest.find(|it| !is_wanted(it)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }

    /// A text in single quotes; two of them stand for one.
    fn text(&mut self) -> Result<Token> {
        let begin = self.at;
        let mut text = String::new();
        self.step();
        loop {
            text.push_str(self.take(|it| it != '\''));
            if self.rest.is_empty() {
                return Err(wrong(format!("the text that begins at character {} has no end", begin + 1)));
            }
            self.step();
            if !self.rest.starts_with('\'') {
                return Ok(Token::Literal(Cell::Text(text)));
            }
            text.push('\'');
            self.step();
        }
    }

    fn named(&self, word: &str) -> Result<Token> {
        let token = match word {
            "true" => Token::Literal(Cell::Boolean(true)),
            "false" => Token::Literal(Cell::Boolean(false)),
            "null" => Token::Literal(Cell::Null),
            "INF" | "NaN" => return Err(unsupported(&format!("the literal `{word}`"))),
            _ if self.rest.starts_with('\'') => {
                return Err(unsupported(&format!("literals that begin with `{word}'`")));
            }
            _ => Token::Name(word.to_owned()),
        };
        Ok(token)
    }
}

/// A number, a day or a moment.
fn literal(word: &str) -> Option<Cell> {
    let digits = word.trim_start_matches('-');
    if digits.bytes().all(|it| it.is_ascii_digit()) {
        return word.parse().map(Cell::Integer).ok().or_else(|| word.parse::<Decimal>().ok().map(Cell::Decimal));
    }
    if digits.bytes().all(|it| it.is_ascii_digit() || it == b'.') {
        return Decimal::from_str_exact(word).map(Cell::Decimal).ok().or_else(|| float(word));
    }
    if word.contains('T') {
        return moment(word).map(Cell::Timestamp);
    }
    if let Ok(day) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        return Some(Cell::Date(day));
    }
    float(word)
}

fn float(word: &str) -> Option<Cell> {
    word.parse().ok().filter(|number: &f64| number.is_finite()).map(Cell::Float)
}

/// A moment; the protocol lets the seconds be left out.
fn moment(word: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(word) {
        return Some(at.to_utc());
    }
    let at = NaiveDateTime::parse_from_str(word.strip_suffix('Z')?, "%Y-%m-%dT%H:%M").ok()?;
    Some(at.and_utc())
}

fn wrong_literal(word: &str, at: usize) -> Error {
    let hint = "numbers, days as `2026-01-31` and moments as `2026-01-31T12:00:00Z` stand bare (an offset's `+` as `%2B`), \
                texts in single quotes";
    wrong(format!("`{word}` at character {} is no literal that this feed reads: {hint}", at + 1))
}

pub(super) fn wrong(message: String) -> Error {
    Error::new(Code::BadInput, message)
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("this feed does not support {what}"))
}
