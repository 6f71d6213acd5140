import { fromParameters, listAddress, toParameters } from './address';

const USUAL = 'is:open';

describe('a list in its address', () => {
  it.each([
    { query: 'is:open severity:high "a b" -x&y=#', view: 'findings' as const, finding: 17 },
    { query: USUAL, view: 'work' as const, finding: undefined },
    { query: '', view: 'work' as const, finding: undefined },
  ])('comes back as it went: %o', state => {
    expect(fromParameters(new URLSearchParams(toParameters(state).toString()), USUAL)).toEqual(state);
  });

  it('names no finding by what is no number', () => {
    for (const odd of ['x', '-1', '0', '1e3', '17 ', '9'.repeat(30)]) {
      expect(fromParameters(new URLSearchParams({ finding: odd }), USUAL).finding).toBeUndefined();
    }
  });

  it('is the bare path where there is nothing to tell', () => {
    expect(listAddress('/callboard', {})).toBe('/callboard');
    expect(listAddress('/callboard', { query: 'a b' })).toBe('/callboard?q=a+b');
  });
});
