use crate::OpenKeyServiceError;
use crate::endpoint::check_endpoint;
use url::form_urlencoded;

/// Which key, where: `aws-kms://KEY?region=REGION[&endpoint=URL]`. A key is an id, an ARN or `alias/NAME`.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    pub key: String,
    pub region: String,
    /// Instead of AWS's own for the region.
    pub endpoint: Option<String>,
}

impl Address {
    /// By hand and not as a URL, in which an ARN's colons would be a port.
    pub fn parse(uri: &str) -> Result<Self, OpenKeyServiceError> {
        let wrong =
            |reason: &str| OpenKeyServiceError::Address { uri: uri.to_owned(), reason: reason.to_owned() };
        let rest =
            uri.strip_prefix("aws-kms://").ok_or_else(|| wrong("it does not begin with aws-kms://"))?;
        let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
        if key.is_empty() {
            return Err(wrong("it names no key"));
        }
        let mut region = region_of(key).map(str::to_owned);
        let mut endpoint = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "region" if region.as_deref().is_some_and(|already| already != value) => {
                    return Err(wrong("it names two regions"));
                }
                "region" => region = Some(value.into_owned()),
                "endpoint" => endpoint = Some(value.into_owned()),
                other => return Err(wrong(&format!("`{other}` is not one of region, endpoint"))),
            }
        }
        let region = region
            .filter(|region| !region.is_empty())
            .ok_or_else(|| wrong("it names no region: add ?region=REGION"))?;
        if let Some(endpoint) = &endpoint {
            check_endpoint(endpoint).map_err(wrong)?;
        }
        Ok(Self { key: key.to_owned(), region, endpoint })
    }

    /// The key's name: without the endpoint, which is a route to the same key.
    pub fn name(&self) -> String {
        format!("aws-kms://{}?region={}", self.key, self.region)
    }
}

/// `arn:aws:kms:REGION:ACCOUNT:key/ID`
fn region_of(key: &str) -> Option<&str> {
    key.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2)).filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_an_alias_and_an_endpoint_are_read() {
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let address = Address::parse(&format!("aws-kms://{arn}")).unwrap();
        assert_eq!(address, Address { key: arn.into(), region: "eu-west-1".into(), endpoint: None });
        assert_eq!(Address::parse(&format!("aws-kms://{arn}?region=eu-west-1")).unwrap(), address);

        let address =
            Address::parse("aws-kms://alias/a?region=eu-west-1&endpoint=http://127.0.0.1:5000").unwrap();
        assert_eq!(address.key, "alias/a");
        assert_eq!(address.endpoint.as_deref(), Some("http://127.0.0.1:5000"));
        assert_eq!(address.name(), "aws-kms://alias/a?region=eu-west-1");
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_the_reason() {
        for (uri, reason) in [
            ("aws-kms://", "names no key"),
            ("aws-kms://?region=eu-west-1", "names no key"),
            ("aws-kms://alias/a", "names no region"),
            ("aws-kms://alias/a?region=", "names no region"),
            ("aws-kms://arn:aws:kms:eu-west-1:1:key/a?region=us-east-1", "two regions"),
            ("aws-kms://alias/a?region=eu-west-1&region=us-east-1", "two regions"),
            ("aws-kms://alias/a?region=eu-west-1&reigon=x", "`reigon` is not one of"),
            ("aws-kms://alias/a?region=eu-west-1&endpoint=nowhere", "not a URL"),
            ("aws-kms://alias/a?region=eu-west-1&endpoint=http://kms.example", "must be https://"),
            ("aws-kms://alias/a?region=eu-west-1&endpoint=ftp://127.0.0.1", "must be https://"),
        ] {
            let complaint = Address::parse(uri).unwrap_err().to_string();
            assert!(complaint.contains(reason) && complaint.contains(uri), "{complaint}");
        }
    }
}
