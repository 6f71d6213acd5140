import { act, render, screen, waitFor } from '@testing-library/react';
import { useRef } from 'react';
import { useFocusStays } from './useFocusStays';

const Frame = ({ isAsked, others = true }: { isAsked: boolean; others?: boolean }) => {
  const frame = useRef<HTMLDivElement>(null);
  useFocusStays(frame);
  return (
    <>
      <div ref={frame} data-testid="frame">
        {others && (
          <p data-testid="part">
            {isAsked && <button type="button">Undo</button>}
            Taken back.
          </p>
        )}
      </div>
      <button type="button">Elsewhere</button>
    </>
  );
};

describe('the focus in a dialog', () => {
  it('stays in the part in which what had it went away', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Frame isAsked={false} />);
    await waitFor(() => expect(screen.getByTestId('part')).toHaveFocus());
  });

  it('stays in the dialog when the whole part went', async () => {
    const { rerender } = render(<Frame isAsked />);
    act(() => screen.getByText('Undo').focus());
    rerender(<Frame isAsked={false} others={false} />);
    await waitFor(() => expect(screen.getByTestId('frame')).toHaveFocus());
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
