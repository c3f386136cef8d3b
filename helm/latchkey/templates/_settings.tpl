{{- /* The settings of one program, as data: (dict "root" $ "name" COMPONENT). */ -}}
{{- define "latchkey.settings" -}}
{{- $v := .root.Values -}}
{{- $name := .name -}}
{{- $single := eq $name "single" -}}
{{- $certificate := include "latchkey.certificate" . -}}
{{- $shown := dict "certificate" "/etc/latchkey/tls/tls.crt" "key" "/etc/latchkey/tls/tls.key" -}}
{{- $host := include "latchkey.name" . -}}
{{- if has $name (list "single" "connect") }}
public_url: {{ $v.publicUrl | quote }}
{{- end }}
listen:
  ops: 0.0.0.0:8082
  {{- if has $name (list "single" "connect" "proxy") }}
  http: 0.0.0.0:8080
  {{- end }}
  {{- if or (has $name (list "single" "connect" "vault")) (and (eq $name "proxy") $v.envoy.enabled) }}
  grpc: 0.0.0.0:8081
  {{- end }}
  {{- if has $name (list "vault" "refresher") }}
  internal: 0.0.0.0:8443
  {{- end }}
{{- if has $name (list "single" "vault") }}
database:
  migrations: {{ $v.database.migrations }}
  {{- with $v.database.url }}
  url: {{ . | quote }}
  {{- end }}
keys:
  kek: {{ $v.keys.kek | default "file:///etc/latchkey/kek/kek" | quote }}
  {{- with $v.keys.also }}
  also: {{ toJson . }}
  {{- end }}
  {{- if $v.keys.existingSecret }}
  allow_file: true
  {{- end }}
vault: {{ merge (ternary (dict "insecure_peers" true) dict (and (not $single) $v.tls.insecure)) $v.config.vault | toJson }}
{{- else if $certificate }}
vault:
  endpoint: https://{{ include "latchkey.name" (dict "root" .root "name" "vault") }}:8443
  tls: {ca: /etc/latchkey/tls/ca.crt, certificate: /etc/latchkey/tls/tls.crt, key: /etc/latchkey/tls/tls.key}
{{- else }}
vault: {endpoint: "http://{{ include "latchkey.name" (dict "root" .root "name" "vault") }}:8443", insecure: true}
{{- end }}
{{- if $certificate }}
{{- if eq $name "vault" }}
tls:
  peers: {{ merge (dict "client_ca" "/etc/latchkey/tls/ca.crt") $shown | toJson }}
  {{- if $v.tls.backends }}
  public: {{ omit $shown "client_ca" | toJson }}
  {{- end }}
{{- else if eq $name "refresher" }}
tls: {{ merge (dict "client_ca" "/etc/latchkey/tls/ca.crt") $shown | toJson }}
{{- else if or (and (eq $name "connect") $v.tls.backends) (and (eq $name "proxy") $v.envoy.enabled) }}
tls: {{ $shown | toJson }}
{{- end }}
{{- end }}
{{- if and $v.nats.url (has $name (list "single" "vault" "refresher")) }}
nats:
  url: {{ $v.nats.url | quote }}
  replicas: {{ $v.nats.replicas }}
  {{- with $v.nats.prefix }}
  prefix: {{ . | quote }}
  {{- end }}
  {{- with $v.nats.stream }}
  stream: {{ . | quote }}
  {{- end }}
  {{- if $v.nats.credentials.existingSecret }}
  credentials: /etc/latchkey/nats/nats.creds
  {{- end }}
  {{- if $v.nats.ca.existingSecret }}
  ca: /etc/latchkey/nats-ca/ca.crt
  {{- end }}
{{- end }}
{{- if has $name (list "single" "connect") }}
connect: {{ $v.config.connect | toJson }}
webhooks: {{ $v.config.webhooks | toJson }}
{{- end }}
{{- if has $name (list "single" "refresher") }}
refresh: {{ $v.config.refresh | toJson }}
journal:
  path: /var/lib/latchkey/journal
  {{- if eq $name "refresher" }}
  {{- if not $certificate }}
  insecure_peers: true
  {{- end }}
  {{- $count := int $v.components.refresher.replicas }}
  {{- if gt $count 1 }}
  # By the names their StatefulSet gives them, and not by whoever answers: one that is down must be missed.
  peers:
    {{- range $number := until $count }}
    - endpoint: {{ ternary "https" "http" (not (empty $certificate)) }}://{{ $host }}-{{ $number }}.{{ $host }}:8443
      {{- if $certificate }}
      tls: {{ merge (dict "ca" "/etc/latchkey/tls/ca.crt" "server_name" $host) $shown | toJson }}
      {{- else }}
      insecure: true
      {{- end }}
    {{- end }}
  {{- end }}
  {{- end }}
{{- end }}
{{- if has $name (list "single" "proxy") }}
proxy: {{ merge (ternary (dict "insecure_authorization" true) dict (and (not $single) $v.envoy.enabled $v.tls.insecure)) $v.config.proxy | toJson }}
{{- end }}
{{- if and $v.providers.existingConfigMap (ne $name "vault") }}
providers: {path: /etc/latchkey/providers}
{{- end }}
telemetry: {{ $v.config.telemetry | toJson }}
{{- end -}}

{{- /* Data as TOML: (dict "table" DATA "at" ""). The engine's own function writes whole numbers as fractions. */ -}}
{{- define "latchkey.toml" -}}
{{- $at := .at -}}
{{- $tables := dict -}}
{{- range $name, $value := .table -}}
{{- $key := ternary $name ($name | quote) (regexMatch "^[A-Za-z0-9_-]+$" $name) -}}
{{- if or (kindIs "map" $value) (and (kindIs "slice" $value) (kindIs "map" (first $value))) -}}
{{- $_ := set $tables $key $value -}}
{{- else }}
{{ $key }} = {{ if kindIs "float64" $value }}{{ int64 $value }}{{ else }}{{ toJson $value }}{{ end }}
{{- end -}}
{{- end -}}
{{- range $key, $value := $tables -}}
{{- $inner := ternary (printf "%s.%s" $at $key) $key (ne $at "") -}}
{{- if kindIs "map" $value }}
[{{ $inner }}]
{{- include "latchkey.toml" (dict "table" $value "at" $inner) -}}
{{- else -}}
{{- range $value }}
[[{{ $inner }}]]
{{- include "latchkey.toml" (dict "table" . "at" $inner) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
