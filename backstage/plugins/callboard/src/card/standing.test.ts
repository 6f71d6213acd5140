import { componentPage, counts, row, source } from '../../dev/made';
import { standingOf, unknownWord } from './standing';

const none = row({ open: counts(), overdue: 0 });
const good = { key: 'wiz.io/project-id', value: 'p-1', dangling: false };
const lost = { ...good, value: 'p-9', dangling: true };
const unread = source({ last_full_at: null, last_run_at: null });

describe('how a component stands', () => {
  it.each([
    ['findings', {}],
    ['apart', { bundles: [] }],
    ['clean', { component: none, bundles: [] }],
    ['clean', { component: none, bundles: [], annotations: [good, lost] }],
    ['clean', { component: none, bundles: [], annotations: [] }],
    ['dangling', { component: none, bundles: [], annotations: [lost] }],
    ['dangling', { component: { ...none, mapping: 'none' }, bundles: [], annotations: [lost] }],
    ['not-mapped', { component: { ...none, mapping: 'none' }, bundles: [], annotations: [] }],
    ['not-read', { component: none, bundles: [], sources: [unread] }],
    ['counted', { component: { ...none, listed: false }, bundles: [] }],
    ['counted', { component: row({ listed: false }), bundles: [] }],
  ])('%s: %o', (standing, some) => {
    expect(standingOf(componentPage(some))).toBe(standing);
  });

  it.each([
    [undefined, {}],
    [undefined, { open: counts(), checked_at: '2026-11-29T12:00:00Z' }],
    [undefined, { checked_at: null }],
    ['not mapped', { open: counts(), mapping: 'none', checked_at: null }],
    ['not read yet', { open: counts(), checked_at: null }],
  ])('a row says %s: %o', (word, some) => {
    expect(unknownWord(row(some))).toBe(word);
  });
});
