import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Flow } from './flow';
import type { Texts } from './texts';

/** What the server said in the page: how it looks, and what it is for. */
export interface Boot {
  mode: 'open' | 'hosted' | 'frame' | 'compat' | 'window' | 'done' | 'problem';
  theme?: import('../kit/theme').Theme;
  appearance?: import('../kit/theme').Appearance;
  locale?: string;
  app_name?: string;
  support_url?: string;
  texts?: Record<string, Record<string, string>>;
  allowed_origins?: string[];
  return_urls?: string[];
  logo_light?: string;
  logo_dark?: string;
  session?: string;
  form_token?: string;
  problem?: string;
}

export interface Shared {
  boot: Partial<Boot>;
  texts: Texts;
  /** The product's name, or words for it. */
  app: string;
  flow?: Flow | undefined;
  /** Closes the frame, where there is no flow in it. */
  leave?: (() => void) | undefined;
  /** Where a hosted page goes in the end. */
  returnTo?: string | undefined;
}

export const Context = createContext<Shared | undefined>(undefined);

export function useShared(): Shared {
  const shared = useContext(Context);
  if (!shared) throw new Error('outside of the program');
  return shared;
}

export function useFlow(): Flow {
  const { flow } = useShared();
  if (!flow) throw new Error('no session yet');
  return flow;
}
