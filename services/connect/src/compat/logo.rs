//! A picture for each provider: its first letter. The vendors' own marks are not ours to give.

use super::{Door, Refusal};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::header;

pub async fn svg(
    State(door): State<Door>,
    Path(file): Path<String>,
) -> Result<impl IntoResponse + use<>, Refusal> {
    let id = file.strip_suffix(".svg").unwrap_or_default();
    let provider =
        door.flows.catalogue.get(id).map_err(|_| Refusal::not_found("There is no such provider."))?;
    let letter = provider.name.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('?');
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"6\" \
         fill=\"#e5e7eb\"/><text x=\"16\" y=\"22\" font-family=\"sans-serif\" font-size=\"18\" text-anchor=\"middle\" \
         fill=\"#374151\">{}</text></svg>",
        letter.to_uppercase()
    );
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, svg))
}
