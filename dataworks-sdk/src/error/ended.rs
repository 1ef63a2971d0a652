//! What a wait that ended badly knows of the last answer.

use bytes::Bytes;
use serde_json::Value;

use super::Error;
use crate::decode;

/// The last answer of a wait, and the state in it. Nothing of the answer but the state is ever printed: it may hold secrets.
#[derive(Clone, Default)]
pub(crate) struct Ended {
    pub(crate) state: Option<String>,
    pub(crate) answer: Bytes,
    pub(crate) request_id: Option<String>,
}

impl Error {
    #[cfg(feature = "client")]
    pub(crate) fn with_ended(mut self, ended: Ended) -> Self {
        self.0.ended = Some(Box::new(ended));
        self
    }

    /// The state that a wait saw last, `FAILURE` for example; `None` where there was no wait or no state.
    #[must_use]
    pub fn last_state(&self) -> Option<&str> {
        self.0.ended.as_ref()?.state.as_deref()
    }

    /// The answer that a wait got last, whole numbers exact. It may hold secrets, and no error prints it.
    ///
    /// ```
    /// # #[cfg(all(feature = "client", feature = "v2020-05-18"))]
    /// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// use dataworks_sdk::v2020_05_18::GetDeploymentRequest;
    ///
    /// let request = GetDeploymentRequest::new().project_id(530486).deployment_id(3_000_000_000_i64);
    /// if let Err(error) = client.get_deployment(request).wait_until_finished().await {
    ///     let answer = error.last_answer().unwrap_or_default();
    ///     println!("{error}: {}", answer["Data"]["DeployedItems"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn last_answer(&self) -> Option<Value> {
        let ended = self.0.ended.as_ref().filter(|ended| !ended.answer.is_empty())?;
        let mut body: Option<Value> = None;
        // It was read before.
        decode::decode(&ended.answer, &mut body).ok()?;
        body
    }
}
