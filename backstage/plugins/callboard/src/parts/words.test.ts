import { CallboardError } from '../api/errors';
import { ago, count, due, exact, failureWords, isLate, plain, shortRef } from './words';

const NOW = Date.parse('2026-11-29T12:00:00Z');

describe('words', () => {
  it.each([
    ['2026-11-29T11:59:30Z', 'under 1 min ago'],
    ['2026-11-29T11:48:00Z', '12 min ago'],
    ['2026-11-28T09:00:00Z', '27 h ago'],
    ['2026-11-05T12:00:00Z', '24 d ago'],
    ['2026-11-29T14:00:00Z', 'in 2 h'],
  ])('%s is %s', (instant, words) => {
    expect(ago(instant, NOW)).toBe(words);
  });

  it('counts days of the calendar until something is due, and is late only when its day has ended', () => {
    expect(due('2026-11-29T00:00:00Z', NOW)).toBe('due today');
    expect(isLate('2026-11-29T00:00:00Z', NOW)).toBe(false);
    expect(due('2026-11-26T23:59:00Z', NOW)).toBe('3 d late');
    expect(isLate('2026-11-28T23:59:59Z', NOW)).toBe(true);
    expect(due('2026-12-01T00:00:00Z', NOW)).toBe('due in 2 d');
    expect(isLate(null, NOW)).toBe(false);
  });

  it('says dates in UTC, whatever the clock of the reader', () => {
    expect(exact('2026-11-05T03:12:00+02:00')).toBe('5 Nov 2026 01:12 UTC');
  });

  it('keeps what a namespace tells', () => {
    expect(shortRef('component:default/cart')).toBe('cart');
    expect(shortRef('component:shop/cart')).toBe('shop/cart');
    expect(shortRef('odd')).toBe('odd');
    expect(plain('in_progress')).toBe('in progress');
    expect(plain('arn:aws:s3:::x_y')).toBe('arn:aws:s3:::x_y');
    expect(count(1, 'finding')).toBe('1 finding');
    expect(count(1_200, 'finding')).toBe('1,200 findings');
  });

  it('never tells a failure as "no findings"', () => {
    for (const failure of ['unreachable', 'signed-out', 'refused', 'not-found', 'bad-query', 'read-only', 'broken'] as const) {
      const words = failureWords(new CallboardError(failure, 'It failed.'));
      expect(words).not.toBe('');
      expect(words).not.toMatch(/no (open )?findings/i);
    }
    expect(failureWords(new CallboardError('not-found', 'No.'), ['group:default/payments'])).toMatch(/ Ask payments if /);
    expect(failureWords(new CallboardError('bad-query', 'Unknown key.', { hint: 'Use severity.' }))).toBe(
      'Unknown key. Use severity.',
    );
  });
});
