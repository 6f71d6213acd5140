import { source } from '../../dev/made';
import { cautions, neverRead, seenAt } from './sources';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const OLD = '2026-11-28T09:00:00Z';

describe('how far numbers can be trusted', () => {
  it('says nothing when all is well', () => {
    expect(cautions([source()])).toEqual([]);
  });

  it('says how old stale data is, and why, before anything else', () => {
    const stale = source({ stale: true, last_run_at: OLD, last_full_at: OLD, reason: 'token refused' });
    const [first, second] = cautions([source({ name: 'b', kind: 'x', last_run_state: 'partial' }), stale], NOW);
    expect(first).toEqual({
      isLate: true,
      title: 'Data of Wiz is 27 h old.',
      text: 'That is older than promised. Token refused. Numbers below are from 28 Nov 2026 09:00 UTC.',
    });
    expect(second.title).toBe('b was read only in part.');
  });

  it.each([
    ['held', 'A sync of Wiz waits for a person to look at it.'],
    ['refused', 'Wiz lets Callboard read nothing.'],
    ['partial', 'Wiz was read only in part.'],
  ])('a run that is %s is told', (state, title) => {
    expect(cautions([source({ last_run_state: state })], NOW).map(each => each.title)).toEqual([title]);
  });

  it('tells a board without sources, and one that was never read, from one without findings', () => {
    expect(cautions([])[0].title).toBe('No source of findings is set up.');
    const never = source({ last_full_at: null, last_run_at: null });
    expect(cautions([never])[0].title).toBe('Wiz has not been read completely.');
    expect(cautions([{ ...never, syncing: true }])[0].title).toBe('The first sync of Wiz is running.');
    expect(neverRead([never])).toBe(true);
    expect(neverRead([never, source()])).toBe(false);
  });

  it('is as fresh as the least fresh source, and of unknown age when one was never read', () => {
    expect(seenAt([source({ last_run_at: OLD }), source()])).toBe(OLD);
    expect(seenAt([source({ last_run_at: null }), source()])).toBeUndefined();
    expect(seenAt([])).toBeUndefined();
  });
});
