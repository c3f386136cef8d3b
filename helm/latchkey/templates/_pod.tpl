{{- /* The pod of one workload, within the restricted pod security standard: (dict "root" $ "name" COMPONENT). */ -}}
{{- define "latchkey.pod" -}}
{{- $v := .root.Values -}}
{{- $name := .name -}}
{{- $component := get $v.components $name -}}
{{- $keeper := has $name (list "single" "vault") -}}
{{- $journal := has $name (list "single" "refresher") -}}
{{- $bus := and $v.nats.url (or $keeper $journal) -}}
{{- $role := and $keeper (regexMatch "transit://[^ ]*[?&]role=" (print $v.keys.kek " " (join " " $v.keys.also))) -}}
{{- $certificate := include "latchkey.certificate" . -}}
metadata:
  labels:
    {{- include "latchkey.labels" . | nindent 4 }}
    {{- if $keeper }}
    {{- with $v.serviceAccount.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
    {{- end }}
  annotations:
    # Programs read their settings when they start.
    checksum/settings: {{ include "latchkey.settings" . | sha256sum }}
    {{- with $component.podAnnotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  serviceAccountName: {{ include "latchkey.name" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $v.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  {{- include "latchkey.podSecurity" . | nindent 2 }}
  {{- with $component.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $component.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.affinity }}
  affinity: {{ toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: {{ $v.topologySpread.whenUnsatisfiable }}
      labelSelector: {matchLabels: {{ include "latchkey.selector" $ | fromYaml | toJson }}}
      {{- if not $journal }}
      # Spread among those of one version: whom a rollout is about to end counts no more.
      matchLabelKeys: [pod-template-hash]
      {{- end }}
    {{- end }}
  containers:
    - name: {{ $name }}
      image: {{ include "latchkey.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: {{ ternary (list "serve" "--config" "/etc/latchkey/settings/latchkey.toml") (list "--config" "/etc/latchkey/settings/latchkey.toml") (eq $name "single") | toJson }}
      {{- if and $keeper $v.database.existingSecret }}
      env:
        - name: LATCHKEY__DATABASE__URL
          valueFrom: {secretKeyRef: {name: {{ $v.database.existingSecret }}, key: {{ $v.database.key }}}}
      {{- end }}
      ports:
        {{- range $port, $number := include "latchkey.ports" . | fromYaml }}
        - {name: {{ $port }}, containerPort: {{ $number }}}
        {{- end }}
      # A migration runs before the first port opens, and takes as long as the tables are large.
      startupProbe: {httpGet: {path: /livez, port: ops}, periodSeconds: 5, failureThreshold: {{ ternary 720 24 $keeper }}}
      livenessProbe: {httpGet: {path: /livez, port: ops}, periodSeconds: 10, timeoutSeconds: 3}
      readinessProbe: {httpGet: {path: /readyz, port: ops}, periodSeconds: 5, timeoutSeconds: 3}
      lifecycle:
        # Until every proxy has heard that the pod is leaving, calls still come.
        preStop: {sleep: {seconds: 5}}
      resources: {{ toYaml $component.resources | nindent 8 }}
      {{- include "latchkey.containerSecurity" . | nindent 6 }}
      volumeMounts:
        - {name: settings, mountPath: /etc/latchkey/settings, readOnly: true}
        {{- if $journal }}
        - {name: journal, mountPath: /var/lib/latchkey}
        {{- end }}
        {{- if $certificate }}
        - {name: tls, mountPath: /etc/latchkey/tls, readOnly: true}
        {{- end }}
        {{- if and $keeper $v.keys.existingSecret }}
        - {name: kek, mountPath: /etc/latchkey/kek, readOnly: true}
        {{- end }}
        {{- if and $keeper $v.keys.transit.existingSecret }}
        - {name: transit, mountPath: /etc/latchkey/transit, readOnly: true}
        {{- end }}
        {{- if $role }}
        - {name: account, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
        {{- end }}
        {{- if and $bus $v.nats.credentials.existingSecret }}
        - {name: nats, mountPath: /etc/latchkey/nats, readOnly: true}
        {{- end }}
        {{- if and $bus $v.nats.ca.existingSecret }}
        - {name: nats-ca, mountPath: /etc/latchkey/nats-ca, readOnly: true}
        {{- end }}
        {{- if and $v.providers.existingConfigMap (ne $name "vault") }}
        - {name: providers, mountPath: /etc/latchkey/providers, readOnly: true}
        {{- end }}
        {{- range $owner := list "connect" "proxy" }}
        {{- $files := get $v (printf "%sFiles" $owner) }}
        {{- if and (has $name (list "single" $owner)) $files.existingSecret }}
        - {name: {{ $owner }}-secrets, mountPath: /etc/latchkey/{{ $owner }}/secrets, readOnly: true}
        {{- end }}
        {{- if and (has $name (list "single" $owner)) $files.existingConfigMap }}
        - {name: {{ $owner }}-files, mountPath: /etc/latchkey/{{ $owner }}/files, readOnly: true}
        {{- end }}
        {{- end }}
  volumes:
    - {name: settings, configMap: {name: {{ include "latchkey.name" . }}}}
    {{- if $certificate }}
    - {name: tls, secret: {secretName: {{ $certificate }}, defaultMode: 0440}}
    {{- end }}
    {{- if and $keeper $v.keys.existingSecret }}
    - {name: kek, secret: {secretName: {{ $v.keys.existingSecret }}, defaultMode: 0440, items: [{key: {{ $v.keys.key }}, path: kek}]}}
    {{- end }}
    {{- if and $keeper $v.keys.transit.existingSecret }}
    - {name: transit, secret: {secretName: {{ $v.keys.transit.existingSecret }}, defaultMode: 0440}}
    {{- end }}
    {{- if $role }}
    # For the key service alone: of the API server nothing is asked.
    - name: account
      projected:
        defaultMode: 0440
        sources:
          - serviceAccountToken: {path: token, expirationSeconds: 3600{{ with $v.keys.transit.audience }}, audience: {{ . | quote }}{{ end }}}
    {{- end }}
    {{- if and $bus $v.nats.credentials.existingSecret }}
    - {name: nats, secret: {secretName: {{ $v.nats.credentials.existingSecret }}, defaultMode: 0440, items: [{key: {{ $v.nats.credentials.key }}, path: nats.creds}]}}
    {{- end }}
    {{- if and $bus $v.nats.ca.existingSecret }}
    - {name: nats-ca, secret: {secretName: {{ $v.nats.ca.existingSecret }}, items: [{key: {{ $v.nats.ca.key }}, path: ca.crt}]}}
    {{- end }}
    {{- if and $v.providers.existingConfigMap (ne $name "vault") }}
    - {name: providers, configMap: {name: {{ $v.providers.existingConfigMap }}}}
    {{- end }}
    {{- range $owner := list "connect" "proxy" }}
    {{- $files := get $v (printf "%sFiles" $owner) }}
    {{- if and (has $name (list "single" $owner)) $files.existingSecret }}
    - {name: {{ $owner }}-secrets, secret: {secretName: {{ $files.existingSecret }}, defaultMode: 0440}}
    {{- end }}
    {{- if and (has $name (list "single" $owner)) $files.existingConfigMap }}
    - {name: {{ $owner }}-files, configMap: {name: {{ $files.existingConfigMap }}}}
    {{- end }}
    {{- end }}
{{- end -}}

{{- define "latchkey.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  # Secrets are mounted as root's; through this group the process may read them.
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "latchkey.containerSecurity" -}}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
{{- end -}}

{{- define "latchkey.ports" -}}
ops: 8082
{{- if has .name (list "single" "connect" "proxy") }}
http: 8080
{{- end }}
{{- if or (has .name (list "single" "connect" "vault")) (and (eq .name "proxy") .root.Values.envoy.enabled) }}
grpc: 8081
{{- end }}
{{- if has .name (list "vault" "refresher") }}
internal: 8443
{{- end }}
{{- end -}}
