use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{CreateLogin, CreatedLogin, IssuedKey},
    pb::vault as pb,
};
use latchkey_secret::SecretText;

/// How operators come into the dashboard.
impl VaultClient {
    /// Lets an operator in, once.
    ///
    /// # Errors
    /// Where the name is none, or the link would last too long.
    pub async fn create_login(&self, create: CreateLogin) -> Result<CreatedLogin, Fault> {
        let mut logins = self.logins.clone();
        let answer = self.within_deadline(logins.create_login(pb::CreateLoginRequest::from(create))).await?;
        read(answer)
    }

    /// Spends a link: the key is the operator's login.
    ///
    /// # Errors
    /// Where the token is no link's, or the link was used or has expired.
    pub async fn redeem_login(&self, token: &SecretText) -> Result<IssuedKey, Fault> {
        let mut logins = self.logins.clone();
        let request = pb::RedeemLoginRequest { token: token.expose().to_owned() };
        let answer = self.within_deadline(logins.redeem_login(request)).await?;
        read(answer)
    }
}
