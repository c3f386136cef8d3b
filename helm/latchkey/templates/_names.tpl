{{- /* Names and labels. Most take (dict "root" $ "name" COMPONENT). */ -}}

{{- define "latchkey.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* The workloads of this mode, separated by spaces. */ -}}
{{- define "latchkey.components" -}}
{{- ternary "single" "vault connect refresher proxy" (eq .Values.mode "single") -}}
{{- end -}}

{{- /* Which workload answers a need: the one with keys, the one with pages, the one that proxies. */ -}}
{{- define "latchkey.name" -}}
{{- $name := ternary "single" .name (eq .root.Values.mode "single") -}}
{{- printf "%s-%s" (include "latchkey.fullname" .root) $name -}}
{{- end -}}

{{- define "latchkey.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "latchkey.labels" -}}
{{ include "latchkey.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "latchkey.image" -}}
{{- $image := .root.Values.image -}}
{{- $short := ternary "latchkey" .name (has .name (list "single" "test" "migrate")) -}}
{{- $repository := printf "%s/%s" $image.registry (ternary "latchkey" (printf "latchkey-%s" $short) (eq $short "latchkey")) -}}
{{- with get $image.digests $short -}}
{{- printf "%s@%s" $repository . -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- /* The secret with a component's certificate, its key and the authority. Empty: no TLS. */ -}}
{{- define "latchkey.certificate" -}}
{{- if and (eq .root.Values.mode "split") (not .root.Values.tls.insecure) -}}
{{- if .root.Values.tls.certManager.enabled -}}
{{- printf "%s-tls" (include "latchkey.name" .) -}}
{{- else -}}
{{- get .root.Values.tls.existingSecrets .name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* What may stand in front of a gRPC port belongs to the vault by these names, and to connect otherwise. */ -}}
{{- define "latchkey.vaultServices" -}}
latchkey.vault.v1.CredentialService latchkey.connection.v1.ConnectionService latchkey.connection.v1.IncidentService latchkey.refresher.v1.RefreshService latchkey.events.v1.EventService latchkey.admin.v1.AuditService latchkey.admin.v1.AuthLogService latchkey.admin.v1.WebhookService
{{- end -}}
