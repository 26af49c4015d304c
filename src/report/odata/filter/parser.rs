//! From words to an expression, by the precedence that the protocol gives the operators.

use super::Comparison;
use super::Expr;
use super::Function;
use super::Kind;
use super::Node;
use super::lexer::Token;
use super::lexer::tokens;
use super::lexer::unsupported;
use super::lexer::wrong;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::odata::name::Property;

/// How deep an expression may be nested; deeper ones would exhaust the stack.
const DEEPEST: usize = 64;

/// How many operators and operands one expression may have.
const LONGEST: usize = 2_000;

const COMPARISONS: [(&str, Comparison); 6] = [
    ("eq", Comparison::Eq),
    ("ne", Comparison::Ne),
    ("gt", Comparison::Gt),
    ("ge", Comparison::Ge),
    ("lt", Comparison::Lt),
    ("le", Comparison::Le),
];

/// What the protocol has as well.
const OTHER_OPERATORS: [&str; 7] = ["add", "sub", "mul", "div", "mod", "has", "in"];

/// What the protocol has as well.
const OTHER_FUNCTIONS: [&str; 20] = [
    "indexof",
    "substring",
    "concat",
    "fractionalseconds",
    "time",
    "totaloffsetminutes",
    "now",
    "mindatetime",
    "maxdatetime",
    "totalseconds",
    "round",
    "floor",
    "ceiling",
    "cast",
    "isof",
    "geo.distance",
    "geo.length",
    "geo.intersects",
    "any",
    "all",
];

/// Reads expressions over the properties of a table with these columns.
pub struct Parser<'a> {
    columns: &'a [Column],
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl std::fmt::Debug for Parser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parser").field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'a> Parser<'a> {
    /// A parser of `text`.
    ///
    /// # Errors
    /// When it has signs that no expression has, or too many.
    pub fn new(text: &str, columns: &'a [Column]) -> Result<Self> {
        let tokens = tokens(text)?;
        if tokens.len() > LONGEST {
            return Err(wrong(format!("the expression has more than {LONGEST} parts")));
        }
        Ok(Self { columns, tokens, at: 0, depth: 0 })
    }

    /// The whole text as a condition.
    ///
    /// # Errors
    /// When it is none.
    pub fn condition(mut self) -> Result<Expr> {
        let condition = self.expression()?;
        if self.tokens.get(self.at).is_some() {
            return Err(self.unexpected("`and`, `or` or the end"));
        }
        self.boolean(&condition, "`$filter`")?;
        Ok(condition)
    }

    /// The whole text as expressions to sort by, each with whether it goes down.
    ///
    /// # Errors
    /// When it is something else.
    pub fn sorts(mut self) -> Result<Vec<(Expr, bool)>> {
        let mut sorts = Vec::new();
        loop {
            let by = self.expression()?;
            let is_descending = self.takes("desc");
            if !is_descending {
                self.takes("asc");
            }
            sorts.push((by, is_descending));
            match self.tokens.get(self.at) {
                None => return Ok(sorts),
                Some((_, Token::Comma)) => self.at += 1,
                Some(_) => return Err(self.unexpected("`asc`, `desc`, a comma or the end")),
            }
        }
    }

    fn expression(&mut self) -> Result<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong(format!("the expression is nested more than {DEEPEST} levels deep")));
        }
        let expression = self.either();
        self.depth -= 1;
        expression
    }

    fn either(&mut self) -> Result<Expr> {
        let mut left = self.both()?;
        while self.takes("or") {
            let right = self.both()?;
            self.boolean(&left, "`or`")?;
            self.boolean(&right, "`or`")?;
            left = Expr { node: Node::Or(Box::new(left), Box::new(right)), kind: Kind::Boolean };
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expr> {
        let mut left = self.compared(true)?;
        while self.takes("and") {
            let right = self.compared(true)?;
            self.boolean(&left, "`and`")?;
            self.boolean(&right, "`and`")?;
            left = Expr { node: Node::And(Box::new(left), Box::new(right)), kind: Kind::Boolean };
        }
        Ok(left)
    }

    /// Comparisons; `eq` and `ne` bind less than the others.
    fn compared(&mut self, is_equality: bool) -> Result<Expr> {
        let mut left = if is_equality { self.compared(false)? } else { self.negated()? };
        while let Some((name, comparison)) = self.comparison(is_equality) {
            self.at += 1;
            let right = if is_equality { self.compared(false)? } else { self.negated()? };
            if !left.kind.compares_with(right.kind) {
                let (left, right) = (self.described(&left), self.described(&right));
                return Err(wrong(format!("`{name}` cannot hold {left} against {right}")));
            }
            left = Expr { node: Node::Compare(comparison, Box::new(left), Box::new(right)), kind: Kind::Boolean };
        }
        Ok(left)
    }

    fn comparison(&self, is_equality: bool) -> Option<(&'static str, Comparison)> {
        let Some((_, Token::Name(name))) = self.tokens.get(self.at) else { return None };
        let found = COMPARISONS.into_iter().find(|(known, _)| known == name)?;
        (matches!(found.1, Comparison::Eq | Comparison::Ne) == is_equality).then_some(found)
    }

    fn negated(&mut self) -> Result<Expr> {
        // A property may be called `not`; an operator is followed by what it negates.
        let next = self.tokens.get(self.at + 1);
        let is_operator = matches!(next, Some((_, Token::Open | Token::Literal(_) | Token::Name(_) | Token::Minus)));
        let is_compared = matches!(next, Some((_, Token::Name(name))) if is_operator_name(name));
        if !is_operator || is_compared || !self.takes("not") {
            return self.operand();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong(format!("the expression is nested more than {DEEPEST} levels deep")));
        }
        let negated = self.negated()?;
        self.depth -= 1;
        self.boolean(&negated, "`not`, which binds tighter than comparisons,")?;
        Ok(Expr { node: Node::Not(Box::new(negated)), kind: Kind::Boolean })
    }

    fn operand(&mut self) -> Result<Expr> {
        let expected = "a property, a literal, a function or `(`";
        let Some((_, token)) = self.tokens.get(self.at).cloned() else { return Err(self.unexpected(expected)) };
        match token {
            Token::Literal(cell) => {
                self.at += 1;
                let kind = super::eval::kind(&cell);
                Ok(Expr { node: Node::Literal(cell), kind })
            }
            Token::Open => {
                self.at += 1;
                let inner = self.expression()?;
                self.close()?;
                Ok(inner)
            }
            Token::Name(name) => {
                if matches!(self.tokens.get(self.at + 1), Some((_, Token::Open))) {
                    self.at += 2;
                    return self.call(&name);
                }
                let property = Property::find(&name, self.columns).ok_or_else(|| unknown(&name, self.columns))?;
                self.at += 1;
                let kind = match property {
                    Property::Key => Kind::Number,
                    Property::Column(at) => self.columns.get(at).map_or(Kind::Null, |column| column.ty.into()),
                };
                Ok(Expr { node: Node::Property(property), kind })
            }
            Token::Minus => Err(unsupported("the sign `-` in front of something else than a number")),
            Token::Close | Token::Comma => Err(self.unexpected(expected)),
        }
    }

    /// The call of `name`, whose bracket is open.
    fn call(&mut self, name: &str) -> Result<Expr> {
        let function = Function::find(name).ok_or_else(|| {
            if OTHER_FUNCTIONS.contains(&name) || name.ends_with("/any") || name.ends_with("/all") {
                return unsupported(&format!("the function `{name}`"));
            }
            let known = Function::ALL.map(|(name, _)| format!("`{name}`")).join(", ");
            wrong(format!("there is no function `{name}`; there are {known}"))
        })?;
        let mut arguments = vec![self.expression()?];
        while matches!(self.tokens.get(self.at), Some((_, Token::Comma))) {
            self.at += 1;
            arguments.push(self.expression()?);
        }
        self.close()?;
        let (count, kinds, kind) = function.signature();
        let name = function.name();
        if arguments.len() != count {
            return Err(wrong(format!("`{name}` takes {count} arguments, not {}", arguments.len())));
        }
        if let Some(argument) = arguments.iter().find(|it| it.kind != Kind::Null && !kinds.contains(&it.kind)) {
            let kinds = kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
            return Err(wrong(format!("`{name}` takes {kinds}, not {}", self.described(argument))));
        }
        Ok(Expr { node: Node::Call(function, arguments), kind })
    }

    fn close(&mut self) -> Result<()> {
        match self.tokens.get(self.at) {
            Some((_, Token::Close)) => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.unexpected("`)`")),
        }
    }

    /// Refuses what is no condition.
    fn boolean(&self, expression: &Expr, whose: &str) -> Result<()> {
        if matches!(expression.kind, Kind::Boolean | Kind::Null) {
            return Ok(());
        }
        // It may be the left side of what could be one.
        Err(self
            .unsupported_operator()
            .unwrap_or_else(|| wrong(format!("{whose} takes conditions, not {}", expression.kind.as_str()))))
    }

    /// The refusal of the next word, if it is an operator that the feed does not have.
    fn unsupported_operator(&self) -> Option<Error> {
        let Some((_, Token::Name(name))) = self.tokens.get(self.at) else { return None };
        OTHER_OPERATORS.contains(&name.as_str()).then(|| unsupported(&format!("the operator `{name}`")))
    }

    /// Takes the next word if it is `name`.
    fn takes(&mut self, name: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at), Some((_, Token::Name(next))) if next == name);
        self.at += usize::from(is_next);
        is_next
    }

    fn unexpected(&self, expected: &str) -> Error {
        let Some((at, _)) = self.tokens.get(self.at) else {
            return wrong(format!("the expression ends where {expected} was expected"));
        };
        let wrong = || wrong(format!("at character {} of the expression, {expected} was expected", at + 1));
        self.unsupported_operator().unwrap_or_else(wrong)
    }

    /// An expression in the words of a message.
    fn described(&self, expression: &Expr) -> String {
        let kind = expression.kind.as_str();
        match &expression.node {
            Node::Property(property) => format!("the column `{}`, which is {kind},", property.name(self.columns)),
            Node::Literal(_) | Node::Compare(..) | Node::And(..) | Node::Or(..) | Node::Not(_) | Node::Call(..) => {
                kind.to_owned()
            }
        }
    }
}

fn is_operator_name(name: &str) -> bool {
    let mut known = COMPARISONS.iter().map(|(known, _)| *known).chain(["and", "or", "asc", "desc"]);
    known.any(|known| known == name)
}

/// There is no property `name`.
pub(in crate::report::odata) fn unknown(name: &str, columns: &[Column]) -> Error {
    let is_path = name.split_once('/').is_some_and(|(first, _)| Property::find(first, columns).is_some());
    if is_path {
        return unsupported("paths below a property");
    }
    let json = columns.iter().filter(|column| column.ty == ColumnType::Json).count();
    let known = Property::all(columns).map(|property| format!("`{}`", property.name(columns)));
    let known = known.collect::<Vec<_>>().join(", ");
    let hint = if json > 0 { "; lists are texts of JSON" } else { "" };
    wrong(format!("there is no property `{name}`; there are {known}{hint}"))
}
