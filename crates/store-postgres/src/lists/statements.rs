//! A list's statements, each whole.

/// A statement over `streams`, or what it is joined to, that finds rows by `$index` in the order of `$order`.
macro_rules! found_by {
    ($from:literal, $index:literal, $order:literal) => {
        concat!(
            "SELECT streams.id, version, snapshot_format, snapshot, streams.environment, parent, subject, status, label, \
             due_at, ends_at, expires_at, external_id, claimed_until FROM ",
            $from,
            " WHERE ",
            $index,
            " AND ($3 IS NULL OR parent = $3)
              AND ($4 IS NULL OR status = $4)
              AND ($5 IS NULL OR subject = $5)
              AND ($6 IS NULL OR external_id = $6)
              ORDER BY ",
            $order,
            " LIMIT $7"
        )
    };
}

/// Forward and backward.
pub const ALL: [&str; 2] = [
    found_by!("streams", "category = $1 AND environment = $2 AND id > $8", "id"),
    found_by!("streams", "category = $1 AND environment = $2 AND id < $8", "id DESC"),
];
pub const OF_PARENT: [&str; 2] = [
    found_by!("streams", "category = $1 AND environment = $2 AND parent = $3 AND id > $8", "id"),
    found_by!("streams", "category = $1 AND environment = $2 AND parent = $3 AND id < $8", "id DESC"),
];
pub const OF_STATUS: [&str; 2] = [
    found_by!("streams", "category = $1 AND environment = $2 AND status = $4 AND id > $8", "id"),
    found_by!("streams", "category = $1 AND environment = $2 AND status = $4 AND id < $8", "id DESC"),
];
pub const OF_SUBJECT: [&str; 2] = [
    found_by!("streams", "category = $1 AND environment = $2 AND subject = $5 AND id > $8", "id"),
    found_by!("streams", "category = $1 AND environment = $2 AND subject = $5 AND id < $8", "id DESC"),
];
/// Few can have one, and are sorted: asked for in the order of an index, they would be looked for along that.
pub const OF_EXTERNAL_ID: [&str; 2] = [
    found_by!("streams", "category = $1 AND environment = $2 AND external_id = $6 AND id > $8", "id || ''"),
    found_by!(
        "streams",
        "category = $1 AND environment = $2 AND external_id = $6 AND id < $8",
        "id || '' DESC"
    ),
];
/// Tag by tag, and for each its stream: the limit keeps the planner from walking the streams beside the tags.
pub const OF_TAG: [&str; 2] = [
    found_by!(
        "stream_tags CROSS JOIN LATERAL (SELECT * FROM streams AS tagged WHERE tagged.category = stream_tags.category AND tagged.id = stream_tags.id LIMIT 1) AS streams",
        "stream_tags.category = $1 AND stream_tags.environment = $2 AND name = $9 AND value = $10 AND stream_tags.id > $8",
        "stream_tags.id"
    ),
    found_by!(
        "stream_tags CROSS JOIN LATERAL (SELECT * FROM streams AS tagged WHERE tagged.category = stream_tags.category AND tagged.id = stream_tags.id LIMIT 1) AS streams",
        "stream_tags.category = $1 AND stream_tags.environment = $2 AND name = $9 AND value = $10 AND stream_tags.id < $8",
        "stream_tags.id DESC"
    ),
];
pub const ENDING: &str = found_by!(
    "streams",
    "category = $1 AND environment = $2 AND ends_at >= $9 AND ends_at < $10 AND (ends_at, id) > ($11, $8)",
    "ends_at, id"
);
pub const DUE: &str = found_by!(
    "streams",
    "category = $1 AND environment = $2 AND due_at >= $9 AND due_at < $10 AND (due_at, id) > ($11, $8)",
    "due_at, id"
);
