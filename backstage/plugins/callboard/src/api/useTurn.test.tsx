import { act, render, screen } from '@testing-library/react';
import { useAnswer } from './useAnswer';
import { FRESH_MS, useTurn } from './useTurn';

const Part = ({ ask }: { ask: () => Promise<number> }) => {
  const answer = useAnswer('all', ask, { revision: useTurn() });
  return <p>{answer.state === 'answered' ? answer.value : answer.state}</p>;
};

const hide = (isHidden: boolean) => {
  jest.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
};

describe('a part of a page that stays open', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const pass = (milliseconds: number) => act(() => jest.advanceTimersByTimeAsync(milliseconds));

  it('is asked anew after a while, and what stood there stands until the answer is there', async () => {
    const answers: ((value: number) => void)[] = [];
    const ask = jest.fn(() => new Promise<number>(done => answers.push(done)));
    render(<Part ask={ask} />);
    await act(async () => answers[0](17));
    await pass(FRESH_MS - 60_000);
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(60_000);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(screen.getByText('17')).toBeInTheDocument();
    await act(async () => answers[1](16));
    expect(screen.getByText('16')).toBeInTheDocument();
  });

  it('is not asked while nobody looks, and at once when somebody comes back after longer', async () => {
    const ask = jest.fn(async () => 1);
    render(<Part ask={ask} />);
    await pass(0);
    hide(true);
    await pass(3 * FRESH_MS);
    expect(ask).toHaveBeenCalledTimes(1);
    await act(async () => hide(false));
    expect(ask).toHaveBeenCalledTimes(2);
    await act(async () => hide(true));
    await act(async () => hide(false));
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('turns together with the others, and nothing goes on once all have gone', async () => {
    const ask = jest.fn(async () => 1);
    const { unmount } = render(
      <>
        <Part ask={ask} />
        <Part ask={ask} />
      </>,
    );
    await pass(FRESH_MS);
    expect(ask).toHaveBeenCalledTimes(4);
    unmount();
    expect(jest.getTimerCount()).toBe(0);
  });
});
