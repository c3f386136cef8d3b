import { useLocation } from 'preact-iso/router';
import { Notice } from '../../kit';
import { api } from '../api';
import { useLoad } from '../load';
import { can } from '../session';
import type { Incident } from '../types';
import { Coded } from './coded';

/** While nothing is refreshed, every screen says so: whatever else is told there is less urgent. */
export function SafeMode() {
  const { path } = useLocation();
  const found = useLoad(async (signal) => (can('connections:read') ? ((await api<{ incidents?: Incident[] }>('/incidents', { signal })).incidents ?? []) : []), [path]);
  const on = found.data?.find((incident) => incident.kind === 'SAFE_MODE');
  if (!on) return null;
  return (
    <aside class="banner" aria-label="Safe mode">
      <Notice kind="warning" title={<Coded text={on.what_happened} />}>
        <p>
          The operator’s turn: <Coded text={on.what_to_do} />
        </p>
      </Notice>
    </aside>
  );
}
