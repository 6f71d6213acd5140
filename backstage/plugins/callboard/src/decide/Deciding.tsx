import { useApi } from '@backstage/core-plugin-api';
import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useRef, useState } from 'react';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { failureFrom } from '../api/errors';
import type { DecisionDone, DecisionDraft, Me } from '../api/types';
import { type Answer, useAnswer } from '../api/useAnswer';
import { keyOf, type Target } from './target';
import type { Act } from './words';

const DecideDialog = lazy(() => import('./DecideDialog'));

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

const Place = createContext<Deciding | undefined>(undefined);

/** What can be said on this page; `undefined` where nothing is said, as on a card. */
export const useDeciding = (): Deciding | undefined => useContext(Place);

/** A part of a page on which something can be said about findings. Inside another one it is a part of that. */
export const DecidingPlace = ({ children }: { children: ReactNode }) =>
  useDeciding() ? <>{children}</> : <NewPlace>{children}</NewPlace>;

const READ_ONLY = 'This portal only shows: what to do about it can be said in Callboard itself.';
const NO_RIGHT = 'You may look at it. Saying something about it is for whoever owns it and may decide.';

const NewPlace = ({ children }: { children: ReactNode }) => {
  const api = useApi(callboardApiRef);
  const [all, setAll] = useState<readonly Said[]>([]);
  const [revision, setRevision] = useState(0);
  const [asked, setAsked] = useState<{ target: Target; act?: Act }>();
  const passes = api.passesChanges();
  const me = useAnswer('me', () => api.me(), { isHeld: !passes });
  const known = me.state === 'answered' ? me.value : undefined;
  const why = passes ? (known && !known.rights.includes('decide') && NO_RIGHT) || undefined : READ_ONLY;
  const tools = useRef(toolsOf(api, setAll, () => setRevision(n => n + 1), setAsked));
  const deciding = useMemo<Deciding>(
    () => ({
      ...tools.current,
      why,
      me: known,
      last: all[all.length - 1],
      saidOf: rowKey => all.findLast(each => keyOf(each.target) === rowKey),
      revision,
    }),
    [all, known, revision, why],
  );
  return (
    <Place.Provider value={deciding}>
      {children}
      {asked && (
        <Suspense fallback={null}>
          <DecideDialog target={asked.target} act={asked.act} onClose={() => setAsked(undefined)} />
        </Suspense>
      )}
    </Place.Provider>
  );
};

type Change = (change: (all: readonly Said[]) => readonly Said[]) => void;

function toolsOf(
  api: CallboardApi,
  change: Change,
  onDone: () => void,
  setAsked: (asked: { target: Target; act?: Act }) => void,
): Pick<Deciding, 'changed' | 'say' | 'again' | 'takeBack' | 'ask' | 'forget'> {
  const put = (said: Said, some: Partial<Said>) =>
    change(all => all.map(each => (each.key === said.key ? { ...each, ...some } : each)));
  const follow = (doing: Promise<DecisionDone>, tell: (outcome: Answer<DecisionDone>) => void) => {
    tell({ state: 'loading' });
    doing.then(
      value => {
        tell({ state: 'answered', value });
        onDone();
      },
      (error: unknown) => tell({ state: 'failed', error: failureFrom(error) }),
    );
  };
  const send = (said: Said) => follow(api.decide(said.draft, said.key), outcome => put(said, { outcome }));
  const sendBack = (said: Said, of: number, key: string) =>
    follow(api.decide({ act: 'undo', of }, key), outcome => put(said, { back: { key, outcome } }));
  let n = 0;
  return {
    changed: onDone,
    say: (target, about, draft) => {
      n += 1;
      const said: Said = { target, about, draft, key: newKey(), at: Date.now(), nth: n, outcome: { state: 'loading' } };
      change(all => [...all, said]);
      send(said);
    },
    again: said => {
      if (said.back && said.outcome.state === 'answered' && said.outcome.value.decision !== null) {
        sendBack(said, said.outcome.value.decision, said.back.key);
      } else {
        send(said);
      }
    },
    takeBack: said => {
      if (said.outcome.state === 'answered' && said.outcome.value.decision !== null) {
        sendBack(said, said.outcome.value.decision, newKey());
      }
    },
    ask: (target, act) => setAsked({ target, act }),
    forget: said => change(all => all.filter(each => each.key !== said.key)),
  };
}

/** A name that no other request has. `crypto.randomUUID` is there on https alone. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map(each => each.toString(36)).join('-');
}
