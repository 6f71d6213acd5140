import { act, render, screen, waitFor } from '@testing-library/react';
import { FocusStays } from './FocusStays';

const Frame = ({ isAsked, others = true, isOff = false }: { isAsked: boolean; others?: boolean; isOff?: boolean }) => (
  <>
    <div data-testid="outside">
      <FocusStays>
        {others && (
          <p data-testid="part">
            {isAsked && (
              <button type="button" disabled={isOff}>
                Undo
              </button>
            )}
            Taken back.
          </p>
        )}
      </FocusStays>
    </div>
    <button type="button">Elsewhere</button>
  </>
);

describe('the focus in a part that keeps it', () => {
  it('stays in the part in which what had it went away', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Frame isAsked={false} />);
    await waitFor(() => expect(screen.getByTestId('part')).toHaveFocus());
  });

  it('stays in the part in which what had it was switched off', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Frame isAsked isOff />);
    await waitFor(() => expect(screen.getByTestId('part')).toHaveFocus());
  });

  it('stays in the frame when the whole part went', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Frame isAsked={false} others={false} />);
    await waitFor(() => expect(screen.getByTestId('outside').firstChild).toHaveFocus());
  });

  it('is not taken from where somebody has gone since', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    act(() => screen.getByText('Elsewhere').focus());
    rerender(<Frame isAsked={false} />);
    await act(async () => {});
    expect(screen.getByText('Elsewhere')).toHaveFocus();
  });
});

const Nested = ({ isAsked, isInner = true }: { isAsked: boolean; isInner?: boolean }) => (
  <FocusStays>
    <div data-testid="outer">
      {isInner && (
        <FocusStays>
          <p data-testid="inner">{isAsked && <button type="button">Undo</button>}</p>
        </FocusStays>
      )}
    </div>
  </FocusStays>
);

describe('one such part in another', () => {
  it('keeps it, and the one around it where the inner one went as well', async () => {
    const { rerender } = render(<Nested isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Nested isAsked={false} />);
    await waitFor(() => expect(screen.getByTestId('inner')).toHaveFocus());
    rerender(<Nested isAsked={false} isInner={false} />);
    await waitFor(() => expect(screen.getByTestId('outer')).toHaveFocus());
  });
});
