use super::login::Source;
use crate::OpenKeyServiceError;
use crate::endpoint::check_endpoint;
use std::path::PathBuf;
use url::form_urlencoded;

/// Which key, where, and as whom: `transit://HOST[:PORT]/MOUNT/KEY?role=ROLE|token_file=PATH[&…]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    /// The key's name: without what is a route or a login to the same key.
    pub name: String,
    /// Without a slash at its end.
    pub endpoint: String,
    pub mount: String,
    pub key: String,
    pub namespace: Option<String>,
    pub login: Source,
    /// Certificates to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
}

/// Where Kubernetes puts the token of a pod's service account.
const SERVICE_ACCOUNT_TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

#[derive(Default)]
struct Query {
    role: Option<String>,
    auth: Option<String>,
    jwt_file: Option<String>,
    token_file: Option<String>,
    namespace: Option<String>,
    endpoint: Option<String>,
    ca_file: Option<String>,
}

impl Address {
    pub fn parse(uri: &str) -> Result<Self, OpenKeyServiceError> {
        // Without the query: somebody may have put a token there.
        let place = uri.split('?').next().unwrap_or_default();
        parse(uri).map_err(|reason| OpenKeyServiceError::Address { uri: place.to_owned(), reason })
    }
}

fn parse(uri: &str) -> Result<Address, String> {
    let rest = uri.strip_prefix("transit://").ok_or("it does not begin with transit://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    if host.is_empty() || host.contains('@') {
        return Err("it names no host".to_owned());
    }
    let path_is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    let (mount, key) =
        path.rsplit_once('/').filter(|_| path_is_plain).ok_or("it names no key as HOST/MOUNT/KEY")?;
    let query = Query::parse(query)?;
    let endpoint = query.endpoint.clone().unwrap_or_else(|| format!("https://{host}"));
    check_endpoint(&endpoint)?;
    let namespace = query.namespace.as_ref().map(|name| format!("?namespace={name}")).unwrap_or_default();
    Ok(Address {
        name: format!("transit://{host}/{mount}/{key}{namespace}"),
        endpoint: endpoint.trim_end_matches('/').to_owned(),
        mount: mount.to_owned(),
        key: key.to_owned(),
        login: query.login()?,
        namespace: query.namespace,
        ca_file: query.ca_file.map(PathBuf::from),
    })
}

impl Query {
    fn parse(query: &str) -> Result<Self, String> {
        let mut found = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let part = match name.as_ref() {
                "role" => &mut found.role,
                "auth" => &mut found.auth,
                "jwt_file" => &mut found.jwt_file,
                "token_file" => &mut found.token_file,
                "namespace" => &mut found.namespace,
                "endpoint" => &mut found.endpoint,
                "ca_file" => &mut found.ca_file,
                other => {
                    return Err(format!(
                        "`{other}` is not one of role, auth, jwt_file, token_file, namespace, endpoint, ca_file"
                    ));
                }
            };
            if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(format!("its {name} is empty, or not plain text"));
            }
            if part.replace(value.into_owned()).is_some() {
                return Err(format!("it names two values for {name}"));
            }
        }
        Ok(found)
    }

    fn login(&self) -> Result<Source, String> {
        match (&self.role, &self.token_file) {
            (Some(role), None) => Ok(Source::Role {
                mount: self.auth.as_deref().unwrap_or("kubernetes").trim_matches('/').to_owned(),
                role: role.clone(),
                jwt_file: self.jwt_file.as_deref().unwrap_or(SERVICE_ACCOUNT_TOKEN).into(),
            }),
            (None, Some(_)) if self.auth.is_some() || self.jwt_file.is_some() => {
                Err("auth and jwt_file go with role, and not with token_file".to_owned())
            }
            (None, Some(path)) => Ok(Source::File(path.into())),
            _ => Err("it names no login: add one of role=ROLE and token_file=PATH".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_by_role_and_one_by_a_token_are_read() {
        let address =
            Address::parse("transit://bao.example:8200/team/transit/latchkey?role=latchkey").unwrap();
        assert_eq!(address.endpoint, "https://bao.example:8200");
        assert_eq!((address.mount.as_str(), address.key.as_str()), ("team/transit", "latchkey"));
        let pod = Source::Role {
            mount: "kubernetes".into(),
            role: "latchkey".into(),
            jwt_file: SERVICE_ACCOUNT_TOKEN.into(),
        };
        assert_eq!(address.login, pod);

        let uri = "transit://bao/transit/k?token_file=/run/t&namespace=a/b&endpoint=http://127.0.0.1:8200/&ca_file=/ca";
        let address = Address::parse(uri).unwrap();
        assert_eq!(address.login, Source::File("/run/t".into()));
        assert_eq!(address.endpoint, "http://127.0.0.1:8200");
        assert_eq!(address.name, "transit://bao/transit/k?namespace=a/b", "routes and logins do not name it");
        assert_eq!(address.ca_file, Some("/ca".into()));
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_the_reason() {
        for (uri, reason) in [
            ("transit://", "names no host"),
            ("transit:///transit/k?role=r", "names no host"),
            ("transit://user@bao/transit/k?role=r", "names no host"),
            ("transit://bao", "names no key"),
            ("transit://bao/k?role=r", "names no key"),
            ("transit://bao/transit/?role=r", "names no key"),
            ("transit://bao/transit/../sys/k?role=r", "names no key"),
            ("transit://bao/transit/k%2f?role=r", "names no key"),
            ("transit://bao/transit/k", "names no login"),
            ("transit://bao/transit/k?role=r&token_file=/t", "names no login"),
            ("transit://bao/transit/k?token_file=/t&auth=jwt", "go with role"),
            ("transit://bao/transit/k?role=", "role is empty"),
            ("transit://bao/transit/k?role=r&role=s", "two values for role"),
            ("transit://bao/transit/k?role=r&token=hvs.x", "`token` is not one of"),
            ("transit://bao/transit/k?role=r&endpoint=http://bao:8200", "must be https://"),
            ("transit://bao/transit/k?role=r&endpoint=nowhere", "not a URL"),
        ] {
            let complaint = Address::parse(uri).unwrap_err().to_string();
            assert!(complaint.contains(reason) && !complaint.contains("hvs.x"), "{complaint}");
        }
    }
}
