//! One statement for each table and direction.
//!
//! What is put in has one transaction for all events and reads, and their numbers for numbers: the feed goes on behind them, for
//! no later transaction has a lower number, whatever the numbers were in the database they come from.

use latchkey_store::Table;

/// What is appended next is numbered behind what was put in.
pub const NUMBER_ON: [&str; 2] = [
    "SELECT setval(pg_get_serial_sequence('events', 'sequence'), MAX(sequence)) FROM events",
    "SELECT setval(pg_get_serial_sequence('credential_reads', 'sequence'), MAX(sequence)) FROM credential_reads",
];

pub fn exporting(table: Table) -> &'static str {
    match table {
        Table::Streams => {
            "SELECT json_build_object(
                 'category', category, 'id', id, 'version', version, 'snapshot_format', snapshot_format,
                 'snapshot', snapshot, 'environment', environment, 'parent', parent, 'subject', subject,
                 'status', status, 'label', label, 'due_at', due_at, 'claimed_until', claimed_until,
                 'claim_fence', claim_fence, 'wanted', wanted::INTEGER, 'ends_at', ends_at, 'expires_at', expires_at,
                 'external_id', external_id
             )::TEXT AS json
             FROM streams
             ORDER BY category, id"
        }
        Table::StreamTags => {
            "SELECT json_build_object(
                 'category', category, 'environment', environment, 'name', name, 'value', value, 'id', id
             )::TEXT AS json
             FROM stream_tags
             ORDER BY category, environment, name, value, id"
        }
        Table::DataKeys => {
            "SELECT json_build_object(
                 'owner', owner, 'id', replace(id::TEXT, '-', ''), 'wrapped', encode(wrapped, 'hex')
             )::TEXT AS json
             FROM data_keys
             ORDER BY owner COLLATE \"C\""
        }
        Table::Events => {
            "SELECT json_build_object(
                 'number', number, 'category', category, 'stream_id', stream_id, 'version', version,
                 'environment', environment, 'id', replace(id::TEXT, '-', ''), 'kind', kind, 'schema', schema, 'at', at,
                 'payload', payload::TEXT, 'trace', trace
             )::TEXT AS json
             FROM (SELECT row_number() OVER (ORDER BY events.tx, sequence) AS number, events.* FROM events) AS numbered
             ORDER BY category, stream_id, version"
        }
        Table::Cursors => {
            "SELECT json_build_object(
                 'reader', reader,
                 'passed', CASE WHEN reader LIKE '%.reads'
                           THEN (SELECT COUNT(*)
                                 FROM credential_reads AS reads
                                 WHERE (reads.tx, reads.sequence) <= (cursors.tx, cursors.sequence))
                           ELSE (SELECT COUNT(*)
                                 FROM events
                                 WHERE (events.tx, events.sequence) <= (cursors.tx, cursors.sequence))
                           END
             )::TEXT AS json
             FROM cursors
             ORDER BY reader"
        }
        Table::AuthLogs => {
            "SELECT json_build_object(
                 'environment', environment, 'id', id, 'integration', integration, 'connection', connection,
                 'operation', operation, 'outcome', outcome, 'started_at', started_at, 'ended_at', ended_at, 'parts', parts
             )::TEXT AS json
             FROM auth_logs
             ORDER BY auth_logs.tx, sequence"
        }
        Table::CredentialReads => {
            "SELECT json_build_object(
                 'number', row_number() OVER (ORDER BY credential_reads.tx, sequence), 'environment', environment,
                 'connection', connection, 'generation', generation, 'reader', reader, 'way', way, 'count', count,
                 'first_at', first_at, 'last_at', last_at
             )::TEXT AS json
             FROM credential_reads
             ORDER BY credential_reads.tx, sequence"
        }
        Table::StatusChanges => {
            "SELECT json_build_object(
                 'category', category, 'environment', environment, 'parent', parent, 'at', at,
                 'left_status', left_status, 'entered_status', entered_status
             )::TEXT AS json
             FROM status_changes
             ORDER BY number"
        }
        // Of an entry's 112 hexadecimal digits, 32 are the record's place.
        Table::AuditSegments => {
            "WITH places AS (
                 SELECT 'event' AS source, encode(xid8send(events.tx) || int8send(sequence), 'hex') AS place,
                        row_number() OVER (ORDER BY events.tx, sequence) AS number
                 FROM events
                 UNION ALL
                 SELECT 'read', encode(xid8send(credential_reads.tx) || int8send(sequence), 'hex'),
                        row_number() OVER (ORDER BY credential_reads.tx, sequence)
                 FROM credential_reads)
             SELECT json_build_object(
                 'environment', environment, 'first', first, 'last', last, 'source', segments.source,
                 'entries', json_agg(json_build_array(number, parts[2]) ORDER BY nth),
                 'previous', encode(previous, 'hex'), 'link', encode(link, 'hex'), 'root', root
             )::TEXT AS json
             FROM audit_segments AS segments
             CROSS JOIN LATERAL regexp_matches(encode(entries, 'hex'), '(.{32})(.{80})', 'g')
                                WITH ORDINALITY AS entry (parts, nth)
             LEFT JOIN places ON places.source = segments.source AND places.place = parts[1]
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
             SELECT category, id, version, snapshot_format, snapshot, environment, parent, subject, status, label, due_at,
                    claimed_until, COALESCE(claim_fence, 0), COALESCE(wanted, 0)::BOOLEAN, ends_at, expires_at,
                    external_id
             FROM json_to_recordset($1::JSON) AS archived (
                 category TEXT, id TEXT, version BIGINT, snapshot_format BIGINT, snapshot TEXT, environment TEXT,
                 parent TEXT, subject TEXT, status TEXT, label TEXT, due_at BIGINT, claimed_until BIGINT,
                 claim_fence BIGINT, wanted INTEGER, ends_at BIGINT, expires_at BIGINT, external_id TEXT)"
        }
        Table::StreamTags => {
            "INSERT INTO stream_tags (category, environment, name, value, id)
             SELECT category, environment, name, value, id
             FROM json_to_recordset($1::JSON) AS archived (category TEXT, environment TEXT, name TEXT, value TEXT, id TEXT)"
        }
        Table::DataKeys => {
            "INSERT INTO data_keys (owner, id, wrapped)
             SELECT owner, id, decode(wrapped, 'hex')
             FROM json_to_recordset($1::JSON) AS archived (owner TEXT, id UUID, wrapped TEXT)"
        }
        Table::Events => {
            "INSERT INTO events (sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace)
             OVERRIDING SYSTEM VALUE
             SELECT number, category, stream_id, version, environment, id, kind, schema, at, payload::JSON, trace
             FROM json_to_recordset($1::JSON) AS archived (
                 number BIGINT, category TEXT, stream_id TEXT, version BIGINT, environment TEXT, id UUID, kind TEXT,
                 schema INTEGER, at BIGINT, payload TEXT, trace TEXT)"
        }
        Table::Cursors => {
            "INSERT INTO cursors (reader, tx, sequence)
             SELECT reader, CASE passed WHEN 0 THEN '0'::XID8 ELSE pg_current_xact_id() END, passed
             FROM json_to_recordset($1::JSON) AS archived (reader TEXT, passed BIGINT)"
        }
        Table::AuthLogs => {
            "INSERT INTO auth_logs (environment, id, integration, connection, operation, outcome, started_at, ended_at, parts)
             SELECT environment, id, integration, connection, operation, outcome, started_at, ended_at, parts
             FROM json_to_recordset($1::JSON) AS archived (
                 environment TEXT, id TEXT, integration TEXT, connection TEXT, operation TEXT, outcome TEXT,
                 started_at BIGINT, ended_at BIGINT, parts TEXT)"
        }
        Table::CredentialReads => {
            "INSERT INTO credential_reads (sequence, environment, connection, generation, reader, way, count, first_at, last_at)
             OVERRIDING SYSTEM VALUE
             SELECT COALESCE(number, nextval(pg_get_serial_sequence('credential_reads', 'sequence'))), environment, connection,
                    generation, reader, way, count, first_at, last_at
             FROM json_to_recordset($1::JSON) AS archived (
                 number BIGINT, environment TEXT, connection TEXT, generation BIGINT, reader TEXT, way TEXT, count BIGINT,
                 first_at BIGINT, last_at BIGINT)"
        }
        Table::StatusChanges => {
            "INSERT INTO status_changes (category, environment, parent, at, left_status, entered_status)
             SELECT category, environment, parent, at, left_status, entered_status
             FROM json_to_recordset($1::JSON) AS archived (
                 category TEXT, environment TEXT, parent TEXT, at BIGINT, left_status TEXT, entered_status TEXT)"
        }
        Table::AuditSegments => {
            "INSERT INTO audit_segments (environment, first, last, source, entries, previous, link, root)
             SELECT environment, first, last, source,
                    (SELECT string_agg(
                                CASE WHEN entry ->> 0 IS NULL
                                THEN int8send(0) || int8send(0)
                                ELSE xid8send(pg_current_xact_id()) || int8send((entry ->> 0)::BIGINT)
                                END || decode(entry ->> 1, 'hex'),
                                ''::BYTEA ORDER BY nth)
                     FROM json_array_elements(entries) WITH ORDINALITY AS listed (entry, nth)),
                    decode(previous, 'hex'), decode(link, 'hex'), root
             FROM json_to_recordset($1::JSON) AS archived (
                 environment TEXT, first BIGINT, last BIGINT, source TEXT, entries JSON, previous TEXT, link TEXT, root TEXT)"
        }
    }
}
