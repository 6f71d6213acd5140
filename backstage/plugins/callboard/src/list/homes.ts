import type { Finding } from '../api/types';
import { shortRef } from '../parts/words';

/** The components of a finding, or why it has none. */
export function homes({ ownership }: Finding): string {
  if (ownership.components.length) {
    return ownership.components.map(shortRef).join(', ');
  }
  return ownership.verdict === 'conflict' ? 'contradicted' : 'not mapped';
}
