import type { DecisionDraft } from '../api/types';
import { type Act, USUAL_UNTIL } from './words';

/** What goes with an act, as somebody fills it in. */
export type Fields = Partial<Record<'until' | 'day' | 'reason' | 'justification' | 'duplicate_of' | 'to' | 'note', string>>;

/** The draft of an act; or, in words, what it still needs. */
export function draftOf(act: Act, fields: Fields): DecisionDraft | string {
  const { day } = fields;
  const draft: DecisionDraft = { act, note: fields.note?.trim() ?? '' };
  switch (act) {
    case 'snooze':
      return { ...draft, until: fields.until ?? USUAL_UNTIL };
    case 'assign': {
      const to = fields.to?.trim();
      return to ? { ...draft, to } : 'Name a group or a user.';
    }
    case 'ask':
      if (!day) {
        return 'Say until which day.';
      }
      return draft.note ? { ...draft, until: day } : 'Say why the risk is worth taking.';
    case 'comment':
      return draft.note ? draft : 'There is nothing to keep.';
    case 'dismiss':
      return dismissal(draft, fields);
    default:
      return draft;
  }
}

function dismissal(draft: DecisionDraft, { day, reason, justification, duplicate_of }: Fields): DecisionDraft | string {
  switch (reason) {
    case undefined:
      return 'Say why.';
    case 'not-used':
      return justification ? { ...draft, reason, justification } : 'Say why it is not affected.';
    case 'duplicate': {
      const of = Number(duplicate_of?.replace('#', '').trim() || NaN);
      return Number.isSafeInteger(of) && of > 0 ? { ...draft, reason, duplicate_of: of } : 'Say of which finding, by its number.';
    }
    case 'wont-fix-retiring':
      return day ? { ...draft, reason, until: day } : 'Say by which day it is gone.';
    default:
      return { ...draft, reason };
  }
}
