// What changes is said once, to those who do not see it: politely, or at once where something went wrong. There is one
// region of each kind in a program, there from the beginning, because regions that come later are not listened to.
import { useEffect, useState } from 'preact/hooks';

type Kind = 'polite' | 'assertive';
type Listener = (kind: Kind, text: string) => void;

const listeners = new Set<Listener>();

export function announce(text: string, kind: Kind = 'polite'): void {
  for (const listener of listeners) listener(kind, text);
}

export function StatusRegions() {
  const [said, say] = useState({ polite: '', assertive: '' });
  useEffect(() => {
    const listener: Listener = (kind, text) => say((before) => ({ ...before, [kind]: text }));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return (
    <>
      <div class="for-readers" role="status">
        {said.polite}
      </div>
      <div class="for-readers" role="alert">
        {said.assertive}
      </div>
    </>
  );
}
