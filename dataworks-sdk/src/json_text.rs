//! Texts that carry JSON.

use serde_json::Value;

/// A text that carries JSON, from a text or from the JSON itself.
///
/// ```
/// # #[cfg(feature = "v2024-05-18")] {
/// use dataworks_sdk::v2024_05_18::CreateDataSourceRequest;
/// let properties = serde_json::json!({"envType": "Prod"});
/// let a = CreateDataSourceRequest::new().connection_properties(properties);
/// let b = CreateDataSourceRequest::new().connection_properties(r#"{"envType":"Prod"}"#);
/// assert_eq!(a, b);
/// # }
/// ```
pub trait IntoJsonText {
    /// The text.
    fn into_json_text(self) -> String;
}

impl IntoJsonText for &str {
    fn into_json_text(self) -> String {
        self.to_owned()
    }
}

impl IntoJsonText for String {
    fn into_json_text(self) -> String {
        self
    }
}

impl IntoJsonText for &String {
    fn into_json_text(self) -> String {
        self.clone()
    }
}

impl IntoJsonText for Value {
    fn into_json_text(self) -> String {
        self.to_string()
    }
}

impl IntoJsonText for &Value {
    fn into_json_text(self) -> String {
        self.to_string()
    }
}
