//! The native calls by name, for a door that tells the same in other words.

use crate::RestError;
use crate::binding::{Binding, bindings};
use crate::call::answered;
use crate::request::typed;
use http::HeaderMap;
use latchkey_wire::{Fault, Route};
use prost_reflect::DescriptorPool;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every method that is reached over HTTP too, by its name. Clones share it.
#[derive(Clone)]
pub struct Calls {
    served: Arc<BTreeMap<String, (Binding, Route)>>,
}

impl Calls {
    /// Each service reached over the route that is given for its full name.
    ///
    /// # Errors
    /// [`RestError`] where `descriptors` is no `FileDescriptorSet`.
    pub fn new(descriptors: &[u8], route_of: impl Fn(&str) -> Route) -> Result<Self, RestError> {
        let served = bindings(&DescriptorPool::decode(descriptors)?).into_iter().map(|binding| {
            let route = route_of(binding.method.parent_service().full_name());
            (binding.operation.clone(), (binding, route))
        });
        Ok(Self { served: Arc::new(served.collect()) })
    }

    /// One call in the name of whoever sent the headers, which are checked as those of any other call. Fields are named as
    /// in the protocol's files, and what is not set is left out of the answer.
    ///
    /// # Errors
    /// The method's own, or `FIELD_INVALID` with a field that does not fit.
    pub async fn call(
        &self,
        method: &str,
        headers: &HeaderMap,
        fields: Map<String, Value>,
    ) -> Result<Value, Fault> {
        let (binding, route) = self.served.get(method).ok_or_else(Fault::internal)?;
        let message = typed(binding.method.input(), fields)?;
        Ok(answered(binding, route.clone(), headers, message).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_wire::{DESCRIPTORS, Reason};
    use tonic::service::Routes;

    #[tokio::test]
    async fn a_field_that_does_not_fit_is_told_before_anybody_is_called() {
        let calls = Calls::new(DESCRIPTORS, |_| Route::local(Routes::default())).unwrap();
        let fields = Map::from_iter([("connectionid".to_owned(), "con_1".into())]);
        let fault = calls.call("GetConnection", &HeaderMap::new(), fields).await.unwrap_err();
        assert_eq!((fault.reason, fault.metadata["field"].as_str()), (Reason::FieldInvalid, "connectionid"));
    }
}
