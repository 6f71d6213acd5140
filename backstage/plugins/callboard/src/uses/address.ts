import type { UsesQuestion } from '../api/types';

/** A question about a package, as it is written and as its page's address holds it. Days are as 2026-01-31; empty: now. */
export interface Asked {
  package: string;
  from: string;
  /** Empty: the one day. */
  to: string;
}

/** The value of `tab` in the page's address. */
export const USES_TAB = 'who-uses';

/** The address under `path` of who uses a package. */
export function usesAddress(path: string, asked: Partial<Asked>): string {
  return `${path}?${toParameters(asked)}`;
}

/** The parameters that stand for a question. */
export function toParameters(asked: Partial<Asked>): URLSearchParams {
  const found = new URLSearchParams({ tab: USES_TAB });
  for (const name of ['package', 'from', 'to'] as const) {
    const value = asked[name]?.trim();
    if (value) {
      found.set(name, value);
    }
  }
  return found;
}

/** The question that parameters stand for. */
export function fromParameters(parameters: URLSearchParams): Asked {
  const told = (name: string) => parameters.get(name) ?? '';
  return { package: told('package'), from: told('from'), to: told('to') };
}

/** How the service is asked. What it cannot read, such as an end without a beginning, it says itself. */
export function questionOf({ package: wanted, from, to }: Asked): UsesQuestion {
  if (to) {
    return { package: wanted, between: `${from}..${to}` };
  }
  return from ? { package: wanted, at: from } : { package: wanted };
}
