//! One statement for each table and direction.

use latchkey_store::Table;

pub fn exporting(table: Table) -> &'static str {
    match table {
        Table::Streams => {
            "SELECT json_object(
                 'category', category, 'id', id, 'version', version, 'snapshot_format', snapshot_format,
                 'snapshot', snapshot, 'environment', environment, 'parent', parent, 'subject', subject,
                 'status', status, 'label', label, 'due_at', due_at, 'claimed_until', claimed_until,
                 'claim_fence', claim_fence, 'wanted', wanted, 'ends_at', ends_at, 'expires_at', expires_at,
                 'external_id', external_id
             ) AS json
             FROM streams
             ORDER BY category, id"
        }
        Table::StreamTags => {
            "SELECT json_object('category', category, 'environment', environment, 'name', name, 'value', value, 'id', id) AS json
             FROM stream_tags
             ORDER BY category, environment, name, value, id"
        }
        Table::DataKeys => {
            "SELECT json_object('owner', owner, 'id', lower(hex(id)), 'wrapped', lower(hex(wrapped))) AS json
             FROM data_keys
             ORDER BY owner"
        }
        Table::Events => {
            "SELECT json_object(
                 'number', number, 'category', category, 'stream_id', stream_id, 'version', version,
                 'environment', environment, 'id', lower(hex(id)), 'kind', kind, 'schema', schema, 'at', at,
                 'payload', payload, 'trace', trace
             ) AS json
             FROM (SELECT row_number() OVER (ORDER BY sequence) AS number, events.* FROM events)
             ORDER BY category, stream_id, version"
        }
        Table::Cursors => {
            "SELECT json_object(
                 'reader', reader,
                 'passed', CASE WHEN reader LIKE '%.reads'
                           THEN (SELECT COUNT(*) FROM credential_reads AS reads WHERE reads.sequence <= cursors.sequence)
                           ELSE (SELECT COUNT(*) FROM events WHERE events.sequence <= cursors.sequence)
                           END
             ) AS json
             FROM cursors
             ORDER BY reader"
        }
        Table::AuthLogs => {
            "SELECT json_object(
                 'environment', environment, 'id', id, 'integration', integration, 'connection', connection,
                 'operation', operation, 'outcome', outcome, 'started_at', started_at, 'ended_at', ended_at, 'parts', parts
             ) AS json
             FROM auth_logs
             ORDER BY sequence"
        }
        Table::CredentialReads => {
            "SELECT json_object(
                 'number', row_number() OVER (ORDER BY sequence), 'environment', environment, 'connection', connection,
                 'generation', generation, 'reader', reader, 'way', way, 'count', count, 'first_at', first_at,
                 'last_at', last_at
             ) AS json
             FROM credential_reads
             ORDER BY sequence"
        }
        Table::StatusChanges => {
            "SELECT json_object(
                 'category', category, 'environment', environment, 'parent', parent, 'at', at,
                 'left_status', left_status, 'entered_status', entered_status
             ) AS json
             FROM status_changes
             ORDER BY number"
        }
        // Of an entry's 56 bytes, 16 are the record's place.
        Table::AuditSegments => {
            "WITH RECURSIVE
                 places (source, place, number) AS MATERIALIZED (
                     SELECT 'event', printf('%032X', sequence), row_number() OVER (ORDER BY sequence) FROM events
                     UNION ALL
                     SELECT 'read', printf('%032X', sequence), row_number() OVER (ORDER BY sequence) FROM credential_reads),
                 counted (nth) AS (
                     SELECT 0
                     UNION ALL
                     SELECT nth + 1 FROM counted WHERE nth < (SELECT MAX(length(entries)) / 56 FROM audit_segments))
             SELECT json_object(
                 'environment', environment, 'first', first, 'last', last, 'source', segments.source,
                 'entries', json_group_array(
                                json_array(number, lower(hex(substr(entries, 56 * nth + 17, 40)))) ORDER BY nth),
                 'previous', lower(hex(previous)), 'link', lower(hex(link)), 'root', root
             ) AS json
             FROM audit_segments AS segments
             JOIN counted ON nth < length(entries) / 56
             LEFT JOIN places ON places.source = segments.source AND places.place = hex(substr(entries, 56 * nth + 1, 16))
             GROUP BY environment, first
             ORDER BY environment, first"
        }
    }
}

pub fn finding(table: Table) -> &'static str {
    match table {
        Table::Streams => "SELECT EXISTS (SELECT 1 FROM streams) AS used",
        Table::StreamTags => "SELECT EXISTS (SELECT 1 FROM stream_tags) AS used",
        Table::DataKeys => "SELECT EXISTS (SELECT 1 FROM data_keys) AS used",
        Table::Events => "SELECT EXISTS (SELECT 1 FROM events) AS used",
        Table::Cursors => "SELECT EXISTS (SELECT 1 FROM cursors) AS used",
        Table::AuthLogs => "SELECT EXISTS (SELECT 1 FROM auth_logs) AS used",
        Table::CredentialReads => "SELECT EXISTS (SELECT 1 FROM credential_reads) AS used",
        Table::StatusChanges => "SELECT EXISTS (SELECT 1 FROM status_changes) AS used",
        Table::AuditSegments => "SELECT EXISTS (SELECT 1 FROM audit_segments) AS used",
    }
}

/// With the rows as the text of a JSON array. What an older program did not archive has the column's default.
pub fn importing(table: Table) -> &'static str {
    match table {
        Table::Streams => {
            "INSERT INTO streams (category, id, version, snapshot_format, snapshot, environment, parent, subject, status,
                                  label, due_at, claimed_until, claim_fence, wanted, ends_at, expires_at, external_id)
             SELECT value ->> 'category', value ->> 'id', value ->> 'version', value ->> 'snapshot_format',
                    value ->> 'snapshot', value ->> 'environment', value ->> 'parent', value ->> 'subject',
                    value ->> 'status', value ->> 'label', value ->> 'due_at', value ->> 'claimed_until',
                    COALESCE(value ->> 'claim_fence', 0), COALESCE(value ->> 'wanted', FALSE), value ->> 'ends_at',
                    value ->> 'expires_at', value ->> 'external_id'
             FROM json_each(?1)"
        }
        Table::StreamTags => {
            "INSERT INTO stream_tags (category, environment, name, value, id)
             SELECT value ->> 'category', value ->> 'environment', value ->> 'name', value ->> 'value', value ->> 'id'
             FROM json_each(?1)"
        }
        Table::DataKeys => {
            "INSERT INTO data_keys (owner, id, wrapped)
             SELECT value ->> 'owner', unhex(value ->> 'id'), unhex(value ->> 'wrapped')
             FROM json_each(?1)"
        }
        Table::Events => {
            "INSERT INTO events (sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace)
             SELECT value ->> 'number', value ->> 'category', value ->> 'stream_id', value ->> 'version',
                    value ->> 'environment', unhex(value ->> 'id'), value ->> 'kind', value ->> 'schema', value ->> 'at',
                    value ->> 'payload', value ->> 'trace'
             FROM json_each(?1)"
        }
        Table::Cursors => {
            "INSERT INTO cursors (reader, tx, sequence)
             SELECT value ->> 'reader', 0, value ->> 'passed'
             FROM json_each(?1)"
        }
        Table::AuthLogs => {
            "INSERT INTO auth_logs (environment, id, integration, connection, operation, outcome, started_at, ended_at, parts)
             SELECT value ->> 'environment', value ->> 'id', value ->> 'integration', value ->> 'connection',
                    value ->> 'operation', value ->> 'outcome', value ->> 'started_at', value ->> 'ended_at',
                    value ->> 'parts'
             FROM json_each(?1)
             ORDER BY key"
        }
        Table::CredentialReads => {
            "INSERT INTO credential_reads (sequence, environment, connection, generation, reader, way, count, first_at, last_at)
             SELECT value ->> 'number', value ->> 'environment', value ->> 'connection', value ->> 'generation', value ->> 'reader',
                    value ->> 'way', value ->> 'count', value ->> 'first_at', value ->> 'last_at'
             FROM json_each(?1)
             ORDER BY key"
        }
        Table::StatusChanges => {
            "INSERT INTO status_changes (category, environment, parent, at, left_status, entered_status)
             SELECT value ->> 'category', value ->> 'environment', value ->> 'parent', value ->> 'at',
                    value ->> 'left_status', value ->> 'entered_status'
             FROM json_each(?1)
             ORDER BY key"
        }
        // Without a number it is 0, which is nowhere.
        Table::AuditSegments => {
            "INSERT INTO audit_segments (environment, first, last, source, entries, previous, link, root)
             SELECT value ->> 'environment', value ->> 'first', value ->> 'last', value ->> 'source',
                    (SELECT unhex(group_concat(printf('%032X', entry.value ->> 0) || (entry.value ->> 1), '' ORDER BY entry.key))
                     FROM json_each(archived.value, '$.entries') AS entry),
                    unhex(value ->> 'previous'), unhex(value ->> 'link'), value ->> 'root'
             FROM json_each(?1) AS archived"
        }
    }
}
