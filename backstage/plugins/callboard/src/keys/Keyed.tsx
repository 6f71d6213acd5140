import { Button, Flex, VisuallyHidden } from '@backstage/ui';
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { LastSaid } from '../decide/LastSaid';
import { useFocusStays } from '../parts/useFocusStays';
import { type About, usePlaces } from './places';
import { type Row, RowsContext, type RowsPlace } from './rows';
import { SelectionBar } from './SelectionBar';
import { keysAreOn } from './setting';
import { useDecidingKeys } from './useDecidingKeys';
import { useFocusKept } from './useFocusKept';

const KeysDialog = lazy(() => import('./KeysDialog'));
const WhoseDialog = lazy(() => import('./WhoseDialog'));

/** Rows of a table and of a list, as far as they can be acted on. */
const ROWS = 'tbody > [role="row"], [role="rowgroup"] > [role="row"][data-key], ol > li[data-row]';

/** Where the focus goes in a row: a row of a table takes it itself, one of a list has a link. */
const target = (row: Element): HTMLElement | null => (row.matches('[role="row"]') ? (row as HTMLElement) : row.querySelector('a'));

/** What is typed is text, and no key. A box to tick takes no text. */
const isText = (element: Element) => element.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null;

/** How long `g` waits for its letter, in milliseconds. */
const GOING_MS = 1_500;

/**
 * A list that single letters move in, for people who read lists all day. They count only while the focus is in here and
 * not in a field, and can be switched off (WCAG 2.1.4). Everything works without them.
 */
export const Keyed = ({ children, about }: { children: ReactNode; about?: About }) => {
  const frame = useRef<HTMLDivElement>(null);
  const known = useRef<readonly Row[]>([]);
  const going = useRef(0);
  const [said, setSaid] = useState('');
  const [isAsked, setAsked] = useState(false);
  const [whose, setWhose] = useState<number>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const place = useMemo<RowsPlace>(
    () => ({
      selected,
      select: keys => setSelected(new Set(keys)),
      toggle: key => setSelected(others => (others.has(key) ? new Set([...others].filter(each => each !== key)) : new Set([...others, key]))),
      tell: rows => {
        known.current = rows;
      },
    }),
    [selected],
  );
  const rows = useCallback(() => [...(frame.current?.querySelectorAll(ROWS) ?? [])].filter(each => target(each) !== null), []);
  // The row in its place first, where it was a row that went.
  useFocusKept(frame, rows, target);
  useFocusStays(frame);
  const current = () => rows().find(each => each.contains(document.activeElement));
  const row = () => {
    const { dataset } = (current() ?? {}) as HTMLElement;
    return dataset && known.current.find(each => each.key === (dataset.row ?? dataset.key));
  };
  const deciding = useDecidingKeys(() => known.current, row, place);
  const places = usePlaces(about);
  const step = (by: 1 | -1) => {
    const all = rows();
    const at = all.findIndex(each => each.contains(document.activeElement));
    // From nowhere the first step goes to an end; from an end it goes nowhere.
    const from = at < 0 && by < 0 ? all.length : at;
    const next = all[Math.min(Math.max(from + by, 0), all.length - 1)];
    if (next) {
      target(next)?.focus();
    }
    return undefined;
  };
  const follow = () => {
    const here = current();
    const way = here?.querySelector<HTMLAnchorElement>('a[target="_blank"]');
    if (way) {
      way.click();
      return undefined;
    }
    return here ? 'This row has no link to its source. Enter opens it in full.' : 'No row is in focus.';
  };
  const actions: Record<string, () => string | undefined | void> = {
    ...deciding,
    j: () => step(1),
    k: () => step(-1),
    o: follow,
    n: () => {
      const example = row()?.example;
      setWhose(example);
      return example === undefined ? 'No row is in focus.' : undefined;
    },
    '/': () => frame.current?.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
    '?': () => setAsked(true),
    g: () => {
      going.current = Date.now();
    },
  };
  // Before the table hears it, which would look for a row that begins with the letter.
  const onKeyDownCapture = (event: KeyboardEvent) => {
    const isGoing = Date.now() - going.current < GOING_MS;
    const way = isGoing ? places[event.key] : undefined;
    const action = way ? () => way(row()) : actions[event.key];
    const isOurs = frame.current?.contains(event.target as Node) && !isText(event.target as Element);
    if (!action || !isOurs || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing || !keysAreOn()) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    going.current = 0;
    setSaid(action() ?? '');
  };
  return (
    <RowsContext.Provider value={place}>
      <div ref={frame} onKeyDownCapture={onKeyDownCapture}>
        {children}
        <SelectionBar rows={() => known.current} selection={place} />
        <LastSaid />
        <Flex mt="3">
          <Button size="small" variant="tertiary" aria-haspopup="dialog" onPress={() => setAsked(true)}>
            Keys
          </Button>
        </Flex>
        <VisuallyHidden role="status">{said}</VisuallyHidden>
        <Suspense fallback={null}>
          {isAsked && <KeysDialog onClose={() => setAsked(false)} />}
          {whose !== undefined && <WhoseDialog id={whose} onClose={() => setWhose(undefined)} />}
        </Suspense>
      </div>
    </RowsContext.Provider>
  );
};
