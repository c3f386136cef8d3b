{{- /* What a schema cannot say: settings that contradict each other. Each refusal names the value and the fix. */ -}}
{{- define "latchkey.check" -}}
{{- $v := .Values -}}
{{- $sqlite := hasPrefix "sqlite:" $v.database.url -}}
{{- if not $v.image.registry -}}
{{- fail "image.registry is not set: build the images of helm/Dockerfile, push them, and name the registry" -}}
{{- end -}}
{{- if not (or $v.publicUrl (eq $v.publicUrl "https://")) -}}
{{- fail "publicUrl is not set: give the address browsers reach connect at, such as https://connect.example.com" -}}
{{- end -}}
{{- if eq (empty $v.database.url) (empty $v.database.existingSecret) -}}
{{- fail "set one of database.url and database.existingSecret: an address with a password belongs in a secret" -}}
{{- end -}}
{{- if and $sqlite (or (eq $v.mode "split") (gt (int $v.components.single.replicas) 1) $v.components.single.autoscaling.enabled) -}}
{{- fail "database.url is a SQLite file, which one process alone can use: set mode to single and components.single.replicas to 1, or name a PostgreSQL database" -}}
{{- end -}}
{{- if and $v.backup.enabled (not (and $v.backup.existingClaim $v.database.existingSecret)) -}}
{{- fail "backup.enabled needs backup.existingClaim, a volume to write to, and database.existingSecret: back a SQLite file up with `latchkey backup create` inside its pod" -}}
{{- end -}}
{{- if eq (empty $v.keys.kek) (empty $v.keys.existingSecret) -}}
{{- fail "set one of keys.kek (a key service) and keys.existingSecret (a key file)" -}}
{{- end -}}
{{- if and (contains "/etc/latchkey/transit/" (print $v.keys.kek $v.keys.also)) (not $v.keys.transit.existingSecret) -}}
{{- fail "keys.transit.existingSecret is not set, and an address names a file in /etc/latchkey/transit: name the secret that holds it" -}}
{{- end -}}
{{- range $owner := list "connect" "proxy" -}}
{{- $told := toJson (get $v.config $owner) -}}
{{- $files := get $v (printf "%sFiles" $owner) -}}
{{- range $kind, $value := dict "secrets" "existingSecret" "files" "existingConfigMap" -}}
{{- if and (contains (printf "/etc/latchkey/%s/%s/" $owner $kind) $told) (not (get $files $value)) -}}
{{- fail (printf "%sFiles.%s is not set, and config.%s names a file in /etc/latchkey/%s/%s" $owner $value $owner $owner $kind) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $v.mode "split" -}}
{{- $given := 0 -}}
{{- range values $v.tls.existingSecrets }}{{ if . }}{{ $given = add1 $given }}{{ end }}{{ end -}}
{{- $ways := 0 -}}
{{- if $v.tls.certManager.enabled }}{{ $ways = add1 $ways }}{{ end -}}
{{- if $v.tls.insecure }}{{ $ways = add1 $ways }}{{ end -}}
{{- if gt (int $given) 0 }}{{ $ways = add1 $ways }}{{ end -}}
{{- if ne (int $ways) 1 -}}
{{- fail "credentials cross the calls between services: set exactly one of tls.certManager.enabled, tls.existingSecrets, and tls.insecure (only where the network encrypts by itself)" -}}
{{- end -}}
{{- if and (gt (int $given) 0) (lt (int $given) 4) -}}
{{- fail "tls.existingSecrets needs a secret for each of vault, connect, refresher and proxy" -}}
{{- end -}}
{{- if and $v.tls.certManager.enabled (not $v.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.issuerRef.name is not set: name an issuer that signs for Latchkey alone" -}}
{{- end -}}
{{- if $v.components.refresher.autoscaling.enabled -}}
{{- fail "components.refresher.autoscaling: a refresher that takes over asks the journal of every other one, so their number is settled beforehand: set components.refresher.replicas" -}}
{{- end -}}
{{- if and $v.tls.backends $v.tls.insecure -}}
{{- fail "tls.backends needs certificates: turn off tls.insecure" -}}
{{- end -}}
{{- else if $v.tls.backends -}}
{{- fail "tls.backends is for split mode: in single mode the ingress speaks TLS" -}}
{{- end -}}
{{- with $v.networkPolicy -}}
{{- if and .envoys (not $v.envoy.enabled) -}}
{{- fail "networkPolicy.envoys lets Envoys ask, and nobody would answer: set envoy.enabled" -}}
{{- end -}}
{{- if .enabled -}}
{{- if and $v.envoy.enabled (not .envoys) -}}
{{- fail "networkPolicy.envoys is empty, so no Envoy could ask: name the peers, as a NetworkPolicy writes them" -}}
{{- end -}}
{{- if and (not $sqlite) (not .database.to) -}}
{{- fail "networkPolicy.database.to is empty, so the vault could not reach its database: name the peers, as a NetworkPolicy writes them" -}}
{{- end -}}
{{- if and $v.keys.kek (not .keyService.to) -}}
{{- fail "networkPolicy.keyService.to is empty, so the vault could not reach its key service: name its addresses, best those of a VPC endpoint or of the servers themselves" -}}
{{- end -}}
{{- if and $v.nats.url (not .nats.to) -}}
{{- fail "networkPolicy.nats.to is empty, so nobody could reach NATS: name the peers, as a NetworkPolicy writes them" -}}
{{- end -}}
{{- if and $v.config.telemetry.otlp_endpoint (not .otlp.to) -}}
{{- fail "networkPolicy.otlp.to is empty, so no trace could be sent: name the collector's peers" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.database.migrations "job") (not $v.database.existingSecret) -}}
{{- fail "database.migrations is job, which reads the database's address from a secret: set database.existingSecret, or database.migrations to auto" -}}
{{- end -}}
{{- if and $v.ingress.enabled $v.gatewayApi.enabled -}}
{{- fail "set one of ingress.enabled and gatewayApi.enabled" -}}
{{- end -}}
{{- end -}}
