use super::answer::Refused;
use latchkey_domain::{ConnectionId, IntegrationKey};
use latchkey_secret::SecretText;
use url::form_urlencoded;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// A request as RFC 8693 §2.1 has it.
pub struct Asked {
    pub subject: Subject,
    pub audience: Audience,
    /// Those the token must have; empty: whatever it has.
    pub scopes: Vec<String>,
}

/// What proves who asks.
pub enum Subject {
    /// An API key of ours.
    Key(SecretText),
    /// A token of an issuer that is believed.
    Jwt(SecretText),
}

/// Whose token is asked for: `integration/con_…`.
pub struct Audience {
    pub integration: IntegrationKey,
    pub connection: ConnectionId,
}

#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    subject_token: Option<String>,
    subject_token_type: Option<String>,
    requested_token_type: Option<String>,
    audience: Option<String>,
    scope: Option<String>,
    /// A parameter that is there and not understood by us.
    unsupported: Option<&'static str>,
}

impl Asked {
    /// # Errors
    /// `invalid_request`, `unsupported_grant_type`, `invalid_target` (RFC 6749 §5.2, RFC 8693 §2.2.2).
    pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Self, Refused> {
        let media_type = content_type.map(|text| text.split(';').next().unwrap_or_default().trim());
        if !media_type.is_some_and(|text| text.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
            return Err(Refused::request("Send the parameters as application/x-www-form-urlencoded."));
        }
        let form = Form::read(body)?;
        match form.grant_type.as_deref() {
            Some(GRANT_TYPE) => {}
            Some(_) => return Err(Refused::grant_type()),
            None => return Err(Refused::request("`grant_type` is missing.")),
        }
        if let Some(name) = form.unsupported {
            return Err(Refused::request(&format!("`{name}` is not supported. Leave it out.")));
        }
        if form.requested_token_type.is_some_and(|wanted| wanted != ACCESS_TOKEN) {
            return Err(Refused::request(
                "`requested_token_type` can only be an access token's. Leave it out.",
            ));
        }
        let token = form.subject_token.ok_or_else(|| Refused::request("`subject_token` is missing."))?;
        let subject = match form.subject_token_type.as_deref() {
            Some(ACCESS_TOKEN) => Subject::Key(token.into()),
            Some(JWT | ID_TOKEN) => Subject::Jwt(token.into()),
            Some(_) => {
                return Err(Refused::request(
                    "`subject_token_type` is none that is known: an API key's is that of an access token, a workload's that of a jwt.",
                ));
            }
            None => return Err(Refused::request("`subject_token_type` is missing.")),
        };
        let audience = form.audience.ok_or_else(|| {
            Refused::request(
                "`audience` is missing: name the integration and the connection, as in github/con_01JD0000000000000000000000.",
            )
        })?;
        let scopes = form.scope.iter().flat_map(|text| text.split(' ')).filter(|scope| !scope.is_empty());
        Ok(Self {
            subject,
            audience: Audience::parse(&audience)?,
            scopes: scopes.map(ToOwned::to_owned).collect(),
        })
    }
}

impl Audience {
    fn parse(text: &str) -> Result<Self, Refused> {
        let parsed = text.rsplit_once('/').and_then(|(integration, connection)| {
            Some(Self { integration: integration.parse().ok()?, connection: connection.parse().ok()? })
        });
        parsed.ok_or_else(Refused::target)
    }
}

impl Form {
    /// Each parameter once (RFC 6749 §3.2); an empty one is none.
    fn read(body: &[u8]) -> Result<Self, Refused> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let slot = match &*name {
                "grant_type" => &mut form.grant_type,
                "subject_token" => &mut form.subject_token,
                "subject_token_type" => &mut form.subject_token_type,
                "requested_token_type" => &mut form.requested_token_type,
                "audience" => &mut form.audience,
                "scope" => &mut form.scope,
                "actor_token" => {
                    form.unsupported = Some("actor_token");
                    continue;
                }
                "resource" => {
                    form.unsupported = Some("resource");
                    continue;
                }
                // What is not known is ignored (RFC 6749 §3.2).
                _ => continue,
            };
            if value.is_empty() {
                continue;
            }
            if slot.replace(value.into_owned()).is_some() {
                return Err(Refused::request(&format!("`{name}` is given twice.")));
            }
        }
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=utf-8");
    const CONNECTION: &str = "con_01JD0000000000000000000000";

    fn body(change: impl FnOnce(&mut Vec<(&'static str, String)>)) -> Vec<u8> {
        let mut pairs = vec![
            ("grant_type", GRANT_TYPE.to_owned()),
            ("subject_token", "canary_key".to_owned()),
            ("subject_token_type", ACCESS_TOKEN.to_owned()),
            ("audience", format!("github/{CONNECTION}")),
        ];
        change(&mut pairs);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
    }

    fn refused(change: impl FnOnce(&mut Vec<(&'static str, String)>)) -> &'static str {
        Asked::parse(FORM, &body(change)).err().map_or("", |refused| refused.word())
    }

    #[test]
    fn a_request_is_read_as_rfc_8693_has_it() {
        let asked =
            Asked::parse(FORM, &body(|pairs| pairs.push(("scope", "read write".into())))).ok().unwrap();
        assert_eq!(asked.audience.connection.to_string(), CONNECTION);
        assert_eq!(asked.scopes, ["read", "write"]);
        assert!(matches!(asked.subject, Subject::Key(_)));
        let asked = Asked::parse(FORM, &body(|pairs| pairs[2].1 = JWT.into())).ok().unwrap();
        assert!(matches!(asked.subject, Subject::Jwt(_)));
    }

    #[test]
    fn what_is_wrong_has_the_code_that_the_standards_give_it() {
        assert_eq!(refused(|_| {}), "");
        assert_eq!(refused(|pairs| pairs[0].1 = "client_credentials".into()), "unsupported_grant_type");
        for missing in 0..4 {
            assert_eq!(refused(|pairs| drop(pairs.remove(missing))), "invalid_request", "{missing}");
        }
        assert_eq!(refused(|pairs| pairs.push(pairs[1].clone())), "invalid_request");
        assert_eq!(refused(|pairs| pairs.push(("actor_token", "x".into()))), "invalid_request");
        assert_eq!(refused(|pairs| pairs.push(("resource", "https://x".into()))), "invalid_request");
        assert_eq!(refused(|pairs| pairs.push(("requested_token_type", JWT.into()))), "invalid_request");
        for audience in ["github", "github/", "/con_1", "https://api.example.com", "a b/con_1"] {
            assert_eq!(refused(|pairs| pairs[3].1 = audience.into()), "invalid_target", "{audience}");
        }
        assert!(Asked::parse(Some("application/json"), b"{}").is_err());
        assert!(Asked::parse(None, &body(|_| {})).is_err());
    }
}
