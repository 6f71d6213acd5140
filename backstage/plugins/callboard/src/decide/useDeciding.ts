import { createContext, useContext } from 'react';
import type { DecisionDone, DecisionDraft, Me } from '../api/types';
import type { Answer } from '../api/useAnswer';
import type { Target } from './target';
import type { Act } from './words';

/** What somebody said on this page, and what became of it. */
export interface Said {
  target: Target;
  about: string;
  draft: DecisionDraft;
  /** Sent again, it is answered as the first time. */
  key: string;
  /** When it was said, in milliseconds. */
  at: number;
  /** Counts what was said on this page; a clock is too coarse to tell which came first. */
  nth: number;
  outcome: Answer<DecisionDone>;
  /** That it was to be taken back again, and what became of that. */
  back?: { key: string; outcome: Answer<DecisionDone> };
}

/** What can be said here, and what was. */
export interface Deciding {
  /** Why nothing can be said from here; `undefined`: it can, or it is not known yet. */
  why?: string;
  /** Who the reader is, once that is known. */
  me?: Me;
  /** The last that was said about a row. */
  saidOf(rowKey: string): Said | undefined;
  /** The last that was said at all. */
  last?: Said;
  /** Grows with everything that was said and has taken effect. */
  revision: number;
  /** Something else has changed what lists show: they are read anew. */
  changed(): void;
  say(target: Target, about: string, draft: DecisionDraft): void;
  /** Send again, as it was, what found no answer. */
  again(said: Said): void;
  takeBack(said: Said): void;
  /** Ask what is to be said about something; `act` is the form that is open. */
  ask(target: Target, act?: Act): void;
  /** What was refused is not shown any more. */
  forget(said: Said): void;
}

/** Where it is kept; a part of a page without one says nothing. */
export const Place = createContext<Deciding | undefined>(undefined);

/** What can be said on this page; `undefined` where nothing is said, as on a card. */
export const useDeciding = (): Deciding | undefined => useContext(Place);
