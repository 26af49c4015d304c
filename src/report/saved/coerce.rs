//! From the texts in an address to the values of variables.

use async_graphql::Name;
use async_graphql::Value;
use async_graphql::Variables;

use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::plan::Parameter;

/// The variables that `given` sets; what is not given keeps its default.
///
/// # Errors
/// `BAD_INPUT` for a name that is none of `parameters`, one that is given twice, one that is missing, and a text that
/// does not fit its type.
pub fn variables(parameters: &[Parameter], given: &[(String, String)]) -> Result<Variables> {
    let mut variables = Variables::default();
    for (name, text) in given {
        let parameter = parameters.iter().find(|parameter| parameter.name == *name).ok_or_else(|| {
            let known = parameters.iter().map(|parameter| format!("`{}`", parameter.name)).collect::<Vec<_>>();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            wrong(format!("the report has no parameter `{name}`; its parameters: {known}"))
        })?;
        let value = value(&parameter.ty, text)
            .ok_or_else(|| wrong(format!("the parameter `{name}` must be of the type `{}`", parameter.ty)))?;
        if variables.insert(Name::new(name), value).is_some() {
            return Err(wrong(format!("the parameter `{name}` is given twice")));
        }
    }
    let missing = parameters
        .iter()
        .find(|parameter| parameter.is_required && !given.iter().any(|(name, _)| *name == parameter.name));
    missing.map_or(Ok(variables), |parameter| {
        Err(wrong(format!("the parameter `{}` of the type `{}` is missing", parameter.name, parameter.ty)))
    })
}

/// `text` as a value of the scalar `ty`; whatever is no number and no truth stays a text, for the schema to judge.
fn value(ty: &str, text: &str) -> Option<Value> {
    match ty.trim_end_matches('!') {
        "Int" => text.parse::<i32>().ok().map(Value::from),
        "Float" => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        "Boolean" => text.parse::<bool>().ok().map(Value::from),
        _ => Some(Value::from(text)),
    }
}

fn wrong(message: String) -> Error {
    Error::new(Code::BadInput, message)
}
