//! What a Data Service API is: how it is called, and what it answers from what.

use serde_json::{Map, Value, json};

use super::Call;
use crate::error::Refusal;

/// One state of an API: its draft, what was submitted, or what is published.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(super) name: String,
    pub(super) path: String,
    description: String,
    mode: Mode,
    method: i64,
    protocols: Vec<i64>,
    response_type: i64,
    sql_mode: i64,
    timeout: i64,
    visible: i64,
    pub(crate) details: Details,
}

/// How an API came about, by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Wizard,
    Script,
    Registered,
}

/// What the JSON in `WizardDetails`, `ScriptDetails` or `RegistrationDetails` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) paged: bool,
    connection: Option<i64>,
    table: String,
    script: String,
    pub(crate) requests: Vec<Parameter>,
    pub(crate) responses: Vec<Parameter>,
    /// What a registered API answers, and what it shows of failures.
    pub(crate) sample: Option<String>,
    failure: Option<String>,
    host: String,
    service_path: String,
}

/// A parameter of the request, or a field of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) column: String,
    /// 0 text, 1 int, 2 long, 3 float, 4 double, 5 boolean.
    pub(crate) kind: i64,
    pub(crate) required: bool,
    /// 0 equal, 1 like, 2 constant, 3 in.
    pub(crate) operator: i64,
    /// 0 path, 1 query, 2 header, 3 body.
    pub(crate) position: i64,
    pub(crate) default: String,
    example: String,
    description: String,
}

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

impl Definition {
    /// What a call of `CreateDataServiceApi` says, or one of `UpdateDataServiceApi` of the draft that was there.
    pub(super) fn read(call: &Call<'_>, before: Option<&Self>) -> Result<Self, Refusal> {
        let text = |name: &str| call.owned(name).unwrap_or_default();
        let mode = match (before, call.integer("ApiMode")) {
            (Some(before), _) => before.mode,
            (None, Some(0)) => Mode::Wizard,
            (None, Some(1)) => Mode::Script,
            (None, Some(2)) => Mode::Registered,
            (None, other) => return Err(Refusal::invalid("ApiMode", format!("{other:?} is not 0, 1 or 2"))),
        };
        let methods = if mode == Mode::Registered { 0..=3 } else { 0..=1 };
        let method = number(call, "RequestMethod", methods)?;
        let details = match (call.filter(mode.parameter()), before) {
            (Some(json), _) => Details::read(mode, json)?,
            (None, Some(before)) => before.details.clone(),
            (None, None) => return Err(Refusal::missing(mode.parameter())),
        };
        Ok(Self {
            name: before.map_or_else(|| text("ApiName"), |before| before.name.clone()),
            path: path(text("ApiPath"))?,
            description: text("ApiDescription"),
            mode,
            method,
            protocols: protocols(&text("Protocols"))?,
            response_type: number(call, "ResponseContentType", 0..=1)?,
            sql_mode: call.integer("SqlMode").or(before.map(|before| before.sql_mode)).unwrap_or_default(),
            timeout: number(call, "Timeout", 1..=30_000)?,
            visible: number(call, "VisibleRange", 0..=1)?,
            details,
        })
    }

    pub(super) fn connection(&self) -> Option<i64> {
        self.details.connection
    }

    pub(crate) fn method(&self) -> &'static str {
        usize::try_from(self.method).ok().and_then(|code| METHODS.get(code).copied()).unwrap_or(METHODS[0])
    }

    pub(crate) fn is_registered(&self) -> bool {
        self.mode == Mode::Registered
    }

    /// Whether a call could mean either.
    pub(super) fn is_called_like(&self, other: &Self) -> bool {
        self.path == other.path && self.method == other.method
    }

    /// The parameters in a path, if it is this API's: `/user/[id]` is called as `/user/7`.
    pub(crate) fn match_path(&self, path: &str) -> Option<Vec<(String, String)>> {
        let (ours, theirs): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        if ours.len() != theirs.len() {
            return None;
        }
        let mut found = Vec::new();
        for (our, their) in ours.into_iter().zip(theirs) {
            match our.strip_prefix('[').and_then(|our| our.strip_suffix(']')) {
                Some(name) if !their.is_empty() => found.push((name.to_owned(), their.to_owned())),
                None if our == their => {}
                _ => return None,
            }
        }
        Some(found)
    }

    /// Adds what `GetDataServiceApi` and its like answer. Only drafts know columns.
    pub(super) fn describe(&self, body: &mut Map<String, Value>, draft: bool) {
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("ApiMode", (self.mode as i64).into());
        put("Description", self.description.as_str().into());
        put("Protocols", self.protocols.clone().into());
        put("RequestMethod", self.method.into());
        put("ResponseContentType", self.response_type.into());
        put("Timeout", self.timeout.into());
        put("VisibleRange", self.visible.into());
        if !draft {
            put("SqlMode", self.sql_mode.into());
        }
        put(self.mode.parameter(), self.details.show(self.mode, draft));
    }
}

impl Mode {
    fn parameter(self) -> &'static str {
        match self {
            Self::Wizard => "WizardDetails",
            Self::Script => "ScriptDetails",
            Self::Registered => "RegistrationDetails",
        }
    }

    /// What the names inside begin with.
    fn word(self) -> &'static str {
        match self {
            Self::Wizard => "wizard",
            Self::Script => "script",
            Self::Registered => "registration",
        }
    }
}

fn number(call: &Call<'_>, name: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, Refusal> {
    let value = call.id(name)?;
    if range.contains(&value) {
        return Ok(value);
    }
    Err(Refusal::invalid(name, format!("{value} is not from {} to {}", range.start(), range.end())))
}

fn path(path: String) -> Result<String, Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-[]".contains(&byte);
    if path.len() > 1 && path.len() <= 200 && path.starts_with('/') && path.bytes().all(plain) {
        return Ok(path);
    }
    let rule = "it begins with / and has letters, digits, _ and -, 200 characters at most";
    Err(Refusal::invalid("ApiPath", format!("\"{path}\": {rule}")))
}

fn protocols(text: &str) -> Result<Vec<i64>, Refusal> {
    let codes =
        super::comma_ids(text).ok().filter(|codes| !codes.is_empty() && codes.iter().all(|it| (0..=1).contains(it)));
    codes.ok_or_else(|| Refusal::invalid("Protocols", format!("\"{text}\" is not 0, 1 or both with a comma")))
}

impl Details {
    fn read(mode: Mode, json: &str) -> Result<Self, Refusal> {
        let refuse = |problem: String| Refusal::invalid(mode.parameter(), problem);
        let value: Value = serde_json::from_str(json).map_err(|error| refuse(format!("it is not JSON: {error}")))?;
        if !value.is_object() {
            return Err(refuse("it is not a JSON object".to_owned()));
        }
        let word = mode.word();
        let connection = &value[format!("{word}Connection")];
        let table = text(connection, "tableName");
        if mode == Mode::Wizard && (connection["connectionId"].as_i64().is_none() || table.is_empty()) {
            return Err(refuse("wizardConnection needs connectionId and tableName".to_owned()));
        }
        let script = text(&value, "script");
        if mode == Mode::Script && script.is_empty() {
            return Err(refuse("script is missing".to_owned()));
        }
        let parameters = |name: String| -> Result<Vec<Parameter>, Refusal> {
            let list = value[&name].as_array().map(Vec::as_slice).unwrap_or_default();
            let read = |(index, it): (usize, &Value)| {
                Parameter::read(it).ok_or_else(|| refuse(format!("{name}[{index}] has no parameterName")))
            };
            list.iter().enumerate().map(read).collect()
        };
        let responses = parameters(format!("{word}ResponseParameters"))?;
        if mode != Mode::Registered && responses.is_empty() {
            return Err(refuse(format!("{word}ResponseParameters is empty: the API would answer nothing")));
        }
        Ok(Self {
            paged: value["isPagedResponse"].as_bool().unwrap_or_default(),
            connection: connection["connectionId"].as_i64(),
            table,
            script,
            requests: parameters(format!("{word}RequestParameters"))?,
            responses,
            sample: value["successfulResultSample"].as_str().map(str::to_owned),
            failure: value["failedResultSample"].as_str().map(str::to_owned),
            host: text(&value, "serviceHost"),
            service_path: text(&value, "servicePath"),
        })
    }

    fn show(&self, mode: Mode, draft: bool) -> Value {
        let requests: Value = self.requests.iter().map(|it| it.show_request(draft)).collect();
        if mode == Mode::Registered {
            return json!({
                "FailedResultSample": self.failure.as_deref().unwrap_or_default(),
                "RegistrationErrorCodes": [],
                "RegistrationRequestParameters": requests,
                "ServiceHost": self.host,
                "ServicePath": self.service_path,
                "SuccessfulResultSample": self.sample.as_deref().unwrap_or_default(),
            });
        }
        let word = if mode == Mode::Wizard { "Wizard" } else { "Script" };
        let responses: Value = self.responses.iter().map(|it| it.show_response(draft)).collect();
        let mut body = json!({"IsPagedResponse": self.paged});
        if mode == Mode::Script {
            body["Script"] = self.script.as_str().into();
        }
        if let Some(connection) = self.connection {
            body[format!("{word}Connection")] = json!({"ConnectionId": connection, "TableName": self.table});
        }
        body[format!("{word}RequestParameters")] = requests;
        body[format!("{word}ResponseParameters")] = responses;
        body
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

impl Parameter {
    /// A number in the query or body.
    pub(super) fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            column: name.to_owned(),
            kind: 1,
            required: false,
            operator: 2,
            position: 1,
            default: String::new(),
            example: String::new(),
            description: String::new(),
        }
    }

    fn read(value: &Value) -> Option<Self> {
        let name = text(value, "parameterName");
        let column = text(value, "columnName");
        let code = |name: &str| value[name].as_i64().unwrap_or_default();
        (!name.is_empty()).then(|| Self {
            column: if column.is_empty() { name.clone() } else { column },
            name,
            kind: code("parameterDataType"),
            required: value["isRequiredParameter"].as_bool().unwrap_or_default(),
            operator: code("parameterOperator"),
            position: value["parameterPosition"].as_i64().unwrap_or(1),
            default: text(value, "defaultValue"),
            example: text(value, "exampleValue"),
            description: text(value, "parameterDescription"),
        })
    }

    fn show_request(&self, draft: bool) -> Value {
        let mut body = self.show_response(draft);
        body["DefaultValue"] = self.default.as_str().into();
        body["IsRequiredParameter"] = self.required.into();
        body["ParameterOperator"] = self.operator.into();
        body["ParameterPosition"] = self.position.into();
        body
    }

    fn show_response(&self, draft: bool) -> Value {
        let mut body = json!({
            "ExampleValue": self.example,
            "ParameterDataType": self.kind,
            "ParameterDescription": self.description,
            "ParameterName": self.name,
        });
        if draft {
            body["ColumnName"] = self.column.as_str().into();
        }
        body
    }
}
