//! Whether a server lets us do what we need, found out by doing it where nobody listens.

use super::{ANSWER_WITHIN, NatsOptions, connection, unavailable};
use crate::BusError;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::{self, ErrorCode};
use futures::StreamExt as _;
use tokio::time::timeout;

/// Says whether the stream of facts is there. Changes nothing, and publishes nothing that anybody keeps.
///
/// # Errors
/// [`BusError::Misconfigured`] where the settings cannot be right, [`BusError::Unavailable`] where the server does not
/// answer, or does not let this user do what it has to.
pub async fn examine(options: &NatsOptions) -> Result<bool, BusError> {
    const HINTS: &str = "giving and hearing hints";
    const STREAM: &str = "looking at the stream of facts";
    let (connection, servers) = connection(options).await?;
    let client = connection.connection_timeout(ANSWER_WITHIN).connect(servers).await;
    let client = client.map_err(|error| unavailable("connecting", error))?;
    let subject = format!("{}-hints.doctor", options.prefix);
    let mut heard = client.subscribe(subject.clone()).await.map_err(|error| unavailable(HINTS, error))?;
    client.publish(subject, "doctor".into()).await.map_err(|error| unavailable(HINTS, error))?;
    client.flush().await.map_err(|error| unavailable(HINTS, error))?;
    // A server that does not allow it does not answer: it tells the client, and drops the message.
    match timeout(ANSWER_WITHIN, heard.next()).await {
        Ok(Some(_)) => {}
        Ok(None) | Err(_) => return Err(unavailable(HINTS, "this user may not publish or subscribe there")),
    }
    let mut context = jetstream::new(client);
    context.set_timeout(ANSWER_WITHIN);
    match context.get_stream(&options.stream).await {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(false)
            }
            _ => Err(unavailable(STREAM, error)),
        },
    }
}
