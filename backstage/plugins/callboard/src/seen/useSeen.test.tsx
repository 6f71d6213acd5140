import { TestApiProvider } from '@backstage/frontend-test-utils';
import { act, render } from '@testing-library/react';
import { service } from '../../dev/service';
import { callboardApiRef } from '../api/CallboardApi';
import { MOST } from './Watch';
import { useSeen } from './useSeen';

const Rows = ({ ids }: { ids: readonly number[] }) => {
  const list = useSeen<HTMLOListElement>(new Map(ids.map(id => [`row-${id}`, id])));
  return (
    <ol ref={list}>
      {ids.map(id => (
        <li key={id} data-row={`row-${id}`} />
      ))}
    </ol>
  );
};

/** A watcher of rows that finds in sight what it is told to. */
let show: (ids: readonly number[], share: number) => void = () => {};
const told: number[][] = [];
const usual = globalThis.IntersectionObserver;

function open(ids: readonly number[]) {
  const shown = (rows: readonly number[]) => (
    <TestApiProvider apis={[[callboardApiRef, service({ seen: seen => told.push([...seen]) })]]}>
      <Rows ids={rows} />
    </TestApiProvider>
  );
  return render(shown(ids));
}

function turn(hidden: boolean) {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('what was in sight', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
    globalThis.IntersectionObserver = class {
      constructor(tell: IntersectionObserverCallback) {
        show = (ids, share) =>
          tell(
            ids.map(id => ({
              target: document.querySelector(`[data-row=row-${id}]`)!,
              isIntersecting: share > 0,
              intersectionRatio: share,
            })) as IntersectionObserverEntry[],
            this as unknown as IntersectionObserver,
          );
      }
      observe() {}
      disconnect() {}
    } as unknown as typeof IntersectionObserver;
  });
  afterEach(() => {
    jest.useRealTimers();
    globalThis.IntersectionObserver = usual;
    turn(false);
  });

  it('is told after two seconds, several at once, and each once', () => {
    open([1, 2, 3]);
    show([1, 2], 0.5);
    show([3], 0.4);
    act(() => jest.advanceTimersByTime(1_999));
    show([2], 0.1);
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toEqual([[1]]);
    show([1, 2], 1);
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toEqual([[1], [2]]);
  });

  it('is told when the list goes away, and half a second is nothing', () => {
    const { unmount } = open([1, 2]);
    show([1], 1);
    act(() => jest.advanceTimersByTime(2_000));
    show([2], 1);
    act(() => jest.advanceTimersByTime(500));
    unmount();
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toEqual([[1]]);
  });

  it('is nothing in a tab that nobody looks at, and begins anew when somebody does', () => {
    open([1]);
    turn(true);
    show([1], 1);
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toEqual([]);
    turn(false);
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toEqual([[1]]);
  });

  it.each([
    [MOST, 1],
    [MOST + 1, 0],
  ])('is nothing in a list that is too long to be read: %d rows', (rows, times) => {
    open(Array.from({ length: rows }, (_, at) => at + 1));
    show([1], 1);
    act(() => jest.advanceTimersByTime(30_000));
    expect(told).toHaveLength(times);
  });
});
