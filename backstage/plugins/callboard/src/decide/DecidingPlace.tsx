import { useApi } from '@backstage/core-plugin-api';
import { lazy, type ReactNode, Suspense, useMemo, useRef, useState } from 'react';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { failureFrom } from '../api/errors';
import type { DecisionDone } from '../api/types';
import { type Answer, useAnswer } from '../api/useAnswer';
import { keyOf, type Target } from './target';
import { type Deciding, Place, type Said, useDeciding } from './useDeciding';
import type { Act } from './words';

const DecideDialog = lazy(() => import('./DecideDialog'));

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
