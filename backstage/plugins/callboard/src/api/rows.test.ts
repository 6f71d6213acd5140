import { row } from '../../dev/made';
import { KEPT_MS, MOST, Rows } from './rows';
import type { ComponentRow } from './types';

const rowsOf = (refs: string[]): ComponentRow[] => refs.map(ref => row({ ref }));

describe('rows of a page of the catalog', () => {
  it('are one request, whatever the case of their references', async () => {
    const asked: string[][] = [];
    const rows = new Rows(async refs => {
      asked.push(refs);
      return rowsOf(refs);
    });
    const found = await Promise.all(['component:default/a', 'Component:Default/B', 'component:default/a'].map(ref => rows.row(ref)));
    expect(asked).toEqual([['component:default/a', 'component:default/b']]);
    expect(found.map(each => each?.ref)).toEqual(['component:default/a', 'component:default/b', 'component:default/a']);
  });

  it('are cut where the service takes no more', async () => {
    const sizes: number[] = [];
    const rows = new Rows(async refs => {
      sizes.push(refs.length);
      return rowsOf(refs);
    });
    await Promise.all(Array.from({ length: MOST + 1 }, (_, n) => rows.row(`component:default/c${n}`)));
    expect(sizes).toEqual([MOST, 1]);
  });

  it('are left out where all who wanted them have gone, and asked for when somebody comes again', async () => {
    const asked: string[][] = [];
    const rows = new Rows(async refs => {
      asked.push(refs);
      return rowsOf(refs);
    });
    const [first, second] = [new AbortController(), new AbortController()];
    rows.row('component:default/gone', first.signal);
    rows.row('component:default/stays', first.signal);
    const stays = rows.row('component:default/stays', second.signal);
    first.abort();
    await stays;
    expect(asked).toEqual([['component:default/stays']]);
    await rows.row('component:default/gone');
    expect(asked).toEqual([['component:default/stays'], ['component:default/gone']]);
  });

  it('are kept for a minute and no longer', async () => {
    let now = 0;
    let asked = 0;
    const rows = new Rows(
      async refs => {
        asked += 1;
        return rowsOf(refs);
      },
      () => now,
    );
    await rows.row('component:default/a');
    now = KEPT_MS - 1;
    await rows.row('component:default/a');
    expect(asked).toBe(1);
    now = KEPT_MS;
    await rows.row('component:default/a');
    expect(asked).toBe(2);
  });

  it('are undefined where the service has none to show, and an error where it failed, which is not kept', async () => {
    let isDown = true;
    const rows = new Rows(async () => {
      if (isDown) {
        throw new Error('down');
      }
      return [];
    });
    await expect(rows.row('component:default/a')).rejects.toThrow('down');
    isDown = false;
    await expect(rows.row('component:default/a')).resolves.toBeUndefined();
  });
});
