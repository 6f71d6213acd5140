import { Button, Flex, VisuallyHidden } from '@backstage/ui';
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { keysAreOn } from './setting';

const KeysDialog = lazy(() => import('./KeysDialog'));

/** Rows of a table and of a list, as far as they can be acted on. */
const ROWS = 'tbody > [role="row"], [role="rowgroup"] > [role="row"][data-key], ol > li[data-row]';

/** Where the focus goes in a row: a row of a table takes it itself, one of a list has a link. */
const target = (row: Element): HTMLElement | null => (row.matches('[role="row"]') ? (row as HTMLElement) : row.querySelector('a'));

/** What is typed is text, and no key. */
const isText = (element: Element) => element.closest('input, textarea, select, [contenteditable]') !== null;

/**
 * A list that single letters move in, for people who read lists all day. They count only while the focus is in here and
 * not in a field, and can be switched off (WCAG 2.1.4). Everything works without them.
 */
export const Keyed = ({ children }: { children: ReactNode }) => {
  const frame = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const [isAsked, setAsked] = useState(false);
  const rows = () => [...(frame.current?.querySelectorAll(ROWS) ?? [])].filter(each => target(each) !== null);
  const current = () => rows().find(each => each.contains(document.activeElement));
  const step = (by: 1 | -1) => {
    const all = rows();
    const at = all.findIndex(each => each.contains(document.activeElement));
    // From nowhere the first step goes to an end; from an end it goes nowhere.
    const from = at < 0 && by < 0 ? all.length : at;
    const next = all[Math.min(Math.max(from + by, 0), all.length - 1)];
    if (next) {
      target(next)?.focus();
    }
  };
  const follow = () => {
    const row = current();
    const way = row?.querySelector<HTMLAnchorElement>('a[target="_blank"]');
    if (way) {
      way.click();
    } else {
      setSaid(row ? 'This row has no link to its source. Enter opens it in full.' : 'No row is in focus.');
    }
  };
  const actions: Record<string, () => void> = {
    j: () => step(1),
    k: () => step(-1),
    o: follow,
    '/': () => frame.current?.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
    '?': () => setAsked(true),
  };
  // Before the table hears it, which would look for a row that begins with the letter.
  const onKeyDownCapture = (event: KeyboardEvent) => {
    const action = actions[event.key];
    const isOurs = frame.current?.contains(event.target as Node) && !isText(event.target as Element);
    if (!action || !isOurs || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing || !keysAreOn()) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    setSaid('');
    action();
  };
  return (
    <div ref={frame} onKeyDownCapture={onKeyDownCapture}>
      {children}
      <Flex mt="3">
        <Button size="small" variant="tertiary" aria-haspopup="dialog" onPress={() => setAsked(true)}>
          Keys
        </Button>
      </Flex>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {isAsked && (
        <Suspense fallback={null}>
          <KeysDialog onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </div>
  );
};
