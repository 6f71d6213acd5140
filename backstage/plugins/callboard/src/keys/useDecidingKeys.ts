import { type Deciding, useDeciding } from '../decide/useDeciding';
import { mayTakeBack, UNDO_MS } from '../decide/saying';
import type { Target } from '../decide/target';
import type { Act } from '../decide/words';
import type { Row, Selection } from './rows';

/** What the keys say about a row, or about all that are marked. Each answers why it did nothing. */
export function useDecidingKeys(
  rows: () => readonly Row[],
  current: () => Row | undefined,
  selection: Selection,
): Record<'a' | 'h' | 'd' | 'u' | 'x', () => string | undefined> {
  const deciding = useDeciding();
  const decide = (act: Act) => whenAllowed(deciding, allowed => {
    const marked = rows().filter(each => selection.selected.has(each.key));
    const row = current();
    if (marked.length) {
      allowed.ask(targetOf(marked), act);
    } else if (!row) {
      return 'No row is in focus.';
    } else if (act === 'take' && row.finding) {
      allowed.say(row.target, row.finding.title, { act, findings: [row.finding.id], seen: row.seen });
    } else {
      allowed.ask(row.target, act);
    }
    return undefined;
  });
  return {
    a: () => decide('take'),
    h: () => decide('snooze'),
    d: () => decide('dismiss'),
    u: () => whenAllowed(deciding, ({ last, takeBack }) => {
      if (!last || !mayTakeBack(last) || Date.now() - last.at > UNDO_MS) {
        return 'Nothing was said here in the last 10 seconds.';
      }
      takeBack(last);
      return undefined;
    }),
    x: () => whenAllowed(deciding, () => {
      const row = current();
      if (row) {
        selection.toggle(row.key);
      }
      return row ? undefined : 'No row is in focus.';
    }),
  };
}

function whenAllowed(deciding: Deciding | undefined, act: (deciding: Deciding) => string | undefined): string | undefined {
  if (!deciding) {
    return 'Nothing is decided here.';
  }
  return deciding.why ?? act(deciding);
}

/** Several rows as what something is said about. */
export function targetOf(rows: readonly Row[]): Target {
  const findings = rows.flatMap(each => each.finding ?? []);
  return {
    kind: 'rows',
    findings,
    bundles: rows.flatMap(each => each.bundle ?? []),
    seen: Math.min(...rows.map(each => each.seen ?? Infinity)),
    may: rows.find(each => each.may)?.may ?? [],
  };
}
