import { draftOf, type Fields } from './draft';
import type { Act } from './words';

describe('the draft of an act', () => {
  it.each<[Act, Fields, object]>([
    ['take', {}, { act: 'take', note: '' }],
    ['snooze', {}, { act: 'snooze', until: '30d', note: '' }],
    ['snooze', { until: 'worse', note: ' later ' }, { act: 'snooze', until: 'worse', note: 'later' }],
    ['assign', { to: ' group:default/ledger ' }, { act: 'assign', to: 'group:default/ledger', note: '' }],
    ['dismiss', { reason: 'mitigated', day: '2027-01-31' }, { act: 'dismiss', reason: 'mitigated', note: '' }],
    [
      'dismiss',
      { reason: 'not-used', justification: 'component-not-present' },
      { act: 'dismiss', reason: 'not-used', justification: 'component-not-present', note: '' },
    ],
    ['dismiss', { reason: 'duplicate', duplicate_of: '#18' }, { act: 'dismiss', reason: 'duplicate', duplicate_of: 18, note: '' }],
    ['dismiss', { reason: 'wont-fix-retiring', day: '2027-01-31' }, { act: 'dismiss', reason: 'wont-fix-retiring', until: '2027-01-31', note: '' }],
    ['ask', { day: '2027-01-31', note: 'why' }, { act: 'ask', until: '2027-01-31', note: 'why' }],
    ['comment', { note: 'see the plan' }, { act: 'comment', note: 'see the plan' }],
  ])('of %s from %o', (act, fields, draft) => {
    expect(draftOf(act, fields)).toEqual(draft);
  });

  it.each<[Act, Fields, RegExp]>([
    ['dismiss', {}, /^Say why\.$/],
    ['dismiss', { reason: 'not-used' }, /why it is not affected/],
    ['dismiss', { reason: 'duplicate', duplicate_of: 'it' }, /by its number/],
    ['dismiss', { reason: 'wont-fix-retiring' }, /which day it is gone/],
    ['ask', { note: 'why' }, /until which day/],
    ['ask', { day: '2027-01-31', note: ' ' }, /why the risk/],
    ['assign', { to: ' ' }, /Name a group or a user/],
    ['comment', {}, /nothing to keep/],
  ])('of %s needs more than %o', (act, fields, words) => {
    expect(draftOf(act, fields)).toMatch(words);
  });
});
